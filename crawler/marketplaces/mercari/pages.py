"""Mercari's pages: one piece an item, so what is out of stock is sold."""

from crawler.marketplaces.base import ListingPage, SearchPage
from crawler.reading import Mark, MarkKind


class Listing(ListingPage):
    """An item's page."""

    def more_marks(self) -> list[Mark]:
        """schema.org data, but for the item and the offer: frames carry them without showing the item."""
        unwanted = (MarkKind.OFFER, MarkKind.ITEM)
        return [mark for mark in self.schema_marks() if mark.kind not in unwanted]


class Search(SearchPage):
    """Search results, brands, categories."""
