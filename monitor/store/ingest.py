"""Takes run folders into the ledger: checked first, then whole or not at all, and never twice."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from crawler.clock import read_instant
from crawler.errors import BadInput
from crawler.record import MANIFEST_FILE
from monitor.config import Confirmation
from monitor.looks.controls import apply_controls
from monitor.looks.counts import count_looks
from monitor.looks.derive import derive_new
from monitor.store.archive import SealedRun, captures, open_run, read_manifest, run_folders
from monitor.store.base import Base
from monitor.store.bulk import chunks, insert_new, insert_rows, take_ids
from monitor.store.chain import origin_of
from monitor.store.ledger_tables import (
    JudgementRow,
    ListingRow,
    LookRow,
    ReadingRow,
    RunRow,
    SearchRow,
    SightingRow,
)
from monitor.store.page_tables import PageCheckRow
from monitor.store.picture_tables import PictureRow
from monitor.store.rows import Rows, rows_of
from monitor.store.session import Store, lock_writers


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What became of one folder. `new` False: it was there already, or `problems` say why it was refused.

    `looks`, `searches` and `listings` count new rows; `listing_keys` are the listings that were looked at. `notes` say
    what is good to know and needs nobody: a control that failed, so that looks count as unknown.
    """

    run_id: str
    new: bool
    looks: int = 0
    searches: int = 0
    listings: int = 0
    problems: tuple[str, ...] = ()
    listing_keys: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def ingest_run(store: Store, folder: Path, at: datetime, rule: Confirmation | None = None) -> IngestResult:
    """Take one run folder into the ledger, in one transaction. A folder that is there already changes nothing.

    With a `rule`, episodes and standings are brought up to date in the same transaction.

    Raises BadInput, and writes nothing, where the folder is torn, foreign or changed, or its run id was used by
    another run. `problems` of the result name what needs a person: a gap in the chain, a file that doesn't belong.
    """
    run = open_run(folder)
    with store.session() as session:
        lock_writers(session)
        known = session.get(RunRow, run.run_id)
        if known is not None:
            if known.manifest_sha256 != run.manifest_sha256:
                raise BadInput(f"run {run.run_id} is in the ledger with another manifest", file=str(folder))
            return IngestResult(run.run_id, new=False)
        problems = [*_chain_problems(session, run), *_stranger_problems(run)]
        session.add(_run_row(run, at))
        session.flush()
        result = _ingest_captures(session, run)
        verdicts = apply_controls(session, [run.run_id])
        count_looks(session, [run.run_id])
        if rule is not None:
            derive_new(session, rule)
    return IngestResult(
        run_id=run.run_id,
        new=True,
        looks=result.looks,
        searches=result.searches,
        listings=result.listings,
        problems=tuple(problems),
        listing_keys=result.keys,
        notes=tuple(
            f"run {run_id}: a control failed on {marketplace} from {vantage}; all its looks there count as unknown"
            for (run_id, marketplace, vantage), verdict in verdicts.items()
            if verdict == "failed"
        ),
    )


def ingest_all(store: Store, runs_dir: Path, at: datetime, rule: Confirmation | None = None) -> list[IngestResult]:
    """Take in every finished run of an archive that the ledger does not have, in the order in which they were made.

    One result for each new or refused folder; a refused one (not finished, torn, changed, foreign) is named in its
    `problems` and costs the others nothing. Folders that were ingested before are passed over by their seal alone.
    """
    with store.reader() as session:
        known = set(session.scalars(select(RunRow.manifest_sha256)))
    due: list[tuple[str, Path]] = []
    results: list[IngestResult] = []
    for folder in run_folders(runs_dir):
        try:
            manifest, digest = read_manifest(folder)
        except BadInput as error:
            results.append(IngestResult(folder.name, False, problems=(str(error),)))
            continue
        if digest not in known:
            due.append((manifest.started_at, folder))
    for _, folder in sorted(due):
        try:
            results.append(ingest_run(store, folder, at, rule))
        except BadInput as error:
            results.append(IngestResult(folder.name, False, problems=(str(error),)))
    return results


@dataclass(slots=True)
class _Counts:
    looks: int = 0
    searches: int = 0
    listings: int = 0
    keys: tuple[str, ...] = ()


def _ingest_captures(session: Session, run: SealedRun) -> _Counts:
    counts = _Counts()
    keys: set[str] = set()
    for chunk in chunks(captures(run)):
        rows = rows_of(run, chunk)
        counts.listings += _write(session, rows)
        counts.looks += len(rows.looks)
        counts.searches += len(rows.searches)
        keys.update(row["listing_key"] for row in rows.looks)
    counts.keys = tuple(sorted(keys))
    return counts


def _write(session: Session, rows: Rows) -> int:
    """Append the rows of one chunk; returns how many listings were new."""
    before = session.scalar(select(func.count()).select_from(ListingRow)) or 0
    insert_new(session, _table(ListingRow), list(rows.listings.values()))
    after = session.scalar(select(func.count()).select_from(ListingRow)) or 0
    insert_new(session, _table(ReadingRow), list(rows.readings.values()))
    look_ids = take_ids(session, _table(LookRow), len(rows.looks))
    insert_rows(session, _table(LookRow), _numbered("look_id", look_ids, rows.looks))
    insert_rows(session, _table(JudgementRow), _numbered("look_id", look_ids, rows.judgements))
    search_ids = take_ids(session, _table(SearchRow), len(rows.searches))
    insert_rows(session, _table(SearchRow), _numbered("search_id", search_ids, rows.searches))
    insert_rows(session, _table(PictureRow), rows.pictures)
    sightings = [{"search_id": search_ids[place], **row} for place, row in rows.sightings]
    insert_rows(session, _table(SightingRow), sightings)
    insert_rows(session, _table(PageCheckRow), rows.page_checks)
    return after - before


def _numbered(name: str, ids: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: number, **row} for number, row in zip(ids, rows, strict=True)]


def _table(row: type[Base]) -> Table:
    return cast("Table", row.__table__)


def _run_row(run: SealedRun, at: datetime) -> RunRow:
    manifest = run.manifest
    path = str(run.folder / MANIFEST_FILE)
    try:
        started_at, finished_at = read_instant(manifest.started_at), read_instant(manifest.finished_at)
    except ValueError as error:
        raise BadInput(str(error), file=path, field="started_at, finished_at") from error
    return RunRow(
        run_id=run.run_id,
        folder=run.folder.name,
        method=_method(run),
        started_at=started_at,
        finished_at=finished_at,
        finish_reason=manifest.finish_reason,
        manifest_sha256=run.manifest_sha256,
        previous_manifest_sha256=manifest.previous_manifest_sha256,
        protocol_sha256=manifest.protocol_sha256,
        slots_planned=sum(slot.purpose != "picture" for slot in run.slots.values()),
        ingested_at=at,
    )


def _method(run: SealedRun) -> str:
    """How the run was made; all captures of a run have one method."""
    return next((one.capture.method for one in captures(run)), "crawler")


def _chain_problems(session: Session, run: SealedRun) -> list[str]:
    before = run.manifest.previous_manifest_sha256
    if not before:
        origin = origin_of(_method(run))
        methods = session.scalars(select(RunRow.method))
        others = sum(origin_of(method) == origin for method in methods)
        return [f"run {run.run_id} names no run before it, though the ledger has {others}"] if others else []
    if session.scalar(select(RunRow.run_id).where(RunRow.manifest_sha256 == before)):
        return []
    return [
        f"run {run.run_id}: the run before it (manifest {before[:12]}) is not in the ledger: removed, or not yet here"
    ]


def _stranger_problems(run: SealedRun) -> list[str]:
    return [f"{run.folder / name}: not in the manifest, so it is part of nothing" for name in run.strangers]
