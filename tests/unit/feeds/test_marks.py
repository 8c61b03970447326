"""Brands, models, colours and sizes against what a person read in draws of a hundred recalls."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawler.feeds.codes import bare
from crawler.feeds.notice import Notice
from crawler.feeds.registry import read_any
from crawler.feeds.words import key, tokens

DRAWS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "truth_marks.json").read_text("utf-8"))["draws"]
BARS = {"models": (0.97, 0.95), "colours": (0.92, 0.92), "sizes": (0.96, 0.92)}
"""Precision and recall on each draw's own kind, all draws together; the first-run figures stand in register.md."""


@dataclass
class Count:
    """How many values were read, how many of them are right, how many there are."""

    right: int = 0
    given: int = 0
    wanted: int = 0

    @property
    def figures(self) -> tuple[float, float]:
        return round(self.right / self.given, 3), round(self.right / self.wanted, 3)


@pytest.fixture(scope="module")
def listed(shared: Path) -> dict[str, Notice]:
    notices = read_any(shared / "data/recalls/cpsc/recalls_api_2023-12_2026-03.json").notices
    return {notice.number: notice for notice in notices}


def _colour(text: str) -> str:
    return text.lower().replace("grey", "gray").replace("-", " ")


def read(notice: Notice, kind: str, same: Callable[[str], str]) -> set[str]:
    """What the rules found of this kind, as it is compared."""
    identifiers = {same(one.value) for one in notice.identifiers if f"{one.kind}s" == kind}
    return identifiers | {same(fact.value) for fact in notice.facts if f"{fact.kind}s" == kind}


def counted(listed: dict[str, Notice], kind: str) -> Count:
    same = bare if kind == "models" else _colour
    count = Count()
    for draw in DRAWS:
        if "read" in draw:
            continue
        for number, truth in draw["recalls"].items():
            wanted = set(map(same, truth.get(kind, ())))
            either = set(map(same, truth.get("optional", ()))) if kind == "models" else set()
            found = read(listed[number], kind, same) - (either - wanted)
            count.right += len(found & wanted)
            count.given += len(found)
            count.wanted += len(wanted)
    return count


@pytest.mark.shared
@pytest.mark.parametrize("kind", BARS)
def test_what_is_read_agrees_with_a_person(listed: dict[str, Notice], kind: str) -> None:
    count = counted(listed, kind)
    print(kind, count, count.figures)
    precision, recall = count.figures
    assert precision >= BARS[kind][0]
    assert recall >= BARS[kind][1]


@pytest.mark.shared
def test_a_brand_is_read_for_nearly_every_recall(listed: dict[str, Notice]) -> None:
    names, recalls = Count(), Count()
    for draw in DRAWS:
        for number, truth in draw["recalls"].items():
            main, other = (set(map(_name, truth.get(part, ()))) for part in ("brands", "other_names"))
            found = read(listed[number], "brands", _name)
            names.right += len(found & (main | other))
            names.given += len(found)
            recalls.right += bool(found & main)
            recalls.wanted += bool(main)
    print("brands", names, recalls)
    assert names.right / names.given >= 0.94
    assert recalls.right / recalls.wanted >= 0.93


def _name(text: str) -> str:
    return "".join(map(key, tokens(text)))
