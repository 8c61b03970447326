"""`bench match`: how good and how fast the matcher is, on labelled pairs of products or on listings and recalls."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crawler.errors import BadInput
from monitor.matching.bench_listings import bench_listings
from monitor.matching.bench_parts import peak_memory_mb, quality, share_at_precision
from monitor.matching.candidates import TOP, Index
from monitor.matching.normalise import words
from monitor.matching.pair_files import read_any_pairs
from monitor.matching.pair_model import SEED, PairTable, fit, log_odds
from monitor.matching.pairs import Item, Pair, PairSet

_FOLDS = 5
_FEWEST = 8
_SURE_PRECISIONS = (0.95, 0.98)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.int64]


def bench_match(
    pairs_dir: Path | None = None, recalls: Sequence[Path] = (), listings: Path | None = None
) -> dict[str, Any]:
    """One object of figures: of the pairs form with `pairs_dir`, of the listings form with `recalls` and `listings`.

    Raises BadInput where neither or half of a form is given.
    """
    if pairs_dir is not None and not recalls and listings is None:
        return bench_pairs(pairs_dir)
    if pairs_dir is None and recalls and listings is not None:
        return bench_listings(recalls, listings)
    raise BadInput("bench match needs --pairs DIR, or --recalls FILE with --listings FILE")


def bench_pairs(folder: Path) -> dict[str, Any]:
    """Train on train.csv; threshold from valid.csv and figures for test.csv where there is one.

    Without test.csv the figures are for valid.csv, with the threshold from cross-validation on train.csv, and those
    of a cross-validation on both together stand beside them.
    """
    started = time.process_time()
    pairs = read_any_pairs(folder)
    _refuse_too_few(folder, pairs)
    judged = "test" if "test" in pairs.splits else "valid"
    read = time.process_time()
    table = PairTable(pairs.left, pairs.right, [_ends(pair) for split in pairs.splits.values() for pair in split])
    compared_per_s = len(table.left) / max(1e-9, time.process_time() - read)
    train, same = _rows(table, pairs.splits["train"])
    asked, truth = _rows(table, pairs.splits[judged])
    features = table.judged(train, same)
    if judged == "test":
        settle, settled = _rows(table, pairs.splits["valid"])
        scores = fit(features[train], same, features[np.r_[settle, asked]])
        known, found = scores[: len(settle)], scores[len(settle) :]
    else:
        known, settled = _out_of_fold(features[train], same), same
        found = fit(features[train], same, features[asked])
    threshold = best_threshold(known, settled)
    again = _cross_validated(table, pairs) if judged == "valid" else {}
    return {
        "form": "pairs", "split": judged, "pairs": len(truth), "features": features.shape[1],
        "threshold": round(threshold, 4), **quality(found, truth, threshold),
        "at_precision": {
            str(bar): share_at_precision(known, settled, found, truth, bar) for bar in _SURE_PRECISIONS
        },
        **again, **_candidates(pairs, judged), "compared_per_s": round(compared_per_s, 1),
        "seconds": round(time.process_time() - started, 2), "peak_memory_mb": peak_memory_mb(),
    }  # fmt: skip


def _refuse_too_few(folder: Path, pairs: PairSet) -> None:
    same = sum(pair.same for pair in pairs.splits["train"])
    if min(same, len(pairs.splits["train"]) - same) < _FEWEST:
        raise BadInput(f"train: needs pairs of both labels, at least {_FEWEST} of each", file=str(folder))
    for name in ("valid", "test"):
        if name in pairs.splits and not pairs.splits[name]:
            raise BadInput(f"{name}: holds no pair", file=str(folder))


def _cross_validated(table: PairTable, pairs: PairSet) -> dict[str, Any]:
    """F1 on each fold of train and valid together: learned from three quarters of the rest, threshold from one."""
    from sklearn.model_selection import StratifiedKFold, train_test_split

    rows, same = _rows(table, [*pairs.splits["train"], *pairs.splits["valid"]])
    if min(int(same.sum()), int((~same).sum())) < _FOLDS:
        return {}
    found = []
    for rest, hold in StratifiedKFold(_FOLDS, shuffle=True, random_state=SEED).split(rows, same):
        learn, settle = train_test_split(rest, test_size=0.25, stratify=same[rest], random_state=SEED)
        features = table.judged(rows[learn], same[learn])
        scores = fit(features[rows[learn]], same[learn], features[rows[np.r_[settle, hold]]])
        threshold = best_threshold(scores[: len(settle)], same[settle])
        found.append(quality(scores[len(settle) :], same[hold], threshold))
    return {
        "cross_validated": {
            "folds": _FOLDS,
            **{name: round(float(np.mean([one[name] for one in found])), 4) for name in found[0]},
            "f1_sd": round(float(np.std([one["f1"] for one in found], ddof=1)), 4),
        }
    }


def _candidates(pairs: PairSet, judged: str) -> dict[str, Any]:
    """How often the matcher's index has the right row among the first, and how many rows it answers a second."""
    index = Index([_text(item) for item in pairs.right])
    wanted: dict[int, set[int]] = {}
    for pair in pairs.splits[judged]:
        if pair.same:
            wanted.setdefault(pair.left, set()).add(pair.right)
    started = time.process_time()
    found = index.ask([words(_text(pairs.left[place])) for place in wanted], TOP)
    spent = time.process_time() - started
    hits = sum(len(right & {place for place, _ in near}) for right, near in zip(wanted.values(), found, strict=True))
    return {
        f"candidates_in_{TOP}": round(hits / max(1, sum(map(len, wanted.values()))), 4),
        "candidates_per_s": round(len(wanted) / max(1e-9, spent), 1),
    }


def best_threshold(scores: Floats, truth: Bools) -> float:
    """The score from which on F1 is expected to be highest; half-way to the next lower score.

    The expectation is over probabilities that a logistic curve fitted to `truth` gives (Platt 1999): the F1 counted on
    a few hundred pairs jumps with single ones, and its highest point lies too high or too low by chance.
    """
    from sklearn.linear_model import LogisticRegression

    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    odds = log_odds(ranked)[:, np.newaxis]
    chance = truth[order].astype(np.float64)
    if truth.any() and not truth.all():
        chance = LogisticRegression(C=100.0).fit(odds, truth[order]).predict_proba(odds)[:, 1]
    expected = 2 * np.cumsum(chance) / (np.arange(1, len(ranked) + 1) + chance.sum())
    at = int(np.argmax(expected))
    lower = ranked[at + 1] if at + 1 < len(ranked) else 0.0
    return float((ranked[at] + lower) / 2)


def _out_of_fold(train: Floats, same: Bools) -> Floats:
    from sklearn.model_selection import StratifiedKFold

    scores = np.zeros(len(same), np.float64)
    for learn, hold in StratifiedKFold(_FOLDS, shuffle=True, random_state=SEED).split(train, same):
        scores[hold] = fit(train[learn], same[learn], train[hold])
    return scores


def _rows(table: PairTable, pairs: Sequence[Pair]) -> tuple[Places, Bools]:
    return table.rows([_ends(pair) for pair in pairs]), np.array([pair.same for pair in pairs], np.bool_)


def _ends(pair: Pair) -> tuple[int, int]:
    return pair.left, pair.right


def _text(item: Item) -> str:
    return f"{item.name} {item.brand} {item.model} {item.description}"
