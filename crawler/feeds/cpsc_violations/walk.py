"""The spreadsheet that the CPSC's page of violations links."""

from parsel import Selector

from crawler.errors import BadInput
from crawler.feeds.addresses import on_same_host
from crawler.feeds.bytes import text_of
from crawler.feeds.feed import Entry, Get


def entries(get: Get, endpoint: str) -> tuple[Entry, ...]:
    """The spreadsheets that the page links. Raises FetchFailed, and BadInput where it links none."""
    links = Selector(text_of(get(endpoint), endpoint) or "<p/>").css("a::attr(href)").getall()
    sheets = [link for link in links if link.partition("?")[0].lower().endswith(".xlsx")]
    if not sheets:
        raise BadInput("links no spreadsheet (.xlsx)", file=endpoint)
    return tuple(Entry(url) for url in dict.fromkeys(on_same_host(link, endpoint) for link in sheets))
