"""Captures that are imported late: what was seen unchanged after them must not look as if they had the last word."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.store.register_tables import NoticeImportRow, NoticeVersionRow


def later_sightings(session: Session, source: str, changed: set[str], seen_at: datetime) -> list[dict[str, Any]]:
    """Versions to write beside those that a capture of `seen_at` brings for the notices `changed`.

    Where a later list of this source showed a notice unchanged, what it said then is written as a version of that
    day: otherwise the older capture's content, written between, would seem to last.
    """
    query = (
        select(NoticeImportRow)
        .where(NoticeImportRow.source == source, NoticeImportRow.seen_at > seen_at)
        .order_by(NoticeImportRow.seen_at)
    )
    found: dict[str, dict[str, Any]] = {}
    for later in session.scalars(query):
        for notice_id in changed.intersection(later.unchanged_ids) - found.keys():
            before = _in_force(session, source, notice_id, later.seen_at)
            if before is not None and before.seen_at <= seen_at:
                found[notice_id] = {
                    "notice_id": notice_id,
                    "source": source,
                    "seen_at": later.seen_at,
                    "content_sha256": before.content_sha256,
                    "content": before.content,
                    "import_id": later.import_id,
                }
    return list(found.values())


def _in_force(session: Session, source: str, notice_id: str, at: datetime) -> NoticeVersionRow | None:
    query = (
        select(NoticeVersionRow)
        .where(NoticeVersionRow.notice_id == notice_id, NoticeVersionRow.source == source)
        .where(NoticeVersionRow.seen_at <= at)
        .order_by(NoticeVersionRow.seen_at.desc(), NoticeVersionRow.version_id.desc())
    )
    return session.scalars(query.limit(1)).first()
