"""Pages of Taobao and Tmall, which share their item numbers and most of their layouts."""

from decimal import Decimal
from functools import cached_property
from typing import Any

from crawler.extract.prices import Prices
from crawler.extract.scripts import find_object, text_at
from crawler.marketplaces.base import ListingPage, SearchPage
from crawler.reading import Mark, MarkKind

_NO_PRICE = Decimal("Infinity")


class Listing(ListingPage):
    """An item's page: elements until 2020, since then the state of its framework."""

    @cached_property
    def item(self) -> dict[str, Any]:
        """The item's own part of the state (`item`, `seller`, prices beside it), {} where the page has none."""
        return find_object(self.state("ice"), ("item", "seller"))

    def more_marks(self) -> list[Mark]:
        """A title and a price in the state are the item; a state without them is a frame that scripts fill in."""
        title = text_at(self.item, "item.title")
        if not title:
            return []
        marks = [Mark(kind=MarkKind.ITEM, signature="state-item", where="item.title", says=title[:300])]
        if text_at(self.item, "item.itemStatus") in ("", "0") and self.prices().low is not None:
            marks.append(Mark(kind=MarkKind.OFFER, signature="state-offer", where="item.itemStatus", says="0"))
        return marks

    def listing_id(self) -> str:
        return text_at(self.item, "item.itemId") or super().listing_id()

    def title(self) -> str:
        return super().title() or text_at(self.item, "item.title")

    def seller(self) -> str:
        return super().seller() or text_at(self.item, "seller.shopName") or text_at(self.item, "seller.sellerNick")

    def prices(self) -> Prices:
        """The printed price; in the state, that after the coupon where there are two."""
        found = super().prices()
        if found.low is not None:
            return found
        both = find_object(self.item, ("price", "extraPrice"))
        asked = [text_at(both, path) for path in ("price.priceText", "extraPrice.priceText")]
        printed = [*filter(None, asked)] or [text_at(find_object(self.item, ("priceText",)), "priceText")]
        return min((self.printed_prices(one) for one in printed), key=lambda one: one.low or _NO_PRICE)


class Search(SearchPage):
    """Rendered search results."""
