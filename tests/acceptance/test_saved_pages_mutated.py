"""The saved real pages, changed in ways that leave their offer as it is, or take something away from it."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from crawler.extract.decode import decode_body
from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.saved import PageNotes, kind_named, read_bytes, read_saved
from crawler.marketplaces.states import STANDING, Standing, State
from tests import mutations

pytestmark = pytest.mark.shared

REGISTRY = load_registry()
OFF_SALE = {state.value for state in State if STANDING[state] is Standing.OFF_SALE}
LIVE = {"available", "available_b2b", "shipping_unknown"}
SAME = {"ended": {"ended", "out_of_stock"}}
"""What may stand for a state when the element that told it is taken away: a sold piece is still marked as sold out."""


class Page(NamedTuple):
    name: str
    text: str
    notes: PageNotes
    told: dict[str, Any]


def read(text: str, notes: PageNotes) -> dict[str, Any]:
    return read_saved(text.encode(), REGISTRY, notes)


@pytest.fixture(scope="module")
def pages(shared: Path) -> list[Page]:
    folder = shared / "data" / "pages"
    with (folder / "MANIFEST.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if kind_named(row["kind"]) not in ("search", "seller")]
    found = []
    for row in rows:
        text = decode_body(read_bytes(folder / row["file"]))[0]
        notes = PageNotes(row["url"], row["marketplace"], None, kind_named(row["kind"]))
        told = read(text, notes)
        if told["kind"] == "listing" and text.lstrip()[:1] not in ("{", "["):
            found.append(Page(row["file"], text, notes, told))
    assert len(found) > 60
    return found


@pytest.mark.parametrize(
    "mutation",
    [
        mutations.other_items,
        mutations.reviews,
        mutations.unseen,
        mutations.without_controls_beside_other_items,
        mutations.bare_beside_other_items,
        mutations.cut_off,
    ],
    ids=lambda one: one.__name__,
)
def test_no_mutation_makes_up_an_end(mutation: Callable[[str], str], pages: list[Page]) -> None:
    made_up = []
    for page in pages:
        now = read(mutation(page.text), page.notes)
        told = page.told["state"]
        if now["state"] in OFF_SALE - SAME.get(told, {told}):
            made_up.append((page.name, told, now["state"], now["signature"], now["says"]))
    assert made_up == []


def test_words_elsewhere_leave_a_live_page_live(pages: list[Page]) -> None:
    lost = [
        (page.name, now["state"], now["signature"])
        for page in pages
        if page.told["state"] in LIVE
        for mutation in (mutations.reviews, mutations.unseen)
        if (now := read(mutation(page.text), page.notes))["state"] != page.told["state"]
    ]
    assert lost == []


@pytest.mark.parametrize("mutation", [mutations.without_json_ld, mutations.without_head], ids=lambda one: one.__name__)
def test_title_and_price_have_a_second_source(mutation: Callable[[str], str], pages: list[Page]) -> None:
    live = [page for page in pages if page.told["state"] in LIVE and page.notes.marketplace in REGISTRY]
    kept = 0
    for page in live:
        now = read(mutation(page.text), page.notes)
        same = (now["price"], now["currency"]) == (page.told["price"], page.told["currency"])
        kept += bool(same and (now["title"] or page.notes.marketplace == "jd"))
    assert kept >= 0.8 * len(live)
