"""Looks at known listings: one request a slot."""

from crawler.session import Visit
from crawler.spiders.base import SlotSpider


class LookSpider(SlotSpider):
    """Every slot that is not a search: due listings, controls, background."""

    name = "look"

    async def visit(self, visit: Visit) -> None:
        await self.session.look(visit)
