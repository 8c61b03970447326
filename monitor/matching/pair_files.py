"""Labelled pairs in other forms than two tables: Chinese listings in Parquet, and WDC Products in JSON lines.

Each line carries both sides; a side that comes again (by its id) is one item.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from crawler.errors import BadInput
from crawler.feeds.bytes import read_bytes, text_of
from monitor.matching.pairs import Item, Pair, PairSet, price_of, read_pairs

_PARQUET = {"train": "*train.parquet", "valid": "*val.parquet", "test": "*test.parquet"}
_BRAND, _ITEM_NUMBER = "品牌", "货号"
_NO_BRAND = ("other", "其他")


def read_any_pairs(folder: Path) -> PairSet:
    """The pairs in `folder`, whichever form they have. Raises BadInput where it is none, or a file is broken."""
    parquet = {split: path for split, form in _PARQUET.items() if (path := _only(folder, form)) is not None}
    if "train" in parquet:
        return _both_sides({split: _parquet_rows(path) for split, path in parquet.items()}, _chinese_item)
    wdc = _only(folder, "*train*.json.gz")
    return _wdc(folder, wdc) if wdc is not None else read_pairs(folder)


def _only(folder: Path, form: str) -> Path | None:
    return next(iter(sorted(folder.glob(form))), None)


def _parquet_rows(path: Path) -> list[dict[str, Any]]:
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise BadInput("needs the extra `parquet`: pip install 'stillforsale[parquet]'", file=str(path)) from error
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return rows


def _wdc(folder: Path, path: Path) -> PairSet:
    """WDC Products: the valid pairs are those of the training file whose ids `*valid_s.csv` lists."""
    rows = []
    for number, line in enumerate(text_of(read_bytes(path), str(path)).splitlines(), start=1):
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            raise BadInput(f"not JSON ({error})", file=str(path), line=number) from error
    listed = _only(folder, "*valid_s.csv") or _only(folder, "*valid*.csv")
    held = set(text_of(read_bytes(listed), str(listed)).split()) if listed else set()
    valid = [row for row in rows if row.get("pair_id") in held]
    train = [row for row in rows if row.get("pair_id") not in held]
    return _both_sides({"train": train, "valid": valid}, _wdc_item)


def _both_sides(splits: Mapping[str, Iterable[Mapping[str, Any]]], item: Any) -> PairSet:
    sides: tuple[list[Item], list[Item]] = [], []
    places: tuple[dict[str, int], dict[str, int]] = {}, {}
    found: dict[str, list[Pair]] = {}
    for split, rows in splits.items():
        for row in rows:
            ends = []
            for at, side in enumerate(("left", "right")):
                name = str(row[f"id_{side}"])
                if name not in places[at]:
                    places[at][name] = len(sides[at])
                    sides[at].append(item({key.removesuffix(f"_{side}"): value for key, value in row.items()}))
                ends.append(places[at][name])
            found.setdefault(split, []).append(Pair(ends[0], ends[1], str(row["label"]) == "1"))
    return PairSet(*sides, found)


def _chinese_item(row: Mapping[str, Any]) -> Item:
    stated = (row.get("pv_pairs") or "").split("#;#")
    named = {name: value for name, _, value in (one.partition("#:#") for one in stated)}
    brand = named.get(_BRAND, "")
    others = " ".join(value for name, value in named.items() if name not in (_BRAND, _ITEM_NUMBER))
    return Item(
        name=row.get("title") or "",
        brand="" if any(none in brand for none in _NO_BRAND) else brand,
        model=named.get(_ITEM_NUMBER, ""),
        price=None,
        description=f"{row.get('cate_name') or ''} {others}",
        attributes={name: value for name, value in named.items() if name not in (_BRAND, _ITEM_NUMBER)},
    )


def _wdc_item(row: Mapping[str, Any]) -> Item:
    texts = {name: str(row.get(name) or "") for name in ("title", "brand", "description", "price")}
    return Item(texts["title"], texts["brand"], "", price_of(texts["price"]), texts["description"][:500])
