"""The nonparametric maximum likelihood estimate of a time seen only as an interval (L, R].

Turnbull 1976, J R Stat Soc B 38:290. How it is found: `reports.statistics.maximise`.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from reports.statistics.maximise import Problem
from reports.statistics.support import Floats, checked, innermost

GAP = 1e-9
"""The log-likelihood is within GAP per observation of its maximum, or as near as rounding lets it be."""


@dataclass(frozen=True)
class Npmle:
    """Mass on intervals (left, right] (a point where they are equal, right = inf beyond all looks); sums to 1.

    Where inside an interval the mass lies can't be known, so every answer is a pair of bounds. `gap` bounds how far
    the log-likelihood is from its maximum; `converged` says whether that met the tolerance.
    """

    left: Floats
    right: Floats
    mass: Floats
    n: float
    loglik: float
    gap: float
    steps: int
    converged: bool
    _cumulative: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cumulative", np.concatenate(([0.0], np.cumsum(self.mass))))

    def share_by(self, time: ArrayLike) -> tuple[Floats, Floats]:
        """Bounds of P(T <= time): mass surely by then, and mass that may be by then."""
        at = np.asarray(time, dtype=np.float64)
        sure = self._cumulative[np.searchsorted(self.right, at, side="right")]
        point = self.left == self.right
        reach = np.where(point, self.left, np.nextafter(self.left, np.inf))
        maybe = self._cumulative[np.searchsorted(reach, at, side="right")]
        return np.minimum(sure, 1.0), np.minimum(np.maximum(maybe, sure), 1.0)

    def quantile(self, share: float = 0.5) -> tuple[float, float]:
        """Bounds of the first time by which `share` have ended; inf where that lies beyond all looks."""
        index = min(int(np.searchsorted(self._cumulative[1:], share - 1e-9)), self.mass.size - 1)
        return float(self.left[index]), float(self.right[index])


class Refit:
    """The NPMLE of fixed intervals under changing weights; a bootstrap asks for hundreds."""

    def __init__(self, left: ArrayLike, right: ArrayLike) -> None:
        """Raises ValueError for no intervals."""
        low, high = checked(left, right)
        self._support = innermost(low, high)
        self._size = self._support.left.size
        pairs = self._support.first * np.int64(self._size) + self._support.last
        self._pairs, self._where = np.unique(pairs, return_inverse=True)

    def __call__(self, weights: ArrayLike | None = None, *, tolerance: float = GAP) -> Npmle:
        """The estimate where interval i stands `weights[i]` times (once without)."""
        given = None if weights is None else np.asarray(weights, dtype=np.float64)
        count = np.bincount(self._where, weights=given, minlength=self._pairs.size).astype(np.float64)
        stands = count > 0
        pairs = self._pairs[stands]
        problem = Problem(pairs // self._size, pairs % self._size, count[stands], self._size)
        mass, gap, steps = problem.solve(tolerance * problem.n)
        kept = mass > 0
        return Npmle(
            left=self._support.left[kept],
            right=self._support.right[kept],
            mass=mass[kept],
            n=problem.n,
            loglik=problem.loglik(np.cumsum(mass)),
            gap=gap,
            steps=steps,
            converged=gap <= tolerance * problem.n,
        )


def npmle(left: ArrayLike, right: ArrayLike, weights: ArrayLike | None = None, *, tolerance: float = GAP) -> Npmle:
    """The NPMLE of intervals (left, right], right = inf where it was still there. Raises ValueError for no intervals.

    `weights` counts how often each interval stands; those that stand nowhere shape no support.
    """
    if weights is None:
        return Refit(left, right)(tolerance=tolerance)
    low, high = checked(left, right)
    count = np.asarray(weights, dtype=np.float64)
    stands = count > 0
    return Refit(low[stands], high[stands])(count[stands], tolerance=tolerance)
