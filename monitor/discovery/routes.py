"""The routes: a site's own search, its official interface, its sitemaps, and what else a confirmed seller offers.

Lists and pasted addresses come by `stillforsale listings add|import` (found by `hand`), what a person's browser shows
by `stillforsale capture`.
"""

from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import quote, urljoin

from sqlalchemy import select

from crawler.apis.registry import api_of
from crawler.market import SELLER
from crawler.plan import Slot
from crawler.sitemaps import SITEMAP
from monitor.discovery.route import Outlook, Route
from monitor.store.decision_tables import PhraseRow, ReviewRow
from monitor.store.ledger_tables import ListingRow, LookRow, ReadingRow
from monitor.store.rows import SITE_SEARCH

API_SEARCH = "api_search"
SITEMAP_EVERY_HOURS = 7 * 24.0
SELLER_EVERY_HOURS = 7 * 24.0
SELLER_PAGES = {
    "ebay": "https://www.ebay.com/sch/i.html?_ssn={seller}",
    "etsy": "https://www.etsy.com/shop/{seller}",
    "amazon": "https://www.amazon.com/s?me={seller}",
}
"""Where a site lists what a seller offers, by the seller's name or id as its pages give it."""


class SiteSearch:
    """The search of the site itself, page by page, where the operator allows it; robots.txt decides each request."""

    name: ClassVar[str] = SITE_SEARCH

    def due(self, outlook: Outlook) -> Iterator[Slot]:
        """One search for each phrase on each allowed marketplace that was not searched for it in a day."""
        for phrase in outlook.phrases:
            for site in outlook.sites:
                url = outlook.registry.get(site).search_url(phrase.text, 1, outlook.vantage)
                if url and outlook.due(site, phrase.phrase_id):
                    pages = outlook.settings.discovery.pages_per_search
                    yield outlook.slot(
                        self.name, site, url, query=phrase.text, phrase_id=phrase.phrase_id, pages=pages,
                        why="searched once a day",
                    )  # fmt: skip


class ApiSearch:
    """The search of an official interface, with the operator's own key."""

    name: ClassVar[str] = API_SEARCH

    def due(self, outlook: Outlook) -> Iterator[Slot]:
        """One search for each phrase by each interface that there is a key to, once a day."""
        for phrase in outlook.phrases:
            for api in outlook.apis:
                if outlook.due(api.marketplace, phrase.phrase_id):
                    yield outlook.slot(
                        self.name, api.marketplace, api.search_url(phrase.text, 1, outlook.vantage),
                        query=phrase.text, phrase_id=phrase.phrase_id, method="api",
                        pages=outlook.settings.discovery.pages_per_search, why=f"{api.label}, once a day",
                    )  # fmt: skip


class Sitemaps:
    """What robots.txt names as sitemaps, weekly, on the marketplaces that the operator names for it."""

    name: ClassVar[str] = SITEMAP

    def due(self, outlook: Outlook) -> Iterator[Slot]:
        """One walk a marketplace, from its robots.txt on; only addresses with all words of a phrase are kept."""
        query = "\n".join(dict.fromkeys(phrase.text for phrase in outlook.phrases))
        for site in outlook.sites:
            if site not in outlook.settings.discovery.sitemaps or not query:
                continue
            marketplace = outlook.registry.get(site)
            home = marketplace.search_url("x", 1, outlook.vantage) or marketplace.listing_url("1")
            if home and not outlook.tried_since(site, SITEMAP, SITEMAP_EVERY_HOURS):
                yield outlook.slot(
                    self.name, site, urljoin(home, "/robots.txt"), query=query, phrase_id=SITEMAP,
                    pages=outlook.settings.discovery.sitemap_documents, why="sitemaps, once a week",
                )  # fmt: skip


class SellerListings:
    """What else the seller of a listing offers that a person confirmed, weekly."""

    name: ClassVar[str] = SELLER

    def due(self, outlook: Outlook) -> Iterator[Slot]:
        """One search a seller, by the interface where there is a key to one that can, else on the site."""
        apis = {api.marketplace: api for api in outlook.apis}
        for site, seller, seller_id, phrase in _confirmed_sellers(outlook):
            name = seller_id or seller
            key = f"{SELLER}:{name}"
            if outlook.tried_since(site, key, SELLER_EVERY_HOURS):
                continue
            api = apis.get(site) or api_of(site)
            url = api.seller_url(name, phrase, outlook.vantage) if api is not None and site in apis else ""
            by_api = bool(url)
            if not url and site in outlook.sites and site in SELLER_PAGES:
                url = SELLER_PAGES[site].format(seller=quote(seller or name, safe=""))
            if url:
                yield outlook.slot(
                    self.name, site, url, query=name, phrase_id=key, method="api" if by_api else "crawler",
                    pages=outlook.settings.discovery.pages_per_search, why="other listings of a confirmed seller",
                )  # fmt: skip


ROUTES: tuple[Route, ...] = (ApiSearch(), SiteSearch(), SellerListings(), Sitemaps())


def _confirmed_sellers(outlook: Outlook) -> Iterator[tuple[str, str, str, str]]:
    """Marketplace, seller, the seller's id and a phrase of the notice, once a seller, by the newest look."""
    confirmed = _newest_decisions(outlook)
    open_ones = select(PhraseRow).where(PhraseRow.removed_at.is_(None)).order_by(PhraseRow.phrase_id.desc())
    phrases = {row.notice_id: row.text for row in outlook.session.scalars(open_ones)}
    seen: set[tuple[str, str]] = set()
    for key, notice_id in sorted(confirmed):
        rows = (
            select(ListingRow.marketplace, ReadingRow.reading)
            .join(LookRow, LookRow.listing_key == ListingRow.listing_key)
            .join(ReadingRow, ReadingRow.reading_sha256 == LookRow.reading_sha256)
            .where(ListingRow.listing_key == key)
            .order_by(LookRow.looked_at.desc())
        )
        for marketplace, reading in outlook.session.execute(rows):
            facts = reading.get("facts") or {}
            seller, seller_id = facts.get("seller") or "", facts.get("seller_id") or ""
            if not seller and not seller_id:
                continue
            if (marketplace, seller_id or seller) not in seen:
                seen.add((marketplace, seller_id or seller))
                yield marketplace, seller, seller_id, phrases.get(notice_id, "")
            break


def _newest_decisions(outlook: Outlook) -> set[tuple[str, str]]:
    newest: dict[tuple[str, str, str], str] = {}
    rows = select(ReviewRow.listing_key, ReviewRow.notice_id, ReviewRow.reviewer, ReviewRow.decision)
    for key, notice_id, reviewer, decision in outlook.session.execute(rows.order_by(ReviewRow.review_id)):
        newest[key, notice_id, reviewer] = decision
    said: dict[tuple[str, str], set[str]] = {}
    for (key, notice_id, _), decision in newest.items():
        said.setdefault((key, notice_id), set()).add(decision)
    return {pair for pair, decisions in said.items() if decisions == {"confirmed"}}
