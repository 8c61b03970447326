"""How much of what is there did our searches find? From two searches that share no words, or from repeated ones.

Chapman 1951; sensitivity to dependence after Chao et al. 2001, Stat Med 20:3123; lower bound: Chao 1987, Biometrics
43:783. Searches that find the same easy listings make the total too small, so coverage is always "at most".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Total:
    """An estimated total with its standard error; `low` and `high` are a 95 % interval that never falls below what
    was seen."""

    total: float
    error: float
    low: float
    high: float


def chapman(first: int, second: int, both: int) -> Total:
    """The total from two independent searches that found `first`, `second`, and `both` in common.

    Raises ValueError where the counts can't be.
    """
    _check(first, second, both)
    total = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return _log_interval(total, math.sqrt(variance), first + second - both)


def coverage_by_dependence(
    first: int, second: int, both: int, odds_ratios: Sequence[float] = (1.0, 2.0, 5.0)
) -> dict[float, float]:
    """The share of all that both searches found together, were the odds of being found by the one so many times higher
    for what the other found. Raises ValueError where the counts can't be or nothing was found by both."""
    _check(first, second, both)
    if not both:
        raise ValueError("nothing was found by both searches: coverage can't be told")
    seen = first + second - both
    unseen = (first - both) * (second - both) / both
    return {ratio: seen / (seen + ratio * unseen) for ratio in odds_ratios}


def chao_lower_bound(once: int, twice: int, seen: int, *, bias_corrected: bool = False) -> Total:
    """At least so many are there, given how many were found exactly once and twice among `seen`.

    Raises ValueError where the counts can't be, or nothing was found twice and no correction is asked for.
    """
    if min(once, twice) < 0 or once + twice > seen:
        raise ValueError("more were found once or twice than were found")
    if bias_corrected or not twice:
        if not bias_corrected:
            raise ValueError("nothing was found exactly twice: ask for the bias-corrected bound")
        total = seen + once * (once - 1) / (2 * (twice + 1))
        ratio = once / (twice + 1)
        variance = (
            once * (once - 1) / (2 * (twice + 1))
            + once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
            + once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
        )
        return _log_interval(total, math.sqrt(variance), seen) if ratio else Total(float(seen), 0.0, seen, seen)
    ratio = once / twice
    variance = twice * (ratio**4 / 4 + ratio**3 + ratio**2 / 2)
    return _log_interval(seen + once**2 / (2 * twice), math.sqrt(variance), seen)


def _log_interval(total: float, error: float, seen: int) -> Total:
    """Log-normal in what was not seen (Chao 1987), so that the lower end stays above `seen`."""
    unseen = total - seen
    if unseen <= 0:
        return Total(total, error, total, total)
    factor = math.exp(1.959963984540054 * math.sqrt(math.log(1 + (error / unseen) ** 2)))
    return Total(total, error, seen + unseen / factor, seen + unseen * factor)


def _check(first: int, second: int, both: int) -> None:
    if both < 0 or both > min(first, second):
        raise ValueError(f"{both} in common of {first} and {second} can't be")
