"""`bench match`: how good and how fast the matcher is, on labelled pairs of products or on listings and recalls."""

import json
import resource
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crawler.errors import BadInput
from monitor.matching.pair_features import NAMES, PairFeatures
from monitor.matching.pair_files import read_any_pairs
from monitor.matching.pairs import Pair

if TYPE_CHECKING:
    from monitor.matching.matcher import Matcher
    from monitor.matching.records import Listing

SEED = 7
_FOLDS = 5
_SURE_PRECISION = 0.95
_KIB = 1024
_DEPTH = 50

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


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

    Without test.csv the figures are for valid.csv, with the threshold from cross-validation on train.csv.
    """
    started = time.process_time()
    pairs = read_any_pairs(folder)
    features = PairFeatures(pairs)
    train, same = features.matrix(pairs.splits["train"]), _labels(pairs.splits["train"])
    judged = "test" if "test" in pairs.splits else "valid"
    if judged == "test":
        valid = features.matrix(pairs.splits["valid"])
        threshold = best_threshold(_fit(train, same, valid), _labels(pairs.splits["valid"]))
    else:
        threshold = best_threshold(_out_of_fold(train, same), same)
    asked = features.matrix(pairs.splits[judged])
    truth = _labels(pairs.splits[judged])
    scores = _fit(train, same, asked)
    return {
        "form": "pairs", "split": judged, "pairs": len(truth), "features": len(NAMES), "threshold": round(threshold, 4),
        **_quality(scores, truth, threshold), "seconds": round(time.process_time() - started, 2),
        "peak_memory_mb": _peak_memory_mb(),
    }  # fmt: skip


def bench_listings(recalls: Sequence[Path], listings: Path) -> dict[str, Any]:
    """Proposals by tier, listings a second (candidates alone and the whole decision, one core), build time, memory."""
    from crawler.feeds.registry import read_any
    from monitor.matching.inputs import read_listings
    from monitor.matching.matcher import Matcher
    from monitor.matching.recall_table import is_table, read_table
    from monitor.matching.view import view_of

    tables = {path for path in recalls if is_table(path)}
    notices = [
        notice for path in recalls for notice in (read_table(path) if path in tables else read_any(path).notices)
    ]
    given = read_listings(listings).listings
    started = time.process_time()
    matcher = Matcher(notices)
    built = time.process_time()
    matcher.candidates([view_of(listing) for listing in given])
    found_candidates = time.process_time()
    tiers = Counter(match.tier.value for match in matcher.match(given))
    done = time.process_time()
    return {
        "form": "listings", "recalls": len(matcher.entries), "listings": len(given),
        "proposed": dict(sorted(tiers.items())), **_found_recalls(matcher, given, listings),
        "build_s": round(built - started, 2),
        "candidates_per_s": round(len(given) / max(1e-9, found_candidates - built), 1),
        "decided_per_s": round(len(given) / max(1e-9, done - found_candidates), 1),
        "peak_memory_mb": _peak_memory_mb(),
    }  # fmt: skip


def _found_recalls(matcher: "Matcher", given: Sequence["Listing"], path: Path) -> dict[str, Any]:
    """How often a right recall is among the first candidates, where lines of the listings name them in `recalls`."""
    from crawler.feeds.bytes import read_bytes, text_of
    from monitor.matching.view import view_of

    text = text_of(read_bytes(path), str(path))
    rows = [json.loads(line) for line in text.splitlines() if line.startswith("{") and '"recalls"' in line]
    right = {str(row.get("listing_id")): set(row["recalls"]) for row in rows if isinstance(row.get("recalls"), list)}
    asked = [listing for listing in given if right.get(listing.listing_id)]
    if not asked:
        return {}
    ranks = []
    for listing, found in zip(asked, matcher.candidates([view_of(one) for one in asked], _DEPTH), strict=True):
        ordered = [matcher.entries[place].recall_id for place in sorted(found, key=lambda place: -found[place])]
        hits = [rank for rank, name in enumerate(ordered[:_DEPTH]) if name in right[listing.listing_id]]
        ranks.append(min(hits, default=_DEPTH))
    shares = {"first": sum(not rank for rank in ranks), f"in_{_DEPTH}": sum(rank < _DEPTH for rank in ranks)}
    return {
        "judged": len(asked),
        **{name: round(count / len(asked), 4) for name, count in shares.items()},
        **{f"{name}_95": _wilson(count, len(asked)) for name, count in shares.items()},
    }


def _wilson(hits: int, total: int) -> list[float]:
    """Wilson's 95 % interval for a share (Wilson 1927)."""
    z = 1.959964
    middle = (hits + z * z / 2) / (total + z * z)
    half = z * (hits * (total - hits) / total + z * z / 4) ** 0.5 / (total + z * z)
    return [round(middle - half, 4), round(middle + half, 4)]


def best_threshold(scores: Floats, truth: Bools) -> float:
    """The score from which on F1 is highest; half-way to the next lower score."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(scores) + 1) + max(1, int(truth.sum())))
    at = int(np.argmax(f1))
    lower = scores[order[at + 1]] if at + 1 < len(scores) else 0.0
    return float((scores[order[at]] + lower) / 2)


def _fit(train: Floats, same: Bools, asked: Floats) -> Floats:
    """The mean of an additive model's and a tree model's probability."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    additive = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, max_iter=2000))
    trees = [
        HistGradientBoostingClassifier(
            max_iter=250, learning_rate=0.06, l2_regularization=1.0, random_state=SEED + seed
        )
        for seed in range(2)
    ]
    with threadpool_limits(limits=1):  # OpenMP threads that spin on a shared machine cost five times the work
        scores = [model.fit(train, same).predict_proba(asked)[:, 1] for model in (additive, *trees)]
    return np.asarray(scores[0] / 3 + (scores[1] + scores[2]) / 3, np.float64)


def _out_of_fold(train: Floats, same: Bools) -> Floats:
    from sklearn.model_selection import StratifiedKFold

    scores = np.zeros(len(same), np.float64)
    for learn, hold in StratifiedKFold(_FOLDS, shuffle=True, random_state=SEED).split(train, same):
        scores[hold] = _fit(train[learn], same[learn], train[hold])
    return scores


def _quality(scores: Floats, truth: Bools, threshold: float) -> dict[str, float]:
    from sklearn.metrics import average_precision_score

    said = scores >= threshold
    hits = int((said & truth).sum())
    precision, recall = hits / max(1, int(said.sum())), hits / max(1, int(truth.sum()))
    return {
        "f1": round(2 * hits / max(1, int(said.sum()) + int(truth.sum())), 4),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "average_precision": round(float(average_precision_score(truth, scores)), 4),
        "recall_at_precision_95": round(_recall_at_precision(scores, truth), 4),
    }


def _recall_at_precision(scores: Floats, truth: Bools) -> float:
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(truth[order])
    sure = hits / np.arange(1, len(scores) + 1) >= _SURE_PRECISION
    return float(hits[sure].max(initial=0) / max(1, int(truth.sum())))


def _labels(pairs: Sequence[Pair]) -> Bools:
    return np.array([pair.same for pair in pairs], np.bool_)


def _peak_memory_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB, 1)
