"""What the prose about the sale and the look of a product says: prices, months of sale, colours, sizes, with spans."""

import re
from dataclasses import dataclass
from decimal import Decimal

from crawler.feeds.models import Found
from crawler.feeds.text import month_number

_MONEY = r"\$\s?(\d[\d,]*(?:\.\d\d)?)"
_PRICES = re.compile(rf"{_MONEY}(?:\s*(?:and|to|-|–)\s*{_MONEY})?")
_MONTH = r"([A-Z][a-z]{2,8})\.?\s+(?:\d{1,2},\s*)?(\d{4})"
_SALE = re.compile(rf"\b(?i:from|between|in)\s+{_MONTH}(?:\s*(?:through|to|and|until|thru|-|–)\s*{_MONTH})?")
_MADE = re.compile(rf"\b(?i:manufactured|made|produced)\s+(?:only\s+)?(?:from|between|in|after)\s+{_MONTH}")
_COLOURS = (
    "black white gray grey silver gold red blue navy green teal turquoise aqua yellow orange pink purple violet lilac "
    "lavender brown tan beige cream ivory bronze copper charcoal burgundy maroon coral mint khaki"
).split()
_COLOUR = re.compile(
    rf"\b(?:(?:light|dark|hot|baby|bright|matte|sky|royal)\s)?(?:{'|'.join(_COLOURS)})\b", re.IGNORECASE
)
_SIZE = re.compile(
    r"\b\d+(?:\.\d+)?(?:\s?[½¼¾])?[-\s]?(?:inch(?:es)?|feet|foot|ft\.?|cm|mm|oz\.?|ounces?|lbs?\.?|pounds?|quarts?|qt\.?|"
    r"gallons?|liters?|ml|piece|pieces|pack|count)\b",
    re.IGNORECASE,
)


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


def prices_in(text: str) -> Prices | None:
    """The range of all prices that the text gives; None where there is none."""
    found = list(_PRICES.finditer(text))
    amounts = [Decimal(part.replace(",", "")) for match in found for part in match.groups() if part]
    if not amounts:
        return None
    return Prices(min(amounts), max(amounts), text[found[0].start() : found[-1].end()][:120])


def sale_months(text: str) -> Months | None:
    """When the product was sold: "from May 2023 through January 2024"."""
    return _months(_SALE, text)


def made_months(text: str) -> Months | None:
    """When it was made, at the earliest: "manufactured between April 1, 2024, and ..."."""
    return _months(_MADE, text)


def colours_in(text: str) -> tuple[Found, ...]:
    """The colours that the text names, in lower case, each once."""
    return _each(_COLOUR, text)


def sizes_in(text: str) -> tuple[Found, ...]:
    """The measures that the text names, each once."""
    return _each(_SIZE, text)


def _months(pattern: re.Pattern[str], text: str) -> Months | None:
    for match in pattern.finditer(text):
        parts = [part for part in match.groups() if part]
        pairs = [(month_number(parts[at]), parts[at + 1]) for at in range(0, len(parts), 2)]
        if all(month for month, _ in pairs):
            months = [f"{year}-{month:02d}" for month, year in pairs]
            return Months(months[0], months[1] if len(months) > 1 else "", match[0])
    return None


def _each(pattern: re.Pattern[str], text: str) -> tuple[Found, ...]:
    found: dict[str, Found] = {}
    for match in pattern.finditer(text):
        around = text[max(0, match.start() - 30) : match.end() + 30]
        found.setdefault(" ".join(match[0].lower().split()), Found(match[0].lower(), around))
    return tuple(found.values())
