"""Watched notices as the figures need them."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.feeds.notice import Notice
from monitor.store.decision_tables import WatchRow
from monitor.store.register_tables import NoticeRow
from reports.records import Recall

_CHUNK = 500


def watched_rows(session: Session, at: datetime) -> list[WatchRow]:
    """The notices under watch at `at`: the newest row of each counts, and one that takes it off takes it out."""
    newest: dict[str, WatchRow] = {}
    for row in session.scalars(select(WatchRow).where(WatchRow.added_at <= at).order_by(WatchRow.watch_id)):
        newest[row.notice_id] = row
    return [row for _, row in sorted(newest.items()) if row.removed_at is None or row.removed_at > at]


def recalls_of(session: Session, ids: Collection[str], chosen_by: Mapping[str, str]) -> dict[str, Recall]:
    """The facts of each notice; one that the register does not hold keeps its id and nothing else."""
    notices = _notices(session, ids)
    return {
        notice_id: recall_from(notice_id, notices.get(notice_id), chosen_by.get(notice_id, "hand"))
        for notice_id in sorted(ids)
    }


def recall_from(notice_id: str, notice: Notice | None, chosen_by: str) -> Recall:
    if notice is None:
        number = notice_id.partition(":")[2] or notice_id
        return Recall(notice_id, "recall", "", number, "", chosen_by=chosen_by)
    return Recall(
        notice_id=notice_id,
        kind=notice.kind,
        authority=notice.authority,
        number=notice.number,
        title=notice.title,
        url=notice.url,
        published_on=date.fromisoformat(notice.published_on[:10]) if notice.published_on else None,
        scope=notice.scope,
        chosen_by=chosen_by,
    )


def _notices(session: Session, ids: Collection[str]) -> dict[str, Notice]:
    """The newest version of each of `ids` that the register holds."""
    found: dict[str, Notice] = {}
    ordered = sorted(ids)
    for start in range(0, len(ordered), _CHUNK):
        query = select(NoticeRow.notice_id, NoticeRow.notice)
        for notice_id, content in session.execute(
            query.where(NoticeRow.notice_id.in_(ordered[start : start + _CHUNK]))
        ):
            found[notice_id] = Notice.model_validate(content)
    return found
