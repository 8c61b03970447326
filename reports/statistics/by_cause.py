"""Cause-specific NPMLE: how much had ended by when, and for which cause, from intervals.

Masses of all causes and of "beyond" are estimated together by EM; with exact times it is the Aalen-Johansen
estimate. Treating ends of another cause as censored would overstate. Hudgens, Satten & Longini 2001, Biometrics 57:74.
"""

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reports.statistics.accelerate import leap
from reports.statistics.support import Floats, Ints, Support, checked, innermost

MOST_STEPS = 20_000
TOLERANCE = 1e-9
_TINY = 1e-300
_KEPT = 1e-3
"""A leap takes no mass below this share of what EM gave it: what it takes away wrongly can grow back."""


@dataclass(frozen=True)
class Incidence:
    """Mass of one cause on intervals (left, right]."""

    left: Floats
    right: Floats
    mass: Floats

    def share_by(self, time: float) -> tuple[float, float]:
        """Bounds of the share that ended by `time` for this cause."""
        sure = float(self.mass[self.right <= time].sum())
        return sure, float(self.mass[(self.left < time) | (self.right <= time)].sum())

    def quantile(self, share: float = 0.5) -> tuple[float, float]:
        """Bounds of the first time by which `share` of all ended for this cause; inf where that was not seen."""
        index = int(np.searchsorted(np.cumsum(self.mass), share - 1e-9))
        if index >= self.mass.size:
            return float("inf"), float("inf")
        return float(self.left[index]), float(self.right[index])


@dataclass(frozen=True)
class ByCause:
    """Incidence by cause, the mass that lies beyond all looks, and how near the maximum it is."""

    causes: dict[str, Incidence]
    beyond: float
    loglik: float
    gap: float
    converged: bool


@dataclass(frozen=True)
class _Block:
    """The support of one cause, as a stretch of the joint vector of masses, and the rows that ended so."""

    name: str
    offset: int
    support: Support
    rows: NDArray[np.int64]


class RefitByCause:
    """The cause-specific NPMLE of fixed intervals under changing weights; a bootstrap asks for hundreds."""

    def __init__(self, left: ArrayLike, right: ArrayLike, cause: ArrayLike) -> None:
        """Raises ValueError where an ended one has no cause."""
        low, high = checked(left, right)
        why = np.asarray(cause, dtype=np.str_)
        ended = np.isfinite(high)
        if why.shape != low.shape or (ended & (why == "")).any():
            raise ValueError("every interval that ended needs a cause")
        self._blocks = _blocks(low, high, why, ended)
        self._size = sum(block.support.left.size for block in self._blocks) + 1
        none = np.empty(0, dtype=np.int64)
        self._ended = np.concatenate([none, *(block.rows for block in self._blocks)])
        self._still = np.flatnonzero(~ended)
        first, last, tails = _ranges(self._blocks, low, ended)
        pairs, self._of_ended = np.unique(first * self._size + last, return_inverse=True)
        begins, self._of_still = np.unique(tails, axis=0, return_inverse=True)
        self._first, self._last, self._tails = pairs // self._size, pairs % self._size, begins
        self._warm: Floats | None = None

    def __call__(self, weights: ArrayLike | None = None, *, tolerance: float = TOLERANCE) -> ByCause:
        """The estimate where interval i stands `weights[i]` times (once without). Begins where the first call ended."""
        n = self._ended.size + self._still.size
        given = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
        ended = np.bincount(self._of_ended, weights=given[self._ended], minlength=self._first.size)
        still = np.bincount(self._of_still.ravel(), weights=given[self._still], minlength=len(self._tails))
        counts = ended.astype(np.float64), still.astype(np.float64)
        problem = _Problem(self._first, self._last, self._tails, *counts, self._size)
        mass, gap = problem.solve(tolerance * problem.n, self._warm)
        if self._warm is None:
            self._warm = mass
        return ByCause(
            causes={block.name: _incidence(block, mass) for block in self._blocks},
            beyond=float(mass[-1]),
            loglik=problem.loglik(mass),
            gap=gap,
            converged=gap <= tolerance * problem.n,
        )


def npmle_by_cause(left: ArrayLike, right: ArrayLike, cause: ArrayLike, *, tolerance: float = TOLERANCE) -> ByCause:
    """Intervals (left, right] with the cause that ended each; right = inf (still there) needs no cause.

    Raises ValueError where an ended one has none. Ends of unknown cause: call it once for each cause that they may
    have; the two results bound the truth.
    """
    return RefitByCause(left, right, cause)(tolerance=tolerance)


def _incidence(block: _Block, mass: Floats) -> Incidence:
    support = block.support
    return Incidence(support.left, support.right, mass[block.offset : block.offset + support.left.size])


def _blocks(low: Floats, high: Floats, why: NDArray[np.str_], ended: NDArray[np.bool_]) -> list[_Block]:
    blocks, offset = [], 0
    for name in sorted(set(why[ended].tolist())):
        rows = np.flatnonzero(ended & (why == name))
        censored = low[~ended]
        support = innermost(
            np.concatenate((low[rows], censored)), np.concatenate((high[rows], np.full(censored.size, np.inf)))
        )
        finite = np.isfinite(support.right)
        support = Support(support.left[finite], support.right[finite], support.first, support.last, support.entered)
        blocks.append(_Block(name, offset, support, rows))
        offset += support.left.size
    return blocks


def _ranges(
    blocks: list[_Block], low: Floats, ended: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Ranges of the ended rows; for each censored one, a range to the end of every cause's stretch."""
    first, last = [], []
    for block in blocks:
        count = block.rows.size
        first.append(block.support.first[:count] + block.offset)
        last.append(np.minimum(block.support.last[:count], block.support.left.size - 1) + block.offset)
    censored = low[~ended]
    tails = np.empty((censored.size, len(blocks), 2), dtype=np.int64)
    for index, block in enumerate(blocks):
        tails[:, index, 0] = block.support.first[block.rows.size :] + block.offset
        tails[:, index, 1] = block.offset + block.support.left.size - 1
    none = np.empty(0, dtype=np.int64)
    return np.concatenate([none, *first]), np.concatenate([none, *last]), tails


def _at_least(floor: Floats, mass: Floats) -> Floats:
    raised = np.maximum(mass, floor)
    return np.asarray(raised / raised.sum())


@dataclass(frozen=True)
class _Problem:
    """Distinct rows with how often each stands: ranges of those that ended, tails (by cause) of those still there."""

    first: Ints
    last: Ints
    tails: Ints
    ended: Floats
    still: Floats
    size: int

    @cached_property
    def n(self) -> float:
        return float(self.ended.sum() + self.still.sum())

    def solve(self, tolerance: float, warm: Floats | None) -> tuple[Floats, float]:
        """Masses and duality gap: EM, each two steps followed by a leap."""
        mass = self._begin(warm)
        for _ in range(MOST_STEPS):
            one, gap = self._em(mass)
            if gap <= tolerance:
                return mass, gap
            two, _ = self._em(one)
            mass = leap(mass, one, two, partial(_at_least, two * _KEPT), self.loglik)
        return mass, self._em(mass)[1]

    def loglik(self, mass: Floats) -> float:
        return self._loglik(*self._seen(mass))

    def _loglik(self, ended: Floats, still: Floats) -> float:
        return float(np.sum(self.ended * np.log(ended)) + np.sum(self.still * np.log(still)))

    def _seen(self, mass: Floats) -> tuple[Floats, Floats]:
        """The probability of each distinct row: of those that ended, and of those still there."""
        padded = np.concatenate(([0.0], np.cumsum(mass)))
        ended = padded[self.last + 1] - padded[self.first]
        still = np.full(self.still.size, mass[-1])
        for index in range(self.tails.shape[1]):
            still += padded[self.tails[:, index, 1] + 1] - padded[self.tails[:, index, 0]]
        return np.maximum(ended, _TINY), np.maximum(still, _TINY)

    def _begin(self, warm: Floats | None) -> Floats:
        """Equal masses mixed into those of a fit of nearly the same rows: a zero could never grow again."""
        mass = np.full(self.size, 1.0 / self.size)
        if not self.still.any():
            mass = np.append(np.full(self.size - 1, 1.0 / max(self.size - 1, 1)), 0.0)
        return mass if warm is None else 0.9 * warm + 0.1 * mass

    def _em(self, mass: Floats) -> tuple[Floats, float]:
        """The masses after one step, and the duality gap of those before it."""
        ended, still = self._seen(mass)
        gradient = self._gradient(self.ended / ended, self.still / still)
        moved = mass * gradient
        return moved / moved.sum(), float(gradient.max() - self.n)

    def _gradient(self, ended: Floats, still: Floats) -> Floats:
        size = self.size + 1
        change = np.bincount(self.first, weights=ended, minlength=size)
        change = change - np.bincount(self.last + 1, weights=ended, minlength=size)
        for index in range(self.tails.shape[1]):
            change += np.bincount(self.tails[:, index, 0], weights=still, minlength=size)
            change -= np.bincount(self.tails[:, index, 1] + 1, weights=still, minlength=size)
        gradient = np.cumsum(change)[: self.size]
        gradient[-1] = still.sum()
        return np.asarray(gradient)
