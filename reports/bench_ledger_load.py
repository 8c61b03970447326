"""Two ways into the ledger for the looks of `bench ledger`: as sealed run folders, and in bulk, to the same rows."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table

from crawler.archive.warc import WarcPacker
from crawler.clock import instant
from crawler.plan import Identity, Plan, Slot, Vantage, write_plan
from crawler.reading import Judgement
from crawler.record import CAPTURES_FILE, MANIFEST_FILE, PAGES_FILE, PLAN_FILE, Capture, FileDigest, Manifest, Outcome
from monitor.config import Confirmation
from monitor.looks.controls import apply_controls
from monitor.looks.counts import count_looks
from monitor.looks.derive import derive_new
from monitor.looks.judge import look_judgement
from monitor.store.base import Base
from monitor.store.bulk import insert_new, insert_rows, take_ids
from monitor.store.driver import JsonText
from monitor.store.ledger_tables import JudgementRow, ListingRow, LookRow, ReadingRow, RunRow
from monitor.store.rows import listing_key
from monitor.store.session import Store, lock_writers
from reports.bench_ledger_market import Run, Seen

VANTAGE = "us"
IDENTITY = Identity(operator="Benchmark", contact="bench@example.org")
_RUNS_AT_ONCE = 400


def write_folder(runs_dir: Path, run: Run) -> Path:
    """The run as a sealed folder, without its pages: what is measured is ingest, not the archive."""
    folder = runs_dir / run.run_id
    folder.mkdir(parents=True)
    slots = [_slot(number, seen) for number, seen in enumerate(run.looks)]
    plan = Plan(
        run_id=run.run_id,
        made_at=instant(run.at),
        identity=IDENTITY,
        vantages={VANTAGE: Vantage(name=VANTAGE, country="US")},
    )
    write_plan(folder / PLAN_FILE, plan, slots)
    captures = [_capture(run.run_id, slot, seen) for slot, seen in zip(slots, run.looks, strict=True)]
    text = "".join(capture.model_dump_json() + "\n" for capture in captures)
    (folder / CAPTURES_FILE).write_text(text, encoding="utf-8")
    (folder / PAGES_FILE).write_bytes(WarcPacker().info({"software": "bench ledger"}, run.at))
    manifest = Manifest(
        run_id=run.run_id,
        started_at=instant(run.at),
        finished_at=instant(_finished_at(run)),
        finish_reason="finished",
        previous_manifest_sha256="",
        protocol_sha256="",
        identity=IDENTITY.model_dump(),
        user_agent="bench ledger",
        vantages={},
        software={},
        settings={},
        slots=len(slots),
        captures=len(slots),
        counts={},
        files=tuple(_digest(folder / name) for name in (CAPTURES_FILE, PAGES_FILE, PLAN_FILE)),
    )
    (folder / MANIFEST_FILE).write_text(manifest.model_dump_json(), encoding="utf-8")
    return folder


def load(store: Store, runs: Iterable[Run], rule: Confirmation) -> int:
    """Put the runs into the ledger as ingest would, without folders and without asking what is there; gives looks.

    Controls, counts, standings and episodes are derived by the code that ingest uses, many runs at once.
    """
    loaded, some = 0, []
    for run in runs:
        some.append(run)
        if len(some) == _RUNS_AT_ONCE:
            loaded += _load(store, some, rule)
            some = []
    return loaded + (_load(store, some, rule) if some else 0)


def _load(store: Store, runs: Sequence[Run], rule: Confirmation) -> int:
    with store.session() as session:
        lock_writers(session)
        session.add_all(_run_row(run) for run in runs)
        session.flush()
        listings: dict[str, dict[str, Any]] = {}
        readings: dict[str, dict[str, Any]] = {}
        looks: list[dict[str, Any]] = []
        judged: list[dict[str, Any]] = []
        ids = iter(take_ids(session, _table(LookRow), sum(len(run.looks) for run in runs)))
        for run in runs:
            for number, seen in enumerate(run.looks):
                look_id = next(ids)
                if seen.said is not None and seen.said.sha256 not in readings:
                    row = {"reading_sha256": seen.said.sha256, "reading": JsonText(seen.said.text)}
                    readings[seen.said.sha256] = row
                looks.append({"look_id": look_id, **_look(run.run_id, number, seen)})
                judged.append({"look_id": look_id, **_judgement(seen)})
                if seen.control != "never_existed":
                    _add_listing(listings, run.run_id, seen)
        insert_new(session, _table(ListingRow), list(listings.values()))
        insert_new(session, _table(ReadingRow), list(readings.values()))
        insert_rows(session, _table(LookRow), looks)
        insert_rows(session, _table(JudgementRow), judged)
        run_ids = [run.run_id for run in runs]
        apply_controls(session, run_ids)
        count_looks(session, run_ids)
        derive_new(session, rule)
    return len(looks)


def _look(run_id: str, number: int, seen: Seen) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "slot_id": f"look-{number:05d}",
        "purpose": seen.purpose,
        "control": seen.control or "",
        "listing_key": listing_key(seen.marketplace, seen.listing_id),
        "marketplace": seen.marketplace,
        "vantage": VANTAGE,
        "method": "crawler",
        "looked_at": seen.at,
        "took_ms": seen.took_ms,
        "outcome": str(seen.outcome),
        "reason": seen.reason,
        "http_status": seen.status,
        "final_url": seen.url,
        "body_sha256": seen.body_sha256,
        "warc_record_id": seen.warc_record_id,
        "reading_sha256": seen.said.sha256 if seen.said else None,
    }


def _judgement(seen: Seen) -> dict[str, Any]:
    judgement = seen.said.reading.judgement if seen.said else _failed()
    return {
        "state": str(seen.state),
        "rule": judgement.rule,
        "rules_version": judgement.version,
        "reader_version": seen.said.reading.reader_version if seen.said else 0,
        "signature": judgement.signature,
        "says": judgement.says,
        "quarantined": "",
    }


@cache
def _failed() -> Judgement:
    capture = Capture(
        run_id="", slot_id="", outcome=Outcome.FAILED, reason="timeout", requested_url="", started_at="", finished_at=""
    )
    return look_judgement(capture)[1]


def _add_listing(listings: dict[str, dict[str, Any]], run_id: str, seen: Seen) -> None:
    key = listing_key(seen.marketplace, seen.listing_id)
    if key not in listings:
        listings[key] = {
            "listing_key": key,
            "marketplace": seen.marketplace,
            "listing_id": seen.listing_id,
            "url": seen.url,
            "role": "control" if seen.control else "suspect",
            "found_by": "plan",
            "found_run_id": run_id,
            "first_seen_at": seen.at,
        }


def _run_row(run: Run) -> RunRow:
    return RunRow(
        run_id=run.run_id,
        folder=run.run_id,
        method="crawler",
        started_at=run.at,
        finished_at=_finished_at(run),
        finish_reason="finished",
        manifest_sha256=hashlib.sha256(run.run_id.encode()).hexdigest(),
        previous_manifest_sha256="",
        protocol_sha256="",
        slots_planned=len(run.looks),
        ingested_at=run.at,
    )


def _finished_at(run: Run) -> datetime:
    return max(seen.at + timedelta(milliseconds=seen.took_ms) for seen in run.looks)


def _slot(number: int, seen: Seen) -> Slot:
    return Slot(
        slot_id=f"look-{number:05d}",
        purpose=seen.purpose,
        control=seen.control,
        marketplace=seen.marketplace,
        url=seen.url,
        vantage=VANTAGE,
        listing_id=seen.listing_id,
    )


def _capture(run_id: str, slot: Slot, seen: Seen) -> Capture:
    return Capture(
        run_id=run_id,
        slot_id=slot.slot_id,
        outcome=seen.outcome,
        reason=seen.reason,
        requested_url=slot.url,
        final_url=slot.url,
        status=seen.status,
        started_at=instant(seen.at),
        finished_at=instant(seen.at + timedelta(milliseconds=seen.took_ms)),
        warc_record_id=seen.warc_record_id,
        body_sha256=seen.body_sha256,
        reading=seen.said.reading if seen.said else None,
    )


def _digest(path: Path) -> FileDigest:
    content = path.read_bytes()
    return FileDigest(name=path.name, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def _table(row: type[Base]) -> Table:
    return cast("Table", row.__table__)
