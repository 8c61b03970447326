"""The tier of a match, by DOMAIN.md's words. docs/reference/tiers.md explains each rule."""

from monitor.matching.evidence import Evidence
from monitor.matching.line_rules import line_agrees, name_alone_agrees
from monitor.matching.model import THRESHOLD
from monitor.matching.records import Relation, Tier
from monitor.matching.relation import relation_of

TIER_RULES = "tiers.4"

_LEAD_COSINE = 0.36
_LIKELY = 0.75


def tier_of(found: Evidence) -> tuple[Tier | None, Relation]:
    """Tier and relation of one pair; no tier where nothing worth a person's glance points there."""
    relation = relation_of(found)
    if relation is Relation.SAME_PRODUCT and not contradictions(found):
        if found.gtin or (found.model and found.brand_where in ("field", "title")):
            return Tier.IDENTIFIER, relation
        if name_alone_agrees(found) or line_agrees(found):
            return Tier.LINE, relation
    if relation is Relation.SAME_KIND:
        return Tier.LOOKALIKE, relation
    if _points_there(found):
        return Tier.LEAD, relation
    return None, relation


def likely_line(found: Evidence, first: float, second: float) -> bool:
    """Whether both models find a lead likely that has the brand in title or brand field, and nothing contradicts it."""
    named = found.brand_where in ("title", "field") and not found.brand_leading and not found.partial
    told = bool(found.telling and (found.kind or found.proper_weight)) and not contradictions(found)
    told = told and not found.collective
    return named and told and first >= _LIKELY and second >= THRESHOLD


def contradictions(found: Evidence) -> list[str]:
    """The names of features that speak against it being the same product."""
    against = {
        "accessory": found.accessory, "media": found.media, "later_year": found.later_year,
        "other_size": found.other_size, "audience": found.audience, "other_brand": found.other_brand and not found.gtin,
        "kind_conflict": found.kind_conflict and not (found.gtin or found.model),
        "number_conflict": found.number_conflict and not (found.gtin or found.model),
        "model_conflict": found.model_conflict and not found.gtin,
    }  # fmt: skip
    return [name for name, value in against.items() if value]


def would_change(found: Evidence, tier: Tier) -> str:
    """What would give the pair another tier, in words for the reviewer."""
    against = " and ".join(name.replace("_", " ") for name in contradictions(found))
    if tier is Tier.IDENTIFIER:
        return "weaker with a contradiction: a part, another size or a later model year"
    if tier is Tier.LINE:
        return "stronger with a GTIN or model number of the notice; weaker with a model number that it does not know"
    if against:
        return f"stronger if this did not hold: {against}"
    if not found.brand_where:
        return "stronger if a brand of the notice were named"
    if found.missing_required:
        return f"stronger if it said: {', '.join(found.missing_required)}"
    return "stronger with a GTIN or model number of the notice, or more of the product's name"


def _points_there(found: Evidence) -> bool:
    if found.picture == "strong":
        return True  # a seller who changes every word keeps the picture
    if found.gtin or (found.model and found.brand_where):
        return True
    if found.brand_where in ("field", "title") and (found.kind or found.specific_words or found.cosine >= _LEAD_COSINE):
        return True
    return found.cosine >= _LEAD_COSINE
