"""K1 on time after a notice, by commitment, and K3 within hours of one: only where the notice's date is known."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.commitments.commitment import Commitment
from reports.context import Due, Told
from reports.figures.base import NOT_COMPLIANCE, NOT_MEASURED, Figure
from reports.figures.deadlines import (
    Timed,
    by_platform,
    deadline_figure,
    of_platform,
    platforms_of,
)
from reports.figures.removal import Endpoint, one_case_a_listing, removal_since
from reports.figures.survival import endpoint_verb
from reports.records import Case, Observed

WITHIN_HOURS = (6, 24, 48)
"""Our own reading of "within hours": no number was ever agreed."""

COHORT = "1: proven live when the clock began"
LIVE_AT_NOTICE = "confirmed listings that were live when the platform was told"
FAR_APART = "looks further apart than the threshold"
ENDPOINTS: tuple[Endpoint, ...] = ("off_sale", "takedown")


def on_time(observed: Observed) -> list[Figure]:
    """K1 for every commitment that binds a site we look at, on both endpoints; one that nobody gave dates for says
    so, in its own words, and calls nothing met or missed."""
    dues = [due for due in observed.context.dues if due.basis == "notice"]
    figures: list[Figure] = []
    for commitment in observed.context.commitments:
        own = [due for due in dues if due.commitment == commitment.id]
        if own:
            for endpoint in ENDPOINTS:
                figures += _on_time(observed, commitment, own, endpoint)
        elif any(term.clock in ("A2", "A3") for term in commitment.terms) and _binds(commitment, observed):
            figures.append(_no_dates(observed, commitment))
    return figures or [_no_dates(observed, None)]


def within_hours(observed: Observed) -> list[Figure]:
    """K3 within 6, 24 and 48 hours of the first notice whose instant is known, where our looks were no further apart
    than that; on both endpoints."""
    first = first_told(observed.context.told)
    if not first:
        return [_unmeasured(observed, "K3", "within hours", "no notice whose hour is known is in the ledger")]
    figures = []
    for limit in WITHIN_HOURS:
        for endpoint in ENDPOINTS:
            rows = [
                Timed(row, told.at + timedelta(hours=limit))
                for case, told in _told_cases(observed, first)
                if told.at is not None and (row := removal_since(case, endpoint, told.clock, told.at)) is not None
            ]
            figures.append(_within(observed, rows, limit, endpoint))
    return figures


def first_told(told: Iterable[Told]) -> dict[str, Told]:
    """By listing, the first notice whose instant is known."""
    first: dict[str, Told] = {}
    for one in told:
        if one.at is not None:
            known = first.get(one.listing_key)
            if known is None or known.at is None or one.at < known.at:
                first[one.listing_key] = one
    return first


def longest_gap_hours(looked: Sequence[datetime], start: datetime, end: datetime) -> float | None:
    """The longest time between clear looks from the last at or before `start` to the first at or after `end`; None
    where none stands on both sides."""
    before = [at for at in looked if at <= start]
    after = [at for at in looked if at >= end]
    if not before or not after:
        return None
    stops = [max(before), *sorted(at for at in looked if start < at < end), min(after)]
    return max((later - earlier) / timedelta(hours=1) for earlier, later in pairwise(stops))


def _on_time(observed: Observed, commitment: Commitment, dues: Sequence[Due], endpoint: Endpoint) -> list[Figure]:
    rows = timed_rows(observed, dues, endpoint)
    words = f"{endpoint_verb(endpoint)} in time ({commitment.deadline_says})"
    base = _base(observed, "K1", "on time after notice", commitment.id, endpoint)
    base = replace(base, clock=", ".join(sorted({due.clock for due in dues})))
    pooled = deadline_figure(base, rows, observed.at, words)
    platforms = [
        deadline_figure(replace(base, cell=f"{commitment.id} on {name}"), of_platform(rows, name), observed.at, words)
        for name in platforms_of(rows)
    ]
    return by_platform(pooled, platforms)


def timed_rows(observed: Observed, dues: Iterable[Due], endpoint: Endpoint) -> list[Timed]:
    """The interval of each listing after its clock began, with its deadline: of several notices the first due counts.

    A listing that nobody ever saw on sale after the start has no interval, and is no row.
    """
    first: dict[str, Due] = {}
    for due in sorted(dues, key=lambda due: (due.due_at, due.started_at, due.act)):
        first.setdefault(due.listing_key, due)
    dated = {one.listing_key: one for one in observed.context.dated}
    rows = []
    for case in one_case_a_listing(observed.cases):
        key = case.listing.listing_key
        if key in first:
            row = removal_since(case, endpoint, first[key].clock, first[key].started_at, dated.get(key))
            if row is not None:
                rows.append(Timed(row, first[key].due_at))
    return rows


def _within(observed: Observed, rows: Sequence[Timed], limit: int, endpoint: Endpoint) -> Figure:
    near = [row for row in rows if _near_enough(row, limit)]
    base = _base(observed, "K3", f"within {limit} hours of the notice", "all", endpoint)
    base = replace(base, clock="A2, A3", guards=(NOT_COMPLIANCE,))
    figure = deadline_figure(base, near, observed.at, f"{endpoint_verb(endpoint)} within {limit} hours of it")
    far = len(rows) - len(near)
    why = {**figure.unknown_why, **({FAR_APART: far} if far else {})}
    words = f"{figure.sentence} The number of hours is ours; no promise names one."
    return replace(figure, unknown=figure.unknown + far, unknown_of=len(rows), unknown_why=why, sentence=words)


def _near_enough(row: Timed, limit: int) -> bool:
    """Whether clear looks stood no further apart than `limit` around the hours in question."""
    looked = [look.looked_at for look in row.removal.case.looks if look.standing != "unknown"]
    gap = longest_gap_hours(looked, row.removal.started_at, row.due_at)
    return gap is not None and gap <= limit


def _told_cases(observed: Observed, first: dict[str, Told]) -> list[tuple[Case, Told]]:
    cases = one_case_a_listing(observed.cases)
    return [(case, first[case.listing.listing_key]) for case in cases if case.listing.listing_key in first]


def _binds(commitment: Commitment, observed: Observed) -> bool:
    sites = {case.listing.marketplace for case in observed.cases}
    sites |= {search.marketplace for search in observed.searches}
    on = observed.at.date()
    return any(commitment.binds(site, observed.context.country, on) for site in sites)


def _base(observed: Observed, figure_id: str, name: str, cell: str, endpoint: Endpoint) -> Figure:
    return Figure(
        id=figure_id,
        name=name,
        cell=cell,
        unit="share",
        denominator=0,
        denominator_is=LIVE_AT_NOTICE,
        period=observed.period,
        sentence="",
        endpoint=endpoint,
        cohort=COHORT,
    )


def _no_dates(observed: Observed, commitment: Commitment | None) -> Figure:
    why = "no dates of notices to the platform are in the ledger, so nothing is met or missed"
    figure = _unmeasured(observed, "K1", "on time after notice", why)
    if commitment is None:
        return figure
    words = " ".join(commitment.words)
    return replace(figure, cell=commitment.id, clock=commitment.clock, sentence=f"{figure.sentence} {words}".strip())


def _unmeasured(observed: Observed, figure_id: str, name: str, why: str) -> Figure:
    return Figure(
        id=figure_id,
        name=name,
        cell="all",
        unit="share",
        denominator=0,
        denominator_is=LIVE_AT_NOTICE,
        period=observed.period,
        guards=(NOT_MEASURED, NOT_COMPLIANCE),
        sentence=f"Not measured: {why}.",
    )
