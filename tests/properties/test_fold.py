"""What must hold of the fold for any history of looks, and whether these properties would notice a wrong fold."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from crawler.marketplaces import states
from crawler.marketplaces.states import STANDING, TAKEDOWNS, Standing, State
from monitor.config import Confirmation
from monitor.looks import series
from monitor.looks.episode import Episode, Status
from monitor.looks.facts import LookFact
from monitor.looks.fold import fold

START = datetime(2026, 3, 1, tzinfo=UTC)
RULE = Confirmation()
ON = sorted(state for state in State if STANDING[state] is Standing.ON_SALE)
OFF = sorted(state for state in State if STANDING[state] is Standing.OFF_SALE)
UNKNOWN = sorted(state for state in State if STANDING[state] is Standing.UNKNOWN)
Told = tuple[object, ...]


def look(number: int, hours: float, state: State, *, quarantined: bool = False, controls: bool = True) -> LookFact:
    at = START + timedelta(hours=hours)
    return LookFact(number, f"run-{number}", at, state, at + timedelta(seconds=30), quarantined, controls)


@st.composite
def histories(draw: st.DrawFn) -> list[LookFact]:
    """Any looks in time order, crowded or far apart, a few states over and over, some in runs that couldn't see."""
    palette = [State.AVAILABLE, *draw(st.lists(st.sampled_from(list(State)), min_size=1, max_size=3))]
    found, hours = [look(0, 0, draw(st.sampled_from(palette)))], 0.0
    for number in range(1, draw(st.integers(1, 14))):
        hours += draw(st.sampled_from([24.0, 13.0, 0.25, 72.0]))
        quarantined, controls = draw(st.sampled_from([(False, True)] * 6 + [(True, False), (False, False)]))
        state = draw(st.sampled_from(palette))
        found.append(look(number, hours, state, quarantined=quarantined, controls=controls))
    return found


@st.composite
def more_looks(draw: st.DrawFn, kinds: Sequence[tuple[State, bool]]) -> list[LookFact]:
    """Further looks at any time, each of one of `kinds`: a state, and whether its run was quarantined."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        state, quarantined = draw(st.sampled_from(list(kinds)))
        found.append(look(1000 + number, draw(st.floats(-10, 300, allow_nan=False)), state, quarantined=quarantined))
    return found


BLIND = [(state, quarantined) for state in UNKNOWN for quarantined in (False, True)]
BLIND += [(state, True) for state in OFF if state not in series.UP]
DOUBTFUL = [(state, True) for state in (*ON, State.SHIPPING_UNKNOWN, State.OUT_OF_STOCK, State.NOT_SHIPPED)]


def told(episode: Episode) -> Told:
    """What an episode claims: everything but how many looks there were."""
    return (
        *(episode.ordinal, episode.spell, episode.first_on_sale_at, episode.last_on_sale_at, episode.first_off_at),
        *(episode.confirmed_at, episode.returned_at, episode.status, episode.causes, episode.endpoint),
        *(episode.last_up_at, episode.first_down_at, episode.down_confirmed_at, episode.takedown_cause),
    )


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_the_looks_is_irrelevant(looks: list[LookFact], chance: random.Random) -> None:
    shuffled = list(looks)
    chance.shuffle(shuffled)
    assert fold(shuffled, RULE) == fold(looks, RULE)


@given(st.lists(st.sampled_from(list(State)), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_looks_of_one_run_at_one_instant_have_no_order(chosen: list[State], chance: random.Random) -> None:
    looks = [look(0, 0, State.AVAILABLE)]
    looks += [replace_run(look(number, 24, state), "one") for number, state in enumerate(chosen, start=1)]
    shuffled = [one._replace(look_id=number) for number, one in enumerate(chance.sample(looks, len(looks)))]
    assert [told(one) for one in fold(shuffled, RULE)] == [told(one) for one in fold(looks, RULE)]


def replace_run(one: LookFact, run_id: str) -> LookFact:
    return one._replace(run_id=run_id)


@given(histories(), more_looks(BLIND))
def test_unknown_looks_change_no_claim(looks: list[LookFact], blind: list[LookFact]) -> None:
    assert [told(one) for one in fold([*looks, *blind], RULE)] == [told(one) for one in fold(looks, RULE)]


@given(histories(), more_looks(DOUBTFUL))
def test_what_a_quarantined_run_saw_alive_only_makes_us_wait(looks: list[LookFact], doubtful: list[LookFact]) -> None:
    before = {one.first_on_sale_at: one for one in fold(looks, RULE)}
    for episode in fold([*looks, *doubtful], RULE):
        known = before[episode.first_on_sale_at]
        assert episode.last_on_sale_at == known.last_on_sale_at
        assert episode.last_up_at == known.last_up_at
        assert not_earlier(episode.confirmed_at and episode.first_off_at, known.confirmed_at and known.first_off_at)
        assert not_earlier(episode.first_down_at, known.first_down_at)


def not_earlier(now: datetime | None, before: datetime | None) -> bool:
    """Whether an end that is claimed now was claimed before, and no later."""
    return now is None or (before is not None and before <= now)


@given(histories())
def test_a_confirmed_end_never_changes(looks: list[LookFact]) -> None:
    kept: dict[tuple[datetime, str], Told] = {}
    for count in range(len(looks) + 1):
        now = {one.first_on_sale_at: one for one in fold(looks[:count], RULE)}
        for (first, endpoint), claim in kept.items():
            assert claims(now[first])[endpoint] == claim
        for one in now.values():
            kept |= {(one.first_on_sale_at, endpoint): claim for endpoint, claim in claims(one).items()}


def claims(one: Episode) -> dict[str, Told]:
    found: dict[str, Told] = {}
    if one.confirmed_at is not None:
        found["off_sale"] = (one.ordinal, one.last_on_sale_at, one.first_off_at, one.confirmed_at, one.causes)
    if one.down_confirmed_at is not None:
        found["takedown"] = (one.last_up_at, one.first_down_at, one.down_confirmed_at, one.takedown_cause)
    return found


@given(histories())
def test_no_few_looks_confirm(looks: list[LookFact]) -> None:
    for one in fold(looks, RULE):
        assert (one.confirmed_at is None) == (one.endpoint == "")
        if one.confirmed_at is not None and one.first_off_at is not None:
            assert enough(looks, one.first_off_at, one.confirmed_at, frozenset(OFF))
        if one.first_down_at is not None and one.down_confirmed_at is not None:
            assert one.confirmed_at is not None
            assert enough(looks, one.first_down_at, one.down_confirmed_at, TAKEDOWNS)


def enough(looks: list[LookFact], first: datetime, last: datetime, ends: frozenset[State]) -> bool:
    """Whether the looks of an interval's end satisfy DOMAIN's rule, none between having seen it for sale."""
    within = [one for one in looks if first <= one.read_by <= last and not one.quarantined]
    assert not any(STANDING[one.state] is Standing.ON_SALE for one in within)
    seen = [one for one in within if one.state in ends and one.controls_passed]
    span = last - first
    said = [one for one in seen if one.state is State.REMOVED_POLICY]
    return (len(seen) >= 3 and span >= timedelta(hours=36)) or (len(said) >= 2 and span >= timedelta(hours=24))


@given(histories())
def test_episodes_follow_each_other(looks: list[LookFact]) -> None:
    episodes = fold(looks, RULE)
    assert [one.ordinal for one in episodes] == list(range(1, len(episodes) + 1))
    for one in episodes:
        assert one.first_on_sale_at <= one.last_on_sale_at <= one.last_look_at
        assert one.last_on_sale_at <= one.last_up_at
        assert one.first_off_at is None or one.last_on_sale_at < one.first_off_at
        assert one.first_down_at is None or one.last_up_at < one.first_down_at
        assert 0 <= one.unknown_looks_inside < one.looks
        assert (one.status is Status.OFF_CONFIRMED) == (one.confirmed_at is not None)
    for one, after in pairwise(episodes):
        assert one.status in (Status.OFF_CONFIRMED, Status.WENT_AND_RETURNED)
        assert one.returned_at == after.first_on_sale_at
        assert after.spell == one.spell + (one.status is Status.OFF_CONFIRMED)


class Market(RuleBasedStateMachine):
    """One listing whose truth is known, and a monitor that looks at it through every kind of obstacle.

    Between looks the listing may go, change how it is gone, and return; a clear look shows the truth, another nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.hours = 0.0
        self.truth: list[tuple[float, State]] = [(0.0, State.AVAILABLE)]
        self.looks: list[LookFact] = []

    @initialize(state=st.sampled_from(ON))
    def opens(self, state: State) -> None:
        self.truth = [(0.0, state)]

    @rule(state=st.sampled_from(ON + OFF), after=st.floats(0.1, 60))
    def changes(self, state: State, after: float) -> None:
        self.hours += after
        self.truth.append((self.hours, state))

    @rule(after=st.sampled_from([1.0, 8.0, 24.0, 48.0]))
    def is_seen(self, after: float) -> None:
        self.hours += after
        self.looks.append(look(len(self.looks), self.hours, self.truth[-1][1]))

    @rule(times=st.integers(3, 5))
    def is_watched(self, times: int) -> None:
        for _ in range(times):
            self.is_seen(20.0)

    @rule(after=st.sampled_from([1.0, 24.0]), state=st.sampled_from(UNKNOWN))
    def is_hidden(self, after: float, state: State) -> None:
        self.hours += after
        self.looks.append(look(len(self.looks), self.hours, state))

    @rule(after=st.sampled_from([1.0, 24.0]), state=st.sampled_from(ON + OFF))
    def is_misread_in_a_bad_run(self, after: float, state: State) -> None:
        self.hours += after
        self.looks.append(look(len(self.looks), self.hours, state, quarantined=True, controls=False))

    @rule(after=st.sampled_from([1.0, 24.0]))
    @precondition(lambda self: STANDING[self.truth[-1][1]] is not Standing.ON_SALE)
    def is_seen_without_controls(self, after: float) -> None:
        self.hours += after
        self.looks.append(look(len(self.looks), self.hours, self.truth[-1][1], controls=False))

    def true_state(self, at: datetime) -> State:
        hours = (at - START) / timedelta(hours=1)
        return next(state for since, state in reversed(self.truth) if since <= hours)

    @invariant()
    def every_interval_holds_the_instant(self) -> None:
        for one in fold(self.looks, RULE):
            assert STANDING[self.true_state(one.last_on_sale_at)] is Standing.ON_SALE
            assert self.true_state(one.last_up_at) not in TAKEDOWNS
            if one.confirmed_at is not None and one.first_off_at is not None:
                began = one.first_off_at - timedelta(seconds=30)
                assert STANDING[self.true_state(began)] is Standing.OFF_SALE
            if one.first_down_at is not None:
                assert self.true_state(one.first_down_at - timedelta(seconds=30)) in TAKEDOWNS


TestMarket = Market.TestCase
TestMarket.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


@st.composite
def simple_truths(draw: st.DrawFn) -> tuple[float, State, list[LookFact]]:
    """On sale until one instant and gone for good after it, seen by any schedule with any of the looks failing."""
    gone_after = draw(st.floats(0, 400, allow_nan=False))
    cause = draw(st.sampled_from(OFF))
    found, hours = [], -draw(st.floats(0, 10))
    for number in range(draw(st.integers(1, 20))):
        hours += draw(st.floats(0.01, 60))
        clear = draw(st.integers(0, 3)) > 0
        seen = (State.AVAILABLE if hours < gone_after else cause) if clear else draw(st.sampled_from(UNKNOWN))
        found.append(look(number, hours, seen))
    return gone_after, cause, found


def check_simple_truth(given: tuple[float, State, list[LookFact]]) -> None:
    gone_after, cause, looks = given
    gone_at = START + timedelta(hours=gone_after)
    episodes = fold(looks, RULE)
    assert len(episodes) == any(one.state is State.AVAILABLE for one in looks)
    for one in episodes:
        assert one.last_on_sale_at <= gone_at
        clear = [seen for seen in looks if seen.state is cause]
        needed = (2, 24) if cause is State.REMOVED_POLICY else (3, 36)
        confirmable = len(clear) >= needed[0] and clear[-1].looked_at - clear[0].looked_at >= timedelta(hours=needed[1])
        assert (one.status is Status.OFF_CONFIRMED) == confirmable
        if one.first_off_at is not None:
            assert clear
            assert gone_at <= one.first_off_at == clear[0].read_by
            assert one.cause == cause
        assert (one.endpoint == "takedown") == (confirmable and cause in TAKEDOWNS)


@given(simple_truths())
def test_the_interval_of_a_simple_truth(given: tuple[float, State, list[LookFact]]) -> None:
    check_simple_truth(given)


def no_failure_seen(check: Callable[[], None]) -> bool:
    try:
        check()
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("state", UNKNOWN)
def test_an_unknown_state_counted_as_gone_is_noticed(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(states.STANDING, state, Standing.OFF_SALE)
    monkeypatch.setattr(series, "TAKEDOWNS", TAKEDOWNS | {state})
    quickly = settings(
        max_examples=300, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None
    )
    assert not no_failure_seen(quickly(given(simple_truths())(check_simple_truth)))


def test_a_fold_that_takes_one_look_for_proof_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "_enough", lambda looks, count, span_hours: bool(looks))
    quickly = settings(database=None, phases=[Phase.generate], deadline=None)
    assert not no_failure_seen(quickly(given(simple_truths())(check_simple_truth)))


def test_a_fold_that_believes_runs_whose_controls_failed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    feed = series.feed_off_sale

    def believes_all(off: series.Series, number: int, one: LookFact) -> bool:
        return feed(off, number, one._replace(quarantined=False, controls_passed=True))

    monkeypatch.setattr("monitor.looks.fold.feed_off_sale", believes_all)
    few = settings(max_examples=400, stateful_step_count=40, database=None, phases=[Phase.generate], deadline=None)
    assert not no_failure_seen(lambda: run_state_machine_as_test(Market, settings=few))
