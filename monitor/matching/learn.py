"""Weights from reviewed pairs: logistic regression whose signs are those that the feature table declares, and trees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.matching.features import FEATURES, TABLE
from monitor.matching.model import Model, Tree, model_from

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SEED = 11
_PULL = 0.05
"""How strongly weights are held to those of the model before (L2, per pair): few decisions change little."""

_TREES = 40
_DEPTH = 3
_RATE = 0.1
_LEAST_LEAF = 5
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Labelled:
    """One reviewed pair: its features by name, whether it is the product, and the group that it is kept with."""

    features: Mapping[str, float]
    same: bool
    group: str


def learn(pairs: Sequence[Labelled], before: Model, version: str, about: Mapping[str, Any]) -> Model:
    """A model trained on `pairs`, held to the weights of `before`. Deterministic."""
    vectors, truth = matrix(pairs), np.array([pair.same for pair in pairs], bool)
    bias, weights = _additive(vectors, truth, before)
    second_bias, trees = _trees(vectors, truth)
    names = [feature.name for feature in FEATURES]
    return model_from(
        Model(version, TABLE, bias, dict(zip(names, weights, strict=True)), second_bias, trees, dict(about)).as_dict()
    )


def matrix(pairs: Sequence[Labelled]) -> Floats:
    """One row a pair, one column a feature, in the table's order."""
    return np.array([[pair.features.get(f.name, 0.0) for f in FEATURES] for pair in pairs], np.float64)


def scores(pairs: Sequence[Labelled], model: Model) -> Floats:
    """The additive model's probabilities."""
    weights = np.array([model.weights.get(feature.name, 0.0) for feature in FEATURES])
    return np.asarray(_logistic(model.bias + matrix(pairs) @ weights), np.float64)


def quality(said: Floats, truth: Bools, threshold: float) -> dict[str, Any]:
    """Log loss, Brier score, and precision (with Wilson's 95 % interval) and recall at `threshold`."""
    clipped = np.clip(said, 1e-6, 1 - 1e-6)
    proposed = said >= threshold
    hits = int((proposed & truth).sum())
    return {
        "pairs": len(truth), "same": int(truth.sum()), "threshold": threshold,
        "log_loss": round(float(-np.where(truth, np.log(clipped), np.log(1 - clipped)).mean()), 4),
        "brier": round(float(((said - truth) ** 2).mean()), 4),
        "precision": round(hits / int(proposed.sum()), 4) if proposed.any() else None,
        "precision_95": wilson(hits, int(proposed.sum())),
        "recall": round(hits / int(truth.sum()), 4) if truth.any() else None,
    }  # fmt: skip


def wilson(hits: int, total: int) -> list[float]:
    """Wilson's 95 % interval for a share (Wilson 1927); everything where nothing was counted."""
    if not total:
        return [0.0, 1.0]
    middle = (hits + _Z * _Z / 2) / (total + _Z * _Z)
    half = _Z * (hits * (total - hits) / total + _Z * _Z / 4) ** 0.5 / (total + _Z * _Z)
    return [round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)]


def _additive(vectors: Floats, truth: Bools, before: Model) -> tuple[float, list[float]]:
    """Logistic regression by L-BFGS-B: a feature that speaks for a pair can't get a weight below zero, and so on."""
    from scipy.optimize import minimize

    start = np.array([before.bias, *(before.weights.get(feature.name, 0.0) for feature in FEATURES)])
    bounds = [(None, None), *((None, 0.0) if f.direction == "against" else (0.0, None) for f in FEATURES)]
    design = np.hstack([np.ones((len(vectors), 1)), vectors])
    sign = np.where(truth, 1.0, -1.0)

    def loss(w: Floats) -> tuple[float, Floats]:
        margin = sign * (design @ w)
        pull = w - start
        value = np.logaddexp(0.0, -margin).mean() + _PULL / 2 * float(pull @ pull) / len(start)
        slope = -(design * (sign * _logistic(-margin))[:, None]).mean(axis=0) + _PULL * pull / len(start)
        return float(value), slope

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return round(float(found.x[0]), 4), [round(float(weight), 4) for weight in found.x[1:]]


def _logistic(odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -60, 60))), np.float64)


def _trees(vectors: Floats, truth: Bools) -> tuple[float, tuple[Tree, ...]]:
    """Gradient-boosted trees: what the additive model can't say, a feature that matters only beside another."""
    from sklearn.ensemble import GradientBoostingClassifier

    model = GradientBoostingClassifier(
        n_estimators=_TREES, max_depth=_DEPTH, learning_rate=_RATE, min_samples_leaf=_LEAST_LEAF, random_state=SEED
    ).fit(vectors, truth)
    share = float(truth.mean())
    return float(np.log(share / (1 - share))), tuple(_tree(one.tree_) for one in model.estimators_[:, 0])


def _tree(fitted: Any) -> Tree:
    inner = [at for at in range(fitted.node_count) if fitted.children_left[at] != -1]
    leaves = [at for at in range(fitted.node_count) if fitted.children_left[at] == -1]
    place = {at: number for number, at in enumerate(inner)} | {at: -1 - number for number, at in enumerate(leaves)}
    nodes = tuple(
        (
            FEATURES[int(fitted.feature[at])].name,
            round(float(fitted.threshold[at]), 6),
            place[int(fitted.children_left[at])],
            place[int(fitted.children_right[at])],
        )
        for at in inner
    )
    return Tree(nodes, tuple(round(_RATE * float(fitted.value[at, 0, 0]), 5) for at in leaves))
