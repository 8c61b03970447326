"""A plan: what to fetch, one slot a line. Written by the monitor, turned into a run folder by the crawler.

The first line of `plan.jsonl` is the header (`Plan` without its slots), each further line is a `Slot`.
Plan and folder are the whole interface: a worker in another country needs nothing else.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from crawler.errors import BadInput
from crawler.marketplaces.confirmed import Confirmed

PLAN_VERSION = 1

Purpose = Literal["look", "control", "background", "search", "obligation", "picture"]
Control = Literal["live", "dead", "never_existed"]
SlotMethod = Literal["crawler", "api"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


RecordT = TypeVar("RecordT", bound=_Record)


class Vantage(_Record):
    """Where we look from and whom the page is asked to serve: the buyer's place, language and currency."""

    name: str
    country: str = Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2")
    postal_code: str = ""
    language: str = "en-US"
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")
    connection: str = Field(default="the operator's own line", description="how this vantage connects, in words")


class Identity(_Record):
    """Who is looking: named in every request's User-Agent and From."""

    operator: str
    contact: str = Field(description="a mail address or a web page that a site's owner can write to")


class Limits(_Record):
    """Bounds on every run. Seconds and bytes. `render_settle_s` is how long a rendered page may take to fill itself,
    `render_answer_s` how long its browser may take for one thing that it is asked; `render_requests`, `render_bytes`
    and `render_memory_bytes` bound one page, and after `render_looks` pages the browser is replaced."""

    max_body_bytes: int = 20 * 1024 * 1024
    max_header_bytes: int = 256 * 1024
    timeout_s: float = 30.0
    max_redirects: int = 5
    min_delay_s: float = 1.0
    backoff_hours: float = 6.0
    render_settle_s: float = 10.0
    render_answer_s: float = 10.0
    render_requests: int = 200
    render_bytes: int = 20 * 1024 * 1024
    render_memory_bytes: int = 1024 * 1024 * 1024
    render_looks: int = 25


class Slot(_Record):
    """One thing to fetch. `slot_id` is unique within the run and goes into the capture that answers it.

    `method` `api` asks the marketplace's official interface with the operator's key; the URL holds no secret. `route`
    names the way of discovery that a search slot belongs to, and is kept with each listing that it finds; of an
    `obligation` slot (a page that a commitment promises) it names commitment and obligation.

    A `picture` slot fetches one picture of a listing, or of the notice `notice_id` (then without a marketplace). Its
    bytes are archived only with `keep`; what is always kept is what they show (`Capture.picture`).
    """

    slot_id: str
    purpose: Purpose
    marketplace: str
    url: str
    vantage: str
    listing_id: str = ""
    control: Control | None = None
    query: str = ""
    phrase_id: str = ""
    page: int = 1
    max_pages: int = 1
    due_at: str = ""
    why: str = ""
    method: SlotMethod = "crawler"
    route: str = ""
    notice_id: str = ""
    keep: bool = False

    @property
    def of_notice(self) -> bool:
        """Whether it fetches an authority's picture: no marketplace's terms are about that."""
        return self.purpose == "picture" and bool(self.notice_id) and not self.marketplace


class Plan(_Record):
    """The header of `plan.jsonl`; its slots follow, one a line.

    `allowed_hosts` lists loopback hosts (host:port) that the egress guard lets through, for the demo and tests.
    `allowed_marketplaces` is the operator's decision about terms: what is missing there is not visited. `confirmed` is
    what the operator's people confirmed on saved pages: it counts as verified where this run is read.
    """

    plan_version: int = PLAN_VERSION
    run_id: str
    made_at: str
    identity: Identity
    vantages: dict[str, Vantage]
    clock: str = "system"
    limits: Limits = Limits()
    allowed_marketplaces: tuple[str, ...] = ()
    allowed_apis: tuple[str, ...] = ()
    left_out: dict[str, int] = {}
    allowed_hosts: tuple[str, ...] = ()
    marketplaces_dir: str = ""
    confirmed: tuple[Confirmed, ...] = ()
    previous_manifest_sha256: str = ""
    protocol_sha256: str = ""
    stop_file: str = ""


def write_plan(path: Path, plan: Plan, slots: Iterable[Slot]) -> None:
    """Write header and slots, one JSON object a line. The caller renames the folder into place."""
    with path.open("w", encoding="utf-8") as file:
        for record in (plan, *slots):
            file.write(record.model_dump_json() + "\n")


def read_plan(path: Path) -> tuple[Plan, list[Slot]]:
    """The plan at `path`. Raises BadInput with file and line for a broken or foreign line or a doubled slot."""
    lines = _json_lines(path)
    number, first = next(lines, (1, None))
    if first is None:
        raise BadInput("the plan is empty", file=str(path), line=1)
    plan = _validated(Plan, first, path, number)
    slots = [_validated(Slot, value, path, number) for number, value in lines]
    seen: set[str] = set()
    for index, slot in enumerate(slots, start=2):
        if slot.slot_id in seen:
            raise BadInput(f"slot {slot.slot_id} stands twice", file=str(path), line=index, field="slot_id")
        seen.add(slot.slot_id)
    return plan, slots


def _json_lines(path: Path) -> Iterator[tuple[int, object]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise BadInput(f"not JSON ({error})", file=str(path), line=number) from error


def _validated(kind: type[RecordT], value: object, path: Path, line: int) -> RecordT:
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadInput(first["msg"], file=str(path), line=line, field=field) from error
