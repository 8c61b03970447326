"""Brings a database to the version of this code, and refuses one that is newer. Alembic is loaded only where needed."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

from crawler.errors import BadInput

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
VERSIONS = tuple(sorted(path.stem.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py")))
"""Revision ids in their order: each file of `versions` is named ID_WORDS.py."""


def version_of(connection: Connection) -> str | None:
    """The database's revision, None for an empty database.

    Raises BadInput for a database that holds something else, or that a newer stillforsale has written.
    """
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise BadInput(f"the database {_name(connection)} holds other tables and no ledger of stillforsale")
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if version is not None and version not in VERSIONS:
        raise BadInput(
            f"the database {_name(connection)} has version {version}, newer than this stillforsale knows"
            f" (up to {VERSIONS[-1]}); install the newer one"
        )
    return None if version is None else str(version)


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run the missing revisions inside the caller's transaction."""
    from alembic import command

    command.upgrade(alembic_config(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    """Undo revisions down to `to` (`base`: all of them) inside the caller's transaction. Their data is lost."""
    from alembic import command

    command.downgrade(alembic_config(connection), to)


def alembic_config(connection: Connection) -> "Config":
    """Alembic's settings without an ini file: where the revisions lie, and the connection to run them on."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _name(connection: Connection) -> str:
    return connection.engine.url.render_as_string(hide_password=True)
