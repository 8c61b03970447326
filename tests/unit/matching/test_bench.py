"""The benchmark of labelled pairs: trained on one split, judged on another, bad tables named."""

import csv
import random
from pathlib import Path

import numpy as np
import pytest

from crawler.errors import BadInput
from monitor.matching.bench import bench_match, best_threshold
from monitor.matching.bench_parts import share_at_precision
from monitor.matching.pair_rivals import standing
from monitor.matching.pair_text import number_values, word_likeness
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


def test_the_threshold_is_where_f1_is_expected_to_be_highest() -> None:
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


def test_without_a_test_split_the_figures_are_cross_validated_too(folder: Path) -> None:
    (folder / "test.csv").unlink()
    found = bench_match(folder)
    assert (found["split"], found["pairs"]) == ("valid", 40)
    assert found["f1"] > 0.9
    assert found["cross_validated"]["f1"] > 0.9
    assert found["cross_validated"]["folds"] == 5


def test_figures_at_a_precision_use_the_threshold_of_the_other_split() -> None:
    known, settled = np.array([0.9, 0.8, 0.4]), np.array([True, True, False])
    scores, truth = np.array([0.95, 0.85, 0.5, 0.1]), np.array([True, False, True, False])
    found = share_at_precision(known, settled, scores, truth, 0.95)
    assert found == {"threshold": 0.8, "precision": 0.5, "recall": 0.5}
    never = share_at_precision(known, ~settled, scores, truth, 0.95)
    assert (never["precision"], never["recall"]) == (0.0, 0.0)


def test_a_rival_that_is_better_placed_counts_against_a_pair() -> None:
    left, right = np.array([0, 0, 1]), np.array([0, 1, 1])
    found = standing(np.array([2.0, 1.0, 3.0]), left, right)
    assert found[:, 1].tolist() == [1.0, -1.0, 11.0]  # lead over the best rival of the left row; 8 below zero is none
    assert found[:, 2].tolist() == [10.0, -2.0, 2.0]
    assert found[:, 3].tolist() == [0.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("upgrade", "upgrd", 0.8, 0.9),
        ("professional", "prof", 0.9, 0.9),
        ("2006", "2007", 0.0, 0.0),
        ("mac", "win", 0, 0),
    ],
)
def test_words_are_alike_by_abbreviation_and_numbers_never(one: str, other: str, least: float, most: float) -> None:
    assert least <= word_likeness(one, other) <= most


def test_numbers_are_compared_by_value() -> None:
    assert number_values("photo suite 6.0 ii, 2,500 images v06") == {"6", "2", "2500"}


def test_a_split_of_one_kind_of_label_is_refused(folder: Path) -> None:
    _write(folder / "train.csv", "ltable_id,rtable_id,label", [["a1", "b1", 1], ["a2", "b2", 1]])
    with pytest.raises(BadInput, match="train: needs pairs of both labels, at least 8 of each"):
        bench_match(folder)
