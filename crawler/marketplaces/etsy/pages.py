"""Etsy's pages: the microdata of 2020 is of a vocabulary that is no longer in use."""

from crawler.extract.countries import country_named_in
from crawler.extract.prices import Prices, plain_amount
from crawler.marketplaces.base import ListingPage, SearchPage


class Listing(ListingPage):
    """A listing's page."""

    def prices(self) -> Prices:
        old = self.first("[itemprop=offerDetails] [itemprop=price]::attr(content)")
        amount = plain_amount(old)
        if amount is None:
            return self._new_prices()
        currency = self.first("[itemprop=offerDetails] [itemprop=currency]::attr(content)")
        return Prices(amount, amount, currency or self.default_currency)

    def _new_prices(self) -> Prices:
        """The range over all variants, where the printed price (the lowest, with this buyer's tax) lies in it."""
        over_all, printed = self.schema_prices(), self.printed_prices(self.field("price"))
        if printed.low is None or over_all.low is None or over_all.high is None:
            return over_all if printed.low is None else printed
        same = printed.currency == over_all.currency and over_all.low <= printed.low <= over_all.high
        return over_all if same else printed

    def seller(self) -> str:
        """The shop, which the site's own data call the brand."""
        return super().seller() or self.brand()

    def served_place(self) -> str:
        return self.labelled("[data-estimated-shipping] span, #shipping-and-returns-div span", "deliver to")

    def served_country(self) -> str:
        return country_named_in(self.served_place())


class Search(SearchPage):
    """Search results, categories, shops."""
