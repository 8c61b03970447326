"""A page with many listings: a search's results, a category, a seller's shop."""

from typing import Any

import parsel

from crawler.extract import schema
from crawler.marketplaces.linked import linked_hits
from crawler.marketplaces.page import SitePage
from crawler.marketplaces.signatures import find_marks
from crawler.reading import Mark, SearchHit

_MOST_HITS = 400


class SearchPage(SitePage):
    """A page with many listings: a search's results, a category, a seller's shop."""

    def marks(self) -> tuple[Mark, ...]:
        """Every mark that the page shows."""
        return tuple(find_marks(self, "search"))

    def hits(self) -> tuple[SearchHit, ...]:
        """The listings on the page, each once, in its order."""
        found: dict[str, SearchHit] = {}
        for hit in self.cards() or self.schema_hits() or linked_hits(self):
            if hit.listing_id or hit.url:
                key = hit.listing_id or hit.url
                found[key] = _fuller(found[key], hit) if key in found else hit
            if len(found) >= _MOST_HITS:
                break
        return tuple(found.values())

    def cards(self) -> list[SearchHit]:
        """Hits read from the page's cards, by the selectors under `hits` of the description."""
        selectors = self.site.hits
        cards = (card for css in selectors.get("card", ()) for card in self.css(css))
        return [hit for card in cards if (hit := self.card(card)) is not None]

    def card(self, card: parsel.Selector) -> SearchHit | None:
        """One hit of one card; None where no listing of this marketplace is linked there."""
        get = self.site.hits.get
        link = self._card_link(card)
        listing_id = self.first(*get("listing_id", ()), scope=card) or self.addresses.listing_id(link)
        if not listing_id:
            return None
        prices = self.printed_prices(self.first(*get("price", ()), scope=card))
        return SearchHit(
            listing_id=listing_id,
            url=self.addresses.canonical(link, listing_id),
            title=self.first(*get("title", ()), scope=card)[:500],
            price=prices.low,
            price_max=prices.high,
            currency=prices.currency if prices.low is not None else "",
            seller=self.first(*get("seller", ()), scope=card)[:300],
            image=self.absolute(self.first(*get("image", ()), scope=card)),
        )

    def _card_link(self, card: parsel.Selector) -> str:
        links = [
            one
            for css in self.site.hits.get("link", ("a::attr(href)", "::attr(href)"))
            for one in card.css(css).getall()
        ]
        links = [self.absolute(link) for link in links[:60]]
        return next((link for link in links if self.addresses.listing_id(link)), links[0] if links else "")

    def schema_hits(self) -> list[SearchHit]:
        """Hits from a schema.org ItemList or from several products in the page's JSON-LD."""
        hits = []
        for item in self.json_ld:
            entries = item.get("itemListElement") if isinstance(item.get("itemListElement"), list) else [item]
            for entry in entries or []:
                inner = entry.get("item", entry) if isinstance(entry, dict) else {}
                hit = self._schema_hit(inner) if isinstance(inner, dict) else None
                hits.extend([hit] if hit else [])
        return hits

    def _schema_hit(self, item: dict[str, Any]) -> SearchHit | None:
        link = next((one for key in ("url", "@id") if isinstance(one := item.get(key), str)), "")
        listing_id = self.addresses.listing_id(self.absolute(link))
        if not listing_id:
            return None
        low, high, currency = schema.prices_of(item)
        return SearchHit(
            listing_id=listing_id,
            url=self.addresses.canonical(self.absolute(link), listing_id),
            title=schema.text_of(item.get("name"))[:500],
            price=low,
            price_max=high,
            currency=(currency or self.default_currency) if low is not None else "",
            image=self.absolute(next(iter(schema.images_of(item)), "")),
        )

    def next_page_url(self) -> str:
        """The address of the next page of results, "" where the page links to none."""
        link = self.first(*self.site.hits.get("next", ()), 'a[rel="next"]::attr(href)', 'link[rel="next"]::attr(href)')
        return self.absolute(link)


def _fuller(one: SearchHit, other: SearchHit) -> SearchHit:
    """The first card of a listing, with what only its second card says."""
    missing = {name: value for name, value in other if value and not getattr(one, name)}
    return one.model_copy(update=missing)
