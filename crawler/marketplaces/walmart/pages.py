"""Walmart's pages: the state that Next.js leaves in the page is fuller than what it shows."""

from typing import Any

from crawler.extract.prices import Prices, plain_amount
from crawler.extract.scripts import at_path, objects_at, text_at
from crawler.marketplaces.base import ListingPage, SearchPage
from crawler.reading import Mark, SearchHit

_PRODUCT = "next:props.pageProps.initialData.data.product"
_RESULT = "next:props.pageProps.initialData.searchResult"


class Listing(ListingPage):
    """A product's page; its variants' stock stands in schema.org data and is not this product's."""

    def more_marks(self) -> list[Mark]:
        return [] if self.json_value(f"{_PRODUCT}.usItemId") else self.schema_marks()

    def prices(self) -> Prices:
        current = self.json_value(f"{_PRODUCT}.priceInfo.currentPrice")
        amount = plain_amount(at_path(current, "price"))
        if amount is None:
            return super().prices()
        ends = self.json_value(f"{_PRODUCT}.priceInfo.priceRange")
        low, high = plain_amount(at_path(ends, "minPrice")) or amount, plain_amount(at_path(ends, "maxPrice")) or amount
        return Prices(min(low, amount), max(high, amount), text_at(current, "currencyUnit") or self.default_currency)

    def category(self) -> str:
        path = objects_at(self.json_value(f"{_PRODUCT}.category"), "path")
        return " › ".join(text_at(one, "name") for one in path)


class Search(SearchPage):
    """Search results and category pages."""

    def cards(self) -> list[SearchHit]:
        stacks = objects_at(self.json_value(_RESULT), "itemStacks")
        return [self._hit(item) for stack in stacks for item in objects_at(stack, "items") if item.get("usItemId")]

    def _hit(self, item: dict[str, Any]) -> SearchHit:
        price = plain_amount(item.get("price")) or plain_amount(at_path(item, "priceInfo.currentPrice.price"))
        prices = Prices(price, price, self.default_currency)
        if price is None:
            prices = self.printed_prices(
                text_at(item, "priceInfo.linePrice") or text_at(item, "priceInfo.priceRangeString")
            )
        listing_id = text_at(item, "usItemId")
        return SearchHit(
            listing_id=listing_id,
            url=self.addresses.canonical(self.absolute(text_at(item, "canonicalUrl")), listing_id),
            title=text_at(item, "name")[:500],
            price=prices.low,
            price_max=prices.high,
            currency=prices.currency if prices.low is not None else "",
            seller=text_at(item, "sellerName")[:300],
            image=self.absolute(text_at(item, "imageInfo.thumbnailUrl")),
        )
