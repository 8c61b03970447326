"""JD's pages: the product's number and state stand in a script object, the title in the page's <title>."""

import re

from crawler.extract.text import squeeze
from crawler.marketplaces.base import ListingPage, SearchPage
from crawler.reading import Mark, MarkKind

_SKU = re.compile(r"\bskuid\s*:\s*['\"]?(\d{5,})")
_NAME = re.compile(r"\bskuid\s*:\s*['\"]?\d+['\"]?\s*,\s*name\s*:\s*['\"]([^'\"]{2,300})['\"]")
_STATUS = re.compile(r"\bwarestatus\s*:\s*['\"]?(\d)")
_SUFFIX = re.compile(r"(?:【行情|【图片|【品牌|\s*-\s*京东).*$")
_PREFIX = re.compile(r"^【[^】]*】")


class Listing(ListingPage):
    """A product's page."""

    def more_marks(self) -> list[Mark]:
        """The item by the number in `pageConfig.product`; an offer by its state and a price on the page."""
        sku, status = _SKU.search(self.text), _STATUS.search(self.text)
        if sku is None or not self.title():
            return []
        marks = [Mark(kind=MarkKind.ITEM, signature="page-config", where="pageConfig.product.skuid", says=sku[1])]
        where = "pageConfig.product.warestatus"
        if status is not None and status[1] == "1" and self.prices().low is not None:
            marks.append(Mark(kind=MarkKind.OFFER, signature="ware-on-sale", where=where, says="1"))
        elif status is not None and status[1] == "0":
            marks.append(Mark(kind=MarkKind.REMOVED, signature="ware-delisted", where=where, says="0"))
        return marks

    def listing_id(self) -> str:
        sku = _SKU.search(self.text)
        return sku[1] if sku else super().listing_id()

    def title(self) -> str:
        """The heading, else the page's <title> without what JD puts around the name."""
        named = self.field("title")
        if named or not self.listing_id():
            return named
        stated = _NAME.search(self.text)
        return _PREFIX.sub("", _SUFFIX.sub("", self.title_element)) or squeeze(stated[1] if stated else "")


class Search(SearchPage):
    """Rendered search results."""
