"""Pages of Shopify shops: themes differ, but the cart form and the product's JSON are the platform's own."""

from functools import cached_property
from typing import Any

import parsel

from crawler.extract.gtin import valid_gtin
from crawler.extract.prices import Prices, plain_amount
from crawler.extract.scripts import json_at, objects_at, text_at
from crawler.extract.text import visible_text
from crawler.marketplaces.base import ListingPage, SearchPage
from crawler.marketplaces.patterns import pattern
from crawler.reading import Mark, MarkKind, SearchHit

_SOLD_OUT = (
    "sold ?out|out of stock|unavailable|agotado|esgotado|indispon|épuisé|rupture|ausverkauft|esaurito|uitverkocht"
    "|udsolgt|slutsåld|売り切れ|在庫切れ|品切れ"
)
_CART = "form[action*='/cart/add']"
_BUTTONS = "[name=add], button[type=submit], input[type=submit]"
_VARIANT_IDS = "[name=id]::attr(value), [name=id] option::attr(value)"


class Listing(ListingPage):
    """A product's page, or the product's JSON (`/products/HANDLE.js`)."""

    @cached_property
    def shop_product(self) -> dict[str, Any]:
        """The product as the platform's JSON has it, with its variants; {} where the theme doesn't print it."""
        if isinstance(self.data, dict):
            found = self.data.get("product", self.data)
            return found if isinstance(found, dict) and "variants" in found else {}
        product_id = text_at(self.state("meta"), "product.id")
        for start in (f'{{"id":{product_id},"title"', f'{{"id": {product_id},"title"') if product_id.isdigit() else ():
            at = self.text.find(start)
            found = json_at(self.text, at) if at >= 0 else None
            if isinstance(found, dict) and "variants" in found:
                return found
        return {}

    def more_marks(self) -> list[Mark]:
        """Stock of the variants by the platform's JSON, else of the cart's button; schema.org data without either."""
        stock = [
            one["available"]
            for one in objects_at(self.shop_product, "variants")
            if isinstance(one.get("available"), bool)
        ]
        if stock:
            kind = MarkKind.OFFER if any(stock) else MarkKind.OUT_OF_STOCK
            signature = "variant-available" if any(stock) else "no-variant-available"
            says = f"{sum(stock)} of {len(stock)} variants available"
            return [Mark(kind=kind, signature=signature, where="product JSON, variants.available", says=says)]
        return self._button_marks() or [mark for mark in self.schema_marks() if mark.kind is not MarkKind.ITEM]

    def marks(self) -> tuple[Mark, ...]:
        """Without the cart form as a mark of the item where all such forms are those of other products."""
        found = super().marks()
        return found if self.own_forms else tuple(mark for mark in found if mark.signature != "product-form")

    @cached_property
    def own_forms(self) -> list[parsel.Selector]:
        """The cart forms of this product: a recommended product's names a variant that this one does not have. None
        where the product's variants are not known and the forms are of several products."""
        variants = objects_at(self.state("meta"), "product.variants") or objects_at(self.shop_product, "variants")
        own = {text_at(one, "id") for one in variants}
        named = [(form, set(form.css(_VARIANT_IDS).getall()) - {""}) for form in self.css(_CART)]
        if not own and len({frozenset(ids) for _, ids in named if ids}) > 1:
            return []
        return [form for form, ids in named if not (own and ids) or own & ids]

    def _button_marks(self) -> list[Mark]:
        sold_out = pattern(_SOLD_OUT)
        for button in (button for form in self.own_forms for button in form.css(_BUTTONS)):
            says = visible_text(button) or button.attrib.get("value", "")
            if sold_out.search(says):
                return [Mark(kind=MarkKind.OUT_OF_STOCK, signature="button-sold-out", where=_CART, says=says[:300])]
            if "disabled" not in button.attrib and button.attrib.get("name") == "add":
                return [Mark(kind=MarkKind.OFFER, signature="add-to-cart", where=_CART, says=says[:300])]
        return []

    def title(self) -> str:
        return text_at(self.shop_product, "title") or super().title()

    def prices(self) -> Prices:
        """schema.org or OpenGraph in the buyer's currency, else the JSON's own, in hundredths, else the printed one."""
        found = self.schema_prices()
        if found.low is not None and found.currency:
            return found
        cents = [plain_amount(one.get("price")) for one in objects_at(self.shop_product, "variants")]
        amounts = [one / 100 for one in cents if one is not None]
        if not amounts or (isinstance(self.data, dict) and "product" in self.data):
            printed = self.printed_prices(self.field("price"))
            return found if printed.low is None else printed._replace(currency=printed.currency or self._currency())
        return Prices(min(amounts), max(amounts), self._currency())

    def _currency(self) -> str:
        return _market(self.text, "currency", '"active":"', '"')

    def brand(self) -> str:
        return text_at(self.shop_product, "vendor") or text_at(self.state("meta"), "product.vendor") or super().brand()

    def gtin(self) -> str:
        codes = [valid_gtin(one.get("barcode")) for one in objects_at(self.shop_product, "variants")]
        return super().gtin() or (codes[0] if len(codes) == 1 else "")

    def listed_on(self) -> str:
        return text_at(self.shop_product, "published_at")

    def served_country(self) -> str:
        return _market(self.text, "country", '"', '"')[:2]


class Search(SearchPage):
    """A collection, a search, or the catalogue's JSON (`/products.json`)."""

    @property
    def default_currency(self) -> str:
        return _market(self.text, "currency", '"active":"', '"')

    def cards(self) -> list[SearchHit]:
        products = objects_at(self.data, "products") if isinstance(self.data, dict) else []
        return [self._hit(one) for one in products if one.get("handle")] or super().cards()

    def _hit(self, product: dict[str, Any]) -> SearchHit:
        amounts = [plain_amount(one.get("price")) for one in objects_at(product, "variants")]
        real = [one for one in amounts if one is not None]
        url = self.absolute(f"/products/{product['handle']}")
        return SearchHit(
            listing_id=self.addresses.listing_id(url) or str(product["handle"]),
            url=url,
            title=text_at(product, "title")[:500],
            price=min(real, default=None),
            price_max=max(real, default=None),
            seller=text_at(product, "vendor")[:300],
            image=self.absolute(text_at(product, "images.0.src")),
        )


def _market(text: str, name: str, before: str, after: str) -> str:
    """A value that the platform sets for the chosen market (`Shopify.country = "US"`)."""
    _, found, rest = text.partition(f"Shopify.{name} =")
    _, found, rest = rest[:200].partition(before) if found else ("", "", "")
    return rest.partition(after)[0] if found else ""
