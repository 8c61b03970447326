"""Intervals for a share of independent items, where nothing is clustered and nothing undecided."""

import math

from scipy.special import betaincinv
from scipy.stats import norm


def wilson(count: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """The score interval of `count` successes among `of` trials (Wilson 1927, J Am Stat Assoc 22:209).

    Raises ValueError unless 0 <= count <= of and of > 0.
    """
    _check(count, of)
    z = float(norm.ppf(0.5 + level / 2))
    share = count / of
    centre = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def clopper_pearson(count: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval (Clopper & Pearson 1934, Biometrika 26:404): never covers less than `level`.

    Raises ValueError unless 0 <= count <= of and of > 0.
    """
    _check(count, of)
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(betaincinv(count, of - count + 1, tail))
    high = 1.0 if count == of else float(betaincinv(count + 1, of - count, 1 - tail))
    return low, high


def _check(count: int, of: int) -> None:
    if of <= 0 or not 0 <= count <= of:
        raise ValueError(f"{count} of {of} is no share")
