"""Searches marketplaces: result pages one after another, each a capture of its own."""

from crawler.policy import host_key
from crawler.session import Visit
from crawler.spiders.base import SlotSpider


class DiscoverSpider(SlotSpider):
    """The search slots of a plan, up to `max_pages` each; a next page on another host is not followed."""

    name = "discover"
    searches = True

    async def visit(self, visit: Visit) -> None:
        seen = {visit.url}
        while True:
            capture = await self.session.look(visit)
            url = capture.reading.next_page_url if capture.reading else ""
            last_page = visit.slot.page + visit.slot.max_pages - 1
            if not url or url in seen or visit.page >= last_page or host_key(url) != host_key(capture.final_url):
                return
            seen.add(url)
            visit = Visit(visit.slot, visit.page + 1, url)
