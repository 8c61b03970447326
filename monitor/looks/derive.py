"""From the ledger to its episodes: streams looks, folds them, and replaces what was derived before."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Row, Select, Table, delete, func, select
from sqlalchemy.orm import Session

from crawler.marketplaces.states import STANDING, Standing, State
from monitor.config import Confirmation
from monitor.looks.episode import Episode
from monitor.looks.facts import Fingerprint, LookFact, fingerprint
from monitor.looks.fold import fold
from monitor.store.bulk import chunks, insert_rows, take_ids
from monitor.store.ledger_tables import EpisodeRow, JudgementRow, LookRow, ReadingRow, RunControlRow
from monitor.store.session import Store, lock_writers
from monitor.verification.blind import Void, judged_looks, voids

_EPISODES = cast("Table", EpisodeRow.__table__)
_LOOKS = cast("Table", LookRow.__table__)
_JUDGEMENTS = cast("Table", JudgementRow.__table__)
_CONTROLS = cast("Table", RunControlRow.__table__)
_STATES = {str(state): state for state in State}
Voided = dict[str, list[Void]]
_KEYS_AT_ONCE = 500
_GROUPS_AT_ONCE = 2000
_ROWS_AT_ONCE = 20_000


def derive_episodes(store: Store, rule: Confirmation, listing_keys: Iterable[str] | None = None) -> int:
    """Fold the looks of these listings (None: of all) and replace their episodes, in one transaction.

    Returns the number of episodes written. Facts are only read; the same looks give the same episodes.
    """
    with store.session() as session:
        lock_writers(session)
        return derive_in(session, rule, listing_keys)


def derive_in(session: Session, rule: Confirmation, listing_keys: Iterable[str] | None = None) -> int:
    """`derive_episodes` within the caller's transaction."""
    voided = _voided(session, rule)
    if listing_keys is None:
        session.execute(delete(EpisodeRow))
        return _write(session, _looks_of(None), rule, voided)
    written = 0
    for keys in chunks(sorted(set(listing_keys)), _KEYS_AT_ONCE):
        _forget(session, keys)
        written += _write(session, _looks_of(keys), rule, voided)
    return written


def entity_key(listing_key: str, entity: int) -> str:
    """The name under which a product is derived: that of the listing, with `#2` and so on for what replaced it."""
    return listing_key if entity == 1 else f"{listing_key}#{entity}"


def _looks_of(keys: Sequence[str] | None) -> Select[*tuple[Any, ...]]:
    looks, judged, controls = _LOOKS.c, _JUDGEMENTS.c, _CONTROLS.c
    statement = (
        select(
            looks.listing_key,
            looks.vantage,
            looks.look_id,
            looks.run_id,
            looks.looked_at,
            looks.took_ms,
            judged.state,
            judged.quarantined,
            controls.verdict,
            func.coalesce(judged.reading_sha256, looks.reading_sha256),
        )
        .join_from(_LOOKS, _JUDGEMENTS, judged.look_id == looks.look_id)
        .outerjoin(
            _CONTROLS,
            (controls.run_id == looks.run_id)
            & (controls.marketplace == looks.marketplace)
            & (controls.vantage == looks.vantage),
        )
        .order_by(looks.listing_key, looks.vantage, looks.looked_at, looks.look_id)
    )
    return statement if keys is None else statement.where(looks.listing_key.in_(keys))


def _forget(session: Session, keys: Sequence[str]) -> None:
    """Delete the episodes of these listings, and of whatever replaced them under the same id."""
    wanted = set(keys)
    replaced = session.scalars(select(EpisodeRow.listing_key).where(EpisodeRow.entity > 1).distinct())
    others = [key for key in replaced if key.rpartition("#")[0] in wanted]
    for some in chunks([*keys, *others], _KEYS_AT_ONCE):
        session.execute(delete(EpisodeRow).where(EpisodeRow.listing_key.in_(some)))


def _voided(session: Session, rule: Confirmation) -> Voided:
    """The weeks in which a blind re-check voided a marketplace's absences, by marketplace."""
    found: Voided = {}
    for void in voids(judged_looks(session), rule.blind_error_bound):
        found.setdefault(void.marketplace, []).append(void)
    return found


def _write(session: Session, statement: Select[*tuple[Any, ...]], rule: Confirmation, voided: Voided) -> int:
    written = 0
    rows = session.execute(statement.execution_options(yield_per=_ROWS_AT_ONCE))
    grouped = ((key, list(looks)) for key, looks in groupby(rows, key=lambda row: (row[0], row[1])))
    for groups in chunks(grouped, _GROUPS_AT_ONCE):
        pages = _fingerprints(session, groups)
        found = [
            _row(key, vantage, episode)
            for (key, vantage), looks in groups
            for episode in fold([_fact(look, pages, voided) for look in looks], rule)
        ]
        ids = take_ids(session, _EPISODES, len(found))
        insert_rows(session, _EPISODES, [{"episode_id": number, **row} for number, row in zip(ids, found, strict=True)])
        written += len(found)
    return written


def _fact(row: Row[*tuple[Any, ...]], pages: dict[str, Fingerprint], voided: Voided) -> LookFact:
    key, _, look_id, run_id, looked_at, took_ms, state, quarantined, verdict, reading = row
    if voided and STANDING[_STATES[state]] is Standing.OFF_SALE:
        weeks = voided.get(key.partition(":")[0], ())
        quarantined = quarantined or any(week.since <= looked_at < week.until for week in weeks)
    return LookFact(
        look_id,
        run_id,
        looked_at,
        _STATES[state],
        looked_at + timedelta(milliseconds=took_ms) if took_ms else None,
        bool(quarantined),
        verdict == "passed",
        pages.get(reading) if pages else None,
    )


def _fingerprints(
    session: Session, groups: Sequence[tuple[tuple[str, str], Sequence[Row[*tuple[Any, ...]]]]]
) -> dict[str, Fingerprint]:
    """What the pages showed, by reading: only of listings whose pages were not the same all the time."""
    wanted: set[str] = set()
    for _, looks in groups:
        seen = {row[9] for row in looks} - {None}
        if len(seen) > 1:
            wanted |= seen
    return dict(_read_fingerprints(session, sorted(wanted)))


def _read_fingerprints(session: Session, readings: Sequence[str]) -> Iterator[tuple[str, Fingerprint]]:
    facts = ReadingRow.reading["facts"]
    for some in chunks(readings, _KEYS_AT_ONCE):
        statement = select(ReadingRow.reading_sha256, facts).where(ReadingRow.reading_sha256.in_(some))
        for digest, found in session.execute(statement):
            said = found or {}
            yield digest, fingerprint(said.get("title", ""), said.get("images", ()), said.get("seller", ""))


def _row(listing_key: str, vantage: str, episode: Episode) -> dict[str, Any]:
    row = {name: getattr(episode, name) for name in Episode.__slots__}
    row["status"] = str(episode.status)
    return {"listing_key": entity_key(listing_key, episode.entity), "vantage": vantage, **row}
