"""Checks of pages and of ourselves, out of the ledger: promised pages, platforms' own notices, blind re-checks,
and what each family of search phrases found."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.feeds.notice import Notice
from monitor.discovery.coverage import found_in
from monitor.store.page_tables import PageCheckRow
from monitor.store.register_tables import NoticeLinkRow, NoticeRow
from monitor.verification.blind import judged_looks
from reports.context import Acknowledged, FoundBy, PageCheck, Rechecked
from reports.records import Recall

NOT_MADE = ("not_allowed", "not_looked")
PLATFORM_NOTICE = "platform-notice"


def page_checks(session: Session, at: datetime) -> Iterator[PageCheck]:
    """Every check of a promised page up to `at`, oldest first."""
    rows = select(PageCheckRow).where(PageCheckRow.checked_at <= at)
    for row in session.scalars(rows.order_by(PageCheckRow.checked_at, PageCheckRow.check_id)):
        yield PageCheck(
            commitment=row.commitment_id,
            obligation=row.obligation_id,
            marketplace=row.marketplace,
            url=row.url,
            vantage=row.vantage,
            checked_at=row.checked_at,
            state=row.state,
            why=row.why,
            rule=row.rule,
            run_id=row.run_id,
            warc_record_id=row.warc_record_id,
            made=row.outcome not in NOT_MADE,
        )


def acknowledged(session: Session, recalls: Iterable[Recall]) -> Iterator[Acknowledged]:
    """Platforms' own notices that name a watched recall, each with both days."""
    known = {recall.notice_id: recall for recall in recalls if recall.published_on is not None}
    rows = (
        select(NoticeRow.notice, NoticeLinkRow.target, NoticeLinkRow.tied_id)
        .join(NoticeLinkRow, NoticeLinkRow.notice_id == NoticeRow.notice_id)
        .where(NoticeRow.kind == PLATFORM_NOTICE)
        .order_by(NoticeRow.published_on, NoticeRow.notice_id, NoticeLinkRow.target)
    )
    for content, target, tied_id in session.execute(rows):
        notice = Notice.model_validate(content)
        recall = known.get(tied_id or target)
        if recall is not None and recall.published_on is not None and notice.published_on:
            yield Acknowledged(
                notice_id=recall.notice_id,
                platform=notice.authority.removeprefix("platform-"),
                platform_notice_id=notice.id,
                url=notice.url,
                recalled_on=recall.published_on,
                acknowledged_on=date.fromisoformat(notice.published_on[:10]),
            )


def rechecked(session: Session, at: datetime) -> Iterator[Rechecked]:
    """Every look that a person judged blind by `at`, by its newest judgement."""
    for one in judged_looks(session, at):
        yield Rechecked(one.look_id, one.marketplace, one.week, one.person_says, one.crawler_says)


def found_by(session: Session) -> Iterator[FoundBy]:
    """What each family of phrases found, as far as the matcher takes it for the product of the phrase's notice."""
    for one in found_in(session):
        yield FoundBy(one.marketplace, one.language, one.family, one.listing_key, one.notice_id)
