"""Builds what the tests look at: whole, sealed run folders out of a few words."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.archive.warc import Message, WarcPacker
from crawler.clock import instant
from crawler.marketplaces.states import SearchState, State
from crawler.plan import Control, Identity, Plan, Purpose, Slot, Vantage, write_plan
from crawler.reading import Judgement, ListingFacts, Reading, SearchHit
from crawler.record import (
    CAPTURES_FILE,
    MANIFEST_FILE,
    PAGES_FILE,
    PLAN_FILE,
    Capture,
    FileDigest,
    Manifest,
    Method,
    Outcome,
)

START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
SHOP = "demo_market"


@dataclass(frozen=True)
class Seen:
    """One look at one listing and what it said. `state` None: nothing was read, and `outcome` says why.

    A `listing_id` with a slash is the address of a page of a shop that nobody described, as the generic reader has it.

    `page`: the answer's bytes, archived so that they can be read again.
    """

    listing_id: str
    state: State | None = State.AVAILABLE
    at: datetime | None = None
    took: timedelta = timedelta(seconds=1)
    purpose: Purpose = "look"
    control: Control | None = None
    marketplace: str = SHOP
    vantage: str = "us"
    outcome: Outcome = Outcome.FETCHED
    reason: str = ""
    status: int | None = 200
    facts: ListingFacts = field(default_factory=ListingFacts)
    method: Method = "crawler"
    page: bytes | None = None
    route: str = ""


@dataclass(frozen=True)
class Searched:
    """One search page and the ids of the listings on it."""

    hits: Sequence[str] = ()
    state: SearchState = SearchState.SEARCHED
    query: str = "kettle"
    phrase_id: str = "1"
    at: datetime | None = None
    marketplace: str = SHOP
    vantage: str = "us"


def controls(marketplace: str = SHOP, vantage: str = "us", live: State = State.AVAILABLE) -> list[Seen]:
    """The controls of a run that could see."""
    where: dict[str, Any] = {"marketplace": marketplace, "vantage": vantage, "purpose": "control"}
    return [
        Seen("live-1", live, control="live", **where),
        Seen("never-1", State.REMOVED, control="never_existed", status=404, **where),
    ]


def write_run(
    runs_dir: Path,
    run_id: str,
    seen: Iterable[Seen | Searched],
    *,
    started_at: datetime = START,
    previous: Path | str = "",
    with_controls: bool = True,
    protocol_sha256: str = "",
) -> Path:
    """A sealed run folder. `previous`: the folder of the run before it, or its manifest's SHA-256.

    With `with_controls`, passing controls stand before the looks of each marketplace and vantage that has none.
    """
    items = list(seen)
    looks = [one for one in items if isinstance(one, Seen)]
    own = {(one.marketplace, one.vantage) for one in looks if one.control}
    places = sorted({(one.marketplace, one.vantage) for one in looks} - own)
    if with_controls:
        items = [*(one for place in places for one in controls(*place)), *items]
    folder = runs_dir / run_id
    folder.mkdir(parents=True)
    before = manifest_sha256(previous) if isinstance(previous, Path) else previous
    slots = [_slot(number, one) for number, one in enumerate(items)]
    starts = [one.at or started_at + timedelta(seconds=2 * number) for number, one in enumerate(items)]
    records = _archive(folder / PAGES_FILE, items, slots, starts)
    answers = [_capture(run_id, *one) for one in zip(slots, items, starts, records, strict=True)]
    write_plan(folder / PLAN_FILE, _plan(run_id, started_at, before, protocol_sha256, items), slots)
    text = "".join(answer.model_dump_json() + "\n" for answer in answers)
    (folder / CAPTURES_FILE).write_text(text, encoding="utf-8")
    seal(folder, _manifest(run_id, started_at, before, protocol_sha256, len(slots), answers))
    return folder


def seal(folder: Path, manifest: Manifest) -> Path:
    """Write the manifest over the files that lie in the folder now."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files = [_digest(folder, name) for name in names if name != MANIFEST_FILE]
    sealed = manifest.model_copy(update={"files": tuple(files)})
    path = folder / MANIFEST_FILE
    path.write_text(sealed.model_dump_json(indent=1), encoding="utf-8")
    return path


def reseal(folder: Path, **changes: Any) -> Path:
    """Seal a folder again after its files were changed, as a forger would."""
    manifest = Manifest.model_validate_json((folder / MANIFEST_FILE).read_bytes())
    return seal(folder, manifest.model_copy(update=changes))


def manifest_sha256(folder: Path) -> str:
    return hashlib.sha256((folder / MANIFEST_FILE).read_bytes()).hexdigest()


def change_line(path: Path, line: int, **changes: Any) -> None:
    """Set fields of the JSON object on one line (from 1) of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[line - 1] = json.dumps({**json.loads(lines[line - 1]), **changes})
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _slot(number: int, one: Seen | Searched) -> Slot:
    if isinstance(one, Searched):
        return Slot(
            slot_id=f"s{number:05d}",
            purpose="search",
            marketplace=one.marketplace,
            url=f"http://shop.test/search?q={one.query}",
            vantage=one.vantage,
            query=one.query,
            phrase_id=one.phrase_id,
        )
    return Slot(
        slot_id=f"l{number:05d}",
        purpose=one.purpose,
        marketplace=one.marketplace,
        url=f"http://{one.listing_id}" if "/" in one.listing_id else f"http://shop.test/item/{one.listing_id}",
        vantage=one.vantage,
        listing_id=one.listing_id,
        control=one.control,
        route=one.route,
    )


def _archive(
    path: Path, items: Sequence[Seen | Searched], slots: Sequence[Slot], starts: Sequence[datetime]
) -> list[str]:
    """Write the archive of a run; the id of each item's record, empty where it has no page."""
    packer = WarcPacker()
    content, ids = [packer.info({"software": "tests"}, START)], []
    for one, slot, at in zip(items, slots, starts, strict=True):
        page = one.page if isinstance(one, Seen) else None
        if page is None or isinstance(one, Searched):
            ids.append("")
            continue
        head = b"HTTP/1.1 %d Fine\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" % (one.status or 200)
        archived = packer.exchange(Message(slot.url, at, "127.0.0.1", b"GET / HTTP/1.1\r\n\r\n", head, page))
        content.append(archived.data)
        ids.append(archived.record_id)
    path.write_bytes(b"".join(content))
    return ids


def _capture(run_id: str, slot: Slot, one: Seen | Searched, at: datetime, record_id: str) -> Capture:
    common: dict[str, Any] = {
        "run_id": run_id,
        "slot_id": slot.slot_id,
        "requested_url": slot.url,
        "warc_record_id": record_id,
    }
    if isinstance(one, Searched):
        finished_at = at + timedelta(seconds=1)
        common |= {"outcome": Outcome.FETCHED, "status": 200, "reading": _search_reading(one)}
    else:
        finished_at = at + one.took
        common |= {"outcome": one.outcome, "reason": one.reason, "method": one.method}
        common |= {"status": one.status, "reading": _reading(one)} if one.outcome is Outcome.FETCHED else {}
        common |= {"body_sha256": hashlib.sha256(one.page).hexdigest()} if one.page is not None else {}
    return Capture(**common, final_url=slot.url, started_at=instant(at), finished_at=instant(finished_at))


def _reading(one: Seen) -> Reading | None:
    if one.state is None:
        return None
    judgement = Judgement(state=one.state, rule=f"ladder.{one.state}", version=1)
    facts = one.facts.model_copy(update={"listing_id": one.listing_id})
    return Reading(marketplace=one.marketplace, kind="listing", facts=facts, judgement=judgement)


def _search_reading(one: Searched) -> Reading:
    hits = tuple(SearchHit(listing_id=hit, url=f"http://shop.test/item/{hit}", title=hit) for hit in one.hits)
    judgement = Judgement(state=one.state, rule=f"search.{one.state}", version=1)
    return Reading(marketplace=one.marketplace, kind="search", hits=hits, judgement=judgement)


def _plan(run_id: str, at: datetime, before: str, protocol: str, items: Sequence[Seen | Searched]) -> Plan:
    names = sorted({one.vantage for one in items}) or ["us"]
    return Plan(
        run_id=run_id,
        made_at=instant(at),
        identity=Identity(operator="A Group", contact="watch@example.org"),
        vantages={name: Vantage(name=name, country="US" if name == "us" else "CA") for name in names},
        allowed_marketplaces=tuple(sorted({one.marketplace for one in items})),
        previous_manifest_sha256=before,
        protocol_sha256=protocol,
    )


def _manifest(
    run_id: str, at: datetime, before: str, protocol: str, slots: int, answers: Sequence[Capture]
) -> Manifest:
    counts: dict[str, int] = {}
    for answer in answers:
        counts[answer.outcome] = counts.get(answer.outcome, 0) + 1
    return Manifest(
        run_id=run_id,
        started_at=instant(at),
        finished_at=max((answer.finished_at for answer in answers), default=instant(at)),
        finish_reason="finished",
        previous_manifest_sha256=before,
        protocol_sha256=protocol,
        identity={"operator": "A Group", "contact": "watch@example.org"},
        user_agent="stillforsale (A Group; watch@example.org)",
        vantages={},
        software={},
        settings={},
        slots=slots,
        captures=len(answers),
        counts=counts,
        files=(),
    )


def _digest(folder: Path, name: str) -> FileDigest:
    content = (folder / name).read_bytes()
    return FileDigest(name=name, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
