"""Figures: counts, bounds, guards and sentences on a market whose every case is known."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reports.figures.base import FEW, HAND_PICKED, NO_RANKING, RAW_COUNTS, Figure
from reports.figures.catalogue import all_figures
from reports.figures.on_sale import Now, now, still_for_sale
from reports.figures.removal import removals
from reports.figures.returns import relisting
from reports.figures.survival import exposure, survival
from reports.records import Observed
from reports.words import between, duration, forbidden_words, percent, span, what_is_offered
from tests.unit.reports.story import case, cases, hour, listing, looks_at, observed, recall, spell


def k4(world: Observed, cell: str) -> Figure:
    return next(figure for figure in still_for_sale(world) if figure.cell == cell)


def many(count: int) -> Observed:
    """`count` listings of as many recalls, half of them taken down after one to two days."""
    made = []
    for number in range(count):
        item = listing(f"m{number}")
        of = replace(recall(0), notice_id=f"us-cpsc:{number}")
        states = [(0.0, "available"), (24.0, "available"), (48.0, "removed" if number % 2 else "available")]
        one = spell(item.listing_key, 0, 24, 48, 96, cause="removed") if number % 2 else spell(item.listing_key, 0, 48)
        made.append(case(of, item, "identifier", looks_at(item.listing_key, states, number * 10), one))
    return observed(cases=tuple(made))


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (0, Now.RETAIL),
        (1, Now.OFF),
        (2, Now.OFF),
        (3, Now.OFF),
        (4, Now.RETAIL),
        (5, Now.UNDECIDED),
        (6, Now.WHOLESALE),
        (7, Now.UNDECIDED),
    ],
)
def test_now_is_what_the_newest_known_look_says(index: int, expected: Now) -> None:
    assert now(cases()[index], observed()) is expected


def test_a_look_that_is_too_old_decides_nothing() -> None:
    first = cases()[0]
    assert now(first, observed(at=hour(698) + timedelta(days=7))) is Now.RETAIL
    assert now(first, observed(at=hour(699) + timedelta(days=7))) is Now.UNDECIDED


def test_k4_counts_tiers_and_wholesale_apart_over_recalls_searched() -> None:
    found = {cell: k4(observed(), cell) for cell in ("identifier", "line", "wholesale")}
    assert [(figure.count, figure.count_high, figure.denominator) for figure in found.values()] == [
        (2, 3, 11),
        (0, 1, 11),
        (1, 3, 11),
    ]
    assert found["identifier"].ids == ("us-cpsc:26120/demo:a1", "us-cpsc:26124/demo:e5")
    assert found["identifier"].unknown == 2
    assert found["identifier"].ci_low == pytest.approx(0.0514, abs=1e-4)


def test_hand_picked_recalls_give_counts_and_no_rate() -> None:
    picked = tuple(replace(one, chosen_by="hand") for one in observed().recalls)
    figure = k4(observed(recalls=picked), "identifier")
    assert HAND_PICKED in figure.guards
    assert (figure.low, figure.high, figure.ci_low, figure.ci_high) == (None, None, None, None)
    assert "%" not in figure.sentence


def test_under_ten_gives_raw_counts() -> None:
    figure = k4(observed(recalls=observed().recalls[: FEW - 1]), "identifier")
    assert RAW_COUNTS in figure.guards
    assert figure.low is None
    assert "%" not in figure.sentence
    assert (figure.count, figure.denominator) == (2, 9)


def test_over_a_fifth_unknown_is_not_to_be_ranked() -> None:
    assert NO_RANKING in k4(observed(), "wholesale").guards
    assert NO_RANKING not in k4(observed(), "identifier").guards


def test_removal_ends_by_the_first_look_of_the_confirmed_series() -> None:
    found = {row.case.listing.listing_key: row for row in removals(observed(), "off_sale")}
    assert (found["demo:b2"].left, found["demo:b2"].right) == (24, 48)
    assert (found["demo:a1"].left, found["demo:a1"].right) == (696, None)
    assert found["demo:f6"].right is None
    assert found["demo:f6"].undecided


def test_a_sale_is_no_takedown_and_keeps_its_own_end() -> None:
    found = {row.case.listing.listing_key: row for row in removals(observed(), "takedown")}
    sold = found["harbour:c3"]
    assert sold.right is None
    assert sold.ended_otherwise == 195
    assert sold.cause == "out_of_stock"
    assert [key for key, row in found.items() if row.right is not None] == ["demo:b2", "demo:e5"]


def test_unconfirmed_absence_before_a_return_opens_the_interval() -> None:
    first = replace(spell("demo:z", 0, 10, 20), returned_at=hour(30), status="went_and_returned")
    second = replace(spell("demo:z", 30, 90, 100, 140, cause="removed"), ordinal=2)
    item = listing("z")
    made = case(recall(0), item, "identifier", looks_at(item.listing_key, [(0, "available")], 1), first, second)
    (row,) = removals(observed(cases=(made,)), "off_sale")
    assert (row.left, row.right, row.undecided) == (10, 100, True)


def test_a_listing_of_two_recalls_is_counted_once() -> None:
    one = cases()[0]
    twice = (one, replace(one, recall=recall(9), tier="line"))
    assert [row.case.tier for row in removals(observed(cases=twice), "off_sale")] == ["identifier"]


def test_survival_gives_bounds_and_bands_over_recalls() -> None:
    world = many(40)
    found = {(f.name, f.endpoint): f for f in survival(world)}
    two_days = found["gone within 2 days", "off_sale"]
    assert two_days.low == two_days.high == pytest.approx(0.5, abs=1e-4)
    assert two_days.ci_low is not None
    assert two_days.ci_high is not None
    assert 0.3 < two_days.ci_low < 0.5 < two_days.ci_high < 0.7
    taken = found["gone within 2 days", "takedown"]
    assert taken.low == pytest.approx(0.5, abs=1e-3)


def test_survival_of_few_is_counts() -> None:
    (off_sale, takedown) = [figure for figure in survival(observed()) if figure.cell == "all"]
    assert (off_sale.count, takedown.count, off_sale.low) == (4, 2, None)


def test_exposure_is_bounded_below_by_what_was_seen() -> None:
    figure = exposure(observed())
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low < figure.high


def test_return_under_the_same_id_is_counted() -> None:
    figure = relisting(observed())[0]
    assert (figure.count, figure.denominator) == (1, 4)
    assert figure.ids == ("us-cpsc:26124/demo:e5",)


def test_every_sentence_keeps_to_the_words() -> None:
    for world in (observed(), observed(cases=()), many(40), observed().cleared()):
        for figure in all_figures(world):
            assert figure.sentence.endswith(".")
            assert forbidden_words(figure.sentence) == []
            assert figure.as_json()["id"] == figure.id


@pytest.mark.parametrize(
    ("tier", "scope", "says"),
    [
        ("identifier", "all_units", "appears to be the product of recall 26-1"),
        ("identifier", "unknown", "the same model as in recall 26-1; whether this unit is covered can't be seen"),
        ("identifier", "certain_units", "the same model as in recall 26-1; whether this unit is covered can't be seen"),
        ("line", "all_units", "of the line named in recall 26-1; whether this unit is covered can't be seen"),
    ],
)
def test_only_the_same_model_with_all_units_recalled_is_the_product(tier: str, scope: str, says: str) -> None:
    assert what_is_offered(tier, scope, "recall 26-1") == says


def test_words_for_time_and_shares() -> None:
    assert [duration(one).replace("\u00a0", " ") for one in (0.5, 1, 47, 49, 720)] == [
        "30 minutes",
        "1 hour",
        "47 hours",
        "2 days",
        "30 days",
    ]
    assert span(2, 5).replace("\u00a0", " ") == "after 2 to 5 hours"
    assert span(0, 5).replace("\u00a0", " ") == "within 5 hours"
    assert span(12, None).replace("\u00a0", " ") == "after more than 12 hours"
    assert between(24, 96).replace("\u00a0", " ") == "24 hours to 4 days"
    assert [percent(one).replace("\u00a0", " ") for one in (0, 0.001, 0.29, 0.999, 1)] == [
        "0 %",
        "under 1 %",
        "29 %",
        "over 99 %",
        "100 %",
    ]
    assert forbidden_words("It is illegal and they failed to act") == ["illegal", "failed to"]
