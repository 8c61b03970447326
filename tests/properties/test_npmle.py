"""The NPMLE against an independent implementation, and against what must hold for any data."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from surpyval import Turnbull  # type: ignore[attr-defined]

from reports.statistics.bounds import share_by_deadline
from reports.statistics.by_cause import npmle_by_cause
from reports.statistics.delayed_entry import npmle_with_entry
from reports.statistics.npmle import Npmle, Refit, npmle
from reports.statistics.product_limit import kaplan_meier
from reports.statistics.support import outward
from tests.unit.reports.recomputed import Fit, keys_of, turnbull

Rows = list[tuple[int, int, str]]


@st.composite
def rows(draw: st.DrawFn) -> Rows:
    """Small integers, so that ties, exact times, touching and right-censored intervals are common."""
    made = []
    for _ in range(draw(st.integers(1, 40))):
        left = draw(st.integers(0, 12))
        kind = draw(st.sampled_from(["interval", "interval", "exact", "still"]))
        made.append((left, left + draw(st.integers(1, 8)), kind))
    return made


def ends(made: Rows) -> tuple[np.ndarray, np.ndarray]:
    left = np.array([row[0] for row in made], dtype=float)
    right = np.array([{"exact": row[0], "still": math.inf}.get(row[2], row[1]) for row in made], dtype=float)
    return left, right


def probability(fitted: Npmle, left: float, right: float) -> float:
    """The mass that an observation is made of: support intervals wholly within it."""
    if left == right:
        return float(fitted.mass[(fitted.left == left) & (fitted.right == left)].sum())
    point = fitted.left == fitted.right
    inside = (fitted.left >= left) & (fitted.right <= right) & ~(point & (fitted.left == left))
    return float(fitted.mass[inside].sum())


@given(rows())
@settings(max_examples=200, deadline=None)
def test_masses_sum_to_one_and_the_score_conditions_hold(made: Rows) -> None:
    left, right = ends(made)
    fitted = npmle(left, right)
    assert fitted.converged
    assert fitted.mass.sum() == pytest.approx(1.0)
    seen = [probability(fitted, a, b) for a, b in zip(left, right, strict=True)]
    assert min(seen) >= 1 / len(made) - 1e-6
    assert fitted.loglik == pytest.approx(float(np.sum(np.log(seen))), abs=1e-9)


@given(rows())
@settings(max_examples=60, deadline=None)
def test_no_other_masses_are_likelier(made: Rows) -> None:
    left, right = ends(made)
    fitted = npmle(left, right)
    generator = np.random.default_rng(len(made))
    for _ in range(20):
        mass = 0.9 * fitted.mass + 0.1 * generator.dirichlet(np.ones(fitted.mass.size))
        other = Npmle(fitted.left, fitted.right, mass, fitted.n, 0.0, 0.0, 0, True)
        seen = [probability(other, a, b) for a, b in zip(left, right, strict=True)]
        assert float(np.sum(np.log(seen))) <= fitted.loglik + 1e-8


@pytest.mark.parametrize("seed", range(25))
def test_agrees_with_surpyval_where_the_estimate_is_identified(seed: int) -> None:
    generator = np.random.default_rng(seed)
    left = generator.integers(0, 30, 60).astype(float)
    right = left + generator.integers(1, 12, 60)
    right[generator.random(60) < 0.2] = math.inf
    fitted = npmle(left, right)
    other = Turnbull.fit(xl=left, xr=right, turnbull_estimator="Kaplan-Meier")
    for when in np.unique(np.concatenate((left, right[np.isfinite(right)]))):
        sure, maybe = fitted.share_by(when)
        if when > 0 and sure == pytest.approx(float(maybe), abs=1e-12):
            assert float(other.ff(when)) == pytest.approx(float(sure), abs=2e-4)


@given(rows())
@settings(max_examples=60, deadline=None)
def test_weights_count_repeats(made: Rows) -> None:
    left, right = ends(made)
    twice = npmle(np.repeat(left, 2), np.repeat(right, 2))
    weighted = npmle(left, right, np.full(left.size, 2.0))
    assert weighted.loglik == pytest.approx(twice.loglik, abs=1e-6)
    assert Refit(left, right)(np.full(left.size, 2.0)).loglik == pytest.approx(twice.loglik, abs=1e-6)


@given(rows())
@settings(max_examples=60, deadline=None)
def test_exact_and_censored_times_give_kaplan_meier(made: Rows) -> None:
    time = np.array([row[0] + 1 for row in made], dtype=float)
    event = np.array([row[2] != "still" for row in made])
    fitted = npmle(time, np.where(event, time, math.inf))
    curve = kaplan_meier(time, event)
    for when in np.unique(time):
        assert 1 - float(fitted.share_by(when)[0]) == pytest.approx(curve.at(when), abs=1e-6)


@given(rows())
@settings(max_examples=60, deadline=None)
def test_entry_at_the_start_changes_nothing(made: Rows) -> None:
    left, right = ends(made)
    plain, delayed = npmle(left, right), npmle_with_entry(left, right, np.zeros(left.size))
    assert delayed.loglik == pytest.approx(plain.loglik, abs=1e-4 * max(1, len(made)))


@given(rows())
@settings(max_examples=60, deadline=None)
def test_one_cause_is_no_cause(made: Rows) -> None:
    left, right = ends(made)
    plain, by_cause = npmle(left, right), npmle_by_cause(left, right, ["removed"] * left.size)
    assert by_cause.loglik == pytest.approx(plain.loglik, abs=1e-5 * max(1, len(made)))


@given(rows(), st.integers(1, 20))
@settings(max_examples=100, deadline=None)
def test_rounding_outward_only_widens(made: Rows, points: int) -> None:
    left, right = ends(made)
    low, high = outward(left, right, points + 1)
    assert (low <= left).all()
    assert (high >= right).all()


@given(rows(), st.integers(0, 20))
@settings(max_examples=100, deadline=None)
def test_every_listing_is_met_missed_or_undecided(made: Rows, due: int) -> None:
    left, right = ends(made)
    share = share_by_deadline(left, right, np.full(left.size, float(due)), np.arange(left.size))
    assert share.met + share.missed + share.undecided == len(made)
    assert share.met == sum(end <= due for end in right)
    assert 0 <= share.low <= share.high <= 1
    if share.ci_low is not None and share.ci_high is not None:
        assert share.ci_low <= share.low
        assert share.high <= share.ci_high


@pytest.mark.parametrize("seed", range(60))
def test_with_entry_no_self_consistent_estimate_is_likelier(seed: int) -> None:
    """Against an EM of another kind (truncated observations are added back as ghosts), written without ours."""
    generator = np.random.default_rng(seed)
    count = int(generator.integers(1, 20))
    left = generator.integers(0, 12, count).astype(float)
    right = left + generator.integers(1, 6, count)
    right = np.where(generator.random(count) < 0.2, left, right)
    right[generator.random(count) < 0.25] = math.inf
    entry = np.array([float(generator.integers(0, int(one) + 1)) for one in left])
    entry = np.where((entry > 0) & (entry == right), entry - 1, entry)
    fitted = npmle_with_entry(left, right, entry)
    spans = list(zip(left.tolist(), right.tolist(), strict=True))
    theirs = turnbull(spans, np.ones(count), entry.tolist(), steps=2000)
    assert fitted.mass.sum() == pytest.approx(1.0)
    assert conditional_loglik(theirs, spans, entry.tolist()) <= fitted.loglik + 1e-6
    assert fitted.loglik <= 1e-9


def conditional_loglik(fitted: Fit, spans: list[tuple[float, float]], entries: list[float]) -> float:
    total = 0.0
    for span, entry in zip(spans, entries, strict=True):
        first, last = keys_of(*span)
        pairs = list(zip(fitted.support, fitted.mass.tolist(), strict=True))
        seen = sum(mass for (begin, end), mass in pairs if first <= begin and end <= last)
        alive = sum(mass for (_, end), mass in pairs if entry <= 0 or end > (entry, 0))
        total += math.log(max(seen, 1e-300)) - math.log(max(alive, 1e-300))
    return total
