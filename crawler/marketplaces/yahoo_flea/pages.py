"""Pages of Yahoo! Flea Market: offers only by their button; schema.org data for the rest."""

from crawler.marketplaces.base import ListingPage
from crawler.reading import Mark, MarkKind


class Listing(ListingPage):
    """An item's page."""

    def more_marks(self) -> list[Mark]:
        return [mark for mark in self.schema_marks() if mark.kind is not MarkKind.OFFER]
