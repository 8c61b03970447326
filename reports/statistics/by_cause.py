"""Cause-specific NPMLE: how much had ended by when, and for which cause, from intervals.

Masses of all causes and of "beyond" are estimated together by EM; with exact times it is the Aalen-Johansen
estimate. Treating ends of another cause as censored would overstate. Hudgens, Satten & Longini 2001, Biometrics 57:74.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reports.statistics.support import Floats, Support, checked, innermost

MOST_STEPS = 20_000
TOLERANCE = 1e-9


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


def npmle_by_cause(left: ArrayLike, right: ArrayLike, cause: ArrayLike, *, tolerance: float = TOLERANCE) -> ByCause:
    """Intervals (left, right] with the cause that ended each; right = inf (still there) needs no cause.

    Raises ValueError where an ended one has none. Ends of unknown cause: call it once for each cause that they may
    have; the two results bound the truth.
    """
    low, high = checked(left, right)
    why = np.asarray(cause, dtype=np.str_)
    ended = np.isfinite(high)
    if why.shape != low.shape or (ended & (why == "")).any():
        raise ValueError("every interval that ended needs a cause")
    blocks = _blocks(low, high, why, ended)
    size = sum(block.support.left.size for block in blocks) + 1
    first, last, tails = _ranges(blocks, low, ended)
    mass, loglik, gap = _maximise(first, last, tails, size, tolerance * low.size)
    return ByCause(
        causes={
            block.name: Incidence(
                block.support.left, block.support.right, mass[block.offset : block.offset + block.support.left.size]
            )
            for block in blocks
        },
        beyond=float(mass[-1]),
        loglik=loglik,
        gap=gap,
        converged=gap <= tolerance * low.size,
    )


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


def _maximise(
    first: NDArray[np.int64], last: NDArray[np.int64], tails: NDArray[np.int64], size: int, tolerance: float
) -> tuple[Floats, float, float]:
    mass = np.full(size, 1.0 / size)
    if not len(tails):
        mass = np.append(np.full(size - 1, 1.0 / max(size - 1, 1)), 0.0)
    n, gap, loglik = first.size + len(tails), np.inf, -np.inf
    for _ in range(MOST_STEPS):
        padded = np.concatenate(([0.0], np.cumsum(mass)))
        ended = padded[last + 1] - padded[first]
        still = mass[-1] + np.sum(padded[tails[:, :, 1] + 1] - padded[tails[:, :, 0]], axis=1)
        gradient = _gradient(first, last, tails, 1.0 / ended, 1.0 / still, size)
        loglik = float(np.sum(np.log(ended)) + np.sum(np.log(still)))
        gap = float(gradient.max() - n)
        if gap <= tolerance:
            break
        mass = mass * gradient / n
    return mass, loglik, gap


def _gradient(
    first: NDArray[np.int64], last: NDArray[np.int64], tails: NDArray[np.int64], ended: Floats, still: Floats, size: int
) -> Floats:
    change = np.bincount(first, weights=ended, minlength=size + 1)
    change = change - np.bincount(last + 1, weights=ended, minlength=size + 1)
    for index in range(tails.shape[1]):
        change += np.bincount(tails[:, index, 0], weights=still, minlength=size + 1)
        change -= np.bincount(tails[:, index, 1] + 1, weights=still, minlength=size + 1)
    gradient = np.cumsum(change)[:size]
    gradient[-1] = still.sum()
    return np.asarray(gradient)
