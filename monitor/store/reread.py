"""Reads the archive again with today's readers: judgements and episodes are made anew, facts are never touched."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from crawler.archive.reader import Archive
from crawler.errors import BadInput
from crawler.market import read_slot
from crawler.marketplaces.registry import Registry
from crawler.plan import Slot
from crawler.reading import Reading
from crawler.record import PAGES_FILE, Capture, Outcome
from monitor.config import Confirmation
from monitor.looks.controls import apply_controls
from monitor.looks.counts import count_looks
from monitor.looks.derive import derive_in
from monitor.looks.judge import look_judgement, search_judgement
from monitor.store.archive import Answered, SealedRun, captures, fetched_page, open_run
from monitor.store.bulk import chunks, insert_new
from monitor.store.ledger_tables import EpisodeRow, JudgementRow, LookRow, ReadingRow, RunRow, SearchRow
from monitor.store.rows import add_reading
from monitor.store.session import Store, lock_writers

_READ_AT_ONCE = 200
_JUDGED = ("state", "rule", "rules_version", "reader_version", "signature", "says", "reading_sha256")


@dataclass(slots=True)
class Rebuilt:
    """What reading the archive again changed. `states` counts looks by (old, new) state, `searches` likewise: those
    are facts and stay, it only says what would be read today. `problems`: runs whose archive could not be used."""

    runs: int = 0
    looks: int = 0
    reread: int = 0
    states: Counter[tuple[str, str]] = field(default_factory=Counter)
    searches: Counter[tuple[str, str]] = field(default_factory=Counter)
    listings: set[str] = field(default_factory=set)
    episodes: int = 0
    episodes_changed: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)


class _DryRun(Exception):
    """Ends the transaction without keeping what was done in it."""


def rebuild(
    store: Store,
    runs_dir: Path,
    registry: Registry,
    rule: Confirmation,
    *,
    dry_run: bool = False,
) -> Rebuilt:
    """Judge every look of the ledger anew from its archived page, then its controls, then all episodes.

    One transaction; with `dry_run` nothing of it is kept. A run whose folder is missing or changed keeps its
    judgements and is named in `problems`.
    """
    result = Rebuilt()
    try:
        with store.session() as session:
            lock_writers(session)
            before = _claims(session)
            runs = list(session.scalars(select(RunRow).order_by(RunRow.started_at, RunRow.run_id)))
            for row in runs:
                _rebuild_run(session, runs_dir, row, registry, result)
            apply_controls(session, [row.run_id for row in runs])
            count_looks(session, [row.run_id for row in runs])
            result.runs = len(runs)
            result.episodes = derive_in(session, rule)
            after = _claims(session)
            changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
            result.episodes_changed = tuple(sorted(changed))
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return result


def _rebuild_run(session: Session, runs_dir: Path, row: RunRow, registry: Registry, result: Rebuilt) -> None:
    of_run = Rebuilt()
    try:
        with session.begin_nested():
            run = open_run(runs_dir / row.folder)
            if run.manifest_sha256 != row.manifest_sha256:
                raise BadInput("the manifest is not the one that was ingested", file=str(run.folder))
            for some in chunks(_read_again(run, registry, of_run), _READ_AT_ONCE):
                looks = [one for one in some if one[0].purpose not in ("search", "obligation", "picture")]
                _judge_looks(session, looks, of_run)
                _compare_searches(session, [one for one in some if one[0].purpose == "search"], of_run)
    except BadInput as error:
        result.problems.append(f"{error}; run {row.run_id} keeps its judgements")
        return
    result.looks += of_run.looks
    result.reread += of_run.reread
    result.states += of_run.states
    result.searches += of_run.searches
    result.listings |= of_run.listings


def _read_again(run: SealedRun, registry: Registry, result: Rebuilt) -> Iterator[tuple[Slot, Capture]]:
    """Every capture of a run, with today's reading of its page where one was archived."""
    answered = list(captures(run))
    if not any(one.capture.warc_record_id for one in answered):
        yield from ((one.slot, one.capture) for one in answered)
        return
    with Archive(run.folder / PAGES_FILE) as archive:
        for one in answered:
            reading = _reading(run, one, archive, registry)
            result.reread += reading is not one.capture.reading
            yield one.slot, one.capture.model_copy(update={"reading": reading})


def _reading(run: SealedRun, one: Answered, archive: Archive, registry: Registry) -> Reading | None:
    slot, capture = one.slot, one.capture
    if slot.purpose == "picture" or capture.outcome is not Outcome.FETCHED or not capture.warc_record_id:
        return capture.reading
    archived = archive.page(capture.rendered_record_id or capture.warc_record_id)
    return read_slot(fetched_page(one, archived), slot, run.plan.vantages.get(slot.vantage), registry)


def _judge_looks(session: Session, some: list[tuple[Slot, Capture]], result: Rebuilt) -> None:
    """Write the judgements that are other than before."""
    if not some:
        return
    stored = _stored(session, some)
    readings: dict[str, dict[str, Any]] = {}
    updates = []
    for slot, capture in some:
        look, old = stored[slot.slot_id]
        state, judgement = look_judgement(capture)
        digest = add_reading(readings, capture.reading)
        new = {
            "state": str(state),
            "rule": judgement.rule,
            "rules_version": judgement.version,
            "reader_version": capture.reading.reader_version if capture.reading else 0,
            "signature": judgement.signature,
            "says": judgement.says,
            "reading_sha256": digest if digest != look.reading_sha256 else None,
        }
        result.looks += 1
        if new["state"] != old.state:
            result.states[old.state, str(state)] += 1
            result.listings.add(look.listing_key)
        if any(getattr(old, name) != new[name] for name in _JUDGED):
            updates.append({"of_look": look.look_id, **new})
    insert_new(session, cast("Table", ReadingRow.__table__), list(readings.values()))
    if updates:
        table = cast("Table", JudgementRow.__table__)
        session.connection().execute(
            update(table)
            .where(table.c.look_id == bindparam("of_look"))
            .values({name: bindparam(name) for name in _JUDGED}),
            updates,
        )


def _stored(session: Session, some: list[tuple[Slot, Capture]]) -> dict[str, tuple[LookRow, JudgementRow]]:
    rows = (
        select(LookRow, JudgementRow)
        .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        .where(LookRow.run_id == some[0][1].run_id, LookRow.slot_id.in_([slot.slot_id for slot, _ in some]))
    )
    return {look.slot_id: (look, judged) for look, judged in session.execute(rows)}


def _compare_searches(session: Session, some: list[tuple[Slot, Capture]], result: Rebuilt) -> None:
    if not some:
        return
    columns = (SearchRow.slot_id, SearchRow.page, SearchRow.state)
    rows = select(*columns).where(
        SearchRow.run_id == some[0][1].run_id, SearchRow.slot_id.in_([slot.slot_id for slot, _ in some])
    )
    stored = {(slot_id, page): state for slot_id, page, state in session.execute(rows)}
    for slot, capture in some:
        old, new = stored[slot.slot_id, capture.page], str(search_judgement(capture)[0])
        if old != new:
            result.searches[old, new] += 1


def _claims(session: Session) -> dict[str, int]:
    """For each listing a hash over everything that its episodes claim."""
    columns = [column for column in EpisodeRow.__table__.columns if column.name not in ("episode_id", "listing_key")]
    order = (EpisodeRow.listing_key, EpisodeRow.vantage, EpisodeRow.ordinal)
    claims: dict[str, int] = {}
    for key, *claim in session.execute(select(EpisodeRow.listing_key, *columns).order_by(*order)):
        claims[key] = hash((claims.get(key, 0), *claim))
    return claims
