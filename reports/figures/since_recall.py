"""K2: off sale within some days of the public recall, for listings proven live when it was published, by cohort."""

from dataclasses import replace
from datetime import timedelta

from reports.figures.base import NOT_COMPLIANCE, Figure
from reports.figures.deadlines import (
    Timed,
    by_platform,
    deadline_figure,
    of_platform,
    platforms_of,
)
from reports.figures.removal import Endpoint, removals
from reports.figures.survival import endpoint_verb
from reports.records import Observed
from reports.words import number_of

DAYS = (2, 7, 30)
ENDPOINTS: tuple[Endpoint, ...] = ("off_sale", "takedown")
LIVE_AT_RECALL = "confirmed listings that were live when their recall was published"


def off_sale_since_recall(observed: Observed) -> list[Figure]:
    """K2 in bounds by listing: gone surely by then, or possibly; the interval is drawn between recalls.

    Only cohort 1 answers it. What was found later existed at the recall or not, nobody knows: it is counted as unknown,
    and what went before we came can't be seen at all.
    """
    figures = []
    for endpoint in ENDPOINTS:
        rows = removals(observed, endpoint, "A0")
        for days in DAYS:
            timed = [Timed(row, row.started_at + timedelta(days=days)) for row in rows]
            figures += _within(observed, days, endpoint, timed)
    return [*figures, cohorts(observed)]


def cohorts(observed: Observed) -> Figure:
    """K2 how many of the confirmed listings were proven there at the recall, how many were listed after it."""
    rows = removals(observed, "off_sale", "A0")
    live, later, unknown = ([row for row in rows if row.cohort == cohort] for cohort in (1, 3, 2))
    return Figure(
        id="K2",
        name="listed after the recall",
        cell="all",
        unit="count",
        count=len(later),
        count_high=len(later) + len(unknown),
        denominator=len(rows),
        denominator_is="confirmed listings seen on sale after their recall",
        period=observed.period,
        unknown=len(unknown),
        unknown_of=len(rows),
        unknown_why={"first seen later; nobody knows when it was listed": len(unknown)} if unknown else {},
        endpoint="off_sale",
        clock="A0",
        cohort="3: listed after the recall",
        ids=tuple(row.case.case_id for row in later),
        sentence=f"Of {number_of(len(rows), 'confirmed listing')} seen on sale after the recall, {len(live)} "
        f"{'was' if len(live) == 1 else 'were'} proven there when it was published and {len(later)} "
        f"{'was' if len(later) == 1 else 'were'} listed after it; for {len(unknown)} nobody can tell.",
    )


def _within(observed: Observed, days: int, endpoint: Endpoint, rows: list[Timed]) -> list[Figure]:
    base = Figure(
        id="K2",
        name=f"off sale within {days} days of the public recall",
        cell="all",
        unit="share",
        denominator=0,
        denominator_is=LIVE_AT_RECALL,
        period=observed.period,
        sentence="",
        endpoint=endpoint,
        clock="A0",
        cohort="1: proven live when the clock began",
        guards=(NOT_COMPLIANCE,),
    )
    words = f"{endpoint_verb(endpoint)} within {days} days of it"
    pooled = deadline_figure(base, rows, observed.at, words)
    platforms = [
        deadline_figure(replace(base, cell=name), of_platform(rows, name), observed.at, words)
        for name in platforms_of(rows)
    ]
    return [_said(figure) for figure in by_platform(pooled, platforms)]


def _said(figure: Figure) -> Figure:
    return replace(figure, sentence=f"{figure.sentence} Not a measure of compliance.")
