"""Every identifier of a notice: what its source states, and what our rules read out of its prose, with the span.

Pure, and without a database: the matcher uses it on any recall file.
"""

import re
from collections.abc import Iterator

from crawler.extract.gtin import valid_gtin
from crawler.feeds.brands import brands_of
from crawler.feeds.codes import ASIN, bare
from crawler.feeds.found import Found
from crawler.feeds.models import models_in, models_in_name
from crawler.feeds.notice import Identifier, IdentifierKind, Notice
from crawler.feeds.printed import codes_of_the_name
from crawler.feeds.sellers import sellers_of

_GTIN_CUE = re.compile(r"\b(?:UPC|EAN|GTIN|bar\s?code)s?\b", re.IGNORECASE)
_GTIN = re.compile(r"(?<![\w.-])(?:\d{12,14}|\d[ -]\d{5}[ -]\d{5}[ -]\d)(?![\w-])")
_ASIN = re.compile(rf"(?<![A-Z0-9]){ASIN.pattern}(?![A-Z0-9])")
_BATCH = re.compile(
    r"\b(?:lot|batch)(?:\s*/\s*(?:lot|batch))?\s*(?:numbers?|codes?|nos?\.?|\#)?(?:\s*(?:is|are))?\s*[:#]?\s*[\"“(]?"
    r"(?P<value>(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{3,24})",
)
_SPAN = 120


def identifiers_of(notice: Notice, *, glued: bool = False) -> tuple[Identifier, ...]:
    """The identifiers of a notice, each kind and value once, stated ones first.

    `glued` says that the cells of its tables stand together, so that its description is no source of model numbers.
    """
    found: dict[tuple[str, str], Identifier] = {}
    for one in (*notice.identifiers, *_stated(notice), *_read(notice, glued=glued)):
        found.setdefault((one.kind, bare(one.value) or one.value), one)
    return tuple(found.values())


def _stated(notice: Notice) -> Iterator[Identifier]:
    for upc in notice.upcs:
        yield Identifier(kind="gtin", value=upc, valid=bool(valid_gtin(upc)))
    for product in notice.products:
        if product.model:
            yield Identifier(kind="model", value=product.model)


def _read(notice: Notice, *, glued: bool) -> Iterator[Identifier]:
    prose = " ".join((notice.description, notice.extra.get("warning_text", "")))
    names = (notice.title, *(product.name for product in notice.products))
    yield from _as("gtin", _gtins(prose))
    asins = (Found(match[0], _around(prose, match)) for match in _ASIN.finditer(prose))
    yield from _as("asin", asins)
    if not glued:
        yield from _as("model", models_in(prose))
    for name in names:
        yield from _as("model", (*models_in(name), *models_in_name(name)))
        yield from _as("model", tuple(codes_of_the_name(name, notice.description)))
    yield from _as("batch", (Found(match["value"], _around(prose, match)) for match in _BATCH.finditer(prose)))
    yield from _as("seller", sellers_of(notice))
    if not any(one.kind == "brand" for one in notice.identifiers):
        yield from _as("brand", brands_of(notice))


def _gtins(prose: str) -> Iterator[Found]:
    """Numbers of a GTIN's length whose check digit is right, where the text speaks of a UPC or bar code at all."""
    if not _GTIN_CUE.search(prose):
        return
    for match in _GTIN.finditer(prose):
        digits = re.sub(r"\D", "", match[0])
        if valid_gtin(digits):
            yield Found(digits, _around(prose, match))


def _as(kind: IdentifierKind, found: "Iterator[Found] | tuple[Found, ...]") -> Iterator[Identifier]:
    for one in found:
        yield Identifier(kind=kind, value=one.value, provenance="prose", span=one.span[:_SPAN])


def _around(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - 40) : match.end() + 20].strip()
