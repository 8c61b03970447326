"""The story: it holds every scene, and its truth is what its phases say."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from crawler.marketplaces.states import State
from crawler.shop.cast import NEVER_ID
from crawler.shop.conditions import FaultKind
from crawler.shop.recalled import DEMO_PRODUCTS
from crawler.shop.script import build_story
from crawler.shop.story import STORY_DAYS, Offer, Story
from tests.unit.shop.conftest import PRODUCTS, START

SEEDS = range(25)
Find = Callable[..., Offer]
HOUR = timedelta(hours=1)
AT_LEAST = {
    "stays": 4,
    "stays_wholesale": 2,
    "taken_down_after_3_hours": 3,
    "taken_down_after_48_hours": 4,
    "runs_out_and_returns": 3,
    "runs_out_and_is_taken_down": 1,
    "blocked_for_us": 4,
    "taken_down_then_relisted": 4,
    "relisted": 5,
    "turns_into_another": 1,
    "is_rewritten": 1,
    "sale_is_over": 2,
    "shop_closes": 2,
    "redirects_away": 1,
    "went_and_returned": 1,
    "taken_down_behind_a_wall": 2,
    "taken_down_in_an_outage": 1,
    "hides_shipping": 1,
    "lookalike": 3,
    "accessory": 3,
    "book": 2,
    "costume": 1,
    "innocent_of_the_brand": 3,
    "sounds_like_an_end": 3,
    "control_live": 3,
    "control_dead": 2,
    "background": 3,
    "background_ends": 2,
    "everyday": 60,
}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_story_holds_every_scene(seed: int) -> None:
    story = build_story(DEMO_PRODUCTS, START, seed)
    scenes = Counter(offer.scene for offer in story.offers)
    assert {scene: (scenes[scene], least) for scene, least in AT_LEAST.items() if scenes[scene] < least} == {}
    assert 100 <= len(story.offers) <= 140
    faults = Counter((fault.kind, fault.listing_ids is None) for fault in story.faults())
    assert faults[(FaultKind.WALL, True)] == faults[(FaultKind.WALL, False)] == 1
    assert faults[(FaultKind.SERVER_ERROR, True)] == 1
    for kind in (FaultKind.SHELL, FaultKind.LOGIN, FaultKind.OTHER_COUNTRY, FaultKind.TO_CATEGORY):
        assert faults[(kind, False)] == 2


@pytest.mark.parametrize("seed", SEEDS)
def test_phases_and_spells_are_in_order(seed: int) -> None:
    story = build_story(PRODUCTS, START, seed)
    for offer in story.offers:
        instants = [phase.from_at for phase in offer.phases]
        assert instants == sorted(set(instants)), offer.scene
        edges = [edge for spell in story.truth(offer.listing_id, "US") for edge in spell[:2] if edge is not None]
        assert edges == sorted(set(edges)), offer.scene
        assert instants[-1] < story.end_at


@pytest.mark.parametrize("seed", SEEDS)
def test_what_happens_is_spread_over_the_month_and_can_be_confirmed(seed: int) -> None:
    story = build_story(PRODUCTS, START, seed)
    days = [(at - START).days for o in story.offers for at, _ in story.takedowns(o.listing_id) if at > START]
    assert min(days) <= 2
    assert max(days) >= 20
    assert len({day // 5 for day in days}) >= 5
    assert max(days) <= STORY_DAYS - 4


def test_one_seed_gives_one_story_and_another_seed_another() -> None:
    assert build_story(PRODUCTS, START, 3) == build_story(PRODUCTS, START, 3)
    assert build_story(PRODUCTS, START, 3) != build_story(PRODUCTS, START, 4)


def test_a_later_start_moves_the_whole_story() -> None:
    later = timedelta(days=100, hours=5)
    for early, late in zip(
        build_story(PRODUCTS, START, 3).offers, build_story(PRODUCTS, START + later, 3).offers, strict=True
    ):
        assert [phase.from_at + later for phase in early.phases] == [phase.from_at for phase in late.phases]


def test_a_story_needs_a_product() -> None:
    with pytest.raises(ValueError, match="at least one recalled product"):
        build_story((), START, 1)


def test_ids_are_unique_and_never_existed_ids_are_given_to_nobody() -> None:
    for seed in SEEDS:
        story = build_story(PRODUCTS, START, seed)
        assert len(story.by_id) == len(story.offers)
        assert all(int(listing_id) < NEVER_ID for listing_id in story.by_id)
        assert all(int(listing_id) > NEVER_ID for listing_id in story.never_existed)


@pytest.mark.parametrize(("scene", "hours"), [("taken_down_after_3_hours", 3), ("taken_down_after_48_hours", 48)])
def test_taken_down_after_so_many_hours(scene: str, hours: int, story: Story) -> None:
    for offer in (one for one in story.offers if one.scene == scene):
        (spell,) = story.truth(offer.listing_id, "US")
        assert spell.on_sale_until is not None
        lasted = spell.on_sale_until - max(START, spell.on_sale_from)
        assert hours * HOUR <= lasted <= (hours + 0.5) * HOUR
        assert story.takedowns(offer.listing_id) == [(spell.on_sale_until, spell.cause)]


def test_what_stays_is_on_sale_to_the_end_for_everybody(story: Story) -> None:
    for offer in (one for one in story.offers if one.scene.startswith(("stays", "hides", "walled", "control_live"))):
        for country in ("US", "GB"):
            (spell,) = story.truth(offer.listing_id, country)
            assert (spell.on_sale_until, spell.cause) == (None, None)
            assert spell.on_sale_from == offer.phases[0].from_at < START


def test_out_of_stock_ends_a_spell_and_is_no_takedown(story: Story, offer: Find) -> None:
    listing_id = offer("runs_out_and_returns").listing_id
    first, second = story.truth(listing_id, "US")
    assert first.cause is State.OUT_OF_STOCK
    assert first.on_sale_until is not None
    assert first.on_sale_until < second.on_sale_from
    assert second.on_sale_until is None
    assert story.takedowns(listing_id) == []


def test_out_of_stock_and_then_taken_down_are_two_endpoints(story: Story, offer: Find) -> None:
    listing_id = offer("runs_out_and_is_taken_down").listing_id
    (spell,) = story.truth(listing_id, "US")
    ((gone, cause),) = story.takedowns(listing_id)
    assert (spell.cause, cause) == (State.OUT_OF_STOCK, State.REMOVED_POLICY)
    assert spell.on_sale_until is not None
    assert spell.on_sale_until < gone


def test_blocked_for_us_buyers_only(story: Story) -> None:
    causes = set()
    for offer in (one for one in story.offers if one.scene == "blocked_for_us"):
        spell = story.truth(offer.listing_id, "US")[0]
        causes.add(spell.cause)
        assert story.truth(offer.listing_id, "GB") == [(spell.on_sale_from, None, None)]
        assert story.takedowns(offer.listing_id) == []
    assert causes == {State.NOT_SHIPPED, State.GEO_BLOCKED}


def test_relistings_show_the_same_pictures_under_another_name(story: Story) -> None:
    relistings = story.relistings()
    assert {one.same_seller for one in relistings} == {True, False}
    for old, new, same_seller in relistings:
        before, after = story.by_id[old], story.by_id[new]
        assert (before.seller == after.seller) is same_seller
        assert before.phases[0].goods.picture == after.phases[0].goods.picture
        assert before.phases[0].goods.title != after.phases[0].goods.title
        assert before.product == after.product
        assert story.takedowns(old)[0][0] < after.phases[0].from_at


def test_pictures_are_shared_by_relistings_alone(story: Story) -> None:
    pictures = Counter(offer.phases[0].goods.picture for offer in story.offers if not offer.ancestor)
    assert set(pictures.values()) == {1}


@pytest.mark.parametrize(("scene", "same_seller"), [("turns_into_another", False), ("is_rewritten", True)])
def test_another_product_under_the_same_id_ends_the_spell(
    scene: str, same_seller: bool, story: Story, offer: Find
) -> None:
    turned = offer(scene)
    assert (turned.phases[1].seller == turned.seller) is same_seller
    (spell,) = story.truth(turned.listing_id, "US")
    assert spell.on_sale_until == turned.phases[1].from_at
    assert spell.cause is State.REPLACED
    assert story.takedowns(turned.listing_id) == []


def test_one_listing_is_taken_down_behind_each_fault(story: Story) -> None:
    hidden = [offer for offer in story.offers if offer.scene.startswith(("taken_down_behind", "taken_down_in"))]
    for offer in hidden:
        ((gone, _),) = story.takedowns(offer.listing_id)
        fault = story.fault_at(offer.listing_id, gone)
        assert fault is not None
        assert fault.from_at < gone < fault.until_at


def test_recalled_pairs_and_innocents_share_out_all_listings(story: Story) -> None:
    pairs = story.recalled_pairs()
    assert pairs.keys() | story.innocents() == story.by_id.keys()
    assert not pairs.keys() & story.innocents()
    assert {pair.recall_id for pair in pairs.values()} == {product.recall_id for product in PRODUCTS}


def test_a_tier_is_what_the_words_of_the_listing_allow(story: Story) -> None:
    for listing_id, pair in story.recalled_pairs().items():
        offer = story.by_id[listing_id]
        goods, product = offer.phases[0].goods, offer.product
        assert product is not None
        tells_gtin = bool(goods.gtin) and goods.gtin == product.gtin
        tells_model = bool(product.model) and goods.brand == product.brand != "" and goods.model == product.model
        tells_line = bool(product.brand) and product.brand.lower() in goods.title.lower()
        expected = "identifier" if tells_gtin or tells_model else "line" if tells_line else "lookalike"
        assert pair.tier == expected, goods
        if pair.tier != "identifier" and product.model:
            assert product.model.lower() not in goods.title.lower()


def test_controls_are_good_from_the_first_day_to_the_last(story: Story) -> None:
    controls = story.controls()
    for day in range(STORY_DAYS + 1):
        at = START + timedelta(days=day)
        assert all(story.is_on_sale(one, "US", at) for one in controls.live)
        assert not any(story.is_on_sale(one, "US", at) for one in controls.dead)
    assert not set(controls.live + controls.dead) & story.recalled_pairs().keys()
    assert not set(controls.never_existed) & story.by_id.keys()


def test_the_background_is_ordinary_and_some_of_it_ends(story: Story) -> None:
    background = story.background()
    assert background <= story.innocents()
    ends = [spell.cause for one in background for spell in story.truth(one, "US") if spell.cause]
    assert set(ends) == {State.ENDED, State.OUT_OF_STOCK, State.REMOVED}
    steady = [one for one in background if not any(spell.cause for spell in story.truth(one, "US"))]
    assert len(steady) >= 40


def test_nothing_is_on_sale_before_it_is_listed(story: Story) -> None:
    late = [offer for offer in story.offers if offer.phases[0].from_at > START]
    assert late
    for offer in late:
        before = offer.phases[0].from_at - timedelta(seconds=1)
        assert not story.is_on_sale(offer.listing_id, "US", before)
        assert offer.listing_id not in {one.listing_id for one, _ in story.shown("US", before)}


class TestSearch:
    """The shop's own search."""

    @pytest.mark.parametrize("seed", SEEDS)
    def test_brand_and_name_find_everything_that_is_on_sale(self, seed: int) -> None:
        story = build_story(DEMO_PRODUCTS, START, seed)
        for at in (START, START + timedelta(days=11), START + timedelta(days=29)):
            for product in DEMO_PRODUCTS:
                found = self.ids(story, f"{product.brand} {product.name}", at)
                wanted = {o.listing_id for o in story.offers if o.product == product}
                assert {one for one in wanted if story.is_on_sale(one, "US", at)} <= found

    def test_words_are_compared_without_case_and_plural(self, story: Story) -> None:
        assert self.ids(story, "BABY WALKERS") == self.ids(story, "baby walker")

    def test_nothing_shared_finds_nothing(self, story: Story) -> None:
        assert self.ids(story, "zeppelin") == set()

    def test_the_best_match_comes_first(self, story: Story, offer: Find) -> None:
        listed = offer("control_live")
        assert story.found(listed.phases[0].goods.title, "US", START)[0][0] == listed

    def test_what_is_gone_or_barred_is_not_found(self, story: Story) -> None:
        at = story.end_at
        for listing_id in self.ids(story, "", at):
            assert story.expected_state(listing_id, "US", at) not in (State.REMOVED, State.GEO_BLOCKED, State.ENDED)

    @staticmethod
    def ids(story: Story, query: str, at: datetime = START) -> set[str]:
        return {offer.listing_id for offer, _ in story.found(query, "US", at)}
