"""The contract of a marketplace: what it is asked for addresses, regions, pace, and its page objects.

An adapter is a folder with `marketplace.toml` and, where the description is not enough, `pages.py` with `Listing`,
`Search` or `Seller`, subclasses of the pages named here. They hand over marks and facts and never name a state.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from crawler.marketplaces.address import Addresses
from crawler.marketplaces.confirmed import Confirmed
from crawler.marketplaces.description import Render, Signature, Site
from crawler.marketplaces.listing import ListingPage
from crawler.marketplaces.page import SitePage
from crawler.marketplaces.search import SearchPage
from crawler.plan import Vantage
from crawler.reading import PageKind

__all__ = ["ListingPage", "Marketplace", "PageClasses", "SearchPage", "SitePage"]


class PageClasses:
    """The three page objects of an adapter."""

    def __init__(
        self,
        listing: type[ListingPage] = ListingPage,
        search: type[SearchPage] = SearchPage,
        seller: type[SearchPage] | None = None,
    ) -> None:
        self.listing, self.search, self.seller = listing, search, seller or search


class Marketplace:
    """One marketplace: its description, its addresses, its page objects (loaded when first read with), and what this
    operator's people confirmed of it."""

    def __init__(
        self, site: Site, folder: Path, load_pages: Callable[[], PageClasses], confirmed: Sequence[Confirmed] = ()
    ) -> None:
        self.site, self.folder, self._load_pages = site, folder, load_pages
        self.addresses = Addresses(site)
        self.confirmed = tuple(confirmed)

    def with_confirmed(self, confirmed: Sequence[Confirmed]) -> "Marketplace":
        """The same marketplace with these confirmations, and the signatures that they bring along."""
        own = {one.signature: one.own_signature() for one in confirmed if one.bound}
        kept = [one for one in self.site.signatures if one.id not in own]
        site = self.site.model_copy(update={"signatures": (*kept, *own.values())})
        return Marketplace(site, self.folder, self._load_pages, confirmed)

    @cached_property
    def pages(self) -> PageClasses:
        """The adapter's page objects."""
        return self._load_pages()

    @property
    def name(self) -> str:
        return self.site.name

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts of the site, without `www.`; a subdomain belongs to its host."""
        return self.site.hosts

    @property
    def min_delay_s(self) -> float:
        """The least pause between two requests to one host of the site, in seconds."""
        return self.site.min_delay_s

    @property
    def render(self) -> Render:
        """Whether a page of it needs a browser."""
        return self.site.render

    @cached_property
    def verified(self) -> frozenset[str]:
        """Ids of the signatures that a person has confirmed on a saved page."""
        return frozenset(one.id for one in self.site.signatures if one.verified is not None)

    def verified_for(self, layout: str, url: str) -> frozenset[str]:
        """Ids of the signatures that count as verified on a page of this layout at this address."""
        return self.verified | {one.signature for one in self.confirmed if one.holds_for(layout, url)}

    def signature(self, signature_id: str) -> Signature | None:
        """The description of one signature; None for those of schema.org data, which every site shares."""
        return next((one for one in self.site.signatures if one.id == signature_id), None)

    def listing_id(self, url: str) -> str:
        """The canonical listing id in a URL of this marketplace, "" where there is none."""
        return self.addresses.listing_id(url)

    def listing_url(self, listing_id: str) -> str:
        """The canonical address of a listing, "" where the id alone makes none."""
        return self.addresses.listing_url(listing_id)

    def canonical_url(self, url: str) -> str:
        """The canonical form of a listing's address, its host kept where the site sells by host."""
        return self.addresses.canonical(url)

    def kind_of(self, url: str) -> PageKind | None:
        """What kind of page a URL leads to, None where it doesn't tell."""
        found = self.addresses.kind(url)
        return found or None  # type: ignore[return-value]

    def search_url(self, query: str, page: int, vantage: Vantage) -> str:
        """The address of one page of results (counted from 1), "" where the site has no search by address."""
        return self.addresses.search_url(query, page, _of_vantage(vantage))

    def region_cookies(self, vantage: Vantage) -> dict[str, str]:
        """Cookies that ask for a page for this vantage's buyer. What was served is always read back."""
        return _filled(self.site.region.cookies, vantage)

    def region_headers(self, vantage: Vantage) -> dict[str, str]:
        """Headers that ask for this vantage's language."""
        return {"Accept-Language": f"{vantage.language},en;q=0.5", **_filled(self.site.region.headers, vantage)}


def _of_vantage(vantage: Vantage) -> dict[str, str]:
    language, _, _ = vantage.language.partition("-")
    return {
        "country": vantage.country,
        "currency": vantage.currency,
        "postal_code": vantage.postal_code,
        "language": vantage.language,
        "language_": vantage.language.replace("-", "_"),
        "lang": language,
    }


def _filled(templates: dict[str, str], vantage: Vantage) -> dict[str, str]:
    """Templates with the vantage's values; those that need a value which the vantage lacks are left out."""
    values = _of_vantage(vantage)
    return {
        name: template.format(**values)
        for name, template in templates.items()
        if not any(f"{{{key}}}" in template and not value for key, value in values.items())
    }
