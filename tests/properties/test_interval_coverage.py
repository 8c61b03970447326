"""Do the 95 % intervals cover the truth as often as they say, when listings of one recall share a fate?

Each recall has a frailty (gamma, mean 1), its listings are removed at its own hazard, and are looked at at uneven
times. Many markets are drawn with a fixed seed; the share of them whose interval holds the truth is the coverage.
"""

import math

import numpy as np
import pytest

from reports.statistics.bounds import share_by_deadline
from reports.statistics.npmle import Refit
from reports.statistics.resample import over_clusters, percentile_interval
from reports.statistics.score_test import permutation_test, score_test

pytestmark = pytest.mark.nightly

MARKETS = 800
LISTINGS = 10
LOOKS = 120
DEADLINE = 48.0
MEAN_HOURS = 60.0

Market = tuple[np.ndarray, np.ndarray, np.ndarray]


def market(generator: np.random.Generator, recalls: int, *, mean_gap: float = 16.0, pin: bool = False) -> Market:
    """Intervals and recalls of one market; with `pin` the schedule looks once in the hour after the deadline too."""
    recall = np.repeat(np.arange(recalls), LISTINGS)
    frailty = generator.gamma(1.0, 1.0, recalls)[recall]
    removed = generator.exponential(1.0, recall.size) * MEAN_HOURS / frailty
    looks = np.cumsum(generator.exponential(mean_gap, (recall.size, LOOKS)), axis=1)
    if pin:
        looks = np.concatenate((looks, DEADLINE + generator.random((recall.size, 1))), axis=1)
    before = looks < removed[:, None]
    left = np.where(before, looks, 0.0).max(axis=1)
    right = np.where(before, math.inf, looks).min(axis=1)
    return left, right, recall


def truth(time: float) -> float:
    """P(T <= time) with a gamma(1) frailty: 1 - E exp(-frailty * time / mean)."""
    return 1 - 1 / (1 + time / MEAN_HOURS)


@pytest.mark.parametrize("recalls", [15, 25, 40])
def test_share_by_deadline_covers_where_deadlines_are_pinned(recalls: int) -> None:
    assert 0.93 <= coverage(recalls, mean_gap=4.0, pin=True) <= 0.98
    assert 0.93 <= coverage(recalls, mean_gap=16.0, pin=True) <= 0.98


@pytest.mark.parametrize("recalls", [15, 25, 40])
def test_share_by_deadline_covers_more_where_many_are_undecided(recalls: int) -> None:
    """With a sixth undecided the truth lies inside the bounds, not at their end: the interval can only be too wide."""
    assert coverage(recalls, mean_gap=16.0, pin=False) >= 0.95


def coverage(recalls: int, *, mean_gap: float, pin: bool) -> float:
    generator = np.random.default_rng(recalls)
    covered = 0
    for _ in range(MARKETS):
        left, right, recall = market(generator, recalls, mean_gap=mean_gap, pin=pin)
        share = share_by_deadline(left, right, np.full(left.size, DEADLINE), recall)
        assert share.ci_low is not None
        assert share.ci_high is not None
        covered += share.ci_low <= truth(DEADLINE) <= share.ci_high
    return covered / MARKETS


@pytest.mark.parametrize("recalls", [25, 40])
def test_bootstrap_over_recalls_covers(recalls: int) -> None:
    generator = np.random.default_rng(recalls)
    markets, covered = 150, 0
    for number in range(markets):
        left, right, recall = market(generator, recalls)
        refit = Refit(left, right)
        drawn = over_clusters(
            recall,
            lambda weights, refit=refit: refit(weights, tolerance=1e-6).share_by(DEADLINE),  # type: ignore[misc]
            seed=number,
            draws=100,
        )
        assert drawn is not None
        low, high = percentile_interval([float(one[0]) for one in drawn], [float(one[1]) for one in drawn])
        covered += low <= truth(DEADLINE) <= high
    assert covered / markets >= 0.90


def test_score_test_holds_its_size_where_a_permutation_does_not() -> None:
    generator = np.random.default_rng(7)
    markets, ours, theirs = 200, 0, 0
    for _ in range(markets):
        left, right, recall = market(generator, 40)
        group = np.where(recall % 2, "a", "b")
        ours += score_test(left, right, group, recall).p < 0.05
        theirs += permutation_test(left, right, group).p < 0.05
    assert ours / markets <= 0.09
    assert theirs / markets >= 0.20
