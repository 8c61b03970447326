"""What this operator's people confirmed on saved pages, beside what the descriptions of the marketplaces bring along.

A confirmation is about one site, one state and one layout: `Confirmed`, kept as `<marketplace>.json` in a folder. A
plan carries it, so that a worker elsewhere reads alike, and the run folder says what counted as verified.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from crawler.errors import BadInput
from crawler.marketplaces.address import host_of
from crawler.marketplaces.description import Signature
from crawler.marketplaces.states import State
from crawler.reading import MarkKind

CONFIRMABLE = (
    State.REMOVED,
    State.REMOVED_POLICY,
    State.ENDED,
    State.SELLER_GONE,
    State.VARIANT_GONE,
    State.NOT_SHIPPED,
    State.GEO_BLOCKED,
)
"""States that a page may only be given by a confirmed signature."""


class Confirmed(BaseModel):
    """One signature that a person confirmed on one page, and that page: enough to read it again.

    `layout` is the page's ("" where the adapter recognised none, `api` for an interface's answer) and `host` names the
    shop where a marketplace stands for many (else ""): the signature counts as confirmed only there. Where nothing but
    the status showed the end, it is bound to `title_pattern` or `body_pattern` as well, for walls answer 404 too;
    `body_chars` bounds the page then.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    marketplace: str
    signature: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    state: State
    layout: str = ""
    host: str = ""
    title_pattern: str = ""
    body_pattern: str = ""
    body_chars: int = 0
    by: str
    confirmed_at: str
    page_sha256: str
    url: str
    requested_url: str = ""
    listing_id: str = ""
    status: int | None = None
    content_type: str = ""
    seen_at: str = ""
    country: str = ""

    @field_validator("state")
    @classmethod
    def _needs_confirmation(cls, state: State) -> State:
        if state not in CONFIRMABLE:
            raise ValueError(f"state {state} needs no confirmation; those that do: {', '.join(CONFIRMABLE)}")
        return state

    @property
    def bound(self) -> bool:
        """Whether it brings a signature of its own: a status bound to what the page said."""
        return bool(self.title_pattern or self.body_pattern)

    def own_signature(self) -> Signature:
        """The signature of a bound confirmation."""
        return Signature(
            id=self.signature,
            kind=MarkKind(self.state.value),
            status=(self.status,) if self.status is not None else (),
            title=self.title_pattern,
            raw=self.body_pattern,
            max_bytes=self.body_chars,
            note=f"bound to page {self.page_sha256}, confirmed by {self.by}",
        )

    def holds_for(self, layout: str, url: str) -> bool:
        """Whether a page of this layout at this address is of the place that was confirmed."""
        return self.layout == layout and self.host in ("", host_of(url))


def file_of(folder: Path, marketplace: str) -> Path:
    """Where the confirmations of a marketplace lie."""
    return folder / f"{marketplace}.json"


def write_confirmed(folder: Path, marketplace: str, confirmed: Iterable[Confirmed]) -> Path:
    """Write the confirmations of one marketplace, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    path = file_of(folder, marketplace)
    making = path.with_suffix(".making")
    rows = [one.model_dump(mode="json") for one in confirmed]
    making.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", "utf-8")
    making.replace(path)
    return path


def load_confirmed(folder: Path) -> tuple[Confirmed, ...]:
    """Every confirmation in a folder; none where it doesn't exist. Raises BadInput with file and field."""
    return tuple(one for path in sorted(folder.glob("*.json")) for one in _load(path))


def _load(path: Path) -> list[Confirmed]:
    try:
        rows = json.loads(path.read_text("utf-8"))
        if not isinstance(rows, list):
            raise BadInput("not a list of confirmations", file=str(path))
        found = [Confirmed.model_validate(row) for row in rows]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadInput(f"can't be read ({error})", file=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadInput(first["msg"], file=str(path), field=field) from error
    foreign = next((one.marketplace for one in found if one.marketplace != path.stem), None)
    if foreign is not None:
        raise BadInput(f"holds a confirmation of {foreign}", file=str(path), field="marketplace")
    return found
