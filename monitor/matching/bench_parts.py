"""Measures that both forms of `bench match` share."""

import resource

import numpy as np
from numpy.typing import NDArray

_KIB = 1024

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def quality(scores: Floats, truth: Bools, threshold: float) -> dict[str, float]:
    """F1, precision and recall of what scores at least `threshold`, and the average precision of the order."""
    from sklearn.metrics import average_precision_score

    said = scores >= threshold
    hits = int((said & truth).sum())
    return {
        "f1": round(2 * hits / max(1, int(said.sum()) + int(truth.sum())), 4),
        "precision": round(hits / max(1, int(said.sum())), 4),
        "recall": round(hits / max(1, int(truth.sum())), 4),
        "average_precision": round(float(average_precision_score(truth, scores)), 4) if truth.any() else 0.0,
    }


def share_at_precision(known: Floats, settled: Bools, scores: Floats, truth: Bools, bar: float) -> dict[str, float]:
    """Precision and recall of `scores` from the lowest threshold at which the `known` ones were as precise as `bar`."""
    order = np.argsort(-known, kind="stable")
    sure = np.flatnonzero(np.cumsum(settled[order]) / np.arange(1, len(known) + 1) >= bar)
    threshold = float(known[order[sure[-1]]]) if len(sure) else float("inf")
    said = scores >= threshold
    hits = int((said & truth).sum())
    return {
        "threshold": round(min(threshold, 1.0), 4),
        "precision": round(hits / max(1, int(said.sum())), 4),
        "recall": round(hits / max(1, int(truth.sum())), 4),
    }


def wilson(hits: int, total: int) -> list[float]:
    """Wilson's 95 % interval for a share (Wilson 1927)."""
    z = 1.959964
    middle = (hits + z * z / 2) / (total + z * z)
    half = z * (hits * (total - hits) / total + z * z / 4) ** 0.5 / (total + z * z)
    return [round(middle - half, 4), round(middle + half, 4)]


def peak_memory_mb() -> float:
    """The most memory that this process has held so far."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB, 1)
