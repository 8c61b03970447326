"""Labelled pairs of products in the public benchmark form: two tables, and which rows of them are the same product.

A folder holds `tableA.csv`, `tableB.csv` (id, then columns by name) and `train.csv`, `valid.csv`, `test.csv`
(ltable_id, rtable_id, label).
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from crawler.errors import BadInput
from crawler.feeds.bytes import read_bytes, text_of
from monitor.matching.models import is_model
from monitor.matching.normalise import fold, squash, words
from monitor.matching.pair_text import number_values

_COLUMNS = {
    "name": ("name", "title"),
    "brand": ("brand", "manufacturer"),
    "model": ("modelno", "model"),
    "price": ("price",),
    "description": ("description", "category"),
}


@dataclass(frozen=True)
class Item:
    """One row of a table; what the table does not have is empty."""

    name: str
    brand: str
    model: str
    price: float | None
    description: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        return words(self.name)

    @cached_property
    def token_set(self) -> frozenset[str]:
        return frozenset(self.tokens)

    @cached_property
    def brand_tokens(self) -> tuple[str, ...]:
        return words(self.brand)

    @cached_property
    def described(self) -> frozenset[str]:
        return frozenset(words(self.description))

    @cached_property
    def all_tokens(self) -> frozenset[str]:
        return frozenset((*self.tokens, *self.brand_tokens, *self.described, *words(self.model)))

    @cached_property
    def models(self) -> frozenset[str]:
        """What looks like a model number in the name, and the stated one."""
        found = {squash(part) for part in self.name.split() if is_model(squash(part))}
        return frozenset(found | ({self.stated_model} if self.stated_model else set()))

    @cached_property
    def stated_model(self) -> str:
        return squash(self.model)

    @cached_property
    def joined(self) -> str:
        return squash(f"{self.name} {self.brand} {self.model} {self.description}")

    @cached_property
    def joined_name(self) -> str:
        return squash(self.name)

    @cached_property
    def numbers(self) -> frozenset[str]:
        return number_values(fold(self.name))

    @cached_property
    def all_numbers(self) -> frozenset[str]:
        return self.numbers | number_values(fold(f"{self.description} {self.model}"))


@dataclass(frozen=True)
class Pair:
    """Places in the two tables, and whether they are the same product."""

    left: int
    right: int
    same: bool


@dataclass(frozen=True)
class PairSet:
    """Two tables and their labelled pairs, by split."""

    left: list[Item]
    right: list[Item]
    splits: dict[str, list[Pair]]


def read_pairs(folder: Path) -> PairSet:
    """The pairs in `folder`. Raises BadInput with file, line and field for what is missing or broken."""
    left, left_places = _table(folder / "tableA.csv")
    right, right_places = _table(folder / "tableB.csv")
    splits = {}
    for name in ("train", "valid", "test"):
        path = folder / f"{name}.csv"
        if path.exists() or name != "test":
            splits[name] = _split(path, left_places, right_places)
    return PairSet(left, right, splits)


def _table(path: Path) -> tuple[list[Item], dict[str, int]]:
    items: list[Item] = []
    places: dict[str, int] = {}
    for row in _rows(path, ("id",)):
        values = {role: next((row[name] for name in names if row.get(name)), "") for role, names in _COLUMNS.items()}
        places[row["id"]] = len(items)
        price = price_of(values["price"])
        items.append(Item(values["name"], values["brand"], values["model"], price, values["description"]))
    return items, places


def _split(path: Path, left: dict[str, int], right: dict[str, int]) -> list[Pair]:
    pairs = []
    for line, row in enumerate(_rows(path, ("ltable_id", "rtable_id", "label")), start=2):
        for column, places in (("ltable_id", left), ("rtable_id", right)):
            if row[column] not in places:
                raise BadInput(f"no row has the id {row[column]!r}", file=str(path), line=line, field=column)
        pairs.append(
            Pair(left[row["ltable_id"]], right[row["rtable_id"]], row["label"] in ("1", "1.0", "True", "true"))
        )
    return pairs


def _rows(path: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text_of(read_bytes(path), str(path)), newline=""))
    for column in needed:
        if column not in (reader.fieldnames or ()):
            raise BadInput(f"no column {column}", file=str(path), line=1, field=column)
    return [{name: value or "" for name, value in row.items() if name is not None} for row in reader]


def price_of(text: str) -> float | None:
    """The number in a price column; None where there is none."""
    try:
        return float(text.replace("$", "").replace(",", "")) if text else None
    except ValueError:
        return None
