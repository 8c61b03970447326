"""Notices under watch: put on, taken off, and read with their phrases. Rows are ended, never deleted."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.feeds.notice import Notice
from monitor.store.decision_tables import WatchRow
from monitor.watchlist.phrasebook import WatchedPhrase, add_derived, phrases_of

HAND = "hand"
SAMPLE_PREFIX = "sample:"
FIRST_PRIORITY = 1
DEFAULT_PRIORITY = 2
MOST_FIRST = 15
"""The agreement of 2015 speaks of 5 to 15 products that come first."""


@dataclass(frozen=True)
class Entry:
    """A notice under watch, its open phrases with it. Rates count only entries whose `in_rates` is true."""

    notice_id: str
    priority: int
    chosen_by: str
    added_at: datetime
    added_by: str
    phrases: tuple[WatchedPhrase, ...]

    @property
    def in_rates(self) -> bool:
        return self.chosen_by.startswith(SAMPLE_PREFIX)


@dataclass
class Added:
    """What adding did, by notice id: new, already there, changed, and those for which no phrase could be derived."""

    new: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    without_phrase: list[str] = field(default_factory=list)


def add(
    session: Session,
    notices: Iterable[Notice],
    *,
    at: datetime,
    by: str,
    priority: int | None = None,
    chosen_by: str = HAND,
    languages: Collection[str] = ("en",),
) -> Added:
    """Put `notices` under watch, and derive the phrases that each lacks in each language.

    Without a `priority` an entry keeps its own; a new one gets DEFAULT_PRIORITY. A hand-picked entry that a sample
    draws counts for rates from then on; a sampled one stays sampled when a person adds it again.
    """
    added = Added()
    open_rows = _open_rows(session)
    for notice in notices:
        row = open_rows.get(notice.id)
        rank = priority if priority is not None else row.priority if row else DEFAULT_PRIORITY
        choice = row.chosen_by if row and row.chosen_by.startswith(SAMPLE_PREFIX) else chosen_by
        if row and (row.priority, row.chosen_by) == (rank, choice):
            added.already.append(notice.id)
        else:
            (added.changed if row else added.new).append(notice.id)
            _end(session, row, at, by)
            open_rows[notice.id] = _begin(session, notice.id, rank, choice, at, by)
        for language in languages:
            add_derived(session, notice, language, at)
        if not phrases_of(session, notice.id):
            added.without_phrase.append(notice.id)
    session.flush()
    return added


def remove(session: Session, notice_ids: Iterable[str], *, at: datetime, by: str) -> list[str]:
    """Take notices off the list; their history and phrases stay. Returns the ids that were not on it."""
    open_rows, absent = _open_rows(session), []
    for notice_id in dict.fromkeys(notice_ids):
        if notice_id in open_rows:
            _end(session, open_rows[notice_id], at, by)
        else:
            absent.append(notice_id)
    session.flush()
    return absent


def active(session: Session) -> list[Entry]:
    """What is under watch, first priority first, then in the order of adding."""
    phrases: dict[str, list[WatchedPhrase]] = defaultdict(list)
    for phrase in phrases_of(session):
        phrases[phrase.notice_id].append(phrase)
    rows = sorted(_open_rows(session).values(), key=lambda row: (row.priority, row.watch_id))
    return [
        Entry(
            row.notice_id,
            row.priority,
            row.chosen_by,
            row.added_at,
            row.added_by,
            tuple(phrases.get(row.notice_id, ())),
        )
        for row in rows
    ]


def too_many_first(session: Session) -> int:
    """How many entries have the first priority, where they are more than MOST_FIRST; else 0."""
    first = sum(row.priority == FIRST_PRIORITY for row in _open_rows(session).values())
    return first if first > MOST_FIRST else 0


def _open_rows(session: Session) -> dict[str, WatchRow]:
    rows = session.scalars(select(WatchRow).where(WatchRow.removed_at.is_(None)))
    return {row.notice_id: row for row in rows}


def _begin(session: Session, notice_id: str, priority: int, chosen_by: str, at: datetime, by: str) -> WatchRow:
    row = WatchRow(
        notice_id=notice_id,
        priority=priority,
        chosen_by=chosen_by,
        added_at=at,
        added_by=by,
        removed_at=None,
        removed_by="",
    )
    session.add(row)
    return row


def _end(session: Session, row: WatchRow | None, at: datetime, by: str) -> None:
    """End a row before another of the same notice begins: only one may be open."""
    if row is not None:
        row.removed_at, row.removed_by = at, by
        session.flush()
