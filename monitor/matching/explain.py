"""The explanation of a match as data: per feature what it says, the two values compared, and its weight."""

from dataclasses import fields
from typing import Any

from monitor.matching.evidence import Evidence
from monitor.matching.features import FEATURES
from monitor.matching.records import Reason

_SILENT_BELOW = 0.005


def reasons_of(found: Evidence, parts: list[tuple[int, float]]) -> tuple[Reason, ...]:
    """One reason for each feature that spoke, the heaviest first, those against it included."""
    facts = {field.name: _words(getattr(found, field.name)) for field in fields(found)}
    reasons = []
    for place, weight in parts:
        if abs(weight) < _SILENT_BELOW:
            continue
        feature = FEATURES[place]
        recall = str(facts[feature.recall]) if feature.recall else ""
        listing = _shown(facts[feature.listing]) if feature.listing else ""
        outcome = "agree" if weight > 0 else "conflict" if listing else "missing"
        reasons.append(Reason(feature.name, feature.says.format(**facts), weight, outcome, recall, listing))
    return tuple(sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.feature)))


def _words(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
