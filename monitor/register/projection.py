"""Rows of the register's projection: what lists and searches read."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from crawler.feeds.notice import Notice
from monitor.register.content import normalised

_ADDRESS = re.compile(r"https?:/{1,2}(?:www\.)?([^/?#]+)([^?#]*)")


def notice_row(notice: Notice, source: str, seen_at: datetime, content_sha256: str) -> dict[str, Any]:
    """The row of a notice as this version has it."""
    brands = [one.value for one in notice.identifiers if one.kind == "brand"]
    brands += [product.name for product in notice.products] + [firm.name for firm in notice.firms]
    return {
        "notice_id": notice.id,
        "kind": notice.kind,
        "authority": notice.authority,
        "number": notice.number,
        "published_on": notice.published_on,
        "title": notice.title,
        "scope": notice.scope,
        "verified": notice.verified,
        "source": source,
        "seen_at": seen_at,
        "content_sha256": content_sha256,
        "url_key": url_key(notice.url),
        "brand_text": " | ".join(brands).lower(),
        "hazard_text": " | ".join((*notice.hazards, *notice.injuries)).lower(),
        "country_text": " | ".join(notice.countries).lower(),
        "search_text": " | ".join(_searched(notice)).lower(),
        "notice": notice.model_dump(mode="json", exclude_defaults=True),
    }


def identifier_rows(notice: Notice) -> Iterator[dict[str, Any]]:
    """The rows of a notice's identifiers."""
    for one in notice.identifiers:
        yield {
            "notice_id": notice.id,
            "kind": one.kind,
            "value": one.value,
            "normalised": normalised(one),
            "provenance": one.provenance,
            "span": one.span,
            "valid": one.valid,
        }


def url_key(url: str) -> str:
    """A web address as addresses are compared: host and path alone, in lower case; "" for what is none."""
    found = _ADDRESS.match(url.strip().lower())
    return f"{found[1]}{found[2].rstrip('/')}" if found else ""


def link_rows(notice: Notice) -> Iterator[dict[str, Any]]:
    """The rows of a notice's ties to others."""
    for link in notice.links:
        yield {"notice_id": notice.id, **link.model_dump(), "tied_id": "", "tied_by": ""}


def _searched(notice: Notice) -> Iterator[str]:
    yield from (notice.id, notice.number, notice.title, notice.description, notice.sold_at)
    yield from (product.name for product in notice.products)
    yield from (firm.name for firm in notice.firms)
    yield from notice.hazards
    yield from notice.categories
    yield from (one.value for one in notice.identifiers)
