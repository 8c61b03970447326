"""The NPMLE of intervals (L, R] where each was under watch only from its entry on: earlier ends could not be seen.

EM on the hazards: the deaths and the numbers at risk that a Kaplan-Meier estimate with delayed entry would use are
replaced by their expectations, so exact times give that estimate at once. Turnbull 1976, J R Stat Soc B 38:290;
Pan & Chappell 1998, Biometrics 54:1053.
"""

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from reports.statistics.accelerate import leap
from reports.statistics.npmle import Npmle
from reports.statistics.support import Floats, Support, checked, innermost

MOST_STEPS = 20_000
TOLERANCE = 1e-10
SURE = 1.0 - 1e-7
"""A hazard from here on leaves nobody."""
_TINY = 1e-300
_KEPT = 1e-3
"""A leap takes no hazard below this share of what EM gave it, nor more of what is left of one."""


def npmle_with_entry(
    left: ArrayLike,
    right: ArrayLike,
    entry: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    tolerance: float = TOLERANCE,
) -> Npmle:
    """The NPMLE given that each T is after its entry (entry <= left). Raises ValueError where that does not hold.

    Where few are at risk early, a single early end takes most of the mass with it: look at the numbers at entry. Where
    all who were at risk have ended, the estimate ends too; those who entered later count in the likelihood alone.
    `gap` is the largest violation of the score conditions per observation, no bound of the likelihood.
    """
    low, high = checked(left, right)
    began = _entries(entry, low, high)
    count = np.ones(low.size) if weights is None else np.asarray(weights, dtype=np.float64)
    low, high, began, count = low[count > 0], high[count > 0], began[count > 0], count[count > 0]
    support = innermost(low, high, began)
    hazard, gap, steps, converged = _solve(support, count, tolerance)
    end = int(np.argmax(np.append(hazard >= SURE, True)))
    hazard[end + 1 :] = 0.0
    survival = np.concatenate(([1.0], np.cumprod(1.0 - hazard)))
    mass = hazard * survival[:-1]
    kept = mass > 0
    later = support.entered > end
    beyond = 0.0
    if later.any():
        beyond = npmle_with_entry(low[later], high[later], began[later], count[later], tolerance=tolerance).loglik
    return Npmle(
        left=support.left[kept],
        right=support.right[kept],
        mass=mass[kept] / mass.sum(),
        n=float(count.sum()),
        loglik=_loglik(support, np.where(later, 0.0, count), survival) + beyond,
        gap=gap,
        steps=steps,
        converged=converged,
    )


def _entries(entry: ArrayLike, low: Floats, high: Floats) -> Floats:
    began = np.asarray(entry, dtype=np.float64)
    if began.shape != low.shape or np.isnan(began).any() or (began > low).any() or (began < 0).any():
        raise ValueError("an entry must lie between 0 and the left end of its interval")
    if ((began > 0) & (began == high)).any():
        raise ValueError("an exact time must lie after its entry")
    return began


def _solve(rows: Support, count: Floats, tolerance: float) -> tuple[Floats, float, int, bool]:
    """EM on the hazards, each two steps followed by a leap; rows that are alike are taken together."""
    size = rows.left.size
    alike, where = np.unique(np.column_stack((rows.first, rows.last, rows.entered)), axis=0, return_inverse=True)
    support = Support(rows.left, rows.right, *alike.T)
    count = np.bincount(where.ravel(), weights=count).astype(np.float64)
    entered = np.cumsum(np.bincount(support.entered, weights=count, minlength=size + 1))[:size].astype(np.float64)

    def gain(hazard: Floats) -> float:
        return _loglik(support, count, np.concatenate(([1.0], np.cumprod(1.0 - hazard))))

    hazard = 1.0 / np.arange(size, 0, -1)
    change = np.inf
    for step in range(1, MOST_STEPS + 1):
        one = _em(support, count, entered, hazard)
        change = float(np.abs(one - hazard).max())
        if change <= tolerance:
            return one, change, step, True
        two = _em(support, count, entered, one)
        least, most = two * _KEPT, 1 - (1 - two) * _KEPT
        hazard = leap(hazard, one, two, partial(np.clip, a_min=least, a_max=most), gain)
    return hazard, change, MOST_STEPS, False


def _em(support: Support, count: Floats, entered: Floats, hazard: Floats) -> Floats:
    deaths = _expected_deaths(support, count, hazard)
    at_risk = entered - np.concatenate(([0.0], np.cumsum(deaths)[:-1]))
    fresh = np.where(at_risk > _TINY, np.minimum(deaths / np.maximum(at_risk, _TINY), 1.0), 0.0)
    fresh[-1] = 1.0 if at_risk[-1] > _TINY else fresh[-1]
    return np.asarray(fresh)


def _expected_deaths(support: Support, count: Floats, hazard: Floats) -> Floats:
    survival = np.concatenate(([1.0], np.cumprod(1.0 - hazard)))
    seen = np.maximum(survival[support.first] - survival[support.last + 1], _TINY)
    size = support.left.size + 1
    begins = np.bincount(support.first, weights=count / seen, minlength=size)
    ends = np.bincount(support.last + 1, weights=count / seen, minlength=size)
    mass = hazard * survival[:-1]
    return np.asarray(np.maximum(mass * np.cumsum(begins - ends)[:-1], 0.0))


def _loglik(support: Support, count: Floats, survival: Floats) -> float:
    """The conditional log-likelihood: of each interval, given that it was still there at its entry."""
    seen = np.maximum(survival[support.first] - survival[support.last + 1], _TINY)
    alive = np.maximum(survival[support.entered], _TINY)
    return float(np.sum(count * (np.log(seen) - np.log(alive))))
