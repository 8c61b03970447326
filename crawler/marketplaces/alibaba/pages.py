"""Alibaba.com's pages: a price ladder by quantity, and search answers as JSON."""

import re
from typing import Any

from crawler.extract.prices import Prices
from crawler.extract.scripts import find_object, objects_at, text_at
from crawler.extract.text import squeeze
from crawler.marketplaces.base import ListingPage, SearchPage
from crawler.reading import SearchHit

_MONEY = re.compile(r"(?:US ?\$|[$€£₹¥]|[A-Z]{3})\s?\d[\d,]*(?:\.\d+)?")
_TAGS = re.compile(r"<[^>]*>")
_LONGEST_TITLE = 5_000


class Listing(ListingPage):
    """A product, retail or wholesale."""

    def listing_id(self) -> str:
        own = self.css("a[href*='/product-detail/'][href$='.html#']::attr(href)").get("")
        return super().listing_id() or self.addresses.listing_id(self.absolute(own))

    def title(self) -> str:
        return super().title().partition(" - Buy ")[0]

    def prices(self) -> Prices:
        """Amounts with a currency sign only: a ladder's quantities are numbers too."""
        amounts = _MONEY.findall(self.field("price"))
        found = [self.printed_prices(amount) for amount in amounts]
        lows = [one.low for one in found if one.low is not None]
        return Prices(min(lows), max(lows), found[0].currency) if lows else self.schema_prices()


class Search(SearchPage):
    """Search results, as a page or as the JSON behind it."""

    def cards(self) -> list[SearchHit]:
        """The JSON's offers first: a page shows only some of them before its scripts run."""
        listed = objects_at(self.data or self.state("offers"), "offerResultData.offers")
        groups = [*objects_at(self.data, "model.offers"), *listed]
        groups = groups or objects_at(find_object(self.data, ("offers",)), "offers")
        hits = [hit for group in groups for hit in self._hits_of(group)]
        return [*hits, *super().cards()] if self.data is None else hits

    def _hits_of(self, group: dict[str, Any]) -> list[SearchHit]:
        """One offer, or a supplier with a list of them."""
        offers = [group] if "productUrl" in group else objects_at(group, "productList")
        return [hit for offer in offers if (hit := self._hit(offer, text_at(group, "companyName")))]

    def _hit(self, offer: dict[str, Any], seller: str) -> SearchHit | None:
        url = self.absolute(text_at(offer, "productUrl") or text_at(offer, "action"))
        listing_id = text_at(offer, "productId") or self.addresses.listing_id(url)
        if not listing_id:
            return None
        prices = self.printed_prices(text_at(offer, "price"))
        title = text_at(offer, "title") or text_at(offer, "subject")
        slug = url.rpartition("/")[2].partition("_")[0].replace("-", " ")
        return SearchHit(
            listing_id=listing_id,
            url=self.addresses.canonical(url, listing_id),
            title=(squeeze(_TAGS.sub(" ", title[:_LONGEST_TITLE])) or slug)[:500],
            price=prices.low,
            price_max=prices.high,
            currency=prices.currency if prices.low is not None else "",
            seller=seller[:300],
            image=self.absolute(text_at(offer, "productImg") or text_at(offer, "mainImage")),
        )
