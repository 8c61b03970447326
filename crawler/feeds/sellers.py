"""Sellers and marketplaces that a notice names, and where its own parts disagree about them.

The title's "Sold on X by Y" is no proof: titles, addresses and places of sale have been pasted from other recalls.
A marketplace or its seller is named only where title, address and places of sale agree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.feeds.found import Found
from crawler.feeds.notice import Notice

_TRADING_AS = re.compile(
    r"\b(?:dba|d/b/a|doing business as),?\s+(?:as\s+)?"
    r"(?:(?:an?\s+)?(?:online|amazon|walmart|temu|ebay|shein)?\s*(?:seller|store)\s+)?"
    r"([^,()]+?)(?=,|\s*\(|\)|\s+of\s+[A-Z]|\s+and\s|[.;]\s|[.;]?$)",
    re.IGNORECASE,
)
_SOLD_CLAUSE = re.compile(
    r"\bsold\s+(?:exclusively\s+)?(?:on|at|through|via)\s+(?P<place>[\w.'&+ -]+?)"
    r"(?:\s+(?:by|through)\s+(?P<seller>[^;()]+?))?\s*(?:\(recall alert\))?$",
    re.IGNORECASE,
)
_SOLD_BY = re.compile(r"\bsold\s+by\s+(?P<seller>[^;()]+?)\s*(?:\(recall alert\))?$", re.IGNORECASE)


@dataclass(frozen=True)
class SoldClause:
    """Where a title says that it was sold, and by whom; `agrees` where address and places of sale say so too."""

    place: str
    seller: str
    span: str
    agrees: bool


def trade_names(notice: Notice) -> Iterator[Found]:
    """Names after "doing business as", out of the parties and the prose."""
    texts = [firm.name for firm in notice.firms]
    if notice.kind == "warning":
        texts.append(notice.description)
    for text in texts:
        for match in _TRADING_AS.finditer(text):
            yield Found(match[1].strip(' ."“”'), match[0].strip()[:120])


def sold_clause(notice: Notice) -> SoldClause | None:
    """The title's "Sold on X by Y", None where it has none."""
    clauses = [clause.strip() for clause in reversed(notice.title.split(";"))]
    found = next((one for clause in clauses if (one := _SOLD_CLAUSE.search(clause) or _SOLD_BY.search(clause))), None)
    if not found:
        return None
    parts = found.groupdict()
    place, seller = (parts.get("place") or "").strip(), (parts.get("seller") or "").strip()
    address, shops = _plain(notice.url), _plain(notice.sold_at)
    named = _plain(seller or place)
    root = _plain(place).split(" ")[0]
    in_shops = not root or not shops or root in shops
    return SoldClause(place, seller, found[0], bool(named) and _spoken(named, address) and in_shops)


def sellers_of(notice: Notice) -> tuple[Found, ...]:
    """The sellers that the notice names: trade names, parties called seller, and those of an agreed title."""
    found = list(trade_names(notice))
    clause = sold_clause(notice)
    if clause and clause.agrees and clause.seller:
        found += [Found(name, clause.span) for name in re.split(r"\s+and\s+", clause.seller)]
    found += [Found(_short_name(firm.name), firm.name) for firm in notice.firms if firm.role == "seller"]
    kept: dict[str, Found] = {}
    for one in found:
        if 1 < len(one.value) <= 60:
            kept.setdefault(one.value.casefold(), one)
    return tuple(kept.values())


def _short_name(name: str) -> str:
    return re.split(r",? of [A-Z]|,? doing business|,? d/?b/?a", name, maxsplit=1)[0].strip(" ,.")


def _spoken(words: str, address: str) -> bool:
    return f" {words} " in f" {address} "


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.lower().replace("'", "")).split())
