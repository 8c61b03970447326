"""What a run does with a picture slot: the picture is fetched like a page, read in the sandbox, and let go."""

from __future__ import annotations

import asyncio
import atexit
from typing import TYPE_CHECKING

from crawler.browser_looks import Seen
from crawler.fetch import Fetched, Fetcher
from crawler.market import Sites
from crawler.pictures.sandbox import PictureReader
from crawler.plan import Identity
from crawler.record import Outcome
from crawler.vantage import request_headers

if TYPE_CHECKING:
    from crawler.session import Visit

ACCEPT = "image/jpeg,image/png,image/webp,image/gif;q=0.9,*/*;q=0.1"

_READER = PictureReader()
"""One for all runs of this process: starting it takes half a second. It starts with the first picture."""
atexit.register(_READER.close)


class Pictures:
    """Fetches and reads the pictures of one run."""

    def __init__(self, fetcher: Fetcher, identity: Identity, sites: Sites, reader: PictureReader = _READER) -> None:
        self._fetcher, self._identity, self._sites, self._reader = fetcher, identity, sites, reader

    async def fetch(self, visit: Visit) -> Fetched:
        """Robots, pace, guard and limits are those of pages; no buyer is asked for, and no cookie sent."""

        def headers_for(host: str) -> dict[str, str]:
            return request_headers(host, self._identity, None, None) | {"Accept": ACCEPT}

        site = self._sites(visit.slot.marketplace)
        if site is not None:
            self._fetcher.slow_down(visit.url, site.min_delay_s)
        return await self._fetcher.fetch(visit.url, headers_for, archived=visit.slot.keep)

    async def seen(self, fetched: Fetched, attempt: int) -> tuple[Seen, int]:
        """What the answer shows, where it is a picture; and the number of the attempt that it came with."""
        answer = fetched.answer
        if fetched.outcome != Outcome.FETCHED or answer is None or answer.status != 200:
            return Seen(fetched, None, fetched.reason), attempt
        facts = await asyncio.to_thread(self._reader.read, answer.body)
        return Seen(fetched, None, fetched.reason, picture=facts), attempt
