"""Out of the ledger, what stands around the cases: notices, deadlines, other vantages, the background, checks.

Reads only. The parts by module: `reports.context_looks` (from looks and searches), `reports.context_checks` (pages,
acknowledgements, blind re-checks).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from monitor.commitments.calendars import deadline
from monitor.commitments.commitment import Commitment
from monitor.commitments.load import load_commitments
from monitor.config import Settings
from monitor.notices.dates import current
from monitor.notices.due import due_at
from monitor.notices.moments import Moment
from monitor.notices.record import NoticeDate
from monitor.relisting.lineage import returns
from reports.context import Basis, Context, Due, PageCheck, Told
from reports.context_checks import acknowledged, found_by, page_checks, rechecked
from reports.context_looks import dated, elsewhere, twins
from reports.figures.pledges import PLEDGES
from reports.records import Case, Observed, Run


def with_context(session: Session, observed: Observed, settings: Settings) -> Observed:
    """The same, with its context: of the listings in `observed`, at its vantage and up to its instant."""
    vantage = settings.vantages.get(observed.vantage)
    country = vantage.country if vantage else "US"
    commitments = tuple(load_commitments(settings.data_dir).commitments.values())
    told = tuple(told_of(current(session), observed.cases, observed.at))
    other = other_vantage(settings, observed.vantage)
    context = Context(
        country=country,
        other_vantage=other,
        commitments=commitments,
        told=told,
        dues=tuple(dues_of(told, observed.cases, commitments, country)),
        dated=tuple(dated(session, observed)),
        elsewhere=tuple(elsewhere(session, observed, other)) if other else (),
        twins=tuple(twins(session, observed)),
        returns=tuple(returns(session, observed.at, settings.reviewers_needed, observed.vantage)),
        page_checks=tuple(page_checks(session, observed.at)),
        acknowledged=tuple(acknowledged(session, observed.recalls)),
        rechecked=tuple(rechecked(session, observed.at)),
        found_by=tuple(found_by(session)),
    )
    return replace(observed, context=context, runs=_with_page_checks(observed.runs, context.page_checks))


def _with_page_checks(runs: Iterable[Run], checks: Iterable[PageCheck]) -> tuple[Run, ...]:
    """The runs with their looks for promised pages among the visits made."""
    made = Counter(check.run_id for check in checks if check.made)
    return tuple(replace(run, slots_answered=run.slots_answered + made[run.run_id]) for run in runs)


def other_vantage(settings: Settings, here: str) -> str:
    """The vantage that is compared with: the first by name in another country; empty where there is none."""
    ours = settings.vantages.get(here)
    others = [name for name, one in sorted(settings.vantages.items()) if ours and one.country != ours.country]
    return others[0] if others else ""


def told_of(notices: Iterable[NoticeDate], cases: Sequence[Case], at: datetime) -> Iterator[Told]:
    """Each notice for each listing that it is about: the one that it names, or all of its recall on its platform."""
    for notice in notices:
        if notice.sent.at is not None and notice.sent.at > at:
            continue
        for case in cases:
            if _is_about(notice, case):
                yield Told(
                    listing_key=case.listing.listing_key,
                    notice_id=case.recall.notice_id,
                    clock=notice.clock,
                    act=notice.act,
                    on=notice.sent.on,
                    at=notice.sent.at,
                    country=notice.country,
                    private=bool(notice.private),
                )


def _is_about(notice: NoticeDate, case: Case) -> bool:
    if notice.listing and notice.listing != case.listing.listing_key:
        return False
    if not notice.listing and notice.platform != case.listing.marketplace:
        return False
    return notice.recall in ("", case.recall.notice_id)


def dues_of(
    told: Iterable[Told], cases: Sequence[Case], commitments: Sequence[Commitment], country: str
) -> Iterator[Due]:
    """The deadlines of every notice by every commitment that binds there. For the pledges' own ways of counting also
    those that they would set elsewhere, and those from the public recall, which stands in for unknown notices."""
    for one in told:
        for commitment in commitments:
            due = _after_notice(one, commitment, country)
            if due is not None:
                yield due
    pledges = [commitment for commitment in commitments if commitment.id in PLEDGES]
    for case in cases:
        if case.recall.published_on is not None:
            yield from (_after_recall(case, case.recall.published_on, pledge) for pledge in pledges)


def _after_notice(told: Told, commitment: Commitment, country: str) -> Due | None:
    """The deadline that this notice starts, by the term for such an act of such a sender (`monitor.notices.due`).

    A pledge that binds nobody here sets one for its own way of counting: by its main term where no other fits.
    """
    marketplace = told.listing_key.partition(":")[0]
    binds = commitment.binds(marketplace, country, told.on)
    basis: Basis = "notice" if binds else "notice_not_bound"
    if not binds and commitment.id not in PLEDGES:
        return None
    sent = Moment(told.on, told.at)
    due = due_at(commitment, sent, clock=told.clock, act=told.act, country=told.country)
    if due is None and not binds:
        due = due_at(commitment, sent, clock=commitment.clock, act=commitment.terms[0].on, country=told.country)
    if due is None:
        return None
    start = told.at or day_start(told.on, commitment.zone)
    return Due(told.listing_key, commitment.id, basis, told.clock, told.act, start, due, told.private)


def _after_recall(case: Case, on: date, commitment: Commitment) -> Due:
    due_at = deadline(commitment, trigger_on=on)
    if due_at is None:
        raise ValueError(f"{commitment.id} has no deadline to count")
    start = day_start(on, commitment.zone)
    return Due(case.listing.listing_key, commitment.id, "public_recall", "A0", "public_recall", start, due_at)


def day_start(on: date, zone: str) -> datetime:
    """The first instant (UTC) of a day in `zone`: the earliest at which something dated so can have happened."""
    return datetime.combine(on, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)
