"""Sitemaps (sitemaps.org protocol 0.9; RFC 9309 section 2.2.4 leaves `Sitemap` lines to it): the listings they name.

A robots.txt names sitemaps, an index names further ones, and a sitemap names pages. Of those, only listings whose
address holds all words of a phrase that we search for are kept: a sitemap names a whole site.
"""

import gzip
import io
import re
import zlib
from urllib.parse import unquote, urljoin, urlsplit

from crawler.marketplaces.base import Marketplace
from crawler.marketplaces.evidence import MISSING, Evidence
from crawler.marketplaces.search_ladder import judge_search
from crawler.plan import Slot
from crawler.reading import FetchedPage, Reading, SearchHit

SITEMAP = "sitemap"
"""The route of slots that read sitemaps; their query holds the phrases, one a line."""
MAX_BYTES = 50 * 1024 * 1024
"""A sitemap holds at most 50 MB and 50,000 addresses, by its protocol."""
MAX_ADDRESSES = 50_000
_LINES = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_WORDS = re.compile(r"[^\W_]+")


def read_sitemap(page: FetchedPage, slot: Slot, site: Marketplace) -> Reading:
    """What a robots.txt, an index or a sitemap names: listings as hits, further sitemaps as `more`. Never raises."""
    hits: tuple[SearchHit, ...] = ()
    more: tuple[str, ...] = ()
    trouble = "" if page.status is None or page.status < 400 else f"HTTP status {page.status}"
    if not trouble:
        try:
            addresses, more = _addresses(page)
            hits = _listings(addresses, slot, site)
        except (ValueError, OSError, EOFError, zlib.error) as error:
            trouble = f"no sitemap that can be read ({error})"[:300]
    status = None if page.status in MISSING else page.status
    evidence = Evidence(status=status, unreadable=trouble, hits=len(hits), verified=site.verified)
    return Reading(
        marketplace=site.name,
        kind="search",
        layout=SITEMAP,
        reader_version=site.site.reader_version,
        hits=hits,
        more=more,
        judgement=judge_search(evidence),
    )


def _addresses(page: FetchedPage) -> tuple[list[str], tuple[str, ...]]:
    """The pages and the further sitemaps that a document names. Raises ValueError for none of its kind."""
    body = _unpacked(page.body)
    if urlsplit(page.url).path == "/robots.txt":
        found = _LINES.findall(body.decode("utf-8", "replace"))
        return [], tuple(dict.fromkeys(urljoin(page.url, one) for one in found))
    if not body.lstrip().startswith(b"<"):
        lines = body.decode("utf-8-sig", "replace").split()
        pages = [one for one in lines[:MAX_ADDRESSES] if one.startswith(("http://", "https://"))]
        if not pages:
            raise ValueError("no address stands in it")
        return pages, ()
    kind, found = _parsed(body)
    if kind == "sitemapindex":
        return [], tuple(dict.fromkeys(found))
    if kind != "urlset":
        raise ValueError(f"its root is {kind}")
    return found, ()


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    with gzip.GzipFile(fileobj=io.BytesIO(body)) as file:
        text = file.read(MAX_BYTES + 1)
    if len(text) > MAX_BYTES:
        raise ValueError(f"it is longer than {MAX_BYTES} bytes")
    return text


def _parsed(body: bytes) -> tuple[str, list[str]]:
    """The name of the root and the addresses in it. Entities and document types are refused."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise ValueError(type(error).__name__) from error
    found = []
    for entry in root:
        located = next((one.text for one in entry if _bare(one.tag) == "loc"), None)
        if located and located.strip():
            found.append(located.strip())
        if len(found) >= MAX_ADDRESSES:
            break
    return _bare(root.tag), found


def _bare(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _listings(addresses: list[str], slot: Slot, site: Marketplace) -> tuple[SearchHit, ...]:
    wanted = [words for phrase in slot.query.splitlines() if (words := _words(phrase))]
    found: dict[str, SearchHit] = {}
    for address in addresses:
        listing_id = site.listing_id(address)
        if not listing_id or listing_id in found:
            continue
        spoken = _WORDS.findall(unquote(urlsplit(address).path))
        said = {word.casefold() for word in spoken}
        if any(words <= said for words in wanted):
            url = site.addresses.canonical(address, listing_id)
            found[listing_id] = SearchHit(listing_id=listing_id, url=url, title=" ".join(spoken)[:500])
    return tuple(found.values())


def _words(phrase: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORDS.findall(phrase))
