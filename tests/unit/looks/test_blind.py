"""The blind re-check as pure functions: the error of the states with its intervals, and what it voids."""

import pytest

from crawler.errors import BadInput
from crawler.marketplaces.states import STANDING, State
from monitor.verification.blind import CANNOT_TELL, Judged, agrees, state_error, voids, week_bounds, week_of
from reports.statistics.proportions import clopper_pearson, wilson
from tests.conftest import NOON


def judged(right: int, wrong: int, unsure: int = 0, marketplace: str = "shop", week: str = "2026-W10") -> list[Judged]:
    said = ["removed"] * right + ["available"] * wrong + [CANNOT_TELL] * unsure
    return [Judged(number, marketplace, week, person, "removed") for number, person in enumerate(said)]


def test_the_share_of_disagreement_with_the_intervals_of_the_reports() -> None:
    error = state_error([*judged(17, 3, 2), *judged(0, 5, marketplace="other")], "shop")
    assert (error.judged, error.errors, error.cannot_tell, error.share) == (20, 3, 2, 0.15)
    assert error.wilson == pytest.approx(wilson(3, 20))
    assert error.clopper_pearson == pytest.approx(clopper_pearson(3, 20))


def test_without_a_judgement_there_is_no_share() -> None:
    error = state_error(judged(0, 0, 3), "shop")
    assert (error.judged, error.share, error.wilson, error.cannot_tell) == (0, None, None, 3)


@pytest.mark.parametrize(("right", "wrong", "void"), [(18, 2, False), (17, 3, True), (0, 0, False), (0, 1, True)])
def test_only_more_than_the_bound_voids_a_week(right: int, wrong: int, void: bool) -> None:
    found = voids(judged(right, wrong, 5))
    assert bool(found) is void
    if void:
        assert (found[0].since, found[0].until) == week_bounds("2026-W10")


def test_another_week_and_another_marketplace_are_not_voided() -> None:
    found = voids([*judged(0, 2), *judged(9, 0, week="2026-W11"), *judged(9, 0, marketplace="other")])
    assert [(one.marketplace, one.week) for one in found] == [("shop", "2026-W10")]


@pytest.mark.parametrize("person", list(State))
@pytest.mark.parametrize("crawler", list(State))
def test_states_of_different_standing_never_agree(person: State, crawler: State) -> None:
    if STANDING[person] is not STANDING[crawler]:
        assert not agrees(person, crawler)
    assert agrees(person, person)


def test_weeks_are_those_of_iso_8601() -> None:
    assert week_of(NOON) == "2026-W10"
    since, until = week_bounds("2026-W10")
    assert since <= NOON < until
    for broken in ("2026-10", "2026-W60", ""):
        with pytest.raises(BadInput, match="is none"):
            week_bounds(broken)
