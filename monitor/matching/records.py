"""What goes into the matcher and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MATCHER_VERSION = "4"


class Tier(StrEnum):
    """How much a match says (DOMAIN.md, docs/reference/tiers.md), the strongest first."""

    IDENTIFIER = "identifier"
    LINE = "line"
    REGULATED_KIND = "regulated_kind"
    LOOKALIKE = "lookalike"
    LEAD = "lead"


class Relation(StrEnum):
    """What the listing is to the recalled product."""

    SAME_PRODUCT = "same_product"
    OTHER_MODEL = "other_model"
    ACCESSORY = "accessory"
    MEDIA = "media"
    LATER_VERSION = "later_version"
    REGULATED_KIND = "regulated_kind"
    SAME_KIND = "same_kind"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a seller says about one offer; everything but the id may be empty. `price` is a decimal string."""

    listing_id: str
    title: str = ""
    brand: str = ""
    model: str = ""
    gtin: str = ""
    description: str = ""
    seller: str = ""
    price: str = ""
    currency: str = ""

    def shown(self) -> tuple[tuple[str, int], ...]:
        """The notices that one of its pictures agrees with, each with the bits (of 256) that differ."""
        return ()


@dataclass(frozen=True, slots=True)
class PicturedListing(Listing):
    """A listing some picture of which is, or may be, one of a notice: see `Listing.shown`."""

    pictures: tuple[tuple[str, int], ...] = ()

    def shown(self) -> tuple[tuple[str, int], ...]:
        return self.pictures


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature that spoke: `weight` is its share of the log-odds, below zero where it speaks against.

    `recall` and `listing` are the values compared, `outcome` is `agree`, `conflict` or `missing`. `where` is the
    field of the listing in which its value stands, from character `start` up to `end`; empty where it stands in none.
    """

    feature: str
    says: str
    weight: float
    outcome: str = "agree"
    recall: str = ""
    listing: str = ""
    where: str = ""
    start: int = 0
    end: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "feature": self.feature, "says": self.says, "weight": round(self.weight, 3),
            "outcome": self.outcome, "recall": self.recall, "listing": self.listing,
            "span": {"field": self.where, "start": self.start, "end": self.end} if self.where else None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """One proposal: which recall a listing may be, how strong, and why. `probability` is from the additive model.

    `would_change` says what would give it another tier. `second` is the trees' opinion; where the two `disagree` a
    person looks. `features` is the vector that both saw, `model` the version of their weights. `rival` is the next
    nearest notice, `gap` this one's lead over it in likeness; `says` is the whole explanation in one sentence.
    """

    listing_id: str
    recall_id: str
    tier: Tier
    relation: Relation
    probability: float
    reasons: tuple[Reason, ...] = field(default=())
    would_change: str = ""
    second: float = 0.0
    disagree: bool = False
    features: Mapping[str, float] = field(default_factory=dict)
    model: str = ""
    rival: str = ""
    gap: float = 0.0
    says: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "listing_id": self.listing_id, "recall_id": self.recall_id, "tier": self.tier.value,
            "relation": self.relation.value, "probability": round(self.probability, 4),
            "second_opinion": round(self.second, 4), "disagree": self.disagree,
            "reasons": [reason.as_dict() for reason in self.reasons], "would_change": self.would_change,
            "rival": self.rival, "gap": round(self.gap, 4), "says": self.says,
            "matcher_version": MATCHER_VERSION, "model": self.model,
        }  # fmt: skip
