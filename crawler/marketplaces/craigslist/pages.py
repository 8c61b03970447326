"""Craigslist's pages: the price stands in the heading, the place in meta elements."""

import re

from crawler.extract.prices import Prices
from crawler.extract.text import squeeze
from crawler.marketplaces.base import ListingPage, SearchPage
from crawler.reading import SearchHit

_POST_ID = re.compile(r"(?:PostingID|post id|postingID=|pID = )\D{0,3}(\d{8,11})")
_PRICE = re.compile(r"[$£€]\s?\d[\d,]*(?:\.\d\d)?")
_CURRENCIES = {"US": "USD", "CA": "CAD", "GB": "GBP", "AU": "AUD", "NZ": "NZD", "MX": "MXN", "IN": "INR"}


class Listing(ListingPage):
    """A post."""

    def listing_id(self) -> str:
        stated = _POST_ID.search(self.text)
        return super().listing_id() or (stated[1] if stated else "")

    def title(self) -> str:
        """The post's heading; a notice in its place is no title."""
        heading = super().title()
        return "" if heading.startswith("This posting has") else heading

    def prices(self) -> Prices:
        """The price beside the title, or the last amount in an old heading (`- $480 (place)`, `$900 / 2br - ...`)."""
        found = super().prices()
        if found.low is not None:
            return found
        amounts = _PRICE.findall(self.first("h2.postingtitle", "body.posting > h2", ".postingtitletext"))
        if not amounts:
            return found
        heading = self.first("h2.postingtitle", "body.posting > h2", ".postingtitletext")
        return self.printed_prices(amounts[0] if heading.startswith(amounts[0]) else amounts[-1])

    @property
    def default_currency(self) -> str:
        return _CURRENCIES.get(self.served_country(), self.site.currency)

    def served_country(self) -> str:
        region = self.css("meta[name='geo.region']::attr(content)").get("")
        return region[:2].upper() if re.match(r"[A-Za-z]{2}(-|$)", region) else ""


class Search(SearchPage):
    """Lists of posts; the oldest have the price in the title only."""

    def cards(self) -> list[SearchHit]:
        return [self._with_price(hit) for hit in super().cards()]

    def _with_price(self, hit: SearchHit) -> SearchHit:
        amounts = _PRICE.findall(squeeze(hit.title))
        if hit.price is not None or not amounts:
            return hit
        prices = self.printed_prices(amounts[-1])
        return hit.model_copy(update={"price": prices.low, "price_max": prices.high, "currency": prices.currency})
