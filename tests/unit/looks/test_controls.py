"""What the controls of a run must read as, and what it means where they don't."""

import pytest

from crawler.marketplaces.states import STANDING, Standing, State
from monitor.looks.controls import READS_AS_GONE, ControlLook, control_verdict

ON_SALE = {state for state in State if STANDING[state] is Standing.ON_SALE}


def live(state: State) -> ControlLook:
    return ControlLook("shop:live", "live", state)


def dead(state: State, kind: str = "dead") -> ControlLook:
    return ControlLook(f"shop:{kind}", kind, state)


GOOD = [live(State.AVAILABLE), dead(State.REMOVED)]


def test_controls_that_read_as_they_must_pass() -> None:
    assert control_verdict(GOOD) == ("passed", "")
    assert control_verdict([live(State.AVAILABLE_B2B), dead(State.REMOVED, "never_existed")]) == ("passed", "")


@pytest.mark.parametrize("state", sorted(set(State) - ON_SALE))
def test_a_live_control_that_is_not_on_sale_fails_the_run(state: State) -> None:
    assert control_verdict([live(state), dead(State.REMOVED)]) == ("failed", f"live control shop:live reads {state}")


@pytest.mark.parametrize("kind", ["dead", "never_existed"])
@pytest.mark.parametrize("state", list(State))
def test_a_dead_control_must_read_as_gone(state: State, kind: str) -> None:
    verdict, _ = control_verdict([live(State.AVAILABLE), dead(state, kind)])
    assert verdict == ("passed" if state in READS_AS_GONE else "failed")
    assert not READS_AS_GONE & (ON_SALE | {State.BLOCKED, State.FAILED, State.UNCLEAR, State.OUT_OF_STOCK})


def test_a_second_control_that_could_not_be_read_costs_nothing() -> None:
    assert control_verdict([*GOOD, live(State.BLOCKED), dead(State.FAILED)])[0] == "passed"
    assert control_verdict([live(State.OUT_OF_STOCK), *GOOD])[0] == "passed"


def test_a_second_control_that_reads_as_the_opposite_fails_the_run() -> None:
    assert control_verdict([*GOOD, live(State.REMOVED)])[0] == "failed"
    assert control_verdict([*GOOD, dead(State.AVAILABLE, "never_existed")])[0] == "failed"


@pytest.mark.parametrize("present", [[], GOOD[:1], GOOD[1:]])
def test_without_both_kinds_nothing_is_proved(present: list[ControlLook]) -> None:
    assert control_verdict(present)[0] == "missing"
