"""Deadlines: never before their trigger, never turning back, and on the calendar that they name."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.commitments.calendars import deadline, end_of_day
from monitor.commitments.commitment import AtOnce, BusinessDays, Commitment, Hours, Party, Source
from monitor.commitments.load import load_commitments
from monitor.commitments.workdays import Calendar, is_business_day

ZONES = (
    "UTC",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "Europe/Brussels",
    "Asia/Tokyo",
    "Asia/Shanghai",
    "Asia/Kathmandu",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Africa/Cairo",
)
CALENDARS = (
    Calendar(market="XECB"),
    Calendar(country="US"),
    Calendar(country="JP", categories=("public", "bank")),
    Calendar(country="CN"),
    Calendar(country="KR"),
    Calendar(country="AU", subdivision="ACT"),
    Calendar(country="CA", subdivision="ON"),
    Calendar(country="SA"),
)
zones = st.sampled_from(ZONES)
instants = st.datetimes(datetime(2010, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))
days = st.dates(date(2010, 1, 1), date(2032, 12, 31))
business_terms = st.builds(
    BusinessDays,
    on=st.just("notice"),
    clock=st.just("A2"),
    kind=st.just("business_days"),
    days=st.integers(1, 12),
    day_one=st.sampled_from(["next_business_day", "same_day"]),
    calendar=st.sampled_from(CALENDARS),
)
hour_terms = st.builds(
    Hours, on=st.just("notice"), clock=st.just("A2"), kind=st.just("hours"), hours=st.integers(1, 200).map(float)
)
at_once = st.just(AtOnce(on="notice", clock="A2", kind="at_once"))
terms = business_terms | hour_terms | at_once


def promise(term: AtOnce | Hours | BusinessDays | None) -> Commitment:
    return Commitment(
        id="a-promise",
        title="A promise",
        promise="To take it down",
        force="voluntary",
        in_force_from=date(2010, 1, 1),
        buyers=("US",),
        clock="A2",
        trigger_observable="no",
        deadline_says="as told",
        zone="UTC",
        words=("This is not a measure of compliance.",),
        parties=(Party(name="A shop"),),
        terms=(term,) if term else (),
        sources=(Source(name="us", read="first_hand"),),
    )


def due(term: AtOnce | Hours | BusinessDays, zone: str, at: datetime | None = None, on: date | None = None) -> datetime:
    found = deadline(promise(term), trigger_at=at, trigger_on=on, zone=zone)
    assert found is not None
    return found


@given(terms, instants, zones)
def test_a_deadline_is_never_before_its_trigger(term: Hours, at: datetime, zone: str) -> None:
    assert due(term, zone, at) >= at


@given(terms, instants, st.timedeltas(timedelta(0), timedelta(days=40)), zones)
def test_a_later_trigger_never_has_an_earlier_deadline(term: Hours, at: datetime, later: timedelta, zone: str) -> None:
    assert due(term, zone, at) <= due(term, zone, at + later)


@given(terms, days, st.integers(0, 40), zones)
def test_a_later_day_never_has_an_earlier_deadline(term: Hours, on: date, later: int, zone: str) -> None:
    assert due(term, zone, on=on) <= due(term, zone, on=on + timedelta(days=later))


@given(terms, instants, zones)
def test_a_day_alone_never_gives_less_time_than_an_instant_within_it(term: Hours, at: datetime, zone: str) -> None:
    assert due(term, zone, on=at.astimezone(ZoneInfo(zone)).date()) >= due(term, zone, at)


@given(business_terms, instants, zones)
def test_exactly_so_many_business_days_pass(term: BusinessDays, at: datetime, zone: str) -> None:
    place = ZoneInfo(zone)
    end = due(term, zone, at)
    last = (end - timedelta(microseconds=1)).astimezone(place).date()
    start = at.astimezone(place).date() + timedelta(days=term.day_one == "next_business_day")
    counted = [start + timedelta(days=n) for n in range((last - start).days + 1)]
    assert sum(is_business_day(day, term.calendar) for day in counted) == term.days
    assert is_business_day(last, term.calendar)
    assert end.astimezone(place).date() > last


@given(hour_terms, instants, zones)
def test_hours_are_elapsed_hours_whatever_the_clocks_do(term: Hours, at: datetime, zone: str) -> None:
    assert due(term, zone, at) - at == timedelta(hours=term.hours)


@given(days, zones)
def test_days_lie_edge_to_edge_in_every_zone(day: date, zone: str) -> None:
    place = ZoneInfo(zone)
    start, end = end_of_day(day - timedelta(days=1), place), end_of_day(day, place)
    assert start <= end
    if start < end:  # Samoa left out 30 December 2011
        assert start.astimezone(place).date() == day
        assert (end - timedelta(microseconds=1)).astimezone(place).date() == day


@given(st.sampled_from(CALENDARS), days)
def test_a_business_day_hangs_on_nothing_that_was_asked_before(calendar: Calendar, day: date) -> None:
    first = is_business_day(day, calendar)
    is_business_day(day.replace(year=2031, day=1), calendar)
    assert is_business_day(day, calendar) is first


@pytest.mark.parametrize(
    ("commitment_id", "trigger", "expected"),
    [
        # Friday 1 May is day one; then a weekend and three holidays; Thursday 7 May is day two.
        ("jp-product-safety-pledge", "2026-04-30T09:15+09:00", "2026-05-07T15:00+00:00"),
        # The same instant, still Wednesday there when it is written in UTC: nothing changes.
        ("jp-product-safety-pledge", "2026-04-30T00:15+00:00", "2026-05-07T15:00+00:00"),
        # Over the turn of the year: 30 December, then closed until 5 January.
        ("jp-product-safety-pledge", "2025-12-29T12:00+09:00", "2026-01-05T15:00+00:00"),
        # Over the change of clocks: Friday 27 March in winter time, Monday 30 March ends in summer time.
        ("eu-product-safety-pledge", "2026-03-26T17:00+01:00", "2026-03-30T22:00+00:00"),
        # Good Friday and Easter Monday are no working days.
        ("eu-product-safety-pledge", "2026-04-02T10:00+02:00", "2026-04-08T22:00+00:00"),
        # Sent late on Thursday in Toronto, which is Friday in UTC: day one is still Friday.
        ("ca-product-safety-pledge", "2026-06-05T01:00+00:00", "2026-06-09T04:00+00:00"),
        # Canberra Day, 9 March 2026.
        ("au-product-safety-pledge", "2026-03-06T09:00+11:00", "2026-03-11T13:00+00:00"),
        ("cn-samr-recall", "2026-02-16T08:00+08:00", "2026-02-17T00:00+00:00"),
        ("us-cpsa-19", "2026-03-08T12:00-04:00", "2026-03-08T16:00+00:00"),
    ],
)
def test_deadlines_counted_by_hand(commitment_id: str, trigger: str, expected: str) -> None:
    commitment = load_commitments().commitments[commitment_id]
    assert deadline(commitment, trigger_at=datetime.fromisoformat(trigger)) == datetime.fromisoformat(expected)


def test_a_saturday_that_is_worked_counts() -> None:
    china = Calendar(country="CN")
    assert is_business_day(date(2026, 2, 14), china)
    assert not is_business_day(date(2026, 2, 7), china)


def test_another_calendar_takes_the_place_of_the_terms_own() -> None:
    pledge = load_commitments().commitments["eu-product-safety-pledge"]
    on = date(2026, 10, 1)
    assert deadline(pledge, trigger_on=on) == datetime(2026, 10, 5, 22, tzinfo=UTC)
    germany = deadline(pledge, trigger_on=date(2025, 10, 2), calendar=Calendar(country="DE"))
    assert germany == datetime(2025, 10, 7, 22, tzinfo=UTC), "3 October is a holiday in Germany"


def test_each_act_has_its_own_term() -> None:
    gpsr = load_commitments().commitments["eu-gpsr-22"]
    monday = date(2026, 6, 8)
    assert deadline(gpsr, trigger_on=monday, act="order") == datetime(2026, 6, 10, 22, tzinfo=UTC)
    assert deadline(gpsr, trigger_on=monday, act="notice") == datetime(2026, 6, 11, 22, tzinfo=UTC)
    with pytest.raises(ValueError, match="no deadline for a request"):
        deadline(gpsr, trigger_on=monday, act="request")


def test_no_term_is_no_deadline() -> None:
    assert deadline(promise(None), trigger_on=date(2026, 1, 1)) is None


def test_a_trigger_is_one_aware_instant_or_one_day(noon: datetime) -> None:
    commitment = load_commitments().commitments["cn-samr-recall"]
    with pytest.raises(ValueError, match="either"):
        deadline(commitment)
    with pytest.raises(ValueError, match="either"):
        deadline(commitment, trigger_at=noon, trigger_on=noon.date())
    with pytest.raises(ValueError, match="no time zone"):
        deadline(commitment, trigger_at=noon.replace(tzinfo=None))
