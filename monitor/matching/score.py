"""An additive model: log-odds are a sum over features, so each summand explains its part."""

from math import exp

from monitor.matching.evidence import Evidence
from monitor.matching.features import BIAS, FEATURES

_SPEAK_OF_KINDS = frozenset({"regulated_kind", "accessory", "media"})
"""Whether a thing is of a regulated kind has nothing to do with whose it is."""


def log_odds(found: Evidence) -> tuple[float, list[tuple[int, float]]]:
    """The log-odds of the pair, and (place in FEATURES, contribution) for each feature that speaks."""
    parts = [
        (place, feature.weight * value)
        for place, feature in enumerate(FEATURES)
        if (not found.rule or feature.name in _SPEAK_OF_KINDS) and (value := feature.value(found))
    ]
    return BIAS + sum(part for _, part in parts), parts


def probability(odds: float) -> float:
    """The logistic function, safe at both ends."""
    return 1.0 / (1.0 + exp(-odds)) if odds > -700 else 0.0
