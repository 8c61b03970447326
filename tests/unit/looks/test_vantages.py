"""Gone for this vantage's buyer alone, or everywhere: never said without clear looks from both, near in time."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.marketplaces.states import STANDING, Standing, State
from monitor.verification.vantages import VANTAGE_RULES, Here, Sight, compare
from tests.conftest import NOON

UNKNOWN = [state for state in State if STANDING[state] is Standing.UNKNOWN]


def seen(hours: float, state: State, quarantined: bool = False) -> Sight:
    return Sight(NOON + timedelta(hours=hours), state, quarantined)


GONE = [seen(0, State.AVAILABLE), seen(24, State.GEO_BLOCKED), seen(48, State.GEO_BLOCKED)]


@pytest.mark.parametrize(
    ("here", "there", "verdict"),
    [
        (GONE, [seen(47, State.AVAILABLE)], Here.BLOCKED_HERE),
        (GONE, [seen(47, State.SHIPPING_UNKNOWN)], Here.BLOCKED_HERE),
        (GONE, [seen(47, State.REMOVED)], Here.GONE_EVERYWHERE),
        (GONE, [seen(30, State.AVAILABLE), seen(49, State.REMOVED)], Here.GONE_EVERYWHERE),
        (GONE, [seen(24 - 1, State.AVAILABLE)], Here.UNKNOWN),
        (GONE, [], Here.UNKNOWN),
        (GONE, [seen(48 + 25, State.AVAILABLE)], Here.UNKNOWN),
        (GONE, [seen(47, State.AVAILABLE, quarantined=True)], Here.UNKNOWN),
        (GONE, [seen(47, State.OUT_OF_STOCK)], Here.UNKNOWN),
        ([seen(0, State.REMOVED)], [seen(-1, State.AVAILABLE)], Here.UNKNOWN),
        ([*GONE, seen(49, State.BLOCKED)], [seen(47, State.AVAILABLE)], Here.BLOCKED_HERE),
        ([*GONE, seen(49, State.AVAILABLE)], [seen(47, State.AVAILABLE)], Here.ON_SALE),
        ([seen(0, State.OUT_OF_STOCK)], [seen(1, State.AVAILABLE)], Here.OTHER_CAUSE),
        ([seen(0, State.ENDED)], [seen(1, State.AVAILABLE)], Here.OTHER_CAUSE),
        ([seen(0, State.OUT_OF_STOCK), seen(0, State.NOT_SHIPPED)], [seen(1, State.AVAILABLE)], Here.OTHER_CAUSE),
        ([seen(0, State.SHIPPING_UNKNOWN)], [seen(1, State.AVAILABLE)], Here.UNKNOWN),
        ([], [seen(1, State.AVAILABLE)], Here.UNKNOWN),
    ],
)
def test_what_two_vantages_say_together(here: Sequence[Sight], there: Sequence[Sight], verdict: Here) -> None:
    compared = compare(here, there)
    assert compared.verdict is verdict
    assert compared.rule in VANTAGE_RULES


@pytest.mark.parametrize("state", UNKNOWN)
def test_what_could_not_be_read_there_proves_nothing(state: State) -> None:
    assert compare(GONE, [seen(47, state)]).verdict is Here.UNKNOWN


sights = st.lists(st.builds(seen, st.integers(0, 100), st.sampled_from(State), st.booleans()), max_size=12)


@given(here=sights, there=sights)
def test_a_block_needs_a_clear_absence_here_and_a_later_live_look_there(here: list[Sight], there: list[Sight]) -> None:
    compared = compare(here, there)
    assert compare(list(reversed(here)), list(reversed(there))).verdict is compared.verdict
    if compared.verdict in (Here.BLOCKED_HERE, Here.GONE_EVERYWHERE):
        assert compared.here is not None
        assert compared.there is not None
        assert compared.here.standing is Standing.OFF_SALE
        assert compared.there.standing is not Standing.UNKNOWN
        assert abs(compared.here.at - compared.there.at) <= timedelta(hours=24)


@given(here=sights, there=sights, state=st.sampled_from(UNKNOWN), hours=st.integers(0, 100))
def test_an_unknown_look_changes_nothing(here: list[Sight], there: list[Sight], state: State, hours: int) -> None:
    more = seen(hours, state)
    assert compare([*here, more], [*there, more]).verdict is compare(here, there).verdict
