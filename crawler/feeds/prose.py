"""What the prose about the sale and the look of a product says: prices, months of sale, colours, sizes, with spans."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from crawler.feeds.found import Found
from crawler.feeds.looks import colours_in, sizes_in
from crawler.feeds.notice import Fact, FactKind, Notice
from crawler.feeds.text import month_number

_AMOUNT = r"\d[\d,]*(?:\.\d\d)?"
_PRICES = re.compile(
    rf"\$\s?({_AMOUNT})(?!\s?(?:million|billion|gift|coupon|voucher))"
    rf"(?:\s*(?:and|to|-|–)\s*({_AMOUNT})(?=\s*(?:[.,;()]|depending|$)))?"
)
_MONTH = r"([A-Z][a-z]{2,8})\.?,?\s+(?:\d{1,2},\s*)?(\d{4})"
_BARE_MONTH = r"([A-Z][a-z]{2,8})\.?(?:\s+\d{1,2})?"
_JOINED = r",?\s*(?:up\s+)?(?:through|to|and|until|thru|-|–)\s*(?:the\s+end\s+of\s+)?"
_PERIOD = rf"(?:{_BARE_MONTH}{_JOINED})?{_MONTH}(?:{_JOINED}{_MONTH})?"
_SALE = re.compile(rf"\b(?i:from|between|in|during|since)\s+{_PERIOD}")
_MADE = re.compile(rf"\b(?i:manufactured|made|produced)\s+(?:only\s+)?(?:(?i:from|between|in|after|since)\s+){_PERIOD}")
_MOST = 24
"""Colours, and sizes, of one notice at most: a longer list tells nothing apart."""


@dataclass(frozen=True)
class Prices:
    """The lowest and the highest price in US dollars."""

    lowest: Decimal
    highest: Decimal
    span: str


@dataclass(frozen=True)
class Months:
    """The first and the last month as `2024-05`; `last` is "" where the text gives one only."""

    first: str
    last: str
    span: str


def facts_of(notice: Notice) -> tuple[Fact, ...]:
    """The facts that the notice states as such and those that its prose gives; prices of US authorities only."""
    return tuple(dict.fromkeys((*notice.facts, *_read(notice))))


def prices_in(text: str) -> Prices | None:
    """The range of all prices that the text gives; None where there is none."""
    found = list(_PRICES.finditer(text))
    amounts = [Decimal(part.replace(",", "")) for match in found for part in match.groups() if part]
    if not amounts:
        return None
    return Prices(min(amounts), max(amounts), text[found[0].start() : found[-1].end()][:120])


def sale_months(text: str) -> Months | None:
    """When the product was sold, from the earliest period to the latest: "from May 2023 through January 2024"."""
    return _months(_SALE, text)


def made_months(text: str) -> Months | None:
    """When it was made, at the earliest: "manufactured between April 1, 2024, and ..."."""
    return _months(_MADE, text)


def _read(notice: Notice) -> Iterator[Fact]:
    if notice.authority.startswith("us-") and (prices := prices_in(notice.sold_at)):
        highest = str(prices.highest) if prices.highest > prices.lowest else ""
        yield Fact(kind="price_usd", value=str(prices.lowest), to=highest, span=prices.span)
    periods: tuple[tuple[FactKind, Months | None], ...] = (
        ("sold", sale_months(notice.sold_at)),
        ("made", made_months(notice.description)),
    )
    for kind, months in periods:
        if months:
            yield Fact(kind=kind, value=months.first, to=months.last, span=months.span)
    looks = " ".join((*(product.name for product in notice.products), notice.description))
    listed: tuple[tuple[FactKind, tuple[Found, ...]], ...] = (("colour", colours_in(looks)), ("size", sizes_in(looks)))
    for kind, found in listed:
        yield from (Fact(kind=kind, value=one.value, span=one.span) for one in found[:_MOST])


def _months(pattern: re.Pattern[str], text: str) -> Months | None:
    months: list[str] = []
    spans: list[str] = []
    for match in pattern.finditer(text):
        found = _period(*match.groups(default=""))
        if found:
            months += found
            spans.append(match[0])
    if not months:
        return None
    first, last = min(months), max(months)
    return Months(first, last if len(months) > 1 else "", " ... ".join(spans)[:120])


def _period(bare: str, month: str, year: str, end_month: str, end_year: str) -> list[str]:
    """The months of one period; a month without a year takes that of the next ("May through June 2024")."""
    pairs = [(bare, year), (month, year), (end_month, end_year)]
    given = [(month_number(name), of) for name, of in pairs if name]
    return [f"{of}-{number:02d}" for number, of in given] if all(number for number, _ in given) else []
