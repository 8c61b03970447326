"""Pages of Tmall: Taobao's, under another host."""

from crawler.marketplaces.taobao.pages import Listing, Search

__all__ = ["Listing", "Search"]
