"""Maximises the likelihood of interval observations over masses on their support.

EM steps move mass everywhere; ICM steps (an isotonic regression of the cumulative) set it to zero where it belongs;
once few masses are left, Newton steps on those finish. Gentleman and Geyer's duality gap says when to stop: no masses
have a log-likelihood that exceeds ours by more than it.

Turnbull 1976, J R Stat Soc B 38:290; Gentleman & Geyer 1994, Biometrika 81:618; Wellner & Zhan 1997, J Am Stat Assoc
92:945; Wang 2007, J R Stat Soc B 69:185.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve
from scipy.optimize import isotonic_regression

from reports.statistics.support import Floats, Ints

MOST_STEPS = 5_000
_WARM_STEPS = 8
_ACTIVE_STEPS = 200
_NEWTON_SIZE = 100
_POLISH = 1e-3
"""Newton steps on few masses gain three more digits for nothing."""
_HOLDS = 12
_HALVINGS = 30
_RIDGE = 1e-12
_TINY = 1e-300


@dataclass(frozen=True)
class Problem:
    """Distinct observations as ranges first..last of `size` support intervals, each standing `count` times."""

    first: Ints
    last: Ints
    count: Floats
    size: int

    @property
    def n(self) -> float:
        return float(self.count.sum())

    def solve(self, tolerance: float) -> tuple[Floats, float, int]:
        """Masses, duality gap and number of steps."""
        mass = np.full(self.size, 1.0 / self.size)
        gap = np.inf
        for step in range(1, MOST_STEPS + 1):
            mass = self._icm(self._em(self._em(mass)))
            if step >= _WARM_STEPS:
                mass = self._on_active(mass, tolerance / 2)
            gap = self.gap(mass)
            if gap <= tolerance:
                return mass, gap, step
        return mass, gap, MOST_STEPS

    def gap(self, mass: Floats) -> float:
        """What the log-likelihood of `mass` may lack to the maximum, at most."""
        return float(self._gradient(mass).max() - self.n)

    def _em(self, mass: Floats) -> Floats:
        moved = mass * self._gradient(mass)
        return np.asarray(moved / moved.sum())

    def loglik(self, cumulative: Floats) -> float:
        return self._loglik_of(self._seen(cumulative))

    def _loglik_of(self, seen: Floats) -> float:
        """Not written as a dot product: its threads cost more than the sum where the machine is busy."""
        return float(np.sum(self.count * np.log(seen)))

    def _seen(self, cumulative: Floats) -> Floats:
        """The probability of each distinct observation."""
        padded = np.concatenate(([0.0], cumulative))
        return np.asarray(np.maximum(padded[self.last + 1] - padded[self.first], _TINY))

    def _gradient(self, mass: Floats) -> Floats:
        """d loglik / d mass; at the maximum it is n where there is mass and at most n elsewhere."""
        return np.cumsum(self._spread(self.count / self._seen(np.cumsum(mass))))

    def _spread(self, values: Floats) -> Floats:
        """Differences of the sum, over the support, of each observation's value on its own range."""
        size = self.size + 1
        begins = np.bincount(self.first, weights=values, minlength=size)
        ends = np.bincount(self.last + 1, weights=values, minlength=size)
        return np.asarray((begins - ends)[: self.size])

    def _icm(self, mass: Floats) -> Floats:
        """One step of the iterative convex minorant with step halving; never lowers the likelihood."""
        if self.size == 1:
            return mass
        cumulative = np.cumsum(mass)
        seen = self._seen(cumulative)
        slope = self.count / seen
        curve = slope / seen
        size = self.size + 1
        up, down = self.last + 1, self.first
        gradient = np.bincount(up, weights=slope, minlength=size) - np.bincount(down, weights=slope, minlength=size)
        weight = np.bincount(up, weights=curve, minlength=size) + np.bincount(down, weights=curve, minlength=size)
        inner = slice(1, self.size)
        weight = np.maximum(weight[inner], _TINY)
        target = cumulative[:-1] + gradient[inner] / weight
        fitted = np.clip(isotonic_regression(target, weights=weight).x, 0.0, 1.0)
        return self._better(cumulative, np.append(fitted, 1.0), mass)

    def _better(self, cumulative: Floats, proposal: Floats, mass: Floats) -> Floats:
        """The longest of some steps towards the proposal that raises the likelihood and keeps every row possible.

        At the maximum no row's probability is below 1/n, so a hundredth of that is no limit, only a guard rail.
        """
        seen = self._seen(cumulative)
        now, floor = self._loglik_of(seen), min(0.01 / self.n, float(seen.min()))
        share = 1.0
        for _ in range(_HALVINGS):
            trial = cumulative + share * (proposal - cumulative)
            seen = self._seen(trial)
            if seen.min() >= floor and self._loglik_of(seen) >= now:
                better = np.maximum(np.diff(trial, prepend=0.0), 0.0)
                return np.asarray(better / better.sum())
            share /= 2
        return mass

    def _on_active(self, mass: Floats, tolerance: float) -> Floats:
        """The same on the masses that are not zero, the others held at zero: far smaller, so steps are cheap."""
        active = np.flatnonzero(mass)
        first = np.searchsorted(active, self.first)
        last = np.searchsorted(active, self.last, side="right") - 1
        pairs, where = np.unique(first * active.size + last, return_inverse=True)
        count = np.bincount(where, weights=self.count).astype(np.float64)
        reduced = Problem(pairs // active.size, pairs % active.size, count, active.size)
        found = mass[active]
        target = tolerance * _POLISH if active.size <= _NEWTON_SIZE else tolerance
        for _ in range(_ACTIVE_STEPS):
            if reduced.gap(found) <= target:
                break
            found = reduced._step(found)
        mass = np.zeros_like(mass)
        mass[active] = found
        return mass

    def _step(self, mass: Floats) -> Floats:
        if self.size <= _NEWTON_SIZE:
            mass, moved = self._newton(mass)
            if moved:
                return mass
        return self._icm(self._em(self._em(mass)))

    def _newton(self, mass: Floats) -> tuple[Floats, bool]:
        """One Newton step of loglik - n * sum(mass), whose maximum sums to one by itself, kept nonnegative."""
        seen = self._seen(np.cumsum(mass))
        gradient = self._gradient(mass) - self.n
        curve = self._curvature(self.count / seen**2)
        proposal = _nonnegative_step(curve, gradient, mass)
        if proposal is None or not gradient @ (proposal - mass) > 0:
            return mass, False
        now, floor = self._loglik_of(seen), min(0.01 / self.n, float(seen.min()))
        share = 1.0
        for _ in range(_HALVINGS):
            trial = mass + share * (proposal - mass)
            trial = trial / trial.sum()
            seen = self._seen(np.cumsum(trial))
            if seen.min() >= floor and self._loglik_of(seen) >= now:
                return trial, True
            share /= 2
        return mass, False

    def _curvature(self, values: Floats) -> Floats:
        """The sum over observations of value times the outer product of their range with itself."""
        size = self.size
        corner = np.bincount(self.first * size + self.last, weights=values, minlength=size * size).reshape(size, size)
        summed = np.triu(np.cumsum(np.cumsum(corner, axis=0)[:, ::-1], axis=1)[:, ::-1])
        return np.asarray(summed + np.triu(summed, 1).T)


def _nonnegative_step(curve: Floats, gradient: Floats, mass: Floats) -> Floats | None:
    """Where the quadratic model has its maximum; masses that it makes negative are held at zero and it is redone."""
    free: NDArray[np.bool_] = np.ones(mass.size, dtype=bool)
    proposal = mass
    for _ in range(_HOLDS):
        held = ~free
        right = gradient[free] + curve[np.ix_(free, held)] @ mass[held]
        block = curve[np.ix_(free, free)]
        block = block + _RIDGE * np.trace(block) / block.shape[0] * np.eye(block.shape[0])
        try:
            step = cho_solve(cho_factor(block, lower=True, check_finite=False), right, check_finite=False)
        except LinAlgError:
            return None
        proposal = np.zeros_like(mass)
        proposal[free] = mass[free] + step
        if (proposal >= 0).all():
            return proposal
        free &= proposal > 0
        if not free.any():
            return None
    return np.maximum(proposal, 0.0)
