"""Where a nonparametric estimate can put mass: the innermost intervals of a set of observations (L, R].

Turnbull 1976, J R Stat Soc B 38:290; with delayed entry also Frydman 1994, J R Stat Soc B 56:71, who adds the points
of entry as right ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Support:
    """The innermost intervals (left, right], ordered; left = right is a point, right = inf lies beyond all looks.

    Observation i covers those numbered first[i] to last[i], both included; `entered[i]` of them lie before or at
    its entry (0 without delayed entry).
    """

    left: Floats
    right: Floats
    first: Ints
    last: Ints
    entered: Ints


def checked(left: ArrayLike, right: ArrayLike) -> tuple[Floats, Floats]:
    """Both ends as arrays of float64. Raises ValueError where they are no intervals (L, R] of nonnegative times."""
    low, high = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if low.shape != high.shape or low.ndim != 1 or not low.size:
        raise ValueError("left and right must be one-dimensional, of one length, and not empty")
    if np.isnan(low).any() or np.isnan(high).any():
        raise ValueError("an end of an interval is not a number")
    if (low < 0).any() or np.isinf(low).any() or (high < low).any():
        raise ValueError("an interval needs 0 <= left <= right and a finite left end")
    return low, high


def innermost(left: Floats, right: Floats, entry: Floats | None = None) -> Support:
    """The innermost intervals of the observations (left, right], points where left = right.

    Every time t has two slots: 2r for the moment t itself and 2r + 1 for what lies right after it, r its rank. (L, R]
    covers 2 rank(L) + 1 to 2 rank(R), a point x covers 2 rank(x) alone.
    """
    parts = (left, right) if entry is None else (left, right, entry)
    times, ranks = np.unique(np.concatenate(parts), return_inverse=True)
    n = left.size
    low, high = 2 * ranks[:n], 2 * ranks[n : 2 * n]
    low = low + (left < right)
    starts, ends = np.zeros(2 * times.size, dtype=bool), np.zeros(2 * times.size, dtype=bool)
    starts[low] = ends[high] = True
    entered_slot = None
    if entry is not None:
        entered_slot = np.where(entry > 0, 2 * ranks[2 * n :], -1)
        ends[entered_slot[entered_slot >= 0]] = True
    end_slots = np.flatnonzero(ends)
    latest = np.maximum.accumulate(np.where(starts, np.arange(starts.size), -1))[end_slots]
    previous = np.concatenate(([-1], end_slots[:-1]))
    kept = latest > previous
    begin, end = latest[kept], end_slots[kept]
    return Support(
        left=times[begin // 2],
        right=times[end // 2],
        first=np.searchsorted(begin, low, side="left"),
        last=np.searchsorted(end, high, side="right") - 1,
        entered=np.zeros(n, dtype=np.int64) if entered_slot is None else np.searchsorted(end, entered_slot, "right"),
    )


def outward(left: Floats, right: Floats, points: int = 256, kept: Sequence[float] = ()) -> tuple[Floats, Floats]:
    """The intervals with their ends moved outward to at most `points` of their own times, and to those `kept` (what
    is asked about loses nothing then): wider, never narrower."""
    times = np.unique(np.concatenate((left, right[np.isfinite(right)])))
    own = times[np.linspace(0, times.size - 1, points).astype(np.int64)]
    grid = np.unique(np.concatenate((own, [one for one in kept if own[0] < one < own[-1]])))
    low = grid[np.searchsorted(grid, left, side="right") - 1]
    low = np.where((left == right) & (low == left), np.concatenate(([0.0], grid))[np.searchsorted(grid, left)], low)
    return low, np.concatenate((grid, [np.inf]))[np.searchsorted(grid, right, side="left")]
