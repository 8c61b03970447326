"""Out of the ledger, into the records that the figures are made of. Reads only; nothing here judges.

Looks come by the million: they are counted from what the ledger keeps of them (`reports.data_standings`), and those of
a case are read one case at a time, when somebody asks for them (`reports.data_looks`).
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.looks.newest import NOT_MADE
from monitor.review.decisions import confirmed_matches
from monitor.store.decision_tables import MatchRow, PhraseRow, ReviewRow
from monitor.store.ledger_tables import RunRow, SearchRow
from reports.data_cases import cases_of
from reports.data_recalls import recalls_of, watched_rows
from reports.data_standings import gaps, look_counts, looks_made
from reports.records import Observed, Review, Run, Search

COUNTED_TIERS = ("identifier", "line", "regulated_kind")


def observe(session: Session, at: datetime, *, vantage: str, country: str, reviewers_needed: int = 1) -> Observed:
    """All that the figures need, of one vantage and up to `at`."""
    watched = watched_rows(session, at)
    confirmed = confirmed_matches(session, reviewers_needed, at)
    chosen_by = {row.notice_id: row.chosen_by for row in watched}
    recalls = recalls_of(session, {*chosen_by, *(match.notice_id for match in confirmed)}, chosen_by)
    counted = [match for match in confirmed if match.tier in COUNTED_TIERS]
    return Observed(
        at=at,
        vantage=vantage,
        country=country,
        recalls=tuple(recalls[notice_id] for notice_id in sorted(chosen_by)),
        cases=tuple(cases_of(session, at, vantage, counted, recalls)),
        searches=_searches(session, at, vantage),
        runs=_runs(session, at),
        look_counts=look_counts(session, at, vantage),
        gaps=gaps(session, at, vantage),
        reviews=_reviews(session, at),
        counted_apart=dict(Counter(match.tier for match in confirmed if match.tier not in COUNTED_TIERS)),
    )


def _searches(session: Session, at: datetime, vantage: str) -> tuple[Search, ...]:
    notice_of = {
        str(phrase_id): notice_id
        for phrase_id, notice_id in session.execute(select(PhraseRow.phrase_id, PhraseRow.notice_id))
    }
    rows = (
        select(SearchRow.phrase_id, SearchRow.marketplace, SearchRow.state, func.max(SearchRow.searched_at))
        .where(SearchRow.vantage == vantage, SearchRow.searched_at <= at)
        .group_by(SearchRow.phrase_id, SearchRow.marketplace, SearchRow.state)
        .order_by(SearchRow.phrase_id, SearchRow.marketplace, SearchRow.state)
    )
    return tuple(
        Search(notice_of[phrase_id], marketplace, searched_at, state)
        for phrase_id, marketplace, state, searched_at in session.execute(rows)
        if phrase_id in notice_of
    )


def _runs(session: Session, at: datetime) -> tuple[Run, ...]:
    answered = Counter(looks_made(session, at))
    pages = (
        select(SearchRow.run_id, func.count(func.distinct(SearchRow.slot_id)))
        .where(SearchRow.state.not_in(NOT_MADE), SearchRow.searched_at <= at)
        .group_by(SearchRow.run_id)
    )
    for run_id, count in session.execute(pages):
        answered[run_id] += count
    columns = (
        RunRow.run_id,
        RunRow.folder,
        RunRow.started_at,
        RunRow.finished_at,
        RunRow.finish_reason,
        RunRow.manifest_sha256,
        RunRow.slots_planned,
        RunRow.protocol_sha256,
    )
    rows = select(*columns).where(RunRow.started_at <= at).order_by(RunRow.started_at, RunRow.run_id)
    return tuple(
        Run(
            run_id=row.run_id,
            folder=row.folder,
            started_at=row.started_at,
            finished_at=row.finished_at,
            finish_reason=row.finish_reason,
            manifest_sha256=row.manifest_sha256,
            slots_planned=row.slots_planned,
            slots_answered=answered[row.run_id],
            protocol_sha256=row.protocol_sha256,
        )
        for row in session.execute(rows)
    )


def _reviews(session: Session, at: datetime) -> tuple[Review, ...]:
    """Newest decision per proposal, by the tier that the matcher had proposed."""
    newest: dict[int, tuple[str, str]] = {}
    rows = (
        select(ReviewRow.match_id, MatchRow.tier, ReviewRow.decision)
        .join(MatchRow, MatchRow.match_id == ReviewRow.match_id)
        .where(ReviewRow.decided_at <= at)
        .order_by(ReviewRow.decided_at, ReviewRow.review_id)
    )
    for match_id, tier, decision in session.execute(rows):
        newest[match_id] = (tier, decision)
    counts = Counter(newest.values())
    tiers = sorted({tier for tier, _ in counts})
    return tuple(Review(tier, counts[tier, "confirmed"], counts[tier, "rejected"]) for tier in tiers)
