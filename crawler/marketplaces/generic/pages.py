"""Shops without an adapter: schema.org data in any of its three notations, and OpenGraph's product tags."""

from functools import cached_property
from typing import Any

from crawler.extract import schema
from crawler.marketplaces.base import ListingPage, SearchPage
from crawler.reading import Mark, MarkKind

_TAGS = ("product:availability", "og:availability")


class Listing(ListingPage):
    """A product's page of any shop."""

    @cached_property
    def product(self) -> dict[str, Any]:
        """The schema.org product as JSON-LD, microdata or RDFa, {} for none."""
        hint = f"{self.title_element} {self.open_graph.get('og:title', '')}"
        return super().product or schema.product_of(schema.rdfa(self.elements.root), hint)

    def more_marks(self) -> list[Mark]:
        """schema.org's marks; where it says nothing of the stock, OpenGraph's on a page that it calls a product's."""
        marks = self.schema_marks()
        tag = next((name for name in _TAGS if self.open_graph.get(name)), "")
        if len(marks) > 1 or not tag or "product" not in self.open_graph.get("og:type", "") or not self.title():
            return marks
        says = self.open_graph[tag]
        said = schema.availability_word(says)
        item = Mark(kind=MarkKind.ITEM, signature="og-product", where="og:type", says=self.title()[:300])
        if said in schema.IN_STOCK:
            return [item, Mark(kind=MarkKind.OFFER, signature="og-in-stock", where=tag, says=says[:300])]
        if said in schema.OUT_OF_STOCK:
            return [item, Mark(kind=MarkKind.OUT_OF_STOCK, signature="og-out-of-stock", where=tag, says=says[:300])]
        return marks


class Search(SearchPage):
    """A list of products in schema.org's data, or of links."""
