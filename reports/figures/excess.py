"""K14: how much more often recalled listings went than the unrecalled ones that stand for the background.

Listings come and go on their own, so an end counts for (or against) a platform only as the excess over matched ones
that nobody recalled. Each recalled listing with a stand-in is compared with it over the same time since its own first
sighting; the interval is drawn between recalls, and a stand-in belongs to its suspect's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

import numpy as np

from reports.figures.base import FEW, NOT_MEASURED, Figure, guarded
from reports.figures.removal import Endpoint, Removal, one_case_a_listing, removal_since
from reports.records import Case, Observed
from reports.statistics.bounds import between_bounds
from reports.words import NBSP, number_of, points

DAYS = (7, 30, 90)
BLOCKS = frozenset({"geo_blocked", "not_shipped"})
NAMES: dict["What", str] = {"removal": "excess over background", "block": "excess over background, blocked here"}
PAIRS = "recalled listings with an unrecalled stand-in, both watched long enough"

What = Literal["removal", "block"]
Bounds = tuple[int, int]
"""Whether it had happened by the horizon: (surely, maybe), each 0 or 1."""


@dataclass(frozen=True)
class Pair:
    """A recalled listing and its stand-in, each from its own first sighting on."""

    suspect: Removal
    twin: Removal


def pairs(observed: Observed, what: What) -> list[Pair]:
    """Suspects with their stand-ins; of several stand-ins of one suspect the first that was seen on sale."""
    cases = {case.listing.listing_key: case for case in one_case_a_listing(observed.cases)}
    found: dict[str, Pair] = {}
    for twin in observed.context.twins:
        suspect = cases.get(twin.stands_for)
        if suspect is None or twin.stands_for in found:
            continue
        first, second = _since_seen(suspect, what), _since_seen(twin.case, what)
        if first is not None and second is not None:
            found[twin.stands_for] = Pair(first, second)
    return [found[key] for key in sorted(found)]


def _since_seen(case: Case, what: What) -> Removal | None:
    if not case.episodes:
        return None
    endpoint: Endpoint = "off_sale" if what == "block" else "takedown"
    return removal_since(case, endpoint, "A4", case.episodes[0].first_on_sale_at)


def by(row: Removal, limit: float, what: What) -> Bounds:
    """Whether it had been taken down (or blocked here) within `limit` hours of its first sighting.

    What ended by then for another cause was not; what was gone unconfirmed, or not looked at to the end, may have been.
    """
    if row.right is not None and (what == "removal" or row.cause in BLOCKS):
        return (1, 1) if row.right <= limit else (0, int(row.left < limit))
    other = row.ended_otherwise if what == "removal" else row.right
    if other is not None and other <= limit:
        return 0, 0
    return 0, int(row.left < limit)


def excess(observed: Observed) -> list[Figure]:
    """K14 for takedowns and for blocks here, within 7, 30 and 90 days of the first sighting."""
    return [_excess(observed, what, days) for what in NAMES for days in DAYS if _watched(observed, days)] or [
        _unmeasured(observed, what) for what in NAMES
    ]


def _watched(observed: Observed, days: int) -> bool:
    return bool(observed.context.twins) and observed.at - observed.period[0] >= timedelta(days=days)


def _excess(observed: Observed, what: What, days: int) -> Figure:
    every = pairs(observed, what)
    limit = timedelta(days=days)
    rows = [one for one in every if all(observed.at - row.started_at >= limit for row in (one.suspect, one.twin))]
    suspects, twins = _sides(rows, 24.0 * days, what)
    figure = Figure(
        id="K14",
        name=f"{NAMES[what]} within {days} days",
        cell="all",
        unit="points",
        count=sum(one[0] for one in suspects),
        count_high=sum(one[1] for one in suspects),
        denominator=len(rows),
        denominator_is=PAIRS,
        period=observed.period,
        sentence="",
        unknown=sum(one[0] != one[1] for one in (*suspects, *twins)),
        unknown_of=2 * len(rows),
        unknown_why=_why(suspects, twins),
        endpoint="takedown" if what == "removal" else "off_sale",
        clock="A4",
        cohort="pairs of the same site and kind, from the first sighting of each",
        ids=tuple(row.suspect.case.case_id for row, happened in zip(rows, suspects, strict=True) if happened[0]),
    )
    figure = _with_bounds(figure, rows, suspects, twins)
    return replace(guarded(figure), sentence=_sentence(guarded(figure), suspects, twins, what, days))


def _sides(rows: Sequence[Pair], limit: float, what: What) -> tuple[list[Bounds], list[Bounds]]:
    return [by(row.suspect, limit, what) for row in rows], [by(row.twin, limit, what) for row in rows]


def _with_bounds(figure: Figure, rows: Sequence[Pair], suspects: Sequence[Bounds], twins: Sequence[Bounds]) -> Figure:
    if not rows:
        return figure
    recalled, others = np.array(suspects, dtype=float), np.array(twins, dtype=float)
    lower, upper = recalled[:, 0] - others[:, 1], recalled[:, 1] - others[:, 0]
    recalls = np.array([row.suspect.case.recall.notice_id for row in rows])
    interval = between_bounds(lower, upper, recalls)
    return replace(
        figure,
        low=float(lower.mean()),
        high=float(upper.mean()),
        ci_low=None if interval is None else max(-1.0, interval[0]),
        ci_high=None if interval is None else min(1.0, interval[1]),
    )


def _why(suspects: Sequence[Bounds], twins: Sequence[Bounds]) -> dict[str, int]:
    counts = {
        "recalled listings that no look decides": sum(one[0] != one[1] for one in suspects),
        "stand-ins that no look decides": sum(one[0] != one[1] for one in twins),
    }
    return {words: count for words, count in counts.items() if count}


def _sentence(figure: Figure, suspects: Sequence[Bounds], twins: Sequence[Bounds], what: What, days: int) -> str:
    did = "were taken down" if what == "removal" else "were blocked for buyers here"
    if not suspects:
        return f"No recalled listing and its unrecalled stand-in have both been watched for {days} days."
    of = len(suspects)
    said = (
        f"Within {days} days of our first sighting, {_of(suspects)} of {number_of(of, 'recalled listing')} {did}, and "
        f"{_of(twins)} of {of} unrecalled stand-ins of the same site and kind"
    )
    if figure.low is None or figure.high is None or of < FEW:
        return f"{said}."
    said += f": a difference of {points(figure.low, figure.high)}"
    if figure.ci_low is not None and figure.ci_high is not None:
        said += f" (95{NBSP}% interval {points(figure.ci_low, figure.ci_high)})"
        if figure.ci_low <= 0 <= figure.ci_high:
            said += ", which is no difference that we can tell"
    return f"{said}."


def _of(side: Sequence[Bounds]) -> str:
    low, high = sum(one[0] for one in side), sum(one[1] for one in side)
    return f"{low}" if low == high else f"{low} to {high}"


def _unmeasured(observed: Observed, what: What) -> Figure:
    return Figure(
        id="K14",
        name=NAMES[what],
        cell="all",
        unit="points",
        denominator=0,
        denominator_is=PAIRS,
        period=observed.period,
        guards=(NOT_MEASURED,),
        sentence="Not measured: no unrecalled listings have been matched and looked at in the same way for a week.",
    )
