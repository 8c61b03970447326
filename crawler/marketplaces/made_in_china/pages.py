"""Made-in-China's pages: prices by quantity, amounts with their sign only."""

import re

from crawler.extract.prices import Prices
from crawler.marketplaces.base import ListingPage
from crawler.reading import Mark

_MONEY = re.compile(r"US\$\s?\d[\d,]*(?:\.\d+)?")


class Listing(ListingPage):
    """A product's page."""

    def more_marks(self) -> list[Mark]:
        """None by schema.org data: shops mark up whole lists as products."""
        return []

    def listing_id(self) -> str:
        own = self.css("a[href*='/product/'][href$='.html#']::attr(href)").get("")
        return super().listing_id() or self.addresses.listing_id(self.absolute(own))

    def prices(self) -> Prices:
        printed = self.first(".sr-proMainInfo-baseInfo-propertyPrice", ".baseInfo-price-related", ".only-one-priceNum")
        found = [self.printed_prices(amount).low for amount in _MONEY.findall(printed)]
        lows = [one for one in found if one is not None]
        return Prices(min(lows), max(lows), "USD") if lows else self.schema_prices()
