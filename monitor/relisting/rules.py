"""When what agrees is enough to propose `reappeared`: one picture or text, and one more field. A table of rules.

A picture or a text ties two listings; model, price and title also agree between any two listings of one product, so
they never propose anything by themselves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from monitor.relisting.agree import Field

RELISTING_VERSION = 1
"""Rises when a rule or a threshold changes; what was proposed before is then proposed anew."""

RULES = MappingProxyType(
    {
        "reappeared.picture": "A picture is the same, and seller, description, title (or words in a row in it), model"
        " or price agree.",
        "reappeared.common_picture": "A picture is the same that many sellers use, and seller or description agree.",
        "reappeared.description": "The description is the same, and title, model, price or (weakly) a picture agree;"
        " where brand, model or pack contradict, it must be copied at length, or the seller or a picture agree, too.",
        "reappeared.weak_picture": "A picture may be the same, and two of seller, title, model and price agree, the"
        " seller or the model among them; nothing contradicts.",
        "reappeared.title": "The title is the same, at the same seller, and model or price agree; nothing contradicts.",
    }
)
"""Rule ids with what they say (docs/reference/relisting.md), the strongest first."""

DESCRIPTIONS = frozenset({"description", "copied_description"})
_SECOND = DESCRIPTIONS | frozenset({"seller", "title", "same_title", "model", "price"})
NEEDED_BESIDE_WEAK = frozenset({"seller", "model"})
_BESIDE_PICTURE = _SECOND | {"title_words"}
_BESIDE_TEXT = frozenset({"title", "same_title", "model", "price", "picture_weak"})
"""The seller alone is none of them: a seller's own phrases stand on all of their goods."""
_IN_SPITE = frozenset({"seller", "picture_weak", "copied_description"})
"""What outweighs another brand or model beside a text."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Everything that was found about one pair: what agrees, what contradicts, whether the picture is a common one."""

    agreements: tuple[Field, ...]
    conflicts: tuple[Field, ...]
    common_picture: bool

    @property
    def names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.agreements)


def rule_for(found: Compared) -> str:
    """The first rule that holds, empty where none does."""
    names, against = found.names, bool(found.conflicts)
    others = names & _SECOND
    if "picture" in names:
        if found.common_picture:
            return "reappeared.common_picture" if others & (DESCRIPTIONS | {"seller"}) else ""
        if names & _BESIDE_PICTURE:
            return "reappeared.picture"
    if names & DESCRIPTIONS and names & _BESIDE_TEXT and (not against or names & _IN_SPITE):
        return "reappeared.description"
    if against:
        return ""
    if "picture_weak" in names and others & NEEDED_BESIDE_WEAK and len(others) >= 2:
        return "reappeared.weak_picture"
    if {"same_title", "seller"} <= names and others & {"model", "price"}:
        return "reappeared.title"
    return ""


def sentence(agreements: Sequence[Field], against: Iterable[Field]) -> str:
    """What the proposal rests on, in words, the evidence against included."""
    for_it = "; ".join(one.says for one in agreements)
    but = "; ".join(one.says for one in against)
    return f"{for_it}. Against it: {but}." if but else f"{for_it}."
