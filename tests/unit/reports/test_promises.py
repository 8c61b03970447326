"""K1, K3, K9 to K11, K13, K14 and the pledges' own ways, on a market whose every case is known."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reports.context import Dated, Due, Told
from reports.figures.base import NOT_COMPLIANCE, NOT_MEASURED, RAW_COUNTS, Figure
from reports.figures.blocks import blocks
from reports.figures.catalogue import all_figures
from reports.figures.excess import excess
from reports.figures.notices import longest_gap_hours, on_time, within_hours
from reports.figures.own_errors import blind_state_errors, share_found
from reports.figures.pledges import pledge_ways
from reports.figures.promised_pages import acknowledgement, promised_pages
from reports.figures.removal import cohort_of, removal_since
from reports.figures.returns import relisting
from reports.records import Observed
from reports.words import forbidden_words
from tests.unit.reports.story import case, hour, listing, looks_at, observed, recall, spell
from tests.unit.reports.told_world import GPSR, TOLD_H, told_world


def only(figures: list[Figure], **wanted: object) -> Figure:
    (found,) = [one for one in figures if all(getattr(one, name) == value for name, value in wanted.items())]
    return found


def test_k1_counts_met_missed_and_undecided_by_commitment_and_endpoint() -> None:
    figures = on_time(told_world())
    off = only(figures, cell=GPSR, endpoint="off_sale")
    assert (off.count, off.count_high, off.denominator) == (8, 16, 24)
    assert (off.low, off.high) == (8 / 24, 16 / 24)
    assert off.ci_low is not None
    assert off.ci_low < 8 / 24
    taken = only(figures, cell=GPSR, endpoint="takedown")
    assert (taken.count, taken.count_high, taken.denominator) == (4, 12, 20)
    assert taken.unknown_why["sold, ended or out of stock before the deadline: never a takedown"] == 4
    assert "; 8 did not" in off.sentence
    assert len(off.ids) == 8


def test_k1_gone_and_back_unconfirmed_is_undecided_never_missed() -> None:
    rows = [one for one in told_world().cases if "t4" in one.case_id or "t10" in one.case_id]
    world = told_world(cases=tuple(rows))
    figure = only(on_time(world), cell=GPSR, endpoint="off_sale")
    assert (figure.count, figure.count_high, figure.denominator) == (0, 2, 2)


def test_k1_a_listing_not_proven_live_is_neither_met_nor_missed() -> None:
    world = told_world()
    late = tuple(
        replace(due, started_at=hour(20), due_at=hour(92)) if due.commitment == GPSR else due
        for due in world.context.dues
    )
    figure = only(on_time(replace(world, context=replace(world.context, dues=late))), cell=GPSR, endpoint="off_sale")
    # The first has a page that says it was there; all others were first seen at hour 50, after the clock began.
    assert figure.denominator == 1
    assert figure.unknown_why["not proven live when the clock began"] == 23


def test_k1_found_after_its_deadline_is_not_called_late() -> None:
    world = told_world()
    early = tuple(replace(due, started_at=hour(-60), due_at=hour(10)) for due in world.context.dues)
    figure = only(on_time(replace(world, context=replace(world.context, dues=early))), cell=GPSR, endpoint="off_sale")
    assert figure.denominator == 0
    assert figure.unknown_why["there when the clock began, by its page, but found after the deadline"] == 1


def test_nothing_is_met_or_missed_where_nobody_gave_dates() -> None:
    world = told_world()
    silent = replace(world, context=replace(world.context, dues=(), told=()))
    for figure in [*on_time(silent), *within_hours(silent)]:
        assert (figure.count, figure.low) == (None, None)
        assert {NOT_MEASURED, NOT_COMPLIANCE} <= set(figure.guards)


def test_an_absence_before_the_notice_is_no_doubt_about_what_came_later() -> None:
    first = replace(spell("demo:q", 0, 10, 20), returned_at=hour(30), status="went_and_returned")
    second = replace(spell("demo:q", 30, 190, 200, 240, cause="removed"), ordinal=2)
    one = case(recall(1), listing("q"), "identifier", looks_at("demo:q", [(0, "available")], 1), first, second)
    row = removal_since(one, "off_sale", "A3", hour(100))
    assert row is not None
    assert (row.left, row.right, row.undecided, row.cohort) == (90, 100, False, 1)


def test_what_had_ended_before_the_notice_is_no_row() -> None:
    ended = spell("demo:q", 0, 10, 20, 60, cause="removed")
    one = case(recall(1), listing("q"), "identifier", looks_at("demo:q", [(0, "available")], 1), ended)
    assert removal_since(one, "off_sale", "A3", hour(100)) is None


@pytest.mark.parametrize(
    ("first", "last", "dated", "cohort"),
    [
        (0, 200, None, 1),
        (0, 40, None, 1),
        (0, 20, None, 2),
        (150, 200, None, 2),
        (150, 200, Dated("x", hour(0).date()), 1),
        (150, 200, Dated("x", hour(100).date() + timedelta(days=2)), 3),
        (150, 200, Dated("x", None, hour(120)), 3),
        (150, 200, Dated("x", None, hour(80)), 2),
    ],
)
def test_cohort_says_what_is_proven(first: float, last: float, dated: Dated | None, cohort: int) -> None:
    assert cohort_of(spell("demo:x", first, last), hour(100), dated)[0] == cohort


def test_k3_counts_only_where_looks_were_close_enough() -> None:
    figures = within_hours(told_world())
    six = only(figures, name="within 6 hours of the notice", endpoint="off_sale")
    day = only(figures, name="within 24 hours of the notice", endpoint="off_sale")
    assert six.denominator == 12
    assert six.unknown_why["looks further apart than the threshold"] == 12
    # Listings whose looks were blocked around the notice have none close enough even for a day.
    assert day.denominator == 24
    assert NOT_COMPLIANCE in day.guards


def test_longest_gap_needs_a_look_on_both_sides() -> None:
    assert longest_gap_hours([hour(0), hour(5), hour(20)], hour(2), hour(8)) == 15
    assert longest_gap_hours([hour(3), hour(20)], hour(2), hour(8)) is None


def test_pledges_way_leaves_out_what_stayed_and_says_so() -> None:
    figures = pledge_ways(told_world())
    eu = only(figures, cell="eu-product-safety-pledge")
    assert (eu.count, eu.denominator) == (4, 12)
    assert eu.low is not None
    assert "87.36" in eu.sentence
    assert NOT_COMPLIANCE not in eu.guards
    # The mean of the two platforms' shares (none of 4 on one, 4 of 8 on the other, or the like), not the pooled share.
    shares = []
    for place in ("demo", "harbour"):
        own = [one for one in told_world().cases if one.listing.marketplace == place and one.episodes[-1].taken_down]
        shares.append(sum(one.case_id in eu.ids for one in own) / len(own))
    assert eu.low == pytest.approx(sum(shares) / 2)
    assert only(figures, cell="kr-kftc-2024").count == 1


def test_pledges_way_from_the_public_recall_is_not_a_measure_of_compliance() -> None:
    world = told_world()
    recalled = tuple(
        Due(
            one.listing.listing_key,
            "au-product-safety-pledge",
            "public_recall",
            "A0",
            "public_recall",
            hour(60),
            hour(150),
        )
        for one in world.cases
    )
    figures = pledge_ways(replace(world, context=replace(world.context, dues=recalled)))
    figure = only(figures, cell="au-product-safety-pledge")
    assert NOT_COMPLIANCE in figure.guards
    assert "not a measure of compliance" in figure.sentence


def test_k9_needs_both_vantages_and_a_confirmed_end() -> None:
    figure = only(blocks(told_world()), name="US-block rate", cell="all")
    ended = [one for one in told_world().cases[::4] if one.episodes[-1].ended]
    assert (figure.count, figure.count_high, figure.denominator) == (len(ended), 6, 12)
    assert figure.unknown_why["no clear looks from both vantages within a day"] == 6
    lone = replace(told_world(), context=replace(told_world().context, other_vantage="", elsewhere=()))
    assert NOT_MEASURED in only(blocks(lone), name="US-block rate").guards


def test_k10_a_wall_is_unknown_never_missing() -> None:
    figures = promised_pages(told_world())
    whole = only(figures, cell="all")
    assert (whole.count, whole.count_high, whole.denominator) == (1, 3, 4)
    assert only(figures, cell="cpsc-alibaba-2015/access-points").unknown == 1
    assert "no such page" in only(figures, cell="eu-gpsr-22/contact-point").sentence


def test_k11_is_in_days_give_or_take_one() -> None:
    (figure,) = acknowledgement(told_world())
    assert (figure.low, figure.high, figure.count) == (4.5, 6.5, 12)


def test_k13_blind_error_and_share_found() -> None:
    everywhere = only(blind_state_errors(told_world()), cell="all")
    assert (everywhere.count, everywhere.denominator) == (1, 30)
    (found,) = share_found(told_world())
    assert found.count == 20
    assert found.high == pytest.approx(20 / (20 + 6 * 4 / 10))
    assert found.low == pytest.approx(20 / (20 + 5 * 6 * 4 / 10))


def test_k14_is_the_excess_over_stand_ins_with_an_interval_between_recalls() -> None:
    figure = only(excess(told_world()), name="excess over background within 7 days")
    # Of the even listings, those at 0 (mod 6) went within a week of the first sighting; of the stand-ins every fourth.
    assert figure.denominator == 12
    assert figure.low is not None
    assert figure.high is not None
    assert figure.ci_low is not None
    assert figure.ci_high is not None
    assert figure.ci_low < figure.low <= figure.high < figure.ci_high
    assert "points" in figure.sentence


def test_k14_without_a_background_says_what_is_missing() -> None:
    assert all(NOT_MEASURED in one.guards for one in excess(observed()))


def test_k7_counts_other_ids_apart() -> None:
    figures = relisting(told_world())
    assert only(figures, name="back within 30 days", cell="same seller").count == 1
    assert only(figures, name="back within 30 days", cell="same id").count == 0
    assert only(figures, name="returns over first listings and returns").count == 1


def test_private_dates_are_in_nothing_that_leaves() -> None:
    world = told_world()
    private = replace(
        world.context,
        told=tuple(replace(one, private=True) for one in world.context.told),
        dues=tuple(replace(one, private=True) for one in world.context.dues),
    )
    assert only(on_time(replace(world, context=private)), cell=GPSR, endpoint="off_sale").denominator == 24
    assert private.exported().told == ()
    assert private.exported().dues == ()


def test_mean_over_platforms_stands_beside_the_pooled_rate() -> None:
    figures = all_figures(told_world())
    mean = only(figures, id="K12", name="unweighted mean of platforms: on time after notice", endpoint="off_sale")
    parts = [
        one for one in figures if one.id == "K1" and one.cell.startswith(f"{GPSR} on ") and one.endpoint == "off_sale"
    ]
    assert len(parts) == 2
    if any(RAW_COUNTS in one.guards for one in parts):
        assert mean.low is None


def test_every_sentence_keeps_to_the_words() -> None:
    world = told_world()
    for one in (world, world.cleared(), replace(world, cases=())):
        for figure in all_figures(one):
            assert figure.sentence.endswith("."), figure
            assert forbidden_words(figure.sentence) == []
            assert figure.as_json()["unknown"] <= max(figure.unknown_of, 0)


def test_notice_of_a_day_starts_with_the_day_and_is_due_after_it() -> None:
    from reports.context_data import day_start, dues_of

    told = Told("aliexpress:1", "us-cpsc:1", "A2", "request", hour(0).date(), None)
    world: Observed = told_world()
    dues = list(dues_of([told], (), world.context.commitments, "AU"))
    bound = [one for one in dues if one.basis == "notice"]
    assert [one.commitment for one in bound] == ["au-product-safety-pledge"]
    assert bound[0].started_at == day_start(hour(0).date(), "Australia/Sydney")
    assert bound[0].due_at > bound[0].started_at + timedelta(hours=48)
    assert TOLD_H > 0
