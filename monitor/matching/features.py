"""The table of features: what each looks at and what it says in words. What it weighs is learned: `weights.json`.

A pair's log-odds are the bias plus the sum over features of weight times value; that sum is the explanation.
docs/reference/features.md lists the table (a test keeps both in step).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from monitor.matching.evidence import Evidence
from monitor.matching.line_rules import line_agrees

Direction = Literal["for", "against", "both"]


@dataclass(frozen=True, slots=True)
class Feature:
    """`value` is 0 where the feature is silent and at most 1 (or -1) where it speaks loudest.

    `says` is a sentence with fields of the evidence in braces; `recall` and `listing` name the fields compared.
    """

    name: str
    means: str
    direction: Direction
    value: Callable[[Evidence], float]
    says: str
    recall: str = ""
    listing: str = ""


TABLE = "features.4"
"""The version of the table: vectors of another version are not compared or trained with."""

FEATURES: tuple[Feature, ...] = (
    Feature(
        "gtin",
        "the same valid GTIN or UPC",
        "for",
        lambda e: float(bool(e.gtin)),
        "GTIN {gtin} is in the notice",
        "gtin",
        "gtin",
    ),
    Feature(
        "model",
        "a model number of the notice, letter by letter",
        "for",
        lambda e: float(bool(e.model)),
        "model {model} is in the notice",
        "model",
        "model",
    ),
    Feature(
        "model_conflict",
        "a model number like the notice's, but none of them",
        "against",
        lambda e: float(bool(e.model_conflict)),
        "model {model_conflict} is not among the notice's",
        "",
        "model_conflict",
    ),
    Feature(
        "brand",
        "a brand of the notice in the title or brand field",
        "for",
        lambda e: float(e.brand_where in ("title", "field")),
        "brand {brand} stands in the {brand_where}",
        "brand",
        "brand_where",
    ),
    Feature(
        "brand_seller",
        "a brand of the notice only in the seller's name",
        "for",
        lambda e: float(e.brand_where == "seller"),
        "brand {brand} is in the seller's name",
        "brand",
        "brand_where",
    ),
    Feature(
        "brand_absent",
        "no brand of the notice anywhere",
        "against",
        lambda e: float(not e.brand_where),
        "no brand of the notice is named",
    ),
    Feature(
        "brand_fits",
        "the brand only behind `for` or `fits`",
        "against",
        lambda e: float(e.brand_where == "after_for"),
        "brand {brand} is only what it fits",
        "brand",
        "brand_where",
    ),
    Feature(
        "other_brand",
        "another maker's name at the head of the title",
        "against",
        lambda e: float(bool(e.other_brand)),
        "the title begins with another brand, {other_brand}",
        "",
        "other_brand",
    ),
    Feature(
        "described",
        "a name that the notice's prose uses",
        "for",
        lambda e: float(bool(e.described)),
        "`{described}` is named in the notice's text",
        "described",
        "described",
    ),
    Feature(
        "line",
        "every word that tells the product apart",
        "for",
        lambda e: float(line_agrees(e)),
        "names the line `{line}`",
        "line",
        "matched",
    ),
    Feature(
        "line_missing",
        "a word that tells the product apart is missing",
        "against",
        lambda e: min(1.0, len(e.missing_required) / 2),
        "does not say {missing_required}",
        "missing_required",
    ),
    Feature(
        "name_share",
        "share of the name's words by weight, from none to all",
        "both",
        lambda e: 2 * e.words_share - 1,
        "has {words_share:.0%} of the name `{name}`",
        "name",
        "matched",
    ),
    Feature("kind", "the same kind of thing", "for", lambda e: float(bool(e.kind)), "is a {kind} too", "kind", "kind"),
    Feature(
        "kind_conflict",
        "another kind of thing",
        "against",
        lambda e: float(bool(e.kind_conflict)),
        "is a {kind_conflict}",
        "line",
        "kind_conflict",
    ),
    Feature(
        "regulated_kind",
        "the kind of product that a ban or standard is about, by its attributes",
        "for",
        lambda e: float(bool(e.rule)),
        "is {rule_says} ({rule})",
        "rule",
        "rule_says",
    ),
    Feature(
        "collective",
        "the notice's name is a collective (`Toys`)",
        "against",
        lambda e: float(e.collective),
        "the notice names only `{line}`",
        "line",
    ),
    Feature(
        "accessory",
        "an accessory or spare part of the product",
        "against",
        lambda e: float(bool(e.accessory)),
        "is an accessory or part (`{accessory}`)",
        "",
        "accessory",
    ),
    Feature(
        "media",
        "a book, picture, costume or miniature of it",
        "against",
        lambda e: float(bool(e.media)),
        "is about the product, not the product (`{media}`)",
        "",
        "media",
    ),
    Feature(
        "later_year",
        "a model year after the notice",
        "against",
        lambda e: float(bool(e.later_year)),
        "is of {later_year}, after the notice",
        "",
        "later_year",
    ),
    Feature(
        "audience",
        "for grown-ups, where the product is for children",
        "against",
        lambda e: float(bool(e.audience)),
        "is for {audience}",
        "name",
        "audience",
    ),
    Feature(
        "other_size",
        "another size or generation of the line",
        "against",
        lambda e: float(bool(e.other_size)),
        "is the `{other_size}` of the line",
        "",
        "other_size",
    ),
    Feature(
        "number_conflict",
        "another count or capacity than the name's",
        "against",
        lambda e: float(bool(e.number_conflict)),
        "is the {number_conflict}",
        "name",
        "number_conflict",
    ),
    Feature(
        "price",
        "far from the price that the notice names",
        "against",
        lambda e: float(bool(e.price_ratio) and not 0.15 <= e.price_ratio <= 4.0),
        "costs {price_ratio:.1f} times the notice's price",
        "",
        "price_ratio",
    ),
    Feature(
        "picture",
        "a picture of the notice; half the weight where it only may be one",
        "for",
        lambda e: {"strong": 1.0, "weak": 0.5}.get(e.picture, 0.0),
        "a picture is the notice's but for {picture_bits} of 256 bits",
        "",
        "picture",
    ),
    Feature(
        "text",
        "likeness of the whole texts (TF-IDF cosine)",
        "both",
        lambda e: 2 * (e.cosine - 0.4),
        "the texts are {cosine:.0%} alike",
        "name",
        "cosine",
    ),
    Feature(
        "margin",
        "lead over the best rival notice",
        "both",
        lambda e: max(-1.0, min(1.0, 4 * e.margin)),
        "{margin:+.0%} against the best rival notice",
        "",
        "margin",
    ),
)


def values_of(found: Evidence) -> dict[str, float]:
    """The features that speak, by name, with their values. Where a rule of a kind spoke, only what bears on it."""
    return {
        feature.name: round(value, 4)
        for feature in FEATURES
        if (not found.rule or feature.name in _SPEAK_OF_KINDS) and (value := feature.value(found))
    }


_SPEAK_OF_KINDS = frozenset({"regulated_kind", "accessory", "media"})
"""Whether a thing is of a regulated kind has nothing to do with whose it is."""
