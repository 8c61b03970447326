"""Searches marketplaces: result pages one after another, each a capture of its own."""

from crawler.session import Visit
from crawler.spiders.base import SlotSpider


class DiscoverSpider(SlotSpider):
    """The search slots of a plan, up to `max_pages` each; a next page on another host is not followed."""

    name = "discover"
    searches = True

    async def visit(self, visit: Visit) -> None:
        following: Visit | None = visit
        while following is not None:
            await self.session.look(following)
            following = self.session.rest_of(visit.slot)
