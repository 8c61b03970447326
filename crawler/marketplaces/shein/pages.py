"""SHEIN's pages are filled in by scripts; only the JSON behind its lists can be read."""

from crawler.extract.prices import plain_amount
from crawler.extract.scripts import objects_at, text_at
from crawler.marketplaces.base import SearchPage
from crawler.reading import SearchHit


class Search(SearchPage):
    """A list of products as JSON."""

    def cards(self) -> list[SearchHit]:
        hits = []
        for product in objects_at(self.data, "info.products"):
            listing_id = text_at(product, "goods_id")
            price = plain_amount(text_at(product, "salePrice.usdAmount") or text_at(product, "retailPrice.usdAmount"))
            if listing_id:
                hits.append(
                    SearchHit(
                        listing_id=listing_id,
                        url="",
                        title=text_at(product, "goods_name")[:500],
                        price=price,
                        price_max=price,
                        currency="USD" if price is not None else "",
                        image=self.absolute(text_at(product, "goods_img")),
                    )
                )
        return hits
