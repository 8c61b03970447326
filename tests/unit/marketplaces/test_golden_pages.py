"""Small pages of our own making, with the elements of the real ones: one test a field."""

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.marketplaces.registry import Registry, load_registry
from crawler.marketplaces.saved import PageNotes, kind_named, read_saved, vantage_of

PAGES = Path(__file__).resolve().parents[2] / "golden" / "pages"
CASES: list[dict[str, Any]] = json.loads((PAGES / "cases.json").read_text("utf-8"))
FIELDS = [
    pytest.param(case, field, id=f"{case['page']}-{case['status'] or ''}{case['vantage']}-{number}-{field}")
    for number, case in enumerate(CASES)
    for field in case["expect"]
]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.mark.parametrize(("case", "field"), FIELDS)
def test_field_of_a_page(case: dict[str, Any], field: str, registry: Registry) -> None:
    notes = PageNotes(case["url"], case["marketplace"], case["status"], kind_named(case["kind"]))
    record = read_saved((PAGES / case["page"]).read_bytes(), registry, notes, vantage_of(case["vantage"]))
    found = record[field]
    if field == "listings":
        found = [[hit[key] for key in ("listing_id", "url", "title", "price", "currency")] for hit in found]
    assert found == case["expect"][field], record["says"]


def test_every_golden_page_is_read() -> None:
    assert {path.name for path in PAGES.glob("*.*")} - {"cases.json"} == {case["page"] for case in CASES}
