"""Prices, months, colours and sizes out of prose: case by case, and against what a person read."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from crawler.feeds.looks import colours_in, sizes_in
from crawler.feeds.notice import Fact, Notice
from crawler.feeds.prose import facts_of, made_months, prices_in, sale_months
from crawler.feeds.registry import read_any, read_data
from tests.unit.feeds.records import api, recall

READ: dict[str, list[str]] = json.loads((Path(__file__).parent / "truth_sale.json").read_text("utf-8"))["recalls"]


@pytest.mark.parametrize(
    ("text", "lowest", "highest"),
    [
        ("for about $20.", "20", "20"),
        ("for between $1,500 and $2,745, depending on the size", "1500", "2745"),
        ("for between $40 to $50", "40", "50"),
        ("for between $13 and 58.", "13", "58"),
        ("for $19.99", "19.99", "19.99"),
        ("for about $13 for the bottle and $56 for the set", "13", "56"),
        ("for $20 and 3 packs for $50", "20", "50"),
    ],
)
def test_prices_are_the_range_of_all_that_stand_there(text: str, lowest: str, highest: str) -> None:
    found = prices_in(text)
    assert found is not None
    assert (found.lowest, found.highest) == (Decimal(lowest), Decimal(highest))


def test_no_price_is_made_up() -> None:
    assert prices_in("sold online in 2024 as part of a settlement of $2 million") is None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("from May 2023 through January 2024 for", "2023-05", "2024-01"),
        ("from October 20, 2020 through May 30, 2022, for", "2020-10", "2022-05"),
        ("from May through June 2024", "2024-05", "2024-06"),
        ("in Sept. 2024 for", "2024-09", ""),
        ("A from June 2025 to July 2025. B from April 2025 to May 2025.", "2025-04", "2025-07"),
        ("between August 2024 and September 2024", "2024-08", "2024-09"),
    ],
)
def test_months_of_sale_go_from_the_earliest_to_the_latest(text: str, first: str, last: str) -> None:
    found = sale_months(text)
    assert found is not None
    assert (found.first, found.last) == (first, last)


def test_what_is_no_month_is_none() -> None:
    assert sale_months("stores in Boston 2024 and online from Acme 2023") is None
    found = made_months("Kettles manufactured between April 1, 2024, and June 30, 2024 are recalled")
    assert found is not None
    assert (found.first, found.last) == ("2024-04", "2024-06")


def test_colours_and_sizes_come_once_each_with_their_words() -> None:
    assert [one.value for one in colours_in("in Dark Blue, red and RED; blackened")] == ["dark blue", "red"]
    assert [one.value for one in sizes_in("a 12-inch pan of 1.5 quarts, 12-inch lid")] == ["12 in", "1.5 qt"]
    assert "12-inch pan" in sizes_in("a 12-inch pan")[0].span


@pytest.mark.parametrize(
    ("text", "colours"),
    [
        ("black, white and gray-trimmed kettles with a white label", ["black", "white"]),
        ("a navy blue kettle in a red and green box", ["navy blue"]),
        ('"Acme" is printed in white letters on the Blue Avocado Kettles', []),
        ("sold by Black Sierra and Black+Decker in multi-colored sets", ["multicolored"]),
        ("lights in rose gold; olive-green; Light Grey", ["rose gold", "olive-green", "light gray"]),
    ],
)
def test_colours_are_those_of_the_product(text: str, colours: list[str]) -> None:
    assert [one.value for one in colours_in(text)] == colours


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("about 18-1/2 to 20 ¾ inches long and nine inches wide", ["18.5 in", "20.75 in", "9 in"]),
        ('the pool is 18\'x52" and the gate 57.87-62.59" wide', ["18 ft", "52 in", "57.87 in", "62.59 in"]),
        ("2.5 by 3 by 4 inches; a 1,000mL bottle", ["2.5 in", "3 in", "4 in", "1000 ml"]),
        ("in sizes 4T, 5T, 6 and 8-10 years", ["4t", "5t", "6", "8-10 years"]),
        ("sold in twin, full and California king sizes", ["twin", "full", "california king"]),
        ("sizes ranging from 22 to 73 inches", ["22 in", "73 in"]),
        ("Model 1090, 90 LB dumbbells and a two-piece set", ["90 lb"]),
        ('the lot number "41424" and lot 11/28/2024 L', []),
    ],
)
def test_sizes_are_numbers_with_units_and_named_sizes(text: str, sizes: list[str]) -> None:
    assert [one.value for one in sizes_in(text)] == sizes


def test_a_notice_keeps_its_facts_with_their_spans() -> None:
    sold = [{"Name": "Online at Acme.example from May 2023 through June 2024 for between $20 and $25."}]
    record = recall(Retailers=sold, Description="The red kettles hold 2 quarts.")
    (notice,) = read_data(api(record), "x", "cpsc").notices
    kept = {fact.kind: fact for fact in notice.facts}
    assert kept["price_usd"] == Fact(kind="price_usd", value="20", to="25", span="$20 and $25")
    assert (kept["sold"].value, kept["sold"].to) == ("2023-05", "2024-06")
    assert (kept["colour"].value, kept["size"].value) == ("red", "2 qt")


def test_a_dollar_of_another_country_is_not_read_as_one_of_the_us() -> None:
    notice = Notice(id="ca:1", kind="recall", authority="ca-health-canada", number="1", sold_at="for about $20")
    assert facts_of(notice) == ()


@pytest.mark.shared
def test_sale_facts_agree_with_what_a_person_read(shared: Path) -> None:
    listed = read_any(shared / "data/recalls/cpsc/recalls_api_2023-12_2026-03.json").notices
    notices = {notice.number: notice for notice in listed}
    right = {"price_usd": 0, "sold": 0}
    given = {"price_usd": 0, "sold": 0}
    for number, (lowest, highest, first, last) in READ.items():
        truth = {"price_usd": (lowest, highest), "sold": (first, last)}
        for fact in notices[number].facts:
            if fact.kind in truth:
                given[fact.kind] += 1
                right[fact.kind] += (fact.value, fact.to or fact.value) == truth[fact.kind]
    print(json.dumps({"right": right, "given": given, "read": len(READ)}))
    for kind in right:
        assert right[kind] / given[kind] >= 0.97, kind
        assert right[kind] / len(READ) >= 0.95, kind
