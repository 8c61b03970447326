"""The explanation of a match, as data and as one sentence: what agrees, what speaks against it, what is missing."""

import re
from dataclasses import fields
from typing import Any

from monitor.matching.evidence import Evidence
from monitor.matching.features import FEATURES
from monitor.matching.model import Model
from monitor.matching.normalise import key
from monitor.matching.records import Listing, Reason

_SILENT_BELOW = 0.005
_SAID = 3
_WORD = re.compile(r"[^\W_]+")
_LONGEST = 6
_BY_NAME = {feature.name: feature for feature in FEATURES}
_SHOWN_IN = ("title", "brand", "model", "gtin", "seller", "description")
_FROM_BRAND = frozenset({"brand", "brand_seller", "brand_fits"})


def reasons_of(found: Evidence, values: dict[str, float], model: Model, listing: Listing) -> tuple[Reason, ...]:
    """One reason for each feature that spoke, the heaviest first, those against it included."""
    facts = {field.name: _words(getattr(found, field.name)) for field in fields(found)}
    reasons = []
    for name, value in values.items():
        weight = model.weights.get(name, 0.0) * value
        if abs(weight) < _SILENT_BELOW:
            continue
        feature = _BY_NAME[name]
        recall = str(facts[feature.recall]) if feature.recall else ""
        seen = facts["brand"] if name in _FROM_BRAND else facts[feature.listing] if feature.listing else ""
        where, start, end = span_of(str(seen), listing)
        shown = getattr(listing, where)[start:end] if where else _shown(seen)
        outcome = "agree" if weight > 0 else "conflict" if feature.listing else "missing"
        reasons.append(
            Reason(name, feature.says.format(**facts), weight, outcome, recall, shown, where, start, end)
        )  # fmt: skip
    return tuple(sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.feature)))


def span_of(value: str, listing: Listing) -> tuple[str, int, int]:
    """Where `value` stands in the listing as written: field, first and last place; of several words, all between them.

    An empty field where it stands nowhere.
    """
    wanted = [key(part) for part in value.split(", ")] if value else []
    for field in _SHOWN_IN:
        text = getattr(listing, field)
        places = [place for one in wanted if one and (place := _place(one, text))]
        if places:
            return field, min(start for start, _ in places), max(end for _, end in places)
    return "", 0, 0


def sentence(reasons: tuple[Reason, ...], rival: str, gap: float, change: str) -> str:
    """The match in one sentence: for, against, the rival, and what would change the verdict."""
    fors = [reason.says for reason in reasons if reason.weight > 0][:_SAID]
    against = [reason.says for reason in reasons if reason.weight < 0][:_SAID]
    parts = [
        f"For it: {'; '.join(fors)}" if fors else "Nothing speaks for it",
        f"against it: {'; '.join(against)}" if against else "nothing was found against it",
    ]
    if rival:
        parts.append(f"the next nearest notice is {rival} ({gap:+.0%} in likeness)")
    return ". ".join([", ".join(parts), f"{change[:1].upper()}{change[1:]}"]) + "."


def _place(wanted: str, text: str) -> tuple[int, int] | None:
    hits = list(_WORD.finditer(text))
    for at, first in enumerate(hits):
        run = ""
        for last in hits[at : at + _LONGEST]:
            run += key(last.group())
            if run == wanted:
                return first.start(), last.end()
            if len(run) >= len(wanted):
                break
    return None


def _words(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, tuple) else value


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
