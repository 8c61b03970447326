"""Which looks a run makes: the rules that must hold, then the index, within each marketplace's budget."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from crawler.marketplaces.states import Standing
from monitor.commitments.load import load_commitments
from monitor.schedule.hazard import CELLS, Hazards
from monitor.schedule.outlook import Outlook, choose_looks
from monitor.schedule.pins import Trigger, pins_of
from monitor.schedule.policy import Absence, Pace, Watched
from tests.conftest import NOON

HOUR = timedelta(hours=1)


def outlook(tokens: float | None = None) -> Outlook:
    return Outlook(("shop",), Hazards.unknown(2), None if tokens is None else {"shop": tokens}, 240.0)


def seen(name: str, hours_ago: float = 3.0, **changes: object) -> Watched:
    at = NOON - hours_ago * HOUR
    settings: dict[str, object] = {
        "listing_key": f"shop:{name}",
        "vantage": "us",
        "first_seen_at": NOON - 20 * 24 * HOUR,
        "last_look_at": at,
        "last_clear_at": at,
        "last_standing": Standing.ON_SALE,
    }
    return Watched(**(settings | changes))  # type: ignore[arg-type]


def order(watched: list[Watched], tokens: float | None = None) -> list[str]:
    return [due.watched.listing_key.partition(":")[2] for due in choose_looks(watched, Pace(), NOON, outlook(tokens))]


def test_finds_and_confirmations_go_before_the_floor_and_the_floor_before_the_index() -> None:
    watched = [
        seen("settled", 30),
        seen("overdue", 80),
        seen("find", last_look_at=None, last_clear_at=None, first_seen_at=NOON - HOUR),
        seen("absent", 20, last_standing=Standing.OFF_SALE, absence=Absence.UNCONFIRMED),
    ]
    assert order(watched) == ["absent", "find", "overdue", "settled"]
    assert order(watched, tokens=2) == ["absent", "find"]


def test_a_deadline_in_its_hour_brings_a_look_and_afterwards_none() -> None:
    assert order([seen("pinned", pins=(NOON - 0.5 * HOUR,))]) == ["pinned"]
    assert order([seen("late", pins=(NOON - 2 * HOUR,))]) == []
    assert order([seen("early", pins=(NOON + 0.5 * HOUR,))]) == []


def test_a_notice_brings_the_next_look_forward() -> None:
    assert order([seen("quiet", 6)]) == []
    hazards = Hazards(np.tile([0.002, 0.012], (2, CELLS // 2)), np.zeros((2, CELLS)), np.zeros((2, CELLS)))
    knows = Outlook(("shop",), hazards, None, 240.0)
    told = seen("told", 6, notice_at=NOON - 10 * HOUR, first_seen_at=NOON - 30 * HOUR)
    untold = seen("untold", 5, first_seen_at=NOON - 30 * HOUR)
    assert [due.watched.listing_key for due in choose_looks([untold, told], Pace(), NOON, knows)] == ["shop:told"]


def test_a_look_that_could_not_tell_resets_nothing() -> None:
    blocked = seen("blocked", 7, last_standing=Standing.UNKNOWN, unknown_in_a_row=1, last_clear_at=NOON - 90 * HOUR)
    plain = seen("plain", 30)
    assert order([plain, blocked]) == ["blocked", "plain"]


def test_never_twice_within_the_hour_even_for_a_deadline() -> None:
    assert order([seen("again", 0.5, last_clear_at=NOON - 9 * HOUR, pins=(NOON - 0.6 * HOUR,))]) == []


def test_every_slot_says_why() -> None:
    watched = [seen("settled", 30), seen("overdue", 80), seen("pinned", pins=(NOON - 0.5 * HOUR,))]
    words = [due.why for due in choose_looks(watched, Pace(), NOON, outlook())]
    assert ["deadline" in words[0], "not seen clearly for 80 hours" in words[1], "likely gone" in words[2]] == [
        True
    ] * 3


def test_pins_come_from_commitments_and_from_the_hours_after_a_notice() -> None:
    told = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    commitments = load_commitments().commitments
    pins = pins_of([Trigger("alibaba:1", "A3", told.date(), told)], {}, "US")["alibaba:1"]
    assert [(pin - told) / HOUR for pin in pins] == [6, 24, 48]
    by_day = pins_of([Trigger("alibaba:1", "A0", date(2026, 3, 2))], commitments, "US")
    assert all(pin.tzinfo is not None and pin > told for pin in by_day["alibaba:1"])


def test_nothing_under_watch_is_nothing_to_do() -> None:
    assert choose_looks([], Pace(), NOON, outlook()) == []


@pytest.mark.parametrize("tokens", [0.0, 0.9])
def test_an_empty_budget_makes_no_look(tokens: float) -> None:
    assert order([seen("settled", 30)], tokens) == []
