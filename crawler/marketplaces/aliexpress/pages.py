"""AliExpress's pages: the state that older pages carry, and the frames that newer ones are."""

from typing import Any

from crawler.extract.prices import Prices, plain_amount
from crawler.extract.scripts import at_path, objects_at, text_at
from crawler.marketplaces.base import ListingPage, SearchPage
from crawler.reading import Mark, MarkKind


class Listing(ListingPage):
    """An item's page."""

    def more_marks(self) -> list[Mark]:
        """Stock and freight by the page's state; a frame without one is a shell. Its translations carry the words of
        every message, so words are never looked for outside of elements."""
        state = self.state("run")
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

    def _shell_marks(self) -> list[Mark]:
        if "_d_c_" in self.text and not self.css("h1[data-pl]"):
            return [_mark(MarkKind.SHELL, "client-rendered", "window._d_c_", "the item is filled in by scripts")]
        return self.schema_marks()

    def prices(self) -> Prices:
        module = at_path(self.state("run"), "priceModule")
        for low, high in (("minActivityAmount", "maxActivityAmount"), ("minAmount", "maxAmount")):
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
        properties: list[dict[str, Any]] = objects_at(self.state("run"), "specsModule.props")
        return next((text_at(one, "attrValue") for one in properties if one.get("attrName") == name), "")


class Search(SearchPage):
    """Search results, also of the Russian site."""


def _mark(kind: MarkKind, signature: str, where: str, says: str) -> Mark:
    return Mark(kind=kind, signature=signature, where=where, says=says)
