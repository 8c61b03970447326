"""The benchmark of labelled pairs: trained on one split, judged on another, bad tables named."""

import csv
import random
from pathlib import Path

import numpy as np
import pytest

from crawler.errors import BadInput
from monitor.matching.bench import bench_match, best_threshold
from monitor.matching.pairs import read_pairs

COLOURS = ("red", "blue", "green", "black")


def _write(path: Path, header: str, rows: list[list[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sixty lamps in two shops: the same model is the same product, the next model is not."""
    numbers = range(60)
    left = [[f"a{n}", f"Lumiqo desk lamp LX-{100 + n} {COLOURS[n % 4]}", "Lumiqo", 20 + n] for n in numbers]
    right = [[f"b{n}", f"Lumiqo LX{100 + n} lamp for desks", "Lumiqo Inc", 21 + n] for n in numbers]
    _write(tmp_path / "tableA.csv", "id,title,manufacturer,price", left)
    _write(tmp_path / "tableB.csv", "id,title,manufacturer,price", right)
    pairs: list[list[object]] = [
        [f"a{n}", f"b{(n + step) % 60}", int(step == 0)] for n in numbers for step in (0, 1, 7)
    ]
    random.Random(3).shuffle(pairs)
    _write(tmp_path / "train.csv", "ltable_id,rtable_id,label", pairs[:100])
    _write(tmp_path / "valid.csv", "ltable_id,rtable_id,label", pairs[100:140])
    _write(tmp_path / "test.csv", "ltable_id,rtable_id,label", pairs[140:])
    return tmp_path


def test_pairs_are_judged_on_the_test_split_where_there_is_one(folder: Path) -> None:
    found = bench_match(folder)
    assert (found["split"], found["pairs"]) == ("test", 40)
    assert found["f1"] > 0.9
    assert {"precision", "recall", "average_precision", "threshold", "peak_memory_mb"} <= found.keys()


def test_without_a_test_split_the_valid_one_is_judged(folder: Path) -> None:
    (folder / "test.csv").unlink()
    found = bench_match(folder)
    assert (found["split"], found["pairs"]) == ("valid", 40)
    assert found["f1"] > 0.9


def test_the_threshold_is_where_f1_is_highest() -> None:
    scores, truth = np.array([0.9, 0.8, 0.4, 0.1]), np.array([True, True, False, False])
    assert best_threshold(scores, truth) == pytest.approx(0.6)


def test_a_broken_folder_is_named(folder: Path) -> None:
    _write(folder / "valid.csv", "ltable_id,rtable_id,label", [["a1", "b999", 0]])
    with pytest.raises(BadInput, match=r"valid\.csv, line 2, field rtable_id: no row has the id 'b999'"):
        read_pairs(folder)
    (folder / "tableB.csv").unlink()
    with pytest.raises(BadInput, match=r"tableB\.csv"):
        read_pairs(folder)


def test_half_a_form_is_refused(folder: Path) -> None:
    with pytest.raises(BadInput, match="needs --pairs DIR, or --recalls"):
        bench_match(recalls=[folder / "x.json"])
