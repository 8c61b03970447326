"""Keep the dates of notices: appended, never changed; the newest record of each notice counts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.clock import instant
from monitor.notices.moments import Moment
from monitor.notices.record import NoticeDate
from monitor.store.watch_tables import NoticeDateRow


@dataclass(frozen=True)
class Kept:
    """How many notices were new, said more than before, or said nothing new."""

    new: int
    changed: int
    unchanged: int


def keep(session: Session, dates: Iterable[NoticeDate], *, source: str, at: datetime) -> Kept:
    """Append what is not known yet. The same file again changes nothing; an empty field takes nothing back."""
    newest = _newest(session)
    new = changed = unchanged = 0
    for one in dates:
        row = newest.get(one.key)
        known = _record(row) if row else None
        merged = one.over(known)
        if merged == known:
            unchanged += 1
            continue
        new, changed = (new, changed + 1) if known else (new + 1, changed)
        newest[one.key] = _row(merged, row.row_sha256 if row else "", source, at)
        session.add(newest[one.key])
    session.flush()
    return Kept(new, changed, unchanged)


def current(session: Session, clock: str = "") -> list[NoticeDate]:
    """The newest record of each notice, oldest notice first; with `clock`, those that start A2 or A3."""
    records = [_record(row) for row in _newest(session).values()]
    kept = [record for record in records if not clock or record.clock == clock]
    return sorted(kept, key=lambda record: (record.sent.on, record.key))


def _newest(session: Session) -> dict[str, NoticeDateRow]:
    rows = session.scalars(select(NoticeDateRow).order_by(NoticeDateRow.notice_date_id))
    return {row.notice_key: row for row in rows}


def _record(row: NoticeDateRow) -> NoticeDate:
    return NoticeDate(
        listing=row.listing,
        recall=row.recall,
        platform=row.platform,
        sent_by=row.sent_by,
        sender=row.sender,
        act=row.act,
        sent=Moment(row.sent_on, row.sent_at),
        acknowledged=_moment(row.acknowledged_on, row.acknowledged_at),
        answered=_moment(row.answered_on, row.answered_at),
        private=row.private,
        country=row.country,
    )


def _moment(on: date | None, at: datetime | None) -> Moment | None:
    return Moment(on, at) if on else None


def _row(record: NoticeDate, before: str, source: str, at: datetime) -> NoticeDateRow:
    """The row of a record; its digest hangs on the row before, so that going back to an older wording is a new row."""
    return NoticeDateRow(
        notice_key=record.key,
        row_sha256=sha256(f"{before}\n{json.dumps(told(record), sort_keys=True)}".encode()).hexdigest(),
        listing=record.listing,
        recall=record.recall,
        platform=record.platform,
        sent_by=record.sent_by,
        sender=record.sender,
        act=record.act,
        sent_on=record.sent.on,
        sent_at=record.sent.at,
        acknowledged_on=record.acknowledged.on if record.acknowledged else None,
        acknowledged_at=record.acknowledged.at if record.acknowledged else None,
        answered_on=record.answered.on if record.answered else None,
        answered_at=record.answered.at if record.answered else None,
        private=bool(record.private),
        country=record.country,
        source=source,
        imported_at=at,
    )


def told(record: NoticeDate) -> dict[str, str | bool]:
    """The record as plain data: days and instants as ISO 8601, empty where nothing came back."""
    return {
        "clock": record.clock,
        "listing": record.listing,
        "recall": record.recall,
        "platform": record.platform,
        "sent_by": record.sent_by,
        "sender": record.sender,
        "country": record.country,
        "act": record.act,
        "sent": _written(record.sent),
        "acknowledged": _written(record.acknowledged),
        "answered": _written(record.answered),
        "private": bool(record.private),
    }


def _written(moment: Moment | None) -> str:
    if moment is None:
        return ""
    return instant(moment.at) if moment.at else moment.on.isoformat()
