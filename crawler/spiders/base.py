"""What the spiders share: lanes, one per host, so that politeness to one site never holds up another."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.exceptions import CloseSpider

from crawler.archive.append import DiskFull
from crawler.clock import SystemClock
from crawler.pace import WATCH_EVERY_S, Stopped
from crawler.policy import host_key
from crawler.recovery import DISK_FULL
from crawler.session import Session, Visit, clock_jump

GRACE_S = 5.0
"""How long requests that are under way may take to finish once the run is told to end."""
MAX_LANES = 32


class SlotSpider(Spider):
    """Works through a plan's slots. Give it a `session`, or the `folder` of a plan (`-a folder=DIR`)."""

    searches = False

    def __init__(self, session: Session | None = None, folder: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._owns_session = session is None
        if session is None:
            from crawler.run import open_session

            session = open_session(Path(folder))
        self.session = session
        self.guard, self.limits = session.guard, session.limits

    async def start(self) -> AsyncIterator[Any]:
        """Drives the lanes to their end. The captures go into the run folder; no items are yielded."""
        self.session.connect(self.crawler.engine.download_async)
        lanes = [asyncio.ensure_future(self._lane(visits)) for visits in self._lanes()]
        try:
            await self._until_done(lanes)
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)
            await self.session.disconnect()
        no_items: tuple[Any, ...] = ()
        for item in no_items:
            yield item

    async def visit(self, visit: Visit) -> None:
        """Look at one slot."""
        raise NotImplementedError

    def closed(self, reason: str) -> None:
        """Scrapy's own command leaves a run sealed once nothing of the plan is left."""
        if not self._owns_session:
            return
        if reason != "finished":
            self.session.stop.now("interrupted")
        done = self.session.stop.reason or not any(self.session.visits(searches=kind) for kind in (True, False))
        if done:
            self.session.finish()
        else:
            self.session.abandon()

    def _lanes(self) -> list[list[Visit]]:
        """Slots by host; one single lane on a simulated clock, which all hosts share."""
        visits = self.session.visits(searches=self.searches)
        if not isinstance(self.session.clock, SystemClock):
            return [visits]
        hosts: dict[str, list[Visit]] = defaultdict(list)
        for visit in visits:
            hosts[_host(visit.url)].append(visit)
        return list(hosts.values())

    async def _lane(self, visits: list[Visit]) -> None:
        for visit in visits:
            try:
                self.session.stop.check()
                await self._guarded(self.visit, visit)
            except Stopped:
                return
            except DiskFull:
                self.session.stop.now(DISK_FULL)
                return

    async def _guarded(self, visit: Callable[[Visit], Awaitable[None]], what: Visit) -> None:
        try:
            await visit(what)
        except (Stopped, DiskFull, CloseSpider):
            raise
        except Exception as error:
            await self.session.failed(what, error)

    async def _until_done(self, lanes: Sequence[asyncio.Future[None]]) -> None:
        if not lanes:
            return
        done: asyncio.Future[Any] = asyncio.gather(*lanes, return_exceptions=True)
        watch: asyncio.Future[Any] = asyncio.ensure_future(self._watch())
        try:
            await asyncio.wait({done, watch}, return_when=asyncio.FIRST_COMPLETED)
            if not done.done():
                await asyncio.wait({done}, timeout=GRACE_S)
        finally:
            watch.cancel()

    async def _watch(self) -> None:
        """Notices the stop switch and jumps of the clock while the lanes wait."""
        clock = self.session.clock
        try:
            while True:
                wall, stopwatch_s = clock.now(), clock.monotonic_s()
                await self.session.stop.wait(WATCH_EVERY_S)
                self.session.stop.check()
                jump = clock_jump(clock, wall, clock.monotonic_s() - stopwatch_s)
                if jump is not None:
                    self.session.clock_jumps.append(jump)
        except Stopped:
            return


def _host(url: str) -> str:
    try:
        return host_key(url)
    except ValueError:
        return ""
