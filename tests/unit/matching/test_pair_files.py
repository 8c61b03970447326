"""Pairs in other forms: Parquet with Chinese attributes, WDC's JSON lines, and recalls through a map of columns."""

import gzip
import json
from pathlib import Path

import pytest

from crawler.errors import BadInput
from monitor.matching.bench import bench_match
from monitor.matching.pair_files import read_any_pairs
from monitor.matching.recall_table import read_table


def test_chinese_pairs_carry_brand_and_item_number(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    side = {
        "id": 1,
        "title": "夏季新款凉鞋",
        "cate_name": "凉鞋",
        "pv_pairs": "品牌#:#热风#;#货号#:#H61W0617#;#材质#:#布",
    }
    row = {f"{name}_left": value for name, value in side.items()} | {"label": 1}
    row |= {f"{name}_right": value for name, value in (side | {"id": 2, "pv_pairs": "品牌#:#other/其他"}).items()}
    parquet.write_table(pyarrow.Table.from_pylist([row]), tmp_path / "all_train.parquet")
    pairs = read_any_pairs(tmp_path)
    assert (pairs.left[0].brand, pairs.left[0].model, pairs.right[0].brand) == ("热风", "H61W0617", "")
    assert "材质" not in pairs.left[0].description
    assert "布" in pairs.left[0].description
    assert [(pair.left, pair.right, pair.same) for pair in pairs.splits["train"]] == [(0, 0, True)]


def test_wdc_holds_back_the_listed_pairs(tmp_path: Path) -> None:
    rows = [
        {
            "id_left": n,
            "title_left": "lamp",
            "id_right": f"b{n}",
            "title_right": "lamp",
            "label": n % 2,
            "pair_id": f"p{n}",
        }
        for n in range(4)
    ]
    (tmp_path / "x-train_s.json.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    (tmp_path / "x-valid_s.csv").write_text("pair_id\np1\np2\n")
    pairs = read_any_pairs(tmp_path)
    assert {name: len(split) for name, split in pairs.splits.items()} == {"train": 2, "valid": 2}


def test_a_table_of_recalls_is_judged_by_the_right_ones(tmp_path: Path) -> None:
    table = tmp_path / "recalls.csv"
    table.write_text(
        "Recall.Number,Recalling.Firm,Product.Description\n"
        "F-1,Orvella Foods Inc.,Orvella smoked trout in oil 4 oz\nF-2,Quimbly,Quimbly oat bars 12 count\n"
    )
    listings = tmp_path / "listings.jsonl"
    listings.write_text(json.dumps({"listing_id": "a", "title": "Orvella Smoked Trout, 4 Ounce", "recalls": ["F-1"]}))
    found = bench_match(recalls=[table], listings=listings)
    assert (found["judged"], found["first"], found["in_50"]) == (1, 1.0, 1.0)
    assert found["first_95"][0] < 0.5
    table.write_text("Recall.Number,Product.Description\nF-1,x\n")
    with pytest.raises(BadInput, match=r"no column Recalling\.Firm"):
        read_table(table)
