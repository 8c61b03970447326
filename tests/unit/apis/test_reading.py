"""What an answer of an official interface is taken for: an end only where it says so, a failure never."""

import json
from decimal import Decimal
from typing import Any

import pytest

from crawler.apis.aliexpress import ITEM, SEARCH
from crawler.apis.base import LAYOUT
from crawler.apis.reader import read_answer
from crawler.apis.registry import APIS, api_of
from crawler.marketplaces.base import Marketplace
from crawler.marketplaces.description import Verified
from crawler.marketplaces.registry import Registry, load_registry
from crawler.marketplaces.states import STANDING, SearchState, Standing, State
from crawler.plan import Slot, Vantage
from crawler.reading import FetchedPage, Reading
from tests.unit.apis.answers import (
    ALIEXPRESS_PRODUCT,
    aliexpress_products,
    ebay_error,
    ebay_item,
    ebay_page,
    etsy_item,
    walmart_item,
)

REGISTRY = load_registry()
US = Vantage(name="us", country="US", postal_code="10001")
IDS = {"ebay": "110039490209", "etsy": "123456789", "walmart": "12417832", "aliexpress": "1005001234567890"}


def read(
    marketplace: str, body: Any, status: int = 200, *, searched: bool = False, registry: Registry = REGISTRY
) -> Reading:
    api = api_of(marketplace)
    assert api is not None
    listing_id = "" if searched else IDS[marketplace]
    url = api.search_url("kettle", 1, US) if searched else api.item_url(listing_id, US)
    slot = Slot(
        slot_id="s1",
        purpose="search" if searched else "look",
        marketplace=marketplace,
        url=url,
        vantage="us",
        listing_id=listing_id,
        method="api",
    )
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    page = FetchedPage(
        url=url, requested_url=url, body=content, status=status, listing_id=listing_id, at="2026-11-22T12:00:00Z"
    )
    return read_answer(page, slot, US, registry)


def confirmed(marketplace: str, signature_id: str) -> Registry:
    """A registry in which a person has confirmed one signature."""
    site = REGISTRY.get(marketplace)
    said = Verified(where="an answer", by="a person", on="2026-11-22")
    signatures = tuple(
        one.model_copy(update={"verified": said}) if one.id == signature_id else one for one in site.site.signatures
    )
    changed = Marketplace(site.site.model_copy(update={"signatures": signatures}), site.folder, lambda: site.pages)
    return Registry({**{one.name: one for one in REGISTRY}, marketplace: changed})


NO_SUCH = {
    "ebay": (ebay_error(11001, "The specified item Id was not found."), 404),
    "etsy": ({"error": "Resource not found"}, 404),
    "walmart": ({"errors": [{"code": 4002, "message": "Invalid itemId"}]}, 400),
}
SIGNS = {"ebay": "api-item-not-found", "etsy": "api-listing-not-found", "walmart": "api-item-not-found"}
FAILURES = [
    (b"", 200),
    (b"<html>Service unavailable</html>", 200),
    (b'{"legacyItemId": "11', 200),
    (b"[]", 200),
    (b"{}", 200),
    (b"null", 200),
    (b"[" * 100_000, 200),
    ({"errors": [{"errorId": 1001, "code": 1001, "message": "Invalid access token"}], "error": "invalid"}, 401),
    ({"errors": [{"errorId": 2001, "code": 4001, "message": "Too many requests"}], "error": "slow"}, 429),
    ({"errors": [{"errorId": 11000, "code": 4000, "message": "Internal error"}], "error": "oops"}, 500),
    ({"error": "gateway"}, 503),
    (b"no such path", 404),
    ({"error_response": {"code": "ApiCallLimit", "msg": "frequency exceeds the limit"}}, 200),
]


@pytest.mark.parametrize("marketplace", sorted(APIS))
@pytest.mark.parametrize(("body", "status"), FAILURES)
@pytest.mark.parametrize("searched", [False, True])
def test_a_failure_is_never_an_end_and_no_search(marketplace: str, body: Any, status: int, searched: bool) -> None:
    judgement = read(marketplace, body, status, searched=searched).judgement
    if searched:
        assert judgement.state in (SearchState.FAILED, SearchState.BLOCKED)
    else:
        assert judgement.state in (State.FAILED, State.BLOCKED)


@pytest.mark.parametrize("marketplace", sorted(NO_SUCH))
def test_no_such_item_goes_to_a_person_until_one_confirmed_it(marketplace: str) -> None:
    body, status = NO_SUCH[marketplace]
    assert read(marketplace, body, status).judgement.state is State.UNVERIFIED
    registry = confirmed(marketplace, SIGNS[marketplace])
    judgement = read(marketplace, body, status, registry=registry).judgement
    assert judgement.signature == SIGNS[marketplace]
    assert judgement.state is (State.ENDED if marketplace == "ebay" else State.REMOVED)


def test_a_server_error_with_the_words_of_an_end_stays_a_failure() -> None:
    for marketplace, (body, _) in NO_SUCH.items():
        registry = confirmed(marketplace, SIGNS[marketplace])
        assert read(marketplace, body, 500, registry=registry).judgement.state is State.FAILED
        assert read(marketplace, body, 429, registry=registry).judgement.state is State.BLOCKED


def test_ebay_a_group_of_variants_is_no_end() -> None:
    assert read("ebay", ebay_error(11006, "The legacy Id is invalid."), 404).judgement.state is State.FAILED


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({}, State.AVAILABLE),
        ({"estimatedAvailabilities": [{"estimatedAvailabilityStatus": "OUT_OF_STOCK"}]}, State.OUT_OF_STOCK),
        ({"estimatedAvailabilities": []}, State.UNCLEAR),
        ({"itemEndDate": "2026-11-22T11:59:59.000Z"}, State.UNVERIFIED),
        ({"itemEndDate": "soon"}, State.AVAILABLE),
        ({"legacyItemId": "220039490200", "itemId": "v1|220039490200|0"}, State.REDIRECTED),
        ({"shipToLocations": {}}, State.SHIPPING_UNKNOWN),
        (
            {"shipToLocations": {"regionIncluded": [{"regionType": "COUNTRY", "regionId": "US"}]}},
            State.AVAILABLE,
        ),
        (
            {
                "shipToLocations": {
                    "regionIncluded": [{"regionType": "WORLDWIDE"}],
                    "regionExcluded": [{"regionType": "COUNTRY", "regionId": "US"}],
                }
            },
            State.UNVERIFIED,
        ),
        (
            {
                "shipToLocations": {
                    "regionIncluded": [{"regionType": "WORLDWIDE"}],
                    "regionExcluded": [{"regionType": "WORLD_REGION", "regionId": "NORTH_AMERICA"}],
                }
            },
            State.SHIPPING_UNKNOWN,
        ),
    ],
)
def test_ebay_states(changed: dict[str, Any], state: State) -> None:
    assert read("ebay", ebay_item(**changed)).judgement.state is state


def test_ebay_not_shipped_needs_a_person_and_then_holds() -> None:
    ships = {"regionExcluded": [{"regionType": "COUNTRY", "regionId": "US"}]}
    body = ebay_item(shipToLocations=ships)
    reading = read("ebay", body, registry=confirmed("ebay", "api-ships-excluded"))
    assert reading.judgement.state is State.NOT_SHIPPED


def test_ebay_facts() -> None:
    facts = read("ebay", ebay_item()).facts
    assert facts is not None
    assert (facts.title, facts.price, facts.currency) == ("Acme KX-200 electric kettle", Decimal("24.50"), "USD")
    assert (facts.brand, facts.model, facts.gtin, facts.seller) == ("Acme", "KX-200", "4006381333931", "kettle-house")
    assert facts.url == "https://www.ebay.com/itm/110039490209"
    assert facts.ships_to == ("US",)


def test_ebay_pages_follow_each_other_up_to_the_total() -> None:
    first = read("ebay", ebay_page(["110039490209", "110039490210"], total=350), searched=True)
    assert first.judgement.state is SearchState.SEARCHED
    assert [hit.listing_id for hit in first.hits] == ["110039490209", "110039490210"]
    assert "offset=200" in first.next_page_url
    assert read("ebay", ebay_page(["110039490209"], total=1), searched=True).next_page_url == ""


def test_nothing_found_counts_only_once_confirmed() -> None:
    empty = ebay_page([], total=0)
    assert read("ebay", empty, searched=True).judgement.state is SearchState.UNCLEAR
    registry = confirmed("ebay", "api-no-results")
    assert read("ebay", empty, searched=True, registry=registry).judgement.state is SearchState.NO_RESULTS


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("active", State.AVAILABLE),
        ("sold_out", State.OUT_OF_STOCK),
        ("expired", State.UNVERIFIED),
        ("inactive", State.UNVERIFIED),
        ("something_new", State.UNCLEAR),
    ],
)
def test_etsy_states(state: str, expected: State) -> None:
    assert read("etsy", etsy_item(state)).judgement.state is expected


def test_etsy_price_is_in_parts_of_its_unit() -> None:
    facts = read("etsy", etsy_item()).facts
    assert facts is not None
    assert (facts.price, facts.currency, facts.seller_id) == (Decimal("12.5"), "USD", "4711")


def test_etsy_without_a_shipping_profile_says_nothing_of_shipping() -> None:
    assert read("etsy", etsy_item(shipping_profile=None)).judgement.state is State.SHIPPING_UNKNOWN


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, State.AVAILABLE),
        ({"stock": "Not available", "availableOnline": False}, State.OUT_OF_STOCK),
        ({"stock": "On the moon"}, State.UNCLEAR),
        ({"availableOnline": None}, State.SHIPPING_UNKNOWN),
    ],
)
def test_walmart_states(changed: dict[str, Any], expected: State) -> None:
    assert read("walmart", walmart_item(**changed)).judgement.state is expected


def test_aliexpress_never_tells_an_end() -> None:
    found = read("aliexpress", aliexpress_products(ITEM, [ALIEXPRESS_PRODUCT]))
    assert found.judgement.state is State.SHIPPING_UNKNOWN
    empty = read("aliexpress", aliexpress_products(ITEM, []))
    assert empty.judgement.state is State.UNCLEAR
    assert STANDING[empty.judgement.state] is Standing.UNKNOWN
    assert "catalogue" in empty.notes[0]


def test_aliexpress_search() -> None:
    reading = read("aliexpress", aliexpress_products(SEARCH, [ALIEXPRESS_PRODUCT], total=120), searched=True)
    assert [hit.listing_id for hit in reading.hits] == ["1005001234567890"]
    assert "page_no=2" in reading.next_page_url


def test_a_buyer_elsewhere_is_not_served_by_walmarts_interface() -> None:
    api = api_of("walmart")
    assert api is not None
    slot = Slot(
        slot_id="s", purpose="look", marketplace="walmart", url=api.item_url("12417832", US), vantage="de",
        listing_id="12417832", method="api",
    )  # fmt: skip
    page = FetchedPage(url=slot.url, body=json.dumps(walmart_item()).encode(), status=200)
    german = US.model_copy(update={"name": "de", "country": "DE"})
    assert read_answer(page, slot, german, REGISTRY).judgement.state is State.UNCLEAR


@pytest.mark.parametrize("marketplace", sorted(APIS))
def test_every_signature_is_declared_and_none_without_use(marketplace: str) -> None:
    declared = {one.id for one in REGISTRY.get(marketplace).site.signatures if one.layout == LAYOUT}
    assert declared == set(APIS[marketplace].signatures)


@pytest.mark.parametrize("marketplace", sorted(APIS))
def test_the_description_names_the_interface(marketplace: str) -> None:
    site = REGISTRY.get(marketplace).site
    assert any(APIS[marketplace].label in one.name or one.name in APIS[marketplace].label for one in site.apis)
    assert APIS[marketplace].min_delay_s >= 1.0


def test_now_is_needed_to_call_a_date_past() -> None:
    slot = Slot(
        slot_id="s", purpose="look", marketplace="ebay", url="", vantage="us", listing_id=IDS["ebay"], method="api"
    )
    page = FetchedPage(url="", body=json.dumps(ebay_item(itemEndDate="2020-01-01T00:00:00Z")).encode(), status=200)
    assert read_answer(page, slot, US, REGISTRY).judgement.state is State.AVAILABLE
