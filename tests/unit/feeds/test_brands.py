"""Brands of notices, case by case and against what a person read."""

import json
from pathlib import Path

import pytest

from crawler.feeds.brands import brands_of
from crawler.feeds.notice import Firm, Notice, Product
from crawler.feeds.registry import read_any
from crawler.feeds.words import key, tokens

READ: dict[str, list[list[str]]] = json.loads((Path(__file__).parent / "truth_brands.json").read_text("utf-8"))[
    "recalls"
]


def notice(name: str, *, title: str = "", description: str = "", firm: str = "") -> Notice:
    firms = (Firm(name=firm, role="importer"),) if firm else ()
    products = (Product(name=name),)
    return Notice(
        id="a",
        kind="recall",
        authority="b",
        number="c",
        title=title,
        description=description,
        products=products,
        firms=firms,
    )


@pytest.mark.parametrize(
    ("given", "brands"),
    [
        (notice("Zorbo Kettles", description="This recall involves Zorbo kettles."), ["Zorbo"]),
        (notice("Kettles", title="Zorbo Inc. Recalls Kettles", description="Zorbo is stamped on them."), ["Zorbo"]),
        (notice("The Zorbo Kettles", title="The Zorbo Company Recalls Kettles"), ["Zorbo"]),
        (notice("Zorbo-branded Kettles"), ["Zorbo"]),
        (notice("Zorbo Kettles", firm="Zorbo Housewares Ltd., of China"), ["Zorbo"]),
        (notice("High Chairs", title="High Chairs Recalled Due to Fall Hazard"), []),
        (notice("Electric Blankets", title="Amazon Recalls Electric Blankets"), []),
        (notice("Zorbo, Bexo and Cordo Kettles"), ["Zorbo", "Bexo", "Cordo"]),
        (notice("Kettles", title="CPSC Warns Consumers to Stop Using Zorbo Brand Kettles"), ["Zorbo"]),
        (notice("Kettles", title="Kettle Shops Recall Zorbo™ Kettles"), ["Zorbo"]),
        (notice("Kettles", description="This recall involves Zorbo's glass kettles."), ["Zorbo"]),
        (
            notice("Kettles", title="Kettles Recalled; Manufactured by Zorbo Housewares Due to Burns"),
            ["Zorbo Housewares"],
        ),
        (notice("Christmas-themed Kettles"), []),
        (notice("Rebecca's Kettles", description="This recall involves Rebecca's kettles."), ["Rebecca's"]),
    ],
)
def test_a_brand_is_read_where_something_tells(given: Notice, brands: list[str]) -> None:
    assert [one.value for one in brands_of(given)] == brands


@pytest.mark.shared
def test_brands_reach_their_bars_on_recalls_drawn_at_random(shared: Path) -> None:
    listed = {
        one.number: one for one in read_any(shared / "data/recalls/cpsc/recalls_api_2023-12_2026-03.json").notices
    }
    right = given = found = branded = 0
    for number, (brands, no_error) in READ.items():
        read = {_bare(one.value) for one in listed[number].identifiers if one.kind == "brand"}
        main = set(map(_bare, brands))
        right += len(read & (main | set(map(_bare, no_error))))
        given += len(read)
        found += bool(read & main)
        branded += bool(main)
    print(json.dumps({"right": right, "given": given, "found": found, "branded": branded}))
    assert right / given >= 0.90
    assert found / branded >= 0.86


def _bare(text: str) -> str:
    return "".join(map(key, tokens(text)))


def test_a_typed_trade_mark_is_no_part_of_the_name() -> None:
    marked = Notice(
        id="test:1", kind="recall", authority="test", number="1", title="Zorbalt(r) Toy Trucks Recalled by Ivo Marris",
        description="Ivo Marris Ltd. is recalling about 3,300 Zorbalt toy trucks.",
    )  # fmt: skip
    assert "Zorbalt" in [one.value for one in brands_of(marked)]
    assert not [one.value for one in brands_of(marked) if "(" in one.value]
