"""What the ledger's standings and counts answer without reading looks; what they can't (an instant before the newest
looks, rows that nothing has derived yet) is counted from the looks themselves.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from monitor.looks.derive import folded_up_to
from monitor.looks.newest import NOT_MADE
from monitor.store.bulk import chunks
from monitor.store.ledger_tables import JudgementRow, LookRow, RunRow
from monitor.store.standing_tables import LookCountRow, StandingRow
from reports.records import GapCount, LookCount

_KEYS_AT_ONCE = 500
_KINDS = (LookRow.marketplace, LookRow.purpose, LookRow.outcome, JudgementRow.state, JudgementRow.quarantined)
_COUNTED = (
    LookCountRow.marketplace,
    LookCountRow.purpose,
    LookCountRow.outcome,
    LookCountRow.state,
    LookCountRow.quarantined,
)


def standings(session: Session, at: datetime, keys: Sequence[str]) -> dict[str, list[Row[*tuple[Any, ...]]]]:
    """By listing its standings from all vantages; only of listings that were not looked at after `at`."""
    if not is_folded(session):
        return {}
    columns = (
        StandingRow.listing_key,
        StandingRow.vantage,
        StandingRow.newest_at,
        StandingRow.last_clear_look_id,
        StandingRow.titled_at,
        StandingRow.titled_look_id,
        StandingRow.listed_on,
    )
    found: dict[str, list[Row[*tuple[Any, ...]]]] = {}
    for some in chunks(keys, _KEYS_AT_ONCE):
        for row in session.execute(select(*columns).where(StandingRow.listing_key.in_(some))):
            found.setdefault(row.listing_key, []).append(row)
    return {key: rows for key, rows in found.items() if all(row.newest_at <= at for row in rows)}


def is_folded(session: Session) -> bool:
    """Whether every look of the ledger is in the standings."""
    return folded_up_to(session) >= (session.scalar(select(func.max(LookRow.look_id))) or 0)


def look_counts(session: Session, at: datetime, vantage: str) -> tuple[LookCount, ...]:
    """How many looks from this vantage ended in the same way, up to `at`."""
    counted: Counter[tuple[str, str, str, str, str]] = Counter()
    whole = (
        select(*_COUNTED, func.sum(LookCountRow.looks))
        .join(RunRow, RunRow.run_id == LookCountRow.run_id)
        .where(LookCountRow.vantage == vantage, RunRow.finished_at <= at)
        .group_by(*_COUNTED)
    )
    for place, purpose, outcome, state, quarantined, looks in session.execute(whole):
        counted[place, purpose, outcome, state, quarantined] += int(looks)
    for some in chunks(_not_whole(session, at), _KEYS_AT_ONCE):
        rows = (
            select(*_KINDS, func.count())
            .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
            .where(LookRow.run_id.in_(some), LookRow.vantage == vantage, LookRow.looked_at <= at)
            .group_by(*_KINDS)
        )
        for place, purpose, outcome, state, quarantined, looks in session.execute(rows):
            counted[place, purpose, outcome, state, quarantined] += looks
    return tuple(LookCount(*kind, looks=looks) for kind, looks in sorted(counted.items()))


def looks_made(session: Session, at: datetime) -> Mapping[str, int]:
    """By run, the looks for which something was asked, up to `at`."""
    made: Counter[str] = Counter()
    whole = (
        select(LookCountRow.run_id, func.sum(LookCountRow.looks))
        .join(RunRow, RunRow.run_id == LookCountRow.run_id)
        .where(LookCountRow.outcome.not_in(NOT_MADE), RunRow.finished_at <= at)
        .group_by(LookCountRow.run_id)
    )
    for run_id, looks in session.execute(whole):
        made[run_id] += int(looks)
    for some in chunks(_not_whole(session, at), _KEYS_AT_ONCE):
        rows = (
            select(LookRow.run_id, func.count())
            .where(LookRow.run_id.in_(some), LookRow.outcome.not_in(NOT_MADE), LookRow.looked_at <= at)
            .group_by(LookRow.run_id)
        )
        for run_id, looks in session.execute(rows):
            made[run_id] += looks
    return made


def _not_whole(session: Session, at: datetime) -> list[str]:
    """Runs that were not over at `at`, or whose looks nobody counted: few, or without looks."""
    counted = select(LookCountRow.run_id).distinct()
    begun = select(RunRow.run_id).where(RunRow.started_at <= at)
    return list(session.scalars(begun.where((RunRow.finished_at > at) | RunRow.run_id.not_in(counted))))


def gaps(session: Session, at: datetime, vantage: str) -> tuple[GapCount, ...]:
    """How often and over which span each listing was looked at from this vantage, up to `at`."""
    direct = _visits(at, vantage)
    if not is_folded(session):
        return tuple(GapCount(*row) for row in session.execute(direct.order_by(LookRow.listing_key)))
    rows = select(
        StandingRow.listing_key,
        StandingRow.visits,
        StandingRow.first_visit_at,
        StandingRow.last_visit_at,
        StandingRow.newest_at,
    ).where(StandingRow.vantage == vantage, StandingRow.visits > 0)
    found, later = [], []
    for key, visits, first_at, last_at, newest_at in session.execute(rows):
        if newest_at <= at and first_at is not None and last_at is not None:
            found.append(GapCount(key, key.partition(":")[0], visits, first_at, last_at))
        else:
            later.append(key)
    for some in chunks(later, _KEYS_AT_ONCE):
        found += [GapCount(*row) for row in session.execute(direct.where(LookRow.listing_key.in_(some)))]
    return tuple(sorted(found, key=lambda gap: gap.listing_key))


def _visits(at: datetime, vantage: str) -> Select[*tuple[Any, ...]]:
    looked_at = LookRow.looked_at
    return (
        select(LookRow.listing_key, LookRow.marketplace, func.count(), func.min(looked_at), func.max(looked_at))
        .where(LookRow.vantage == vantage, looked_at <= at, LookRow.purpose == "look")
        .where(LookRow.outcome.not_in(NOT_MADE))
        .group_by(LookRow.listing_key, LookRow.marketplace)
    )


def listed_on(session: Session, at: datetime, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The earliest day that a page of each listing ever gave, where the standings know; see `standings`."""
    for key, rows in standings(session, at, keys).items():
        days = [row.listed_on for row in rows if row.listed_on]
        yield key, min(days, default="")
