"""Settings: `stillforsale.toml` in the working folder, overridden by the environment (`STILLFORSALE_*`)."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from crawler.plan import Identity, Limits, Vantage

CONFIG_FILE = "stillforsale.toml"


class Terms(BaseModel):
    """What the operator decided about one marketplace's terms; automated looks are off until then."""

    model_config = ConfigDict(extra="forbid")

    automation: bool = False
    decided_by: str = ""
    decided_on: str = ""


class Confirmation(BaseModel):
    """When a takedown counts as confirmed; may be set stricter than the rule, never laxer."""

    model_config = ConfigDict(extra="forbid")

    looks: int = Field(default=3, ge=3)
    span_hours: float = Field(default=36.0, ge=36.0)
    platform_looks: int = Field(default=2, ge=2)
    platform_span_hours: float = Field(default=24.0, ge=24.0)
    blind_error_bound: float = Field(
        default=0.10, ge=0.0, le=0.10, description="share of blind re-checks that may disagree before a week is void"
    )


class Discovery(BaseModel):
    """How much is searched."""

    model_config = ConfigDict(extra="forbid")

    pages_per_search: int = Field(default=5, ge=1, le=100, description="result pages that one search may follow")
    pages_per_run: int = Field(default=5000, ge=1, description="result pages that one run may ask for")
    sitemaps: tuple[str, ...] = Field(default=(), description="marketplaces whose sitemaps are read once a week")
    sitemap_documents: int = Field(default=20, ge=2, description="documents of a marketplace's sitemaps in one run")


class Settings(BaseSettings):
    """Everything an operator sets. Built in a command and handed down; nothing reads it at import."""

    model_config = SettingsConfigDict(
        env_prefix="STILLFORSALE_", env_nested_delimiter="__", toml_file=CONFIG_FILE, extra="forbid"
    )

    operator: str = ""
    contact: str = ""
    data_dir: Path = Path("stillforsale-data")
    database_url: str = ""
    clock: str = "system"
    vantages: dict[str, Vantage] = {}
    default_vantage: str = "us"
    limits: Limits = Limits()
    terms: dict[str, Terms] = {}
    confirmation: Confirmation = Confirmation()
    discovery: Discovery = Discovery()
    keys: dict[str, dict[str, SecretStr]] = Field(
        default={}, description="keys to official interfaces, by marketplace and name; best kept in the environment"
    )
    looks_per_day: int = Field(
        default=2000, ge=1, description="looks, controls and search pages that each marketplace gets a day at most"
    )
    pictures_per_run: int = Field(
        default=300, ge=0, description="pictures of suspect listings and watched notices that one run fetches at most"
    )
    reviewers_needed: int = Field(default=1, ge=1)
    allowed_hosts: tuple[str, ...] = ()
    marketplaces_dir: str = ""

    @property
    def identity(self) -> Identity:
        return Identity(operator=self.operator, contact=self.contact)

    @property
    def plain_keys(self) -> dict[str, dict[str, str]]:
        """The keys in the clear: for memory only."""
        return {
            site: {name: value.get_secret_value() for name, value in keys.items()} for site, keys in self.keys.items()
        }

    @property
    def ledger_url(self) -> str:
        """The database: SQLite in the data folder unless the operator named a PostgreSQL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'ledger.sqlite'}"

    @property
    def runs_dir(self) -> Path:
        return self.data_dir / "runs"

    @property
    def index_dir(self) -> Path:
        """Where the register prepared for matching is kept; it can be deleted and is made again."""
        return self.data_dir / "index"

    @property
    def stop_file(self) -> Path:
        """Where this file lies, every run stops within seconds and none starts."""
        return self.data_dir / "STOP"

    @property
    def verified_dir(self) -> Path:
        """What people confirmed on saved pages, one file a marketplace; the pages themselves in `pages/`."""
        return self.data_dir / "verified"

    @property
    def protocol_file(self) -> Path:
        """The study's protocol, hashed into every run."""
        return self.data_dir / "protocol.toml"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
