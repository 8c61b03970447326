"""The adapter `demo-market`: every kind of page ends in its state, and there is one test for each field."""

import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from crawler.marketplaces.reader import read_page
from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.states import SearchState, State
from crawler.plan import Vantage
from crawler.reading import FetchedPage, ListingFacts, Mark, MarkKind
from crawler.shop.answers import PAGE_SIZE, minimum_order
from crawler.shop.conditions import Condition, FaultKind
from crawler.shop.story import Fault, Offer, Story
from tests.unit.shop.conftest import BASE, START, Window

Find = Callable[..., Offer]
MINUTE = timedelta(minutes=1)
ADAPTER = load_registry().get("demo-market")


def _last(offer: Offer) -> datetime:
    return offer.phases[-1].from_at + MINUTE


def _during(story: Story, kind: FaultKind, *, whole_site: bool = False) -> tuple[str, datetime]:
    """A listing and an instant at which this fault shows."""
    fault: Fault = next(one for one in story.faults() if one.kind is kind and (one.listing_ids is None) is whole_site)
    listing_id = min(fault.listing_ids) if fault.listing_ids else story.controls().live[0]
    return listing_id, fault.from_at + MINUTE


class TestStates:
    """Each page that the market can show."""

    @pytest.mark.parametrize(
        ("scene", "state", "rule"),
        [
            ("stays", State.AVAILABLE, "ladder.available"),
            ("stays_wholesale", State.AVAILABLE_B2B, "ladder.available_b2b"),
            ("hides_shipping", State.SHIPPING_UNKNOWN, "ladder.shipping_unknown"),
            ("shop_closes", State.SELLER_GONE, "ladder.seller_gone"),
            ("sale_is_over", State.ENDED, "ladder.ended"),
            ("redirects_away", State.REDIRECTED, "ladder.redirected"),
            ("background_ends", State.ENDED, "ladder.ended"),
            ("turns_into_another", State.AVAILABLE, "ladder.available"),
            ("sounds_like_an_end", State.AVAILABLE, "ladder.available"),
            ("control_live", State.AVAILABLE, "ladder.available"),
            ("control_dead", State.REMOVED, "ladder.removed"),
        ],
    )
    def test_last_phase_of_a_scene(
        self, scene: str, state: State, rule: str, calm: Story, window: Window, offer: Find
    ) -> None:
        found = offer(scene)
        judgement = window.look(calm, found.listing_id, _last(found)).judgement
        assert (judgement.state, judgement.rule) == (state, rule)

    @pytest.mark.parametrize(
        ("condition", "state"),
        [
            (Condition.GONE_404, State.REMOVED),
            (Condition.GONE_410, State.REMOVED),
            (Condition.GONE_SOFT, State.REMOVED),
            (Condition.REMOVED_POLICY, State.REMOVED_POLICY),
            (Condition.OUT_OF_STOCK, State.OUT_OF_STOCK),
            (Condition.SOLD, State.ENDED),
            (Condition.ENDED, State.ENDED),
            (Condition.SELLER_CLOSED, State.SELLER_GONE),
            (Condition.TO_CATEGORY, State.REDIRECTED),
        ],
    )
    def test_condition(self, condition: Condition, state: State, calm: Story, window: Window) -> None:
        found, phase = next((o, p) for o in calm.offers for p in o.phases if p.condition is condition)
        assert window.look(calm, found.listing_id, phase.from_at + MINUTE).judgement.state is state

    def test_soft_404_has_status_200(self, calm: Story, window: Window) -> None:
        found, phase = next((o, p) for o in calm.offers for p in o.phases if p.condition is Condition.GONE_SOFT)
        _, got = window.fetch(calm, f"/item/{found.listing_id}", phase.from_at + MINUTE)
        assert got.status == 200

    @pytest.mark.parametrize("how", [State.NOT_SHIPPED, State.GEO_BLOCKED])
    def test_blocked_for_us_buyers_alone(self, how: State, calm: Story, window: Window) -> None:
        barred = [o for o in calm.offers if o.scene == "blocked_for_us" and o.phases[1].bar("US") is how]
        assert barred
        for found in barred:
            at = found.phases[1].from_at + MINUTE
            assert window.look(calm, found.listing_id, at, "US").judgement.state is how
            elsewhere = window.look(calm, found.listing_id, at, "GB").judgement.state
            assert elsewhere in (State.AVAILABLE, State.AVAILABLE_B2B)

    def test_blocked_for_us_buyers_is_lifted(self, calm: Story, window: Window, offer: Find) -> None:
        found = offer("blocked_for_us", lambda one: len(one.phases) == 3)
        assert window.look(calm, found.listing_id, _last(found)).judgement.state is State.AVAILABLE

    @pytest.mark.parametrize(
        ("kind", "whole_site", "state", "rule"),
        [
            (FaultKind.WALL, True, State.BLOCKED, "ladder.wall"),
            (FaultKind.WALL, False, State.BLOCKED, "ladder.wall"),
            (FaultKind.SERVER_ERROR, True, State.FAILED, "ladder.server_error"),
            (FaultKind.SHELL, False, State.FAILED, "ladder.shell"),
            (FaultKind.LOGIN, False, State.BLOCKED, "ladder.login"),
            (FaultKind.OTHER_COUNTRY, False, State.UNCLEAR, "ladder.other_place"),
            (FaultKind.TO_CATEGORY, False, State.REDIRECTED, "ladder.redirected"),
        ],
    )
    def test_fault(
        self, kind: FaultKind, whole_site: bool, state: State, rule: str, story: Story, window: Window
    ) -> None:
        listing_id, at = _during(story, kind, whole_site=whole_site)
        judgement = window.look(story, listing_id, at).judgement
        assert (judgement.state, judgement.rule) == (state, rule)

    def test_an_id_that_never_existed_reads_like_a_dead_one(self, story: Story, window: Window) -> None:
        for listing_id in (*story.never_existed, ADAPTER.site.controls.never_existed):
            assert window.look(story, listing_id, START).judgement.state is State.REMOVED

    def test_before_it_is_listed_nothing_is_there(self, story: Story, window: Window, offer: Find) -> None:
        found = offer("relisted")
        before = found.phases[0].from_at - MINUTE
        assert window.look(story, found.listing_id, before).judgement.state is State.REMOVED

    @pytest.mark.parametrize("kind", [FaultKind.WALL, FaultKind.SERVER_ERROR])
    def test_a_search_behind_a_fault_was_no_search(self, kind: FaultKind, story: Story, window: Window) -> None:
        _, at = _during(story, kind, whole_site=True)
        reading = window.read(story, "/search?q=baby+walker", at, kind="search")
        expected = SearchState.BLOCKED if kind is FaultKind.WALL else SearchState.FAILED
        assert (reading.judgement.state, reading.hits) == (expected, ())

    def test_all_signatures_are_verified_and_all_are_seen(self, story: Story, window: Window) -> None:
        own = {one["id"] for one in tomllib.loads((ADAPTER.folder / "marketplace.toml").read_text())["signatures"]}
        assert own <= ADAPTER.verified
        seen = {m.signature for o in story.offers for p in o.phases for m in self._marks(story, window, o, p.from_at)}
        for fault in story.faults():
            listing_id = min(fault.listing_ids) if fault.listing_ids else story.offers[0].listing_id
            seen |= {mark.signature for mark in window.look(story, listing_id, fault.from_at + MINUTE).marks}
        for query in ("baby+walker", "zeppelin"):
            seen |= {mark.signature for mark in window.read(story, f"/search?q={query}", START).marks}
        assert seen >= own

    @staticmethod
    def _marks(story: Story, window: Window, offer: Offer, at: datetime) -> tuple[Mark, ...]:
        return window.look(story, offer.listing_id, at + MINUTE).marks


class TestFields:
    """What a listing's page states, one test a field."""

    @pytest.fixture
    def retail(self, calm: Story, offer: Find) -> Offer:
        return offer("stays", lambda one: bool(one.phases[0].goods.gtin))

    @pytest.fixture
    def facts(self, calm: Story, window: Window, retail: Offer) -> ListingFacts:
        read = window.look(calm, retail.listing_id, START).facts
        assert read is not None
        return read

    @pytest.fixture
    def wholesale(self, calm: Story, window: Window, offer: Find) -> tuple[Offer, ListingFacts]:
        found = offer("stays_wholesale")
        read = window.look(calm, found.listing_id, START).facts
        assert read is not None
        return found, read

    def test_listing_id(self, retail: Offer, facts: ListingFacts) -> None:
        assert facts.listing_id == retail.listing_id

    def test_url(self, retail: Offer, facts: ListingFacts) -> None:
        assert facts.url == f"{BASE}/item/{retail.listing_id}"

    def test_title(self, retail: Offer, facts: ListingFacts) -> None:
        assert facts.title == retail.phases[0].goods.title

    def test_price(self, retail: Offer, facts: ListingFacts) -> None:
        assert facts.price == Decimal(retail.phases[0].goods.price_cents) / 100

    def test_price_of_a_range(self, wholesale: tuple[Offer, ListingFacts]) -> None:
        found, facts = wholesale
        cents = found.phases[0].goods.price_cents
        assert (facts.price, facts.price_max) == (Decimal(cents) / 100, Decimal(cents * 3 // 2) / 100)

    def test_currency(self, facts: ListingFacts) -> None:
        assert facts.currency == "USD"

    @pytest.mark.parametrize(("country", "currency"), [("GB", "GBP"), ("DE", "EUR"), ("CA", "USD")])
    def test_currency_elsewhere(self, country: str, currency: str, calm: Story, window: Window, retail: Offer) -> None:
        read = window.look(calm, retail.listing_id, START, country).facts
        assert read is not None
        assert read.currency == currency

    def test_seller(self, retail: Offer, facts: ListingFacts) -> None:
        assert facts.seller == retail.seller.name

    def test_seller_id(self, retail: Offer, facts: ListingFacts) -> None:
        assert facts.seller_id == retail.seller.seller_id

    def test_brand(self, facts: ListingFacts) -> None:
        assert facts.brand == "Bramble Bay"

    def test_model(self, facts: ListingFacts) -> None:
        assert facts.model == "BB-200"

    def test_gtin(self, facts: ListingFacts) -> None:
        assert facts.gtin == "0012345678905"

    def test_no_brand_no_model_no_gtin_where_none_is_told(self, calm: Story, window: Window, offer: Find) -> None:
        read = window.look(calm, offer("control_live").listing_id, START).facts
        assert read is not None
        assert (read.brand, read.model, read.gtin) == ("", "", "")

    def test_description(self, retail: Offer, facts: ListingFacts) -> None:
        assert facts.description == retail.phases[0].goods.description

    def test_category(self, facts: ListingFacts) -> None:
        assert facts.category == "Family and leisure"

    def test_images(self, retail: Offer, facts: ListingFacts) -> None:
        upload = f"{BASE}/pictures/{retail.listing_id}-{retail.phases[0].goods.picture:08x}"
        assert facts.images == (f"{upload}-1.png", f"{upload}-2.png")

    @pytest.mark.parametrize("country", ["US", "GB"])
    def test_ships_to(self, country: str, calm: Story, window: Window, retail: Offer) -> None:
        read = window.look(calm, retail.listing_id, START, country).facts
        assert read is not None
        assert read.ships_to == (country,)

    def test_served_country(self, facts: ListingFacts) -> None:
        assert facts.served_country == "US"

    def test_served_place(self, facts: ListingFacts) -> None:
        assert facts.served_place == "Deliver to United States"

    def test_listed_on(self, retail: Offer, facts: ListingFacts) -> None:
        assert facts.listed_on == retail.phases[0].from_at.date().isoformat()

    def test_layouts(self, calm: Story, window: Window, offer: Find) -> None:
        for scene, layout in (("stays", "retail"), ("stays_wholesale", "wholesale"), ("control_dead", "notice")):
            assert window.look(calm, offer(scene).listing_id, START).layout == layout

    def test_minimum_order_stands_on_a_wholesale_page(self, calm: Story, window: Window, offer: Find) -> None:
        found = offer("stays_wholesale")
        _, got = window.fetch(calm, f"/item/{found.listing_id}", START)
        assert f"Minimum order: {minimum_order(found)} pieces".encode() in got.body

    @pytest.mark.parametrize(("scene", "same_seller"), [("turns_into_another", False), ("is_rewritten", True)])
    def test_another_product_under_the_same_id_reads_as_that(
        self, scene: str, same_seller: bool, calm: Story, window: Window, offer: Find
    ) -> None:
        found = offer(scene)
        before = window.look(calm, found.listing_id, START)
        after = window.look(calm, found.listing_id, _last(found))
        assert before.facts is not None
        assert after.facts is not None
        assert before.facts.listing_id == after.facts.listing_id
        assert before.facts.title != after.facts.title == found.phases[1].goods.title
        assert not set(before.facts.images) & set(after.facts.images)
        assert (before.facts.seller == after.facts.seller) is same_seller

    def test_cards_of_other_items_say_nothing_of_this_one(self, calm: Story, window: Window) -> None:
        """A removed page shows other listings with prices; none of them is taken for the item."""
        found, phase = next((o, p) for o in calm.offers for p in o.phases if p.condition is Condition.GONE_SOFT)
        reading = window.look(calm, found.listing_id, phase.from_at + MINUTE)
        assert {mark.kind for mark in reading.marks} == {MarkKind.REMOVED}
        assert reading.facts is not None
        assert (reading.facts.title, reading.facts.price, reading.facts.images) == ("", None, ())


class TestSearchPages:
    """Result pages, categories and sellers."""

    def test_search(self, story: Story, window: Window) -> None:
        reading = window.read(story, "/search?q=baby+walker", START)
        assert (reading.kind, reading.judgement.state) == ("search", SearchState.SEARCHED)
        shown = {offer.listing_id: phase.goods for offer, phase in story.found("baby walker", "US", START)}
        first = reading.hits[0]
        assert first.url == f"{BASE}/item/{first.listing_id}"
        assert first.title == shown[first.listing_id].title
        assert first.price == Decimal(shown[first.listing_id].price_cents) / 100
        assert first.currency == "USD"
        assert first.seller == story.by_id[first.listing_id].seller.name
        picture = shown[first.listing_id].picture
        assert first.image == f"{BASE}/pictures/{first.listing_id}-{picture:08x}-1.png"

    def test_following_pages_finds_every_result_once(self, story: Story, window: Window) -> None:
        expected = [offer.listing_id for offer, _ in story.found("baby walker", "US", START)]
        assert len(expected) > PAGE_SIZE
        path, ids = "/search?q=baby+walker", list[str]()
        while path:
            reading = window.read(story, path, START)
            ids += [hit.listing_id for hit in reading.hits]
            path = reading.next_page_url.removeprefix(BASE)
        assert ids == expected

    def test_nothing_found_is_said(self, story: Story, window: Window) -> None:
        reading = window.read(story, "/search?q=zeppelin", START)
        assert (reading.judgement.state, reading.hits) == (SearchState.NO_RESULTS, ())

    def test_seller(self, story: Story, window: Window, offer: Find) -> None:
        seller = offer("stays").seller
        reading = window.read(story, f"/seller/{seller.seller_id}", START)
        assert reading.kind == "seller"
        assert {story.by_id[hit.listing_id].seller for hit in reading.hits} == {seller}

    def test_a_closed_shop_is_no_empty_search(self, story: Story, window: Window, offer: Find) -> None:
        found = offer("shop_closes")
        reading = window.read(story, f"/seller/{found.seller.seller_id}", _last(found))
        assert reading.judgement.state is SearchState.UNCLEAR

    def test_category(self, story: Story, window: Window) -> None:
        reading = window.read(story, "/category/kitchen", START)
        assert reading.kind == "search"
        assert {story.by_id[h.listing_id].phases[0].goods.category for h in reading.hits} == {"Kitchen"}


class TestDescription:
    """What stands in marketplace.toml besides signatures."""

    def test_search_url(self) -> None:
        url = ADAPTER.search_url("baby walker", 2, Vantage(name="us", country="US"))
        assert url == "http://127.0.0.1:8765/search?q=baby+walker&page=2"

    def test_the_buyers_country_goes_into_the_cookie(self) -> None:
        assert ADAPTER.region_cookies(Vantage(name="uk", country="GB")) == {"ship_to": "GB"}

    def test_listing_id_of_a_url(self) -> None:
        assert ADAPTER.listing_id("http://127.0.0.1:4321/item/123456789?from=search") == "123456789"
        assert ADAPTER.listing_id("http://127.0.0.1:4321/login?next=/item/123456789") == ""
        assert ADAPTER.listing_id("https://example.org/item/123456789") == ""

    def test_no_faster_than_robots_txt_asks(self) -> None:
        assert ADAPTER.min_delay_s >= 1.0

    def test_a_saved_page_without_an_address_is_recognised(self, story: Story, window: Window, offer: Find) -> None:
        _, got = window.fetch(story, f"/item/{offer('stays').listing_id}", START)
        reading = read_page(FetchedPage(url="", body=got.body), registry=window.registry)
        assert (reading.marketplace, reading.judgement.state) == ("demo-market", State.AVAILABLE)
