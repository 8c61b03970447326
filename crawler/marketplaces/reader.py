"""Reads one page: finds the marketplace and the kind of page, lets the adapter hand over its evidence, asks the
ladder for the state. Never raises for any bytes."""

import logging
from typing import TypeVar
from urllib.parse import urlsplit

from web_poet import HttpResponse

from crawler.extract.decode import decode_body
from crawler.extract.tree import TooMuchMarkup
from crawler.marketplaces.address import address_id
from crawler.marketplaces.base import ListingPage, Marketplace, SitePage
from crawler.marketplaces.ladder import Evidence, judge_listing
from crawler.marketplaces.registry import Registry
from crawler.marketplaces.search_ladder import judge_search
from crawler.plan import Vantage
from crawler.reading import FetchedPage, ListingFacts, Mark, PageKind, Reading, SearchHit

MAX_BODY_BYTES = 20 * 1024 * 1024
"""Larger pages are not read: no listing's page is, and a hostile one must not stall a run."""

PageT = TypeVar("PageT", bound=SitePage)

_log = logging.getLogger(__name__)


def read_page(
    page: FetchedPage,
    *,
    marketplace: str | None = None,
    kind: PageKind | None = None,
    vantage: Vantage | None = None,
    registry: Registry,
) -> Reading:
    """What a page says, for the place it was served for or, with `vantage`, for that buyer.

    `marketplace` names the adapter; without it, or with a name that nobody knows (noted), the page's address and then
    the page itself tell. Raises nothing, whatever the bytes.
    """
    text, unreadable = _text_of(page)
    notes: list[str] = []
    site = _marketplace(page, text, marketplace, registry, notes)
    kind = kind or _kind(page, text, site)
    if kind == "listing":
        return _read_listing(page, text, unreadable, site, vantage, notes)
    return _read_search(page, text, unreadable, site, kind, notes)


def _text_of(page: FetchedPage) -> tuple[str, str]:
    if not page.body.strip():
        return "", "zero bytes"
    if len(page.body) > MAX_BODY_BYTES:
        return "", f"{len(page.body)} bytes, over the limit of {MAX_BODY_BYTES}"
    text, _ = decode_body(page.body, page.content_type)
    return text.replace("\x00", ""), ""


def _page(cls: type[PageT], page: FetchedPage, text: str, site: Marketplace) -> PageT:
    response = HttpResponse(url=_safe_url(page.url), body=page.body, status=page.status, encoding="utf-8")
    return cls(response=response, site=site.site, text=text)


def _safe_url(url: str) -> str:
    try:
        urlsplit(url)
    except ValueError:
        return ""
    return url


def _marketplace(page: FetchedPage, text: str, name: str | None, registry: Registry, notes: list[str]) -> Marketplace:
    if name and name in registry:
        return registry.get(name)
    if name:
        notes.append(f"marketplace {name!r} is not known: read by its address or by `generic`")
    found = registry.for_url(page.url) or registry.for_url(page.requested_url)
    return found or _recognised(page, text, registry) or registry.generic


def _recognised(page: FetchedPage, text: str, registry: Registry) -> Marketplace | None:
    """The marketplace whose own elements stand on the page, or whose address the page gives as its own."""
    if not text:
        return None
    bare = _page(SitePage, page, text, registry.generic)
    try:
        by_link = registry.for_url(bare.canonical_link)
        if by_link is not None and not page.url:
            return by_link
        return next((one for one in registry if any(bare.css(css) for css in one.site.recognise)), None)
    except Exception:
        _log.exception("could not tell the marketplace of %s", page.url)
        return None


def _kind(page: FetchedPage, text: str, site: Marketplace) -> PageKind:
    by_url = site.kind_of(page.url) or site.kind_of(page.requested_url)
    if by_url is not None:
        return by_url
    bare = _page(SitePage, page, text, site)
    try:
        by_link = site.kind_of(bare.canonical_link)
        if by_link is not None and not page.url:
            return by_link
        if any(bare.css(css) for css in site.site.seller_marks):
            return "seller"
        if any(_found(bare, css) for css in site.site.search_marks):
            return "search"
    except Exception:
        _log.exception("could not tell the kind of %s", page.url)
    return "listing"


def _found(page: SitePage, mark: str) -> bool:
    return page.json_value(mark[5:]) is not None if mark.startswith("json:") else bool(page.css(mark))


def _read_listing(
    page: FetchedPage, text: str, unreadable: str, site: Marketplace, vantage: Vantage | None, notes: list[str]
) -> Reading:
    marks: tuple[Mark, ...] = ()
    facts = ListingFacts()
    layout = ""
    landed_id = site.listing_id(page.url)
    asked_id = page.listing_id or site.listing_id(page.requested_url) or landed_id
    if not unreadable:
        try:
            listing = _page(site.pages.listing, page, text, site)
            layout, marks, facts = listing.layout(), listing.marks(), listing.facts()
            facts, landed_id = _identified(facts, landed_id, page, listing, site, asked_id)
        except TooMuchMarkup as error:
            unreadable = str(error)
        except Exception as error:
            _log.exception("could not read %s as a listing of %s", page.url, site.name)
            unreadable = f"the reader failed: {type(error).__name__}"
    evidence = Evidence(
        marks=marks,
        facts=facts,
        status=page.status,
        asked_id=asked_id,
        landed_id=landed_id if page.url else asked_id,
        asked_country=vantage.country if vantage else "",
        verified=site.verified_for(layout, page.url or page.requested_url),
        unreadable=unreadable,
    )
    judgement = judge_listing(evidence)
    return Reading(
        marketplace=site.name,
        kind="listing",
        layout=layout,
        reader_version=site.site.reader_version,
        marks=marks,
        facts=_completed(facts, page, site, asked_id),
        judgement=judgement,
        notes=tuple(notes),
    )


def _identified(
    facts: ListingFacts, landed_id: str, page: FetchedPage, listing: ListingPage, site: Marketplace, asked_id: str
) -> tuple[ListingFacts, str]:
    """The facts and the id landed on, once the page has said which ids are its own."""
    if asked_id in listing.own_ids():
        return facts.model_copy(update={"listing_id": asked_id}), landed_id
    if page.listing_id and not site.site.listing_patterns:
        landed_id = _by_address(page, listing, asked_id)
        return facts.model_copy(update={"listing_id": landed_id}), landed_id
    return facts, landed_id


def _by_address(page: FetchedPage, listing: SitePage, asked_id: str) -> str:
    """Which page of an undescribed shop was shown: without this, the front page that a dead address leads to would
    pass for the listing."""
    own = {address_id(page.url), address_id(listing.canonical_link)}
    return asked_id if asked_id in own or not page.url else address_id(page.url)


def _completed(facts: ListingFacts, page: FetchedPage, site: Marketplace, asked_id: str) -> ListingFacts:
    """Facts with the id and address asked for, where the page states none."""
    listing_id = facts.listing_id or asked_id
    url = facts.url or site.addresses.canonical(_safe_url(page.url) or _safe_url(page.requested_url), listing_id)
    return facts.model_copy(update={"listing_id": listing_id, "url": url})


def _read_search(
    page: FetchedPage, text: str, unreadable: str, site: Marketplace, kind: PageKind, notes: list[str]
) -> Reading:
    marks: tuple[Mark, ...] = ()
    hits: tuple[SearchHit, ...] = ()
    layout = next_page = ""
    if not unreadable:
        try:
            search = _page(site.pages.seller if kind == "seller" else site.pages.search, page, text, site)
            layout, marks, hits, next_page = search.layout(), search.marks(), search.hits(), search.next_page_url()
        except TooMuchMarkup as error:
            unreadable = str(error)
        except Exception as error:
            _log.exception("could not read %s as a %s page of %s", page.url, kind, site.name)
            unreadable = f"the reader failed: {type(error).__name__}"
    evidence = Evidence(marks=marks, status=page.status, verified=site.verified, unreadable=unreadable, hits=len(hits))
    return Reading(
        marketplace=site.name,
        kind=kind,
        layout=layout,
        reader_version=site.site.reader_version,
        marks=marks,
        hits=hits,
        next_page_url=next_page,
        judgement=judge_search(evidence),
        notes=tuple(notes),
    )
