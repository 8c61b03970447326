"""Phrases of real recalls and warnings, read from ../shared."""

from pathlib import Path

import pytest

from crawler.feeds.notice import Notice
from crawler.feeds.registry import read_any
from monitor.watchlist.phrases import STRATEGIES, derive_phrases, is_searchable
from monitor.watchlist.words import key, tokens
from tests.conftest import REPOSITORY

REFERENCE = (REPOSITORY / "docs" / "reference" / "watchlist.md").read_text(encoding="utf-8")


def notices(shared: Path, name: str) -> tuple[Notice, ...]:
    return read_any(shared / "data" / "recalls" / "cpsc" / name).notices


@pytest.mark.shared
@pytest.mark.parametrize("name", ["recalls_api_2023-12_2026-03.json", "product_safety_warning_listing.csv"])
def test_nearly_every_notice_can_be_searched_and_most_in_both_families(shared: Path, name: str) -> None:
    found = [derive_phrases(one) for one in notices(shared, name)]
    assert all(is_searchable(phrase.text) for phrases in found for phrase in phrases)
    assert sum(map(bool, found)) >= 0.98 * len(found)
    both = sum({"marks", "kinds"} <= {phrase.family for phrase in phrases} for phrases in found)
    assert both >= 0.7 * len(found)


@pytest.mark.shared
def test_the_families_share_no_word_in_any_of_them(shared: Path) -> None:
    for one in notices(shared, "recalls_union.jsonl"):
        words: dict[str, set[str]] = {"marks": set(), "kinds": set(), "": set()}
        for phrase in derive_phrases(one):
            words[phrase.family] |= {key(word) for word in tokens(phrase.text)} - {""}
        assert not words["marks"] & words["kinds"], one.id


@pytest.mark.parametrize("strategy", [*STRATEGIES, "hand"])
def test_every_strategy_is_explained(strategy: str) -> None:
    family = STRATEGIES.get(strategy, "")
    (row,) = [line for line in REFERENCE.splitlines() if line.startswith(f"| `{strategy}` |")]
    assert row.rstrip(" |").endswith(f"`{family}`") is bool(family)
