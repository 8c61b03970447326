"""What can be said of a share when some items are undecided: bounds, and an interval around them.

Bounds by listing against its own deadline need no model: off sale surely by then where right <= deadline, surely not
where left >= deadline, else undecided. Imbens & Manski 2004, Econometrica 72:1845; standard errors between recalls.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import norm

from reports.statistics.support import Floats, checked


@dataclass(frozen=True)
class ShareByDeadline:
    """Counts and bounds of the share that was off sale by its deadline; None where only one cluster stands behind."""

    met: int
    missed: int
    undecided: int
    low: float
    high: float
    ci_low: float | None
    ci_high: float | None

    @property
    def n(self) -> int:
        return self.met + self.missed + self.undecided


def share_by_deadline(
    left: ArrayLike, right: ArrayLike, deadline: ArrayLike, cluster: ArrayLike, *, level: float = 0.95
) -> ShareByDeadline:
    """Bounds of the share off sale by each one's own deadline, with a `level` interval clustered by `cluster`.

    Raises ValueError for intervals that are none or a deadline that is no number.
    """
    low, high = checked(left, right)
    due = np.asarray(deadline, dtype=np.float64)
    if due.shape != low.shape or np.isnan(due).any():
        raise ValueError("every interval needs a deadline")
    met = high <= due
    point = low == high
    missed = ~met & np.where(point, low > due, low >= due)
    interval = imbens_manski(met, ~missed, cluster, level=level)
    return ShareByDeadline(
        met=int(met.sum()),
        missed=int(missed.sum()),
        undecided=int((~met & ~missed).sum()),
        low=float(met.mean()),
        high=float((~missed).mean()),
        ci_low=None if interval is None else interval[0],
        ci_high=None if interval is None else interval[1],
    )


def imbens_manski(
    surely: ArrayLike, maybe: ArrayLike, cluster: ArrayLike, *, level: float = 0.95
) -> tuple[float, float] | None:
    """The interval that covers the true share with `level`, between bounds whose items come in clusters.

    `surely` and `maybe` are 0/1 by item (maybe is 1 wherever surely is). None with fewer than two clusters.
    """
    interval = between_bounds(surely, maybe, cluster, level=level)
    return None if interval is None else (max(0.0, interval[0]), min(1.0, interval[1]))


def between_bounds(
    lower: ArrayLike, upper: ArrayLike, cluster: ArrayLike, *, level: float = 0.95
) -> tuple[float, float] | None:
    """The same for a mean of any values, each known only between `lower` and `upper`; not cut at 0 or 1."""
    below, above = np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)
    errors = clustered_error(below, cluster), clustered_error(above, cluster)
    if errors[0] is None or errors[1] is None:
        return None
    low, high = float(below.mean()), float(above.mean())
    c = critical_value(high - low, max(errors[0], errors[1]), level)
    return low - c * errors[0], high + c * errors[1]


def critical_value(width: float, error: float, level: float = 0.95) -> float:
    """c with Phi(c + width / error) - Phi(-c) = level: 1.96 where the bounds meet, 1.645 where they are far apart."""
    if error <= 0:
        return float(norm.ppf(level)) if width > 0 else float(norm.ppf(0.5 + level / 2))
    ratio = width / error
    return float(brentq(lambda c: norm.cdf(c + ratio) - norm.cdf(-c) - level, 0.0, 10.0, xtol=1e-12))


def clustered_error(values: Floats, cluster: ArrayLike) -> float | None:
    """Standard error of a mean: the root of G/(G-1) times the sum of squared cluster sums of deviations, over n."""
    _, of = np.unique(np.asarray(cluster), return_inverse=True)
    groups = int(of.max()) + 1
    if groups < 2:
        return None
    sums = np.bincount(of, weights=values - values.mean())
    return float(np.sqrt(groups / (groups - 1) * np.sum(sums**2)) / values.size)
