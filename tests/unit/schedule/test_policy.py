"""When a listing is looked at next."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.marketplaces.states import Standing
from monitor.schedule.policy import Absence, Pace, Watched, next_look
from tests.conftest import NOON

PACE = Pace()


def watched(noon: datetime, **changes: object) -> Watched:
    settings: dict[str, object] = {
        "listing_key": "demo-market:1",
        "vantage": "us",
        "first_seen_at": noon,
        "last_look_at": noon,
        "last_standing": Standing.ON_SALE,
    }
    return Watched(**(settings | changes))  # type: ignore[arg-type]


def hours_until(noon: datetime, one: Watched) -> float:
    return (next_look(one, PACE).due_at - noon) / timedelta(hours=1)


def test_a_new_find_is_due_at_once(noon: datetime) -> None:
    assert next_look(watched(noon, last_look_at=None), PACE).due_at == noon


def test_a_fresh_find_is_seen_more_often_than_an_old_one(noon: datetime) -> None:
    old = watched(noon, first_seen_at=noon - timedelta(days=30))
    assert hours_until(noon, watched(noon)) < hours_until(noon, old)


def test_three_confirming_looks_span_what_the_rule_asks(noon: datetime) -> None:
    absent = watched(noon, last_standing=Standing.OFF_SALE, absence=Absence.UNCONFIRMED)
    assert 2 * hours_until(noon, absent) >= 36


def test_what_is_gone_is_still_looked_at(noon: datetime) -> None:
    gone = watched(noon, last_standing=Standing.OFF_SALE, absence=Absence.CONFIRMED)
    assert hours_until(noon, gone) == PACE.gone_hours


def test_an_unknown_comes_back_soon_and_then_less_often(noon: datetime) -> None:
    waits = [
        hours_until(noon, watched(noon, last_standing=Standing.UNKNOWN, unknown_in_a_row=count))
        for count in (1, 2, 3, 9)
    ]
    assert waits == [6, 12, 24, 24]


def test_a_wall_does_not_hide_an_absence_that_waits_for_confirmation(noon: datetime) -> None:
    blocked = watched(noon, last_standing=Standing.UNKNOWN, unknown_in_a_row=1, absence=Absence.UNCONFIRMED)
    assert hours_until(noon, blocked) <= PACE.confirming_hours


@given(
    standing=st.sampled_from(Standing),
    absence=st.sampled_from(Absence),
    unknown=st.integers(0, 50),
    age_hours=st.floats(0, 5000),
)
def test_never_more_than_one_look_an_hour(standing: Standing, absence: Absence, unknown: int, age_hours: float) -> None:
    one = watched(
        NOON,
        first_seen_at=NOON - timedelta(hours=age_hours),
        last_standing=standing,
        absence=absence,
        unknown_in_a_row=unknown,
    )
    assert next_look(one, PACE).due_at >= NOON + timedelta(hours=1)
