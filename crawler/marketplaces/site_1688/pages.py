"""1688's pages: prices split over elements, offer ids in links beside the card."""

import parsel

from crawler.extract.text import visible_text
from crawler.marketplaces.base import SearchPage
from crawler.reading import SearchHit


class Search(SearchPage):
    """Rendered search results."""

    def card(self, card: parsel.Selector) -> SearchHit | None:
        """The price is printed as `¥`, `3` and `.1` in three elements."""
        hit = super().card(card)
        parts = card.css(".price-item")
        if hit is None or not parts:
            return hit
        prices = self.printed_prices(visible_text(parts[0]).replace(" ", ""))
        return hit.model_copy(update={"price": prices.low, "price_max": prices.high, "currency": prices.currency})
