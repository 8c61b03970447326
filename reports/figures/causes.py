"""K5 beside the curve: why listings went off sale, as cumulative incidence, and the curve since the public recall.

All causes compete: a listing that was sold can't be taken down. The curve since the recall takes those that we found
later in from their first sighting on only (delayed entry), for what had gone before could not be seen.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from reports.figures.base import FEW, Figure, guarded
from reports.figures.removal import Endpoint, Removal, hours, removals
from reports.figures.survival import DRAWS, HORIZONS_DAYS, MANY, SEED, band_of, endpoint_verb
from reports.records import Observed
from reports.statistics.by_cause import npmle_by_cause
from reports.statistics.delayed_entry import npmle_with_entry
from reports.statistics.resample import over_clusters
from reports.statistics.support import Floats, outward
from reports.words import cause_in_words, percent, share_range

ENDPOINTS: tuple[Endpoint, ...] = ("off_sale", "takedown")
COARSE_DRAWS = DRAWS // 2
ENTRY_POINTS = 384


def by_cause(observed: Observed) -> list[Figure]:
    """K5 off sale by cause since our first sighting, then K5 since the public recall on both endpoints."""
    figures = _causes(observed, removals(observed, "off_sale"))
    for endpoint in ENDPOINTS:
        figures += _since_recall(observed, endpoint)
    return figures


def _causes(observed: Observed, rows: Sequence[Removal]) -> list[Figure]:
    """By the longest horizon that we watched. No interval: the curve beside has one for the sum of them."""
    if len(rows) < FEW:
        return []
    left = np.array([row.left for row in rows])
    right = np.maximum([np.inf if row.right is None else row.right for row in rows], left)
    fitted = npmle_by_cause(left, right, [row.cause if row.right is not None else "" for row in rows], tolerance=1e-7)
    watched = hours(observed.at - observed.period[0]) / 24
    days = max((days for days in HORIZONS_DAYS if days <= watched), default=0)
    figures = []
    for cause, incidence in fitted.causes.items() if days else ():
        gone = [row for row in rows if row.cause == cause and row.right is not None and row.right <= 24 * days]
        figures.append(_cause(observed, rows, gone, cause, days, incidence.share_by(24.0 * days)))
    return figures


def _cause(
    observed: Observed,
    rows: Sequence[Removal],
    gone: Sequence[Removal],
    cause: str,
    days: int,
    share: tuple[float, float],
) -> Figure:
    undecided = sum(row.undecided and row.right is None for row in rows)
    return guarded(
        Figure(
            id="K5",
            name=f"off sale by cause within {days} days",
            cell=cause,
            unit="share",
            count=len(gone),
            denominator=len(rows),
            denominator_is="confirmed listings seen on sale",
            low=share[0],
            high=share[1],
            period=observed.period,
            unknown=undecided,
            unknown_of=len(rows),
            unknown_why={"seen gone, not confirmed": undecided} if undecided else {},
            endpoint="off_sale",
            clock="A4",
            cohort="from our first sighting on",
            ids=tuple(row.case.case_id for row in gone),
            sentence=f"{share_range(*share)} of the confirmed listings went off sale within {days} days of our first "
            f"sighting with this cause: {cause_in_words(cause)}.",
        )
    )


def _since_recall(observed: Observed, endpoint: Endpoint) -> list[Figure]:
    """Cohorts 1 and 2 on the clock of the recall; what was listed after it has no place on that clock."""
    rows = [row for row in removals(observed, endpoint, "A0") if row.cohort != 3]
    if len(rows) < FEW:
        return []
    left = np.array([row.left for row in rows])
    right = np.maximum([np.inf if row.right is None else row.right for row in rows], left)
    entry = np.minimum([row.entry for row in rows], left)
    entry = np.where((entry > 0) & (entry == right), np.nextafter(entry, 0), entry)
    coarse = _coarse(left, right, entry)

    def answers(weights: Floats | None) -> list[tuple[float, float]]:
        low, high, began = (left, right, entry) if weights is None else coarse
        fitted = npmle_with_entry(low, high, began, weights, tolerance=1e-6)
        shares = [fitted.share_by(24.0 * days) for days in HORIZONS_DAYS]
        return [(float(low), float(high)) for low, high in shares]

    recalls = np.array([row.case.recall.notice_id for row in rows])
    drawn = over_clusters(recalls, answers, seed=SEED, draws=COARSE_DRAWS)
    found = answers(None)
    figures = []
    for index, days in enumerate(HORIZONS_DAYS):
        at_risk = int(((entry <= 24 * days) & (right > 0)).sum())
        if at_risk >= FEW:
            figures.append(_share(observed, rows, endpoint, days, at_risk, found[index], band_of(drawn, index)))
    return figures


def _coarse(left: Floats, right: Floats, entry: Floats) -> tuple[Floats, Floats, Floats]:
    """As `reports.figures.survival` does it for bands of many listings. Entries move back to the same times; there are
    more of them here, for a listing that counts from too early on makes the share a little smaller."""
    if left.size <= MANY:
        return left, right, entry
    low, high = outward(left, right, ENTRY_POINTS, [24.0 * days for days in HORIZONS_DAYS])
    grid = np.unique(np.concatenate(([0.0], low)))
    return low, high, np.minimum(grid[np.searchsorted(grid, entry, side="right") - 1], low)


def _share(
    observed: Observed,
    rows: Sequence[Removal],
    endpoint: Endpoint,
    days: int,
    at_risk: int,
    found: tuple[float, float],
    band: tuple[float, float] | None,
) -> Figure:
    gone = [row for row in rows if row.right is not None and row.right <= 24 * days]
    undecided = sum(row.undecided and row.right is None for row in rows)
    words = f"{share_range(*found)} of the confirmed listings {endpoint_verb(endpoint)} in {days} days of the recall"
    words += f" (95 % interval {percent(band[0])} to {percent(band[1])})" if band else ""
    figure = Figure(
        id="K5",
        name=f"gone within {days} days of the public recall",
        cell="all",
        unit="share",
        count=len(gone),
        denominator=at_risk,
        denominator_is="confirmed listings under watch by then",
        low=found[0],
        high=found[1],
        ci_low=band[0] if band else None,
        ci_high=band[1] if band else None,
        period=observed.period,
        unknown=undecided,
        unknown_of=len(rows),
        unknown_why={"seen gone, not confirmed": undecided} if undecided else {},
        endpoint=endpoint,
        clock="A0",
        cohort="1 and 2: those first seen later count from then on",
        ids=tuple(row.case.case_id for row in gone),
        sentence="",
    )
    note = "Those found later count only from then on; it is not a measure of compliance."
    return replace(guarded(figure), sentence=f"{words}. {note}")
