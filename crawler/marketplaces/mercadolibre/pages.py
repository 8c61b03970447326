"""Mercado Libre's pages: the price as it is printed, which its own data repeat for machines."""

from crawler.extract.prices import Prices, plain_amount
from crawler.marketplaces.base import ListingPage, SearchPage

_PRICE = ".ui-pdp-price__second-line"


class Listing(ListingPage):
    """A product's page. The former price and the instalments stand beside the price, in elements of the same kind."""

    def prices(self) -> Prices:
        amount = plain_amount(self.first(f"{_PRICE} [itemprop=price]::attr(content)"))
        if amount is None:
            return super().prices()
        stated = self.first(f"{_PRICE} [itemprop=priceCurrency]::attr(content)")
        return Prices(amount, amount, stated or self.printed_prices(self.first(_PRICE)).currency)


class Search(SearchPage):
    """Search results, categories, shops."""
