"""Leaps along the way of an EM: SQUAREM of Varadhan & Roland 2008, Scand J Stat 35:335, taken only where it gains."""

from collections.abc import Callable

import numpy as np

from reports.statistics.support import Floats

_FARTHEST = 1e3
_TINY = 1e-300


def leap(
    start: Floats, one: Floats, two: Floats, kept: Callable[[Floats], Floats], gain: Callable[[Floats], float]
) -> Floats:
    """Where to go on after two EM steps from `start`: along them as far as they bend, or `two`.

    `kept` brings a trial back to what is allowed, `gain` is the log-likelihood.
    """
    step, bend = one - start, two - 2 * one + start
    taken, bent = float(np.sum(step**2)), float(np.sum(bend**2))
    length = min(float(np.sqrt(taken / bent)), _FARTHEST) if bent > _TINY else 0.0
    if length <= 1:
        return two
    best = gain(two)
    while length > 1:
        trial = kept(start + 2 * length * step + length**2 * bend)
        if gain(trial) >= best:
            return trial
        length = (length - 1) / 4
    return two
