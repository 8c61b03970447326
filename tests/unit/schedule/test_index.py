"""Learned hazards, the worth of a look, and what a budget buys: by hand-worked values."""

import numpy as np
import pytest

from monitor.schedule.hazard import CELLS, PRIOR_RATE, Hazards, Tally, cells_at, fit, hours_in_cells
from monitor.schedule.index import before_pin, expected_frailty, worth
from monitor.schedule.precision import precision_of


def test_hours_fall_into_age_bands_and_the_days_after_a_notice() -> None:
    one = np.array([0.0])
    hours = hours_in_cells(one, np.array([12.0]), np.array([3.0]), np.array([30.0]))[0]
    expected = np.zeros(CELLS)
    expected[[0, 2, 3, 5]] = 3, 6, 12, 6
    np.testing.assert_allclose(hours, expected)


def test_a_cell_begins_with_its_band() -> None:
    assert cells_at(np.array([0.0, 6.0, 400.0]), np.array([-np.inf, 0.0, 72.0])).tolist() == [0, 3, 12]


def test_without_data_every_cell_has_the_prior() -> None:
    np.testing.assert_allclose(Hazards.unknown(3).rates, PRIOR_RATE)


def test_much_data_overrules_the_prior_and_little_does_not() -> None:
    events, exposure = np.zeros((2, CELLS)), np.zeros((2, CELLS))
    events[0], exposure[0] = 5000, 50_000
    rates = fit(events, exposure).rates
    np.testing.assert_allclose(rates[0], 0.1, rtol=0.02)
    assert (rates[1] > PRIOR_RATE).all()
    assert (rates[1] < 0.1001).all()


def test_a_removal_is_shared_over_the_cells_by_where_it_was_likely() -> None:
    tally = Tally(1)
    hours, rates = np.zeros((1, CELLS)), np.ones((1, CELLS))
    hours[0, :2], rates[0, 1] = 5.0, 3.0
    tally.add(np.array([0]), hours, rates, np.array([True]), np.array([1.0]))
    assert tally.events[0, :2].tolist() == [0.25, 0.75]
    assert tally.exposure[0, :2].tolist() == [2.5, 2.5]


def test_worth_is_p_squared_over_its_slope() -> None:
    survived, since, rate = np.array([0.4]), np.array([0.3]), np.array([0.01])
    got = worth(survived, since, rate)
    step = 1e-6
    later = worth(survived, since + step * rate, rate)
    slope = (later.gone - got.gone) / step
    np.testing.assert_allclose(got.priority, got.gone**2 / slope, rtol=1e-4)


def test_who_survived_long_is_worth_less_and_frail_less() -> None:
    survived = np.array([0.0, 1.0, 10.0])
    gone = worth(survived, np.full(3, 0.1), np.full(3, 0.01)).gone
    assert (np.diff(gone) < 0).all()
    assert (np.diff(expected_frailty(survived)) < 0).all()


def test_a_look_just_before_a_pin_is_worth_hardly_anything() -> None:
    got = before_pin(np.array([10.0, 10.0]), np.array([20.0, 20.0]), np.array([1.0, np.inf]))
    assert got.tolist() == [1.0, 10.0]


def test_precision_of_equal_hazards_is_the_even_gap() -> None:
    got = precision_of(np.full(100, 0.01), 2400)
    assert got.mean_width_h == pytest.approx(1.0)
    got = precision_of(np.full(100, 0.01), 240)
    assert got.mean_width_h == pytest.approx(got.uniform_h) == pytest.approx(10.0)
    assert got.removals_a_day == pytest.approx(24.0)


def test_more_looks_buy_more_and_unequal_hazards_gain() -> None:
    hazard = np.array([0.001] * 90 + [0.1] * 10)
    few, many = precision_of(hazard, 100), precision_of(hazard, 400)
    assert many.mean_width_h < few.mean_width_h < few.uniform_h
