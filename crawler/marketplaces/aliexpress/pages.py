"""AliExpress's pages: the state that older pages carry, and the frames that newer ones are."""

from itertools import product
from typing import Any

from crawler.extract.prices import Prices, plain_amount
from crawler.extract.scripts import at_path, find_object, json_after, objects_at, text_at
from crawler.marketplaces.base import ListingPage, SearchPage
from crawler.reading import Mark, MarkKind, SearchHit

_PRICES = ("priceModule", "priceComponent.discountPrice", "priceComponent.origPrice")
_ENDS = (("minActivityAmount", "maxActivityAmount"), ("minAmount", "maxAmount"))
_QUANTITIES = ("inventoryComponent.totalAvailQuantity", "inventoryComponent.totalQuantity")


class Listing(ListingPage):
    """An item's page."""

    def more_marks(self) -> list[Mark]:
        """Stock and freight by the page's state; a frame without one is a shell. Its translations carry the words of
        every message, so words are never looked for outside of elements."""
        state = self.state("run")
        if at_path(state, "productInfoComponent.subject"):
            return self._component_marks(state)
        if not at_path(state, "titleModule"):
            return self._shell_marks()
        marks = []
        if at_path(state, "quantityModule.totalAvailQuantity") == 0:
            marks.append(_mark(MarkKind.OUT_OF_STOCK, "no-quantity", "quantityModule.totalAvailQuantity", "0"))
        if at_path(state, "shippingModule.freightCalculateInfo.freight") or objects_at(
            state, "shippingModule.generalFreightInfo.originalLayoutResultList"
        ):
            marks.append(_mark(MarkKind.SHIPS, "freight", "shippingModule", "freight is quoted"))
        status = at_path(state, "actionModule.itemStatus")
        if isinstance(status, int) and status != 0:
            marks.append(_mark(MarkKind.REMOVED, "item-status", "actionModule.itemStatus", str(status)))
        code = text_at(state, "redirectModule.code")
        if code not in ("", "OK"):
            marks.append(_mark(MarkKind.REMOVED, "redirect-code", "redirectModule.code", code))
        return marks

    def _component_marks(self, state: Any) -> list[Mark]:
        """The state of 2022 and 2023, as public code reads it: no saved page of that layout yet."""
        subject = text_at(state, "productInfoComponent.subject")[:300]
        marks = [_mark(MarkKind.ITEM, "component-item", "productInfoComponent.subject", subject)]
        quantity = next((found for key in _QUANTITIES if isinstance(found := at_path(state, key), int)), None)
        if quantity is not None:
            kind = MarkKind.OFFER if quantity > 0 else MarkKind.OUT_OF_STOCK
            marks.append(_mark(kind, "component-quantity", "inventoryComponent", str(quantity)))
        return marks

    def _shell_marks(self) -> list[Mark]:
        if "_d_c_" in self.text and not self.css("h1[data-pl]"):
            return [_mark(MarkKind.SHELL, "client-rendered", "window._d_c_", "the item is filled in by scripts")]
        return self.schema_marks()

    def prices(self) -> Prices:
        state = self.state("run")
        modules = [at_path(state, path) for path in _PRICES]
        for module, (low, high) in product(modules, _ENDS):
            amount = plain_amount(at_path(module, f"{low}.value"))
            if amount is not None:
                most = plain_amount(at_path(module, f"{high}.value")) or amount
                return Prices(amount, max(amount, most), text_at(module, f"{low}.currency") or self.default_currency)
        printed = self.first("[class*='price-default--current']", "[class*='price--current']", ".product-price-value")
        return self.printed_prices(printed) if printed else self.schema_prices()

    def brand(self) -> str:
        return self._property("Brand Name") or super().brand()

    def model(self) -> str:
        return self._property("Model Number") or self._property("Model") or super().model()

    def _property(self, name: str) -> str:
        state = self.state("run")
        properties = [*objects_at(state, "specsModule.props"), *objects_at(state, "productPropComponent.props")]
        return next((text_at(one, "attrValue") for one in properties if one.get("attrName") == name), "")


class Search(SearchPage):
    """Search results, also of the Russian site."""

    def cards(self) -> list[SearchHit]:
        """The rendered cards, else the state that they are made from."""
        found = super().cards()
        if found:
            return found
        for state in (self.state("run"), json_after(self.text.partition("_init_data_")[2], "data:")):
            listed = at_path(find_object(state, ("itemList",)), "itemList")
            hits = [self._hit(item) for item in objects_at(listed, "content") if text_at(item, "productId")]
            if hits:
                return hits
        return []

    def _hit(self, item: dict[str, Any]) -> SearchHit:
        listing_id = self.addresses.normal_id(text_at(item, "productId"))
        ends = [plain_amount(at_path(item, f"prices.salePrice.{end}")) for end in ("minPrice", "maxPrice")]
        amounts = [amount for amount in ends if amount is not None]
        return SearchHit(
            listing_id=listing_id,
            url=self.addresses.canonical("", listing_id),
            title=text_at(item, "title.displayTitle")[:500],
            price=min(amounts, default=None),
            price_max=max(amounts, default=None),
            currency=(text_at(item, "prices.salePrice.currencyCode") or self.default_currency) if amounts else "",
            seller=text_at(item, "store.storeName")[:300],
            image=self.absolute(text_at(item, "image.imgUrl")),
        )


def _mark(kind: MarkKind, signature: str, where: str, says: str) -> Mark:
    return Mark(kind=kind, signature=signature, where=where, says=says)
