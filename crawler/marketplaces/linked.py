"""Listings of a search page whose cards nobody described: by the links that lead to listings of the site."""

import re
from itertools import islice
from typing import Any

import parsel

from crawler.extract.prices import CODES
from crawler.extract.text import squeeze, visible_text
from crawler.marketplaces.page import SitePage
from crawler.reading import SearchHit

_MONEY = re.compile(
    rf"(?:US ?\$|[$€£¥￥₹₱]|\b(?:{'|'.join(sorted(CODES))})\b)\s?\d[\d.,]*"
    r"(?:\s?-\s?(?:US ?\$|[$€£¥￥₹₱])?\s?\d[\d.,]*)?|\d[\d,]*\s?円"
)
_LETTERS = re.compile(r"[^\W\d_]")
_MOST_LINKS = 3000
_MOST_HITS = 400
_LEVELS = 6
_MOST_BESIDE = 40


def linked_hits(page: SitePage) -> list[SearchHit]:
    """One hit for each listing that the page links to, in the page's order."""
    links: dict[str, list[parsel.Selector]] = {}
    for link in page.selector.xpath(f"(//a[@href])[position() <= {_MOST_LINKS}]"):
        listing_id = page.addresses.listing_id(page.absolute(link.attrib["href"]))
        if listing_id and listing_id != page.addresses.listing_id(page.url):
            links.setdefault(listing_id, []).append(link)
    return [_hit(page, listing_id, found) for listing_id, found in list(links.items())[:_MOST_HITS]]


def _hit(page: SitePage, listing_id: str, links: list[parsel.Selector]) -> SearchHit:
    url = page.absolute(links[0].attrib["href"])
    card = _card(page, listing_id, links[0].root)
    printed = _MONEY.search(visible_text(card))
    prices = page.printed_prices(printed.group() if printed else "")
    return SearchHit(
        listing_id=listing_id,
        url=page.addresses.canonical(url, listing_id),
        title=_title(links, card)[:500],
        price=prices.low,
        price_max=prices.high,
        currency=prices.currency if prices.low is not None else "",
        image=page.absolute(card.css("img::attr(src)").get("")),
    )


def _title(links: list[parsel.Selector], card: parsel.Selector) -> str:
    """The longest of the links' titles, texts and picture texts that is no price."""
    said = [link.attrib.get("title", "") for link in links]
    said += [visible_text(link) for link in links]
    said += card.css("img::attr(alt)").getall()[:3]
    texts = [squeeze(_MONEY.sub(" ", text)) for text in said]
    return max((text for text in texts if _LETTERS.search(text)), key=lambda text: len(text[:200]), default="")


def _card(page: SitePage, listing_id: str, link: Any) -> parsel.Selector:
    """The largest element around the link, within reason, that links to no other listing."""
    card = link
    for _ in range(_LEVELS):
        parent = card.getparent()
        if parent is None:
            break
        given = (one.get("href") for one in parent.iterdescendants("a"))
        hrefs = islice((href for href in given if href is not None), _MOST_BESIDE)
        ids = {page.addresses.listing_id(page.absolute(href)) for href in hrefs} - {""}
        if ids != {listing_id}:
            break
        card = parent
    return parsel.Selector(root=card, type="html")
