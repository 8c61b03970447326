"""No change that leaves the offer as it is makes a page of our own tell an end or a stock-out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.saved import PageNotes, kind_named, read_saved, vantage_of
from crawler.marketplaces.states import STANDING, Standing, State
from tests.mutations import MUTATIONS

PAGES = Path(__file__).resolve().parents[2] / "golden" / "pages"
CASES: list[dict[str, Any]] = json.loads((PAGES / "cases.json").read_text("utf-8"))
REGISTRY = load_registry()
OFF_SALE = {state.value for state in State if STANDING[state] is Standing.OFF_SALE}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.__name__)
def test_no_mutation_makes_up_an_end(mutation: Callable[[str], str]) -> None:
    made_up = []
    for case in CASES:
        text = (PAGES / case["page"]).read_text("utf-8")
        notes = PageNotes(case["url"], case["marketplace"], case["status"], kind_named(case["kind"]))
        vantage = vantage_of(case["vantage"])
        told = read_saved(text.encode(), REGISTRY, notes, vantage)["state"]
        now = read_saved(mutation(text).encode(), REGISTRY, notes, vantage)
        if now["state"] in OFF_SALE - {told} and not text.lstrip().startswith("{"):
            made_up.append((case["page"], told, now["state"], now["signature"], now["says"]))
    assert made_up == []
