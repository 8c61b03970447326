"""K5 survival on sale, by cause, and K6 exposure, from intervals: never a midpoint, never a mean of ended cases."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from reports.figures.base import FEW, Figure, guarded
from reports.figures.removal import Endpoint, Removal, hours, removals
from reports.records import Observed
from reports.statistics.by_cause import RefitByCause, npmle_by_cause
from reports.statistics.npmle import Refit, npmle
from reports.statistics.resample import over_clusters, percentile_interval
from reports.statistics.support import Floats, outward
from reports.words import between, number_of, percent, share_range

HORIZONS_DAYS = (2, 7, 30, 90)
SEED = 20150113
DRAWS = 200
MANY, POINTS = 150, 64
"""Of more than MANY listings, bands are drawn from intervals with at most POINTS ends and the horizons."""
TAKEDOWN = "takedown"
OTHER = "other"

NEAR = 0.02
"""Samples of a band are fitted to within this of the log-likelihood's maximum. A standard error moves it by 0.5, so no
sample stops further than a fifth of one from where it belongs."""

Bounds = tuple[float, float]
Answers = Callable[["Floats | None"], list[Bounds]]


def survival(observed: Observed) -> list[Figure]:
    """K5 since our first sighting, pooled and by marketplace: off sale for any cause, and taken down with the other
    causes as competitors (cumulative incidence; taking them as censored would overstate)."""
    figures = []
    for endpoint in _ENDPOINTS:
        rows = removals(observed, endpoint)
        figures += _cell(observed, rows, endpoint, "all")
        places = sorted({row.case.listing.marketplace for row in rows})
        for place in places if len(places) > 1 else []:
            some = [row for row in rows if row.case.listing.marketplace == place]
            figures += _cell(observed, some, endpoint, place)
    return figures


def exposure(observed: Observed) -> Figure:
    """K6 days on which the confirmed listings could surely, and could at most, be bought."""
    least = most = 0.0
    cases = [row.case for row in removals(observed, "off_sale")]
    for case in cases:
        for episode in case.episodes:
            least += hours(episode.last_on_sale_at - episode.first_on_sale_at) / 24
            end = episode.first_off_at if episode.ended and episode.first_off_at else episode.returned_at or observed.at
            most += hours(end - episode.first_on_sale_at) / 24
    return Figure(
        id="K6",
        name="exposure",
        cell="all",
        unit="days",
        denominator=len(cases),
        denominator_is="confirmed listings seen on sale",
        low=least,
        high=most,
        period=observed.period,
        endpoint="off_sale",
        clock="A4",
        cohort="every confirmed listing that we saw on sale, since we first saw it",
        ids=tuple(case.case_id for case in cases),
        sentence=f"Together, {number_of(len(cases), 'confirmed listing')} could be bought on at least {least:,.0f} "
        f"and at most {most:,.0f} listing-days.",
    )


def _cell(observed: Observed, rows: Sequence[Removal], endpoint: Endpoint, cell: str) -> list[Figure]:
    if not rows:
        return []
    undecided = sum(row.undecided for row in rows)
    base = Figure(
        id="K5",
        name="time to removal",
        cell=cell,
        unit="share",
        count=sum(row.right is not None for row in rows),
        denominator=len(rows),
        denominator_is="confirmed listings seen on sale",
        period=observed.period,
        sentence="",
        unknown=undecided,
        unknown_of=len(rows),
        unknown_why={"seen gone, not confirmed": undecided} if undecided else {},
        endpoint=endpoint,
        clock="A4",
        cohort="from our first sighting on",
    )
    if len(rows) < FEW:
        words = f"Of {number_of(len(rows), 'confirmed listing')}{_where(base)}, {base.count} {_verb(base)}"
        return [guarded(replace(base, sentence=f"{words}; too few for a curve."))]
    left, right, cause = _arrays(rows)
    recalls = np.array([row.case.recall.notice_id for row in rows])
    if endpoint == "takedown":
        found, answers = _by_cause(left, right, cause)(None), _by_cause(*_coarse(left, right), cause)
    else:
        found, answers = _any_cause(left, right)(None), _any_cause(*_coarse(left, right))
    drawn = over_clusters(recalls, answers, seed=SEED, draws=DRAWS)
    bands = [band_of(drawn, index) for index in range(len(HORIZONS_DAYS) + 1)]
    watched = hours(observed.at - observed.period[0]) / 24
    shares = [
        _share(base, rows, days, found[index], bands[index])
        for index, days in enumerate(HORIZONS_DAYS)
        if days <= watched
    ]
    return [*shares, _median(base, found[-1], bands[-1])]


def _arrays(rows: Sequence[Removal]) -> tuple[Floats, Floats, list[str]]:
    """Intervals with their cause: what ended otherwise keeps its own end, and is no takedown."""
    ends: list[float] = []
    causes: list[str] = []
    for row in rows:
        end = row.right if row.right is not None else row.ended_otherwise
        ends.append(np.inf if end is None else end)
        causes.append("" if end is None else TAKEDOWN if row.right is not None else OTHER)
    left = np.array([row.left for row in rows])
    return left, np.maximum(np.array(ends), left), causes


def _coarse(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """What the samples of a band are fitted to. Of many listings, intervals moved outward to a few times, the horizons
    among them: a band may be wider for it, never narrower, and its cost does not grow with the listings."""
    if left.size <= MANY:
        return left, right
    return outward(left, right, POINTS, [24.0 * days for days in HORIZONS_DAYS])


def _any_cause(left: Floats, right: Floats) -> Answers:
    refit = Refit(left, right)

    def answers(weights: Floats | None) -> list[Bounds]:
        fitted = (
            npmle(left, right, weights, tolerance=1e-7)
            if left.size <= MANY
            else refit(weights, tolerance=NEAR / left.size)
        )
        shares = [fitted.share_by(24.0 * days) for days in HORIZONS_DAYS]
        return [*((float(low), float(high)) for low, high in shares), fitted.quantile()]

    return answers


def _by_cause(left: Floats, right: Floats, cause: Sequence[str]) -> Answers:
    names = np.array(cause)
    refit = RefitByCause(left, right, names)

    def answers(weights: Floats | None) -> list[Bounds]:
        if weights is None or left.size > MANY:
            fitted = refit(weights, tolerance=1e-5 if weights is None else NEAR / left.size)
        else:
            index = np.repeat(np.arange(left.size), weights.astype(np.int64))
            fitted = npmle_by_cause(left[index], right[index], names[index], tolerance=1e-5)
        taken = fitted.causes.get(TAKEDOWN)
        if taken is None:
            return [*((0.0, 0.0) for _ in HORIZONS_DAYS), (float("inf"), float("inf"))]
        return [*(taken.share_by(24.0 * days) for days in HORIZONS_DAYS), taken.quantile()]

    return answers


def band_of(drawn: list[list[Bounds]] | None, index: int) -> Bounds | None:
    """The 95 % interval of one answer, by what the samples of recalls gave; None where none were drawn."""
    if drawn is None:
        return None
    return percentile_interval([one[index][0] for one in drawn], [one[index][1] for one in drawn])


def _share(base: Figure, rows: Sequence[Removal], days: int, found: Bounds, band: Bounds | None) -> Figure:
    gone = [row for row in rows if row.right is not None and row.right <= 24 * days]
    words = f"{share_range(*found)} of the confirmed listings{_where(base)} {_verb(base)} within {days} days of our "
    words += "first sighting" + (f" (95 % interval {percent(band[0])} to {percent(band[1])})" if band else "")
    return guarded(
        replace(
            base,
            name=f"gone within {days} days",
            count=len(gone),
            count_high=len(gone) + sum(_may_be_gone(row, 24.0 * days) for row in rows),
            low=found[0],
            high=found[1],
            ci_low=band[0] if band else None,
            ci_high=band[1] if band else None,
            ids=tuple(row.case.case_id for row in gone),
            sentence=f"{words}.",
        )
    )


def _may_be_gone(row: Removal, limit: float) -> bool:
    """Not surely gone by then, nor surely still there or ended otherwise: no look decides it."""
    if row.ended_otherwise is not None and row.ended_otherwise <= limit:
        return False
    return row.left < limit and (row.right is None or row.right > limit)


def _median(base: Figure, found: Bounds, band: Bounds | None) -> Figure:
    """A median beyond all looks has no upper end; where not even half are seen to go, no lower one either."""
    if np.isinf(found[0]):
        return guarded(
            replace(
                base,
                name="median time to removal",
                unit="hours",
                sentence=f"Fewer than half of the confirmed listings{_where(base)} {_verb(base)} while we looked.",
            )
        )
    words = f"Half of the confirmed listings{_where(base)} {_verb(base)} {between(*found)} after our first sighting"
    words += f" (95 % interval {between(*band)})" if band else ""
    return guarded(
        replace(
            base,
            name="median time to removal",
            unit="hours",
            low=found[0],
            high=found[1] if np.isfinite(found[1]) else None,
            ci_low=band[0] if band and np.isfinite(band[0]) else None,
            ci_high=band[1] if band and np.isfinite(band[1]) else None,
            sentence=f"{words}.",
        )
    )


def _where(figure: Figure) -> str:
    return "" if figure.cell == "all" else f" on {figure.cell}"


def _verb(figure: Figure) -> str:
    return endpoint_verb(figure.endpoint)


def endpoint_verb(endpoint: str) -> str:
    return "were taken down" if endpoint == "takedown" else "went off sale"


_ENDPOINTS: tuple[Endpoint, ...] = ("off_sale", "takedown")
