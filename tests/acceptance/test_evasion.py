"""Names of real recalls, altered to evade: the recall stays among the first ten candidates."""

import random
from pathlib import Path

import pytest

from crawler.feeds.notice import Notice
from crawler.feeds.registry import read_any
from monitor.matching.matcher import Matcher
from monitor.matching.normalise import key, words
from monitor.matching.records import Listing
from monitor.matching.units import entry_of
from monitor.matching.view import view_of
from tests.unit.matching.evasions import EDITS

pytestmark = pytest.mark.shared

SAMPLE = 600
FIRST = 10
LEAST = 0.99
LEAST_WITHOUT_BRAND = 0.96
FEWEST_WORDS = 3


@pytest.fixture(scope="module")
def notices(shared: Path) -> list[Notice]:
    return list(read_any(shared / "data" / "recalls" / "cpsc" / "recalls_union.jsonl").notices)


@pytest.fixture(scope="module")
def matcher(notices: list[Notice]) -> Matcher:
    return Matcher(notices)


def _names(notices: list[Notice], seed: int) -> list[tuple[str, str]]:
    """Names of three words and more that no other notice has, and the notice that has them."""
    owners: dict[str, set[str]] = {}
    for notice in notices:
        for product in notice.products:
            owners.setdefault(key(product.name), set()).add(notice.id)
    own = [(notice.id, product.name) for notice in notices for product in notice.products]
    own = [(i, name) for i, name in own if len(owners[key(name)]) == 1 and len(words(name)) >= FEWEST_WORDS]
    return random.Random(seed).sample(sorted(own), SAMPLE)


def _recall(matcher: Matcher, asked: list[tuple[str, str]]) -> float:
    prepared = matcher.prepared
    views = [view_of(Listing("x", title=title), prepared.brands, prepared.index.read_digits) for _, title in asked]
    hits = 0
    for (recall_id, _), found in zip(asked, matcher.candidates(views), strict=True):
        first = sorted(found, key=lambda place: -found[place])[:FIRST]
        hits += recall_id in {matcher.entries[place].recall_id for place in first}
    return hits / len(asked)


@pytest.mark.parametrize("seed", [20261127, 4711])
def test_the_recall_stays_among_the_first_ten(matcher: Matcher, notices: list[Notice], seed: int) -> None:
    names = _names(notices, seed)
    draw = random.Random(seed)
    found = {
        edit: _recall(matcher, [(recall_id, alter(name, draw)) for recall_id, name in names])
        for edit, alter in EDITS.items()
    }
    print("\n".join(f"{edit:<16} {share:.4f}" for edit, share in found.items()))
    assert {edit: share for edit, share in found.items() if share < LEAST} == {}


@pytest.mark.parametrize("seed", [20261127, 4711])
def test_without_its_brand_it_is_found_by_the_rest(matcher: Matcher, notices: list[Notice], seed: int) -> None:
    by_id = {notice.id: notice for notice in notices}
    asked = []
    for recall_id, name in _names(notices, seed):
        brands = {word for b in entry_of(by_id[recall_id]).brands if not b.weak for word in words(b.text)}
        left = [word for word in name.split() if not set(words(word)) & brands]
        if len(left) >= FEWEST_WORDS:
            asked.append((recall_id, " ".join(left)))
    share = _recall(matcher, asked)
    print(f"brand removed    {share:.4f} of {len(asked)}")
    assert share >= LEAST_WITHOUT_BRAND
