"""How well an entry of the register can be recognised at all: a platform can't be blamed for what no one could know.

The score is the sum of its parts, each there or not; the level says which match tier it could ever support.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.feeds.notice import Notice

VERSION = 1
WEIGHTS = {"gtin": 0.30, "model": 0.25, "brand": 0.15, "images": 0.15, "batch": 0.05, "seller": 0.05, "listing": 0.05}
"""Summing to one. ASINs and listing ids count as `listing`."""

LEVELS = ("identifier", "line", "picture", "kind", "none")
_MANY_MODELS = 200


@dataclass(frozen=True)
class Identifiability:
    """`score` from 0 to 1, its `parts`, and the best `level`: identifier, line, picture, kind or none."""

    score: float
    parts: tuple[str, ...]
    level: str
    version: int = VERSION


def identifiability(notice: Notice) -> Identifiability:
    """The score of one entry, by what it carries."""
    kinds = Counter(one.kind for one in notice.identifiers if one.valid)
    has = {
        "gtin": bool(kinds["gtin"]),
        "model": 0 < kinds["model"] <= _MANY_MODELS,
        "brand": bool(kinds["brand"] or _named_firm(notice)),
        "images": bool(notice.images),
        "batch": bool(kinds["batch"] or kinds["serial"]),
        "seller": bool(kinds["seller"]),
        "listing": bool(kinds["asin"] or kinds["listing"]),
    }
    parts = tuple(part for part in WEIGHTS if has[part])
    return Identifiability(round(sum(WEIGHTS[part] for part in parts), 2), parts, _level(notice, has))


def summary(notices: Iterable[Notice]) -> dict[str, int]:
    """How many entries reach each level, all levels named."""
    found = Counter(identifiability(notice).level for notice in notices)
    return {level: found[level] for level in LEVELS}


def _level(notice: Notice, has: dict[str, bool]) -> str:
    if notice.kind in ("ban", "standard"):
        return "kind"
    if has["gtin"] or has["listing"] or (has["brand"] and has["model"]):
        return "identifier"
    if has["brand"] and notice.products:
        return "line"
    if has["images"]:
        return "picture"
    return "kind" if notice.products or notice.title else "none"


def _named_firm(notice: Notice) -> bool:
    """Whether a product's name or the title opens with the name of a party: the brand is the firm."""
    names = [product.name.lower() for product in notice.products] + [notice.title.lower()]
    firsts = {firm.name.lower().split()[0].strip(",.") for firm in notice.firms if firm.name.split()}
    return any(name.split()[0].strip(",.'’s") in firsts or name.split()[0] in firsts for name in names if name.split())
