"""The saved real pages beside the project, against what a person read on them (MANIFEST.csv)."""

import csv
import re
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.saved import kind_named, read_manifest
from crawler.marketplaces.states import STANDING, SearchState, Standing, State

pytestmark = pytest.mark.shared

ADAPTERS = frozenset(load_registry().names)
FIVE = {"amazon", "ebay", "walmart", "craigslist", "shopify"}
LIVE = {"available", "available_b2b", "shipping_unknown"}
TRUTH: dict[str, set[str]] = {
    "in_stock": LIVE,
    "in_stock?": LIVE,
    "in_stock_other_sellers": LIVE,
    "no_featured_offer": {"available", "out_of_stock", "unclear"},
    "out_of_stock": {"out_of_stock"},
    "sold": {"ended", "out_of_stock"},
    "not_shippable_to_viewer": {"not_shipped", "geo_blocked"},
    "removed": {"removed", "removed_policy", "unverified"},
    "removed_policy": {"removed", "removed_policy", "unverified"},
    "expired": {"ended"},
    "blocked": {"blocked"},
    "login_wall": {"blocked"},
}
UNKNOWN = {state.value for state in State if STANDING[state] is Standing.UNKNOWN}
UNKNOWN |= {SearchState.UNCLEAR.value, SearchState.BLOCKED.value, SearchState.FAILED.value}
OFF_SALE = {state.value for state in State if STANDING[state] is Standing.OFF_SALE}
TRUTH |= dict.fromkeys(("needs_js_shell", "redirect_interstitial", "unknown"), UNKNOWN)
COUNTS = {
    "amazon/search-1": 30,
    "amazon/search-3": 16,
    "amazon/search-5": 60,
    "craigslist/search-1": 65,
    "craigslist/search-3": 100,
    "craigslist/search-5": 100,
    "craigslist/search-7": 21,
    "ebay/search-1": 60,
    "ebay/search-3": 60,
    "ebay/search-5": 60,
    "ebay/search-7": 60,
    "ebay/seller-1": 60,
    "lazada/search-1": 40,
    "1688/search-1": 59,
}
"""Listings on a page as counted by their elements, without the empty sample cards that eBay carries along. (On the page
of 1688 six further cards are advertisements whose links name no offer.)"""
NO_LISTINGS_IN_THE_BYTES = {"shein/search-1", "mercari/search-3", "mercari/search-shell-1", "carousell/search-1"}
"""Search pages whose listings scripts fill in later (the bytes link to none), and one of a site that has no adapter."""

Row = tuple[dict[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[Row]:
    manifest = shared / "data" / "pages" / "MANIFEST.csv"
    with manifest.open(encoding="utf-8", newline="") as file:
        truth = list(csv.DictReader(file))
    begun = time.process_time()
    records = list(read_manifest(manifest, load_registry()))
    assert time.process_time() - begun < 30, "well under a minute for all pages"
    assert [row["file"] for row in truth] == [record["file"] for record in records]
    return list(zip(truth, records, strict=True))


def share(rows: list[Row], right: Any) -> tuple[float, list[str]]:
    wrong = [row["file"] for row, record in rows if not right(row, record)]
    return 1 - len(wrong) / len(rows), wrong


def state_is_right(row: dict[str, str], record: dict[str, Any]) -> bool:
    return record["state"] in TRUTH[row["truth_status"]]


def with_state(rows: list[Row]) -> list[Row]:
    return [(row, record) for row, record in rows if row["truth_status"] in TRUTH]


def has_adapter(row: dict[str, str]) -> bool:
    return row["marketplace"] in ADAPTERS


def test_states_of_the_five_marketplaces(rows: list[Row]) -> None:
    right, wrong = share([one for one in with_state(rows) if one[0]["marketplace"] in FIVE], state_is_right)
    assert right >= 0.97, wrong


def test_states_of_all_marketplaces(rows: list[Row]) -> None:
    right, wrong = share([one for one in with_state(rows) if has_adapter(one[0])], state_is_right)
    assert right >= 0.97, wrong


def test_no_wall_shell_or_live_page_is_ever_off_sale(rows: list[Row]) -> None:
    allowed = {"out_of_stock", "sold", "not_shippable_to_viewer", "removed", "removed_policy", "expired"}
    made_up = [
        (row["file"], record["state"])
        for row, record in rows
        if record["state"] in OFF_SALE and row["truth_status"] not in allowed
    ]
    assert made_up == []


def titled(rows: list[Row]) -> list[Row]:
    """Listings with a title to compare: none in brackets, none of a wall or a removed page, none that a person put
    together from parts (a title in Chinese has no words of its own to count)."""
    unread = {"blocked", "login_wall", "n/a", "removed", "expired", "needs_js_shell", "redirect_interstitial", "unread"}
    return [
        (row, record)
        for row, record in rows
        if row["truth_title"]
        and not row["truth_title"].startswith("(")
        and row["truth_status"] not in unread
        and record["kind"] == "listing"
        and has_adapter(row)
        and row["marketplace"] != "jd"
    ]


def test_titles(rows: list[Row]) -> None:
    def right(row: dict[str, str], record: dict[str, Any]) -> bool:
        wanted = re.findall(r"\w+", row["truth_title"].lower())[:6]
        found = set(re.findall(r"\w+", (record["title"] or "").lower()))
        return sum(word in found for word in wanted) >= 0.6 * len(wanted)

    value, wrong = share(titled(rows), right)
    assert value >= 0.97, wrong


def test_prices_and_currencies(rows: list[Row]) -> None:
    priced = [(row, record) for row, record in rows if re.match(r"\d", row["truth_price"]) and has_adapter(row)]

    def right(row: dict[str, str], record: dict[str, Any]) -> bool:
        amounts = [Decimal(one) for one in re.findall(r"\d+(?:\.\d+)?", row["truth_price"])[:2]]
        return (
            record["price"] is not None
            and Decimal(record["price"]) in amounts
            and record["currency"] == row["truth_currency"]
        )

    value, wrong = share(priced, right)
    assert value >= 0.97, wrong


def test_every_page_is_the_kind_it_is(rows: list[Row]) -> None:
    wrong = [
        (row["file"], record["kind"])
        for row, record in rows
        if has_adapter(row) and kind_named(row["kind"]) not in (None, record["kind"])
    ]
    assert wrong == []


def test_listings_on_every_search_page(rows: list[Row]) -> None:
    for row, record in rows:
        name = row["file"].split(".")[0]
        if record["kind"] not in ("search", "seller") or row["truth_status"] == "needs_js_shell":
            continue
        if name in NO_LISTINGS_IN_THE_BYTES:
            assert record["state"] in UNKNOWN, name
            continue
        assert record["state"] == "searched", name
        hits = record["listings"]
        assert len({hit["listing_id"] for hit in hits}) == len(hits) == COUNTS.get(name, len(hits)), name
        assert sum(bool(hit["title"]) for hit in hits) >= 0.97 * len(hits), name


def test_the_same_item_is_refused_in_one_place_and_sold_in_another(rows: list[Row]) -> None:
    pair = {record["served_country"]: record["state"] for _, record in rows if record.get("listing_id") == "B0823MDHDJ"}
    assert pair == {"PK": "not_shipped", "US": "available"}


def test_a_us_buyer_is_never_refused_by_a_page_made_for_somebody_else(shared: Path) -> None:
    from crawler.marketplaces.saved import vantage_of

    records = list(read_manifest(shared / "data" / "pages" / "MANIFEST.csv", load_registry(), vantage_of("us")))
    assert not [one["file"] for one in records if one["state"] in ("not_shipped", "geo_blocked")]
    made_for_others = [one for one in records if one.get("served_country") not in (None, "US")]
    assert made_for_others
    assert not [one["file"] for one in made_for_others if one["state"] in LIVE]
