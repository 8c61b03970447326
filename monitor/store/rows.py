"""From captures to rows of the ledger: looks with their judgements, searches with their sightings, pictures, new
listings."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crawler.clock import read_instant
from crawler.errors import BadInput
from crawler.marketplaces.states import State
from crawler.pictures.facts import PictureFacts
from crawler.plan import Slot
from crawler.reading import Judgement, Reading, SearchHit
from crawler.record import CAPTURES_FILE, Capture
from monitor.looks.judge import look_judgement, search_judgement
from monitor.obligations.check import PAGES_VERSION, page_state
from monitor.store.archive import Answered, SealedRun
from monitor.store.driver import JsonText

SITE_SEARCH = "site_search"
_ROLES = {"look": "suspect", "control": "control", "background": "background"}
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(slots=True)
class Rows:
    """Rows to be written, by table; `sightings` still lack the id of their search, which is its place in `searches`."""

    looks: list[dict[str, Any]] = field(default_factory=list)
    judgements: list[dict[str, Any]] = field(default_factory=list)
    readings: dict[str, dict[str, Any]] = field(default_factory=dict)
    searches: list[dict[str, Any]] = field(default_factory=list)
    sightings: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    listings: dict[str, dict[str, Any]] = field(default_factory=dict)
    page_checks: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[dict[str, Any]] = field(default_factory=list)


def listing_key(marketplace: str, listing_id: str) -> str:
    """The name of a listing in the ledger."""
    return f"{marketplace}:{listing_id}"


def rows_of(run: SealedRun, answered: list[Answered]) -> Rows:
    """The rows of some captures. Raises BadInput where an instant is none, or a look names no listing."""
    rows = Rows()
    for one in answered:
        try:
            if one.slot.purpose == "picture":
                _add_picture(rows, run, one.slot, one.capture)
            elif one.slot.purpose == "search":
                _add_search(rows, run, one.slot, one.capture)
            elif one.slot.purpose == "obligation":
                rows.page_checks.append(_page_check(run, one.slot, one.capture))
            else:
                _add_look(rows, run, one.slot, one.capture)
        except ValueError as error:
            raise BadInput(str(error), file=str(run.folder / CAPTURES_FILE), line=one.line) from error
    return rows


def _add_look(rows: Rows, run: SealedRun, slot: Slot, capture: Capture) -> None:
    if not slot.listing_id:
        raise ValueError(f"slot {slot.slot_id} looks at a listing and does not say which")
    started_at, finished_at = read_instant(capture.started_at), read_instant(capture.finished_at)
    if finished_at < started_at:
        raise ValueError(f"the look finished at {capture.finished_at}, before it started at {capture.started_at}")
    key = listing_key(slot.marketplace, slot.listing_id)
    state, judgement = look_judgement(capture)
    rows.looks.append(
        {
            "run_id": run.run_id,
            "slot_id": slot.slot_id,
            "purpose": slot.purpose,
            "control": slot.control or "",
            "listing_key": key,
            "marketplace": slot.marketplace,
            "vantage": slot.vantage,
            "method": capture.method,
            "looked_at": started_at,
            "took_ms": -((started_at - finished_at) // _MILLISECOND),
            "outcome": str(capture.outcome),
            "reason": capture.reason,
            "http_status": capture.status,
            "final_url": capture.final_url,
            "body_sha256": capture.body_sha256,
            "warc_record_id": capture.warc_record_id,
            "reading_sha256": add_reading(rows.readings, capture.reading),
        }
    )
    rows.judgements.append(_judgement(state, judgement, capture))
    if slot.control != "never_existed":
        _add_listing(rows, run, slot.marketplace, slot.listing_id, slot.url, _ROLES[slot.purpose], "plan", started_at)


def _page_check(run: SealedRun, slot: Slot, capture: Capture) -> dict[str, Any]:
    commitment, _, obligation = slot.route.partition("/")
    if not obligation:
        raise ValueError(f"slot {slot.slot_id} looks for a promised page and does not say which")
    seen = page_state(capture)
    return {
        "run_id": run.run_id,
        "slot_id": slot.slot_id,
        "commitment_id": commitment,
        "obligation_id": obligation,
        "marketplace": slot.marketplace,
        "vantage": slot.vantage,
        "url": slot.url,
        "checked_at": read_instant(capture.started_at),
        "outcome": str(capture.outcome),
        "reason": capture.reason,
        "http_status": capture.status,
        "final_url": capture.final_url,
        "body_sha256": capture.body_sha256,
        "warc_record_id": capture.warc_record_id,
        "state": seen.state,
        "why": seen.why,
        "rule": seen.rule,
        "rules_version": PAGES_VERSION,
    }


def _judgement(state: State, judgement: Judgement, capture: Capture) -> dict[str, Any]:
    return {
        "state": str(state),
        "rule": judgement.rule,
        "rules_version": judgement.version,
        "reader_version": capture.reading.reader_version if capture.reading else 0,
        "signature": judgement.signature,
        "says": judgement.says,
        "quarantined": "",
    }


def _add_search(rows: Rows, run: SealedRun, slot: Slot, capture: Capture) -> None:
    state, judgement = search_judgement(capture)
    hits = capture.reading.hits if capture.reading else ()
    searched_at = read_instant(capture.started_at)
    rows.searches.append(
        {
            "run_id": run.run_id,
            "slot_id": slot.slot_id,
            "page": capture.page,
            "marketplace": slot.marketplace,
            "vantage": slot.vantage,
            "phrase_id": slot.phrase_id,
            "query": slot.query,
            "searched_at": searched_at,
            "state": str(state),
            "rule": judgement.rule,
            "hits": len(hits),
            "warc_record_id": capture.warc_record_id,
        }
    )
    route = slot.route or SITE_SEARCH
    for rank, hit in enumerate(hits, start=1):
        if not hit.listing_id:
            continue
        _add_sighting(rows, slot.marketplace, rank, hit)
        _add_listing(rows, run, slot.marketplace, hit.listing_id, hit.url, "suspect", route, searched_at)


def _add_picture(rows: Rows, run: SealedRun, slot: Slot, capture: Capture) -> None:
    shown = capture.picture or PictureFacts()
    rows.pictures.append(
        {
            "run_id": run.run_id,
            "slot_id": slot.slot_id,
            "listing_key": listing_key(slot.marketplace, slot.listing_id) if slot.listing_id else "",
            "notice_id": slot.notice_id,
            "url": slot.url,
            "fetched_at": read_instant(capture.started_at),
            "outcome": str(capture.outcome),
            "reason": capture.reason,
            "http_status": capture.status,
            "body_sha256": capture.body_sha256,
            "body_bytes": capture.body_bytes,
            "warc_record_id": capture.warc_record_id,
            **shown.model_dump(),
        }
    )


def _add_sighting(rows: Rows, marketplace: str, rank: int, hit: SearchHit) -> None:
    card = JsonText(hit.model_dump_json())
    sighting = {"listing_key": listing_key(marketplace, hit.listing_id), "rank": rank, "card": card}
    rows.sightings.append((len(rows.searches) - 1, sighting))


def _add_listing(
    rows: Rows, run: SealedRun, marketplace: str, listing_id: str, url: str, role: str, found_by: str, at: datetime
) -> None:
    key = listing_key(marketplace, listing_id)
    rows.listings.setdefault(
        key,
        {
            "listing_key": key,
            "marketplace": marketplace,
            "listing_id": listing_id,
            "url": url,
            "role": role,
            "found_by": found_by,
            "found_run_id": run.run_id,
            "first_seen_at": at,
        },
    )


def add_reading(readings: dict[str, dict[str, Any]], reading: Reading | None) -> str | None:
    """Put a reading under the SHA-256 of its content, and return that; None where there is none."""
    if reading is None:
        return None
    text = reading.model_dump_json()
    digest = hashlib.sha256(text.encode()).hexdigest()
    readings.setdefault(digest, {"reading_sha256": digest, "reading": JsonText(text)})
    return digest
