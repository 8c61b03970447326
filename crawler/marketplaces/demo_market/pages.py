"""Pages of the demo market. Most of it stands in `marketplace.toml`."""

from crawler.marketplaces.base import ListingPage
from crawler.reading import Mark, MarkKind


class Listing(ListingPage):
    """A listing with a retail or a wholesale face."""

    def more_marks(self) -> list[Mark]:
        """schema.org marks but for the offer: only a button that a buyer can press shows that."""
        return [mark for mark in self.schema_marks() if mark.kind is not MarkKind.OFFER]

    def seller_id(self) -> str:
        return self.first("main#item a.seller::attr(href)").rpartition("/")[2]

    def ships_to(self) -> tuple[str, ...]:
        """The buyer's country, where the delivery line names it."""
        return tuple(self.css("main#item p.delivery::attr(data-ships-to)").getall())
