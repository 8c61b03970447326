"""The two models over one vector of features: an additive one, whose summands are the explanation, and trees beside it.

Weights are data: `weights.json` ships with the package, later ones come from `stillforsale match train`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import exp
from typing import Any

THRESHOLD = 0.5
"""The probability from which on a model calls a pair the same product."""

_APART = 0.25
"""Models that differ by less than this do not disagree, on whichever side of the threshold they stand."""

_Node = tuple[str, float, int, int]


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree: `nodes` are (feature, at most, place if so, place if not); a place below zero is leaf -1 - place."""

    nodes: tuple[_Node, ...]
    leaves: tuple[float, ...]

    def value(self, features: Mapping[str, float]) -> float:
        at = 0 if self.nodes else -1
        while at >= 0:
            name, most, left, right = self.nodes[at]
            at = left if features.get(name, 0.0) <= most else right
        return self.leaves[-1 - at]


@dataclass(frozen=True, slots=True)
class Model:
    """`weights` by the name of the feature, in log-odds; `second` and `second_bias` are the trees' part, also log-odds.

    `features` is the version of the feature table that both were trained on; `about` says on what, and how well.
    """

    version: str
    features: str
    bias: float
    weights: Mapping[str, float]
    second_bias: float
    second: tuple[Tree, ...]
    about: Mapping[str, Any]

    def second_opinion(self, features: Mapping[str, float]) -> float:
        """The trees' probability."""
        return probability(self.second_bias + sum(tree.value(features) for tree in self.second))

    def as_dict(self) -> dict[str, Any]:
        return {
            "version": self.version, "features": self.features, "bias": self.bias, "weights": dict(self.weights),
            "second_bias": self.second_bias,
            "second": [{"nodes": [list(node) for node in t.nodes], "leaves": list(t.leaves)} for t in self.second],
            "about": dict(self.about),
        }  # fmt: skip


def probability(odds: float) -> float:
    """The logistic function, safe at both ends."""
    return 1.0 / (1.0 + exp(-odds)) if odds > -700 else 0.0


def disagree(first: float, second: float) -> bool:
    """Whether two probabilities fall on different sides of the threshold, and not by a hair."""
    return (first >= THRESHOLD) != (second >= THRESHOLD) and abs(first - second) >= _APART


def model_from(data: Mapping[str, Any]) -> Model:
    """The model that `as_dict` wrote."""
    trees = tuple(
        Tree(tuple((str(n), float(most), int(a), int(b)) for n, most, a, b in one["nodes"]), tuple(one["leaves"]))
        for one in data["second"]
    )
    return Model(
        data["version"], data["features"], data["bias"], data["weights"], data["second_bias"], trees, data["about"]
    )


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """The model that comes with the package."""
    return model_from(json.loads(files("monitor.matching").joinpath("weights.json").read_text(encoding="utf-8")))
