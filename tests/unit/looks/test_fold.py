"""The rules of DOMAIN, one story each: hours since the start, and what the look said."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.marketplaces.states import State
from monitor.config import Confirmation
from monitor.looks.episode import Episode, Status
from monitor.looks.facts import LookFact
from monitor.looks.fold import fold

START = datetime(2026, 3, 1, tzinfo=UTC)
RULE = Confirmation()

A, B2B, SU, NS, GEO = (
    State.AVAILABLE,
    State.AVAILABLE_B2B,
    State.SHIPPING_UNKNOWN,
    State.NOT_SHIPPED,
    State.GEO_BLOCKED,
)
OOS, END, VG, RP, RM, SG = (
    State.OUT_OF_STOCK,
    State.ENDED,
    State.VARIANT_GONE,
    State.REMOVED_POLICY,
    State.REMOVED,
    State.SELLER_GONE,
)
X = State.BLOCKED
Story = list[tuple[float, State]]


def looks(story: Story) -> list[LookFact]:
    return [
        LookFact(number, f"run-{number}", START + timedelta(hours=hours), state)
        for number, (hours, state) in enumerate(story)
    ]


def told(story: Story, rule: Confirmation = RULE) -> list[Episode]:
    return fold(looks(story), rule)


def one(story: Story) -> Episode:
    (episode,) = told(story)
    return episode


def hour(at: datetime | None) -> float | None:
    return None if at is None else (at - START) / timedelta(hours=1)


def off_sale(episode: Episode) -> tuple[float | None, float | None]:
    return hour(episode.last_on_sale_at), hour(episode.first_off_at) if episode.confirmed_at else None


def takedown(episode: Episode) -> tuple[float | None, float | None]:
    return hour(episode.last_up_at), hour(episode.first_down_at)


DAILY: Story = [(0, A), (24, A), (48, RM), (72, RM), (96, RM)]


def test_a_takedown_ends_at_the_first_of_three_looks() -> None:
    episode = one(DAILY)
    assert (episode.status, episode.endpoint, episode.cause) == (Status.OFF_CONFIRMED, "takedown", "removed")
    assert off_sale(episode) == takedown(episode) == (24, 48)
    assert (hour(episode.confirmed_at), episode.rule) == (96, "fold.confirmed_takedown")


@pytest.mark.parametrize(
    "story",
    [
        pytest.param([(0, A), (24, RM)], id="one look"),
        pytest.param([(0, A), (24, RM), (96, RM)], id="two looks, three days apart"),
        pytest.param([(0, A), (24, RM), (36, RM), (59, RM)], id="three looks in 35 hours"),
        pytest.param([(0, A), (24, RP), (47, RP)], id="the platform says so, twice in 23 hours"),
        pytest.param([(0, A), (24, RM), (48, RP)], id="the platform says so only once"),
    ],
)
def test_too_few_or_too_close_looks_confirm_nothing(story: Story) -> None:
    episode = one(story)
    assert (episode.status, episode.endpoint, episode.confirmed_at) == (Status.OFF_UNCONFIRMED, "", None)
    assert (hour(episode.first_off_at), takedown(episode)) == (24, (0, None))


def test_thirty_six_hours_are_enough_to_the_second() -> None:
    assert off_sale(one([(0, A), (24, RM), (36, RM), (60, RM)])) == (0, 24)


def test_looks_of_one_run_count_once() -> None:
    story = looks([(0, A), (24, RM), (48, RM), (72, RM)])
    same = [look._replace(run_id="run-1") if look.look_id == 2 else look for look in story]
    assert fold(same, RULE)[0].status is Status.OFF_UNCONFIRMED


def test_the_platforms_own_word_needs_two_looks_a_day_apart() -> None:
    episode = one([(0, A), (24, RP), (48, RP)])
    assert (off_sale(episode), episode.rule) == ((0, 24), "fold.platform_said_so")


def test_the_platforms_word_counts_from_its_first_look() -> None:
    """`removed` before it agrees, but three looks over 36 hours are not there yet when the platform's word confirms."""
    episode = one([(0, A), (24, RM), (30, RP), (54, RP), (78, RP)])
    assert off_sale(episode) == (0, 30)
    assert off_sale(one([(0, A), (24, RM), (37, RP), (61, RP)])) == (0, 24)


def test_higher_numbers_may_be_asked_for() -> None:
    (episode,) = told(DAILY, Confirmation(looks=4))
    assert episode.status is Status.OFF_UNCONFIRMED
    (episode,) = told([*DAILY, (120, RM)], Confirmation(looks=4, span_hours=72))
    assert off_sale(episode) == (24, 48)


def test_unknown_looks_widen_the_interval_and_are_counted() -> None:
    episode = one([(0, A), (24, X), (48, State.FAILED), (72, RM), (84, X), (96, RM), (120, RM)])
    assert (off_sale(episode), episode.unknown_looks_inside, episode.looks) == ((0, 72), 2, 7)


def test_unknown_for_ever_is_not_gone() -> None:
    episode = one([(0, A), *((24.0 * day, X) for day in range(1, 60))])
    assert (episode.status, off_sale(episode), episode.unknown_looks_inside) == (Status.ON_SALE, (0, None), 59)
    assert hour(episode.last_look_at) == 59 * 24


def test_redirects_alone_never_confirm() -> None:
    assert one([(0, A), *((24.0 * day, State.REDIRECTED) for day in range(1, 9))]).status is Status.ON_SALE


def test_what_was_never_seen_on_sale_has_no_episode() -> None:
    assert told([(0, RM), (24, RM), (48, RM)]) == []
    assert told([(0, SU), (24, RM), (48, RM), (72, RM)]) == []
    assert hour(one([(0, RM), (24, OOS), (48, A)]).first_on_sale_at) == 48


def test_stock_out_is_off_sale_and_never_a_takedown() -> None:
    episode = one([(0, A), (24, OOS), (48, OOS), (72, OOS)])
    assert (off_sale(episode), episode.endpoint, episode.cause) == ((0, 24), "off_sale", "out_of_stock")
    assert (takedown(episode), episode.rule) == ((72, None), "fold.confirmed_off_sale")


def test_out_of_stock_first_and_removed_later_are_two_intervals() -> None:
    episode = one([(0, A), (24, OOS), (48, OOS), (72, OOS), (96, RM), (120, RM), (144, RM)])
    assert (off_sale(episode), takedown(episode)) == ((0, 24), (72, 96))
    assert (episode.endpoint, episode.cause, episode.takedown_cause) == ("takedown", "out_of_stock", "removed")


def test_causes_that_differ_within_a_series_are_mixed() -> None:
    episode = one([(0, A), (24, OOS), (48, NS), (72, OOS)])
    assert (episode.cause, episode.causes) == ("mixed", "not_shipped,out_of_stock")


@pytest.mark.parametrize("state", [NS, GEO])
def test_blocked_for_us_buyers_is_off_sale_here_and_no_takedown(state: State) -> None:
    episode = one([(0, A), (24, state), (48, state), (72, state)])
    assert (off_sale(episode), episode.endpoint, episode.cause) == ((0, 24), "off_sale", state)


@pytest.mark.parametrize("state", [END, SG])
def test_an_end_of_another_cause_is_no_takedown_nor_what_is_cleared_away_after_it(state: State) -> None:
    episode = one([(0, A), (24, state), (48, RM), (72, RM), (96, RM), (120, RM)])
    assert episode.endpoint == "off_sale"
    assert off_sale(episode) == (0, 24)
    assert takedown(episode) == (0, None)


def test_a_page_that_is_up_again_lifts_the_other_end() -> None:
    episode = one([(0, A), (24, END), (48, SU), (72, RM), (96, RM), (120, RM)])
    assert (off_sale(episode), takedown(episode)) == ((0, 72), (48, 72))


@pytest.mark.parametrize(
    ("said", "from_hour"), [(RM, 96), (RP, 96), (OOS, 96), (END, 96), (SG, 96), (VG, 96), (NS, 24), (GEO, 24)]
)
def test_a_live_offer_with_shipping_unknown_contradicts_all_but_a_block(said: State, from_hour: float) -> None:
    episode = one([(0, A), (24, said), (48, said), (72, SU), (96, said), (120, said), (144, said)])
    expected = (0, 24) if said is RP else (0, from_hour)  # the platform's word was confirmed a day before
    assert off_sale(episode) == expected


def test_a_page_that_is_there_contradicts_one_that_was_read_as_gone() -> None:
    """Else a misread `removed`, on sale in truth, would put the right end before the true instant."""
    episode = one([(0, A), (24, RM), (48, OOS), (72, OOS), (96, OOS)])
    assert (off_sale(episode), episode.cause) == ((0, 48), "out_of_stock")


def test_other_states_between_break_a_takedown() -> None:
    for between in (OOS, NS, GEO, END, SG, SU):
        episode = one([(0, A), (24, RM), (48, between), (72, RM), (96, RM)])
        assert takedown(episode)[1] is None, between


def test_a_variant_that_is_gone_is_a_takedown_of_it() -> None:
    episode = one([(0, A), (24, VG), (48, VG), (72, VG)])
    assert (takedown(episode), episode.takedown_cause) == ((0, 24), "variant_gone")


def test_an_absence_that_came_back_unconfirmed_went_and_returned() -> None:
    first, second = told([(0, A), (24, RM), (48, RM), (60, A), (84, A)])
    assert (first.status, first.rule) == (Status.WENT_AND_RETURNED, "fold.went_and_returned")
    assert (hour(first.last_on_sale_at), hour(first.first_off_at), first.confirmed_at) == (0, 24, None)
    assert (hour(first.returned_at), first.cause, first.endpoint) == (60, "removed", "")
    assert (second.status, second.ordinal, second.spell) == (Status.ON_SALE, 2, first.spell)
    assert off_sale(second) == (84, None)


def test_a_contradicted_absence_still_counts_as_seen_when_it_comes_back() -> None:
    first, _ = told([(0, A), (24, RM), (48, SU), (72, A)])
    assert (first.status, hour(first.first_off_at), first.cause) == (Status.WENT_AND_RETURNED, 24, "removed")
    assert one([(0, A), (24, RM), (48, SU)]).status is Status.ON_SALE


def test_a_return_after_a_confirmed_end_begins_a_new_spell() -> None:
    first, second = told([*DAILY, (120, A), (144, B2B)])
    assert (first.status, hour(first.returned_at)) == (Status.OFF_CONFIRMED, 120)
    assert (second.ordinal, second.spell, off_sale(second)) == (2, 2, (144, None))


def test_looks_on_sale_between_break_the_series() -> None:
    episodes = told([(0, A), (24, RM), (48, A), (72, RM), (96, A), (120, RM)])
    assert [episode.status for episode in episodes] == ["went_and_returned", "went_and_returned", "off_unconfirmed"]


def test_a_quarantined_look_counts_as_unknown() -> None:
    story = looks(DAILY)
    for number in (2, 3, 4):
        doubted = [look._replace(quarantined=True) if look.look_id == number else look for look in story]
        assert fold(doubted, RULE)[0].status is Status.OFF_UNCONFIRMED
    doubted = [look._replace(quarantined=True) if look.look_id == 1 else look for look in story]
    assert off_sale(fold(doubted, RULE)[0]) == (0, 48)


def test_what_a_quarantined_run_saw_on_sale_breaks_the_series_and_is_no_left_end() -> None:
    story = looks([(0, A), (24, RM), (48, A), (72, RM), (96, RM), (120, RM)])
    doubted = [look._replace(quarantined=True) if look.look_id == 2 else look for look in story]
    (episode,) = fold(doubted, RULE)
    assert (off_sale(episode), takedown(episode)) == ((0, 72), (0, 72))


def test_absences_in_runs_without_controls_do_not_count() -> None:
    bare = [look._replace(controls_passed=False) if look.state is RM else look for look in looks(DAILY)]
    assert fold(bare, RULE)[0].status is Status.OFF_UNCONFIRMED
    late = [*bare, *(look._replace(look_id=10) for look in looks([(150, RM)]))]
    assert fold(late, RULE)[0].confirmed_at is None


def test_the_interval_holds_the_seconds_of_a_slow_page() -> None:
    slow = [look._replace(finished_at=look.looked_at + timedelta(minutes=5)) for look in looks(DAILY)]
    (episode,) = fold(slow, RULE)
    assert episode.last_on_sale_at == START + timedelta(hours=24)
    assert episode.first_off_at == START + timedelta(hours=48, minutes=5)
