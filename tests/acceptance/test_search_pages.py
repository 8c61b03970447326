"""Listings of saved search pages against what a person read on them (tests/golden/search_pages.json).

The truth was read from the pages' own text, result by result, without the project's readers: how many results stand on
the page (advertisements and recommendations beside them are none, where `judged` says so), the first three and last,
all of their ids as one hash (sorted, one a line), and three of them with the first words of the title and the price.
"""

import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crawler.marketplaces.registry import Registry, load_registry
from crawler.marketplaces.saved import PageNotes, kind_named, read_bytes, read_saved

pytestmark = pytest.mark.shared

TRUTH: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).resolve().parents[1] / "golden" / "search_pages.json").read_text("utf-8")
)
each = pytest.mark.parametrize("name", TRUTH)
each_priced = pytest.mark.parametrize("name", [name for name, says in TRUTH.items() if "currency" in says])
"""The others print no prices, or parts of them that only a picture puts together."""
MOST_UNTITLED = 0.03


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture
def listings(name: str, shared: Path, registry: Registry) -> list[dict[str, Any]]:
    """What is read with nothing known but the marketplace and the kind of page."""
    path = next((shared / "data" / "pages").glob(f"{name}.*"))
    notes = PageNotes(marketplace=name.partition("/")[0], kind=kind_named(path.name))
    found = read_saved(read_bytes(path), registry, notes)["listings"]
    assert isinstance(found, list)
    return found


def test_there_are_at_least_ten_pages() -> None:
    assert len(TRUTH) >= 10


@each
def test_every_result_is_read_once_and_in_its_order(name: str, listings: list[dict[str, Any]]) -> None:
    ids, truth = [one["listing_id"] for one in listings], TRUTH[name]
    assert len(ids) == len(set(ids)) == truth["count"]
    assert (ids[:3], ids[-1]) == (truth["first"], truth["last"])
    assert hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest() == truth["ids_sha256"]


@each
def test_titles_and_prices_are_those_of_the_results(name: str, listings: list[dict[str, Any]]) -> None:
    by_id = {one["listing_id"]: one for one in listings}
    for listing_id, says in TRUTH[name]["listings"].items():
        assert (by_id[listing_id]["title"] or "").startswith(says.get("words", "")), listing_id
        printed = by_id[listing_id]["price"]
        assert (printed and Decimal(printed)) == (Decimal(says["price"]) if "price" in says else None), listing_id
    assert sum(not one["title"] for one in listings) <= MOST_UNTITLED * len(listings)


@each_priced
def test_as_many_are_without_a_price_and_all_are_in_one_currency(name: str, listings: list[dict[str, Any]]) -> None:
    assert sum(one["price"] is None for one in listings) == TRUTH[name]["unpriced"]
    assert {one["currency"] for one in listings} - {None} == {TRUTH[name]["currency"]}


@each
def test_every_result_has_an_address_that_leads_back_to_it(
    name: str, listings: list[dict[str, Any]], registry: Registry
) -> None:
    marketplace = registry.get(name.partition("/")[0])
    assert all(marketplace.listing_id(one["url"]) == one["listing_id"] for one in listings)
