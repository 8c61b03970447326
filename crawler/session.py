"""One plan being carried out: which slots are left, what each visit leaves, and how the run ends.

Spiders drive it; it knows no Scrapy beyond the `download` that it is handed.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from scrapy.http import Request, Response

from crawler.apis.caller import ApiCaller
from crawler.apis.registry import Keys
from crawler.archive.append import DiskFull
from crawler.archive.warc import RENDERED_TYPE
from crawler.browser_looks import Renderer, Seen, refused
from crawler.clock import Clock, instant
from crawler.egress import EgressGuard
from crawler.errors import NeedsPerson
from crawler.fetch import Download, Fetched, Fetcher
from crawler.folder import RunFolder
from crawler.leases import Leases
from crawler.manifest import seal
from crawler.market import Market
from crawler.marketplaces.states import SearchState, State
from crawler.pace import Pace, Stop
from crawler.patience import Patience, TooSlow
from crawler.pauses import PAUSES_FILE, HostPauses
from crawler.pictures.visits import Pictures
from crawler.plan import Slot
from crawler.policy import host_key
from crawler.reading import FetchedPage, MarkKind, Reading
from crawler.record import Capture, Manifest, Outcome
from crawler.recovery import DISK_FULL
from crawler.troubles import NO_ANSWER, TRANSIENT
from crawler.vantage import request_headers

log = logging.getLogger(__name__)

FINISHED = "finished"
UNFINISHED = "unfinished"
"""A spider of ours ended before its slots did: the log says why."""


class OutOfSpace(NeedsPerson):
    """The disk is full; what was seen is kept, and the run goes on from there once there is room."""


@dataclass(frozen=True)
class Visit:
    """What is left of a slot: the page to fetch next."""

    slot: Slot
    page: int
    url: str


class Session:
    """Carries out the plan in one folder. Open it, let spiders work through `visits`, then `finish` or `abandon`."""

    def __init__(self, folder: RunFolder, market: Market, stop: Stop, keys: Keys | None = None) -> None:
        plan = folder.plan
        self.folder, self.plan, self.clock, self.stop = folder, plan, folder.clock, stop
        self._market = market
        self.limits = plan.limits
        self.guard = EgressGuard(self.clock, plan.allowed_hosts)
        self.clock_jumps: list[dict[str, str]] = []
        self._download: Download = _not_connected
        runs_dir = folder.path.resolve().parent
        self._fetcher = Fetcher(
            self._fetch_raw,
            folder.archive,
            self.guard,
            self.clock,
            plan.limits,
            stop,
            HostPauses(runs_dir / PAUSES_FILE, self.clock),
            Pace(self.clock, plan.limits.min_delay_s, stop, Leases(runs_dir, self.clock)),
            self._forbidden,
            lambda host: request_headers(host, plan.identity, None, None),
            folder.note_robots,
        )
        self._apis = ApiCaller(self._fetcher.call, self._fetcher.slow_down, keys or {}, self.clock)
        self._patience = Patience()
        self._pictures = Pictures(self._fetcher, plan.identity, market.sites)
        self._renderer = Renderer(self._fetcher, self.guard, folder, stop, self._forbidden)

    def connect(self, download: Download) -> None:
        """Hand over the way to the network; a spider does so when its engine runs."""
        self._download = download

    async def disconnect(self) -> None:
        """Put away what `look` started; a spider does so when its lanes have ended."""
        await self._renderer.put_away()

    async def _fetch_raw(self, request: Request) -> Response:
        return await self._download(request)

    def visits(self, *, searches: bool) -> list[Visit]:
        """What is left to do, in the order of the plan: search slots, or all the others."""
        found = (self.rest_of(slot) for slot in self.folder.slots if (slot.purpose == "search") == searches)
        return [visit for visit in found if visit is not None]

    async def look(self, visit: Visit) -> Capture:
        """Fetch and read one page; its capture is in the folder when this returns. Raises Stopped or DiskFull."""
        started_at, started_s = self.clock.now(), self.clock.monotonic_s()
        seen, attempt = await self._seen(visit)
        elapsed_ms = round((self.clock.monotonic_s() - started_s) * 1000)
        capture = self._capture(visit, seen, started_at, elapsed_ms, attempt)
        await self.folder.append(capture)
        return capture

    async def failed(self, visit: Visit, error: Exception) -> None:
        """The line of a visit that an error of our own ended."""
        log.error("slot %s ended with an error of our own", visit.slot.slot_id, exc_info=error)
        fetched = Fetched(Outcome.FAILED, f"error: {type(error).__name__}: {error}"[:300], visit.url)
        await self.folder.append(self._capture(visit, Seen(fetched, None, fetched.reason), self.clock.now(), 0, 1))

    def finish(self) -> Manifest:
        """Give every slot that is left its line, seal the folder and let go of it. Raises OutOfSpace."""
        try:
            return self._finished()
        except DiskFull as error:
            left = len(self.visits(searches=True)) + len(self.visits(searches=False))
            raise OutOfSpace(
                f"the disk is full: {left} of {len(self.folder.slots)} slots of run {self.plan.run_id} were not looked "
                f"at; make room and run it again ({error})"
            ) from error
        finally:
            self._let_go()

    def abandon(self) -> None:
        """Let go of the folder unsealed: what is there stays, and the next session goes on from it."""
        self._let_go()

    def _let_go(self) -> None:
        self._patience.end()
        self.folder.close()

    def _finished(self) -> Manifest:
        if self.stop.reason == DISK_FULL:
            self.folder.give_room()
        left = self._all_left()
        reason = self.stop.reason or (UNFINISHED if left else FINISHED)
        self.folder.append_now([self._not_looked(visit, reason) for visit in left])
        if self.stop.reason == DISK_FULL:
            raise DiskFull(str(self.folder.path))
        self._fetcher.policy.keep_pace()
        manifest = seal(self.folder, reason, tuple(self.clock_jumps))
        self.folder.tidy()
        return manifest

    def _forbidden(self, url: str) -> str:
        if host_key(url) in self.plan.allowed_hosts:
            return ""
        name = self._market.owner(url)
        return name if name and name not in self.plan.allowed_marketplaces else ""

    def _all_left(self) -> list[Visit]:
        return [*self.visits(searches=True), *self.visits(searches=False)]

    def rest_of(self, slot: Slot) -> Visit | None:
        """The page of a slot that is to be fetched next, None where the slot is done."""
        last = self.folder.last.get(slot.slot_id)
        if last is None:
            return Visit(slot, slot.page, slot.url)
        if slot.purpose == "search" and last.next_page_url and last.page < slot.page + slot.max_pages - 1:
            return Visit(slot, last.page + 1, last.next_page_url)
        return None

    async def _seen(self, visit: Visit) -> tuple[Seen, int]:
        """What became of a visit, and the number of the last attempt."""
        slot = visit.slot
        site = self._market.sites(slot.marketplace)
        by_api = slot.method == "api"
        allowed = self.plan.allowed_apis if by_api else self.plan.allowed_marketplaces
        if slot.marketplace not in allowed and not slot.of_notice:
            reason = f"terms: {'the API of ' if by_api else ''}{slot.marketplace} is not allowed"
            return Seen(Fetched(Outcome.NOT_ALLOWED, reason, visit.url), None, reason), 1
        if slot.purpose == "picture":
            return await self._pictures.seen(*await self._twice(visit, self._pictures.fetch))
        if by_api:
            fetched, attempt = await self._twice(visit, self._called)
            return Seen(fetched, *self._reading(visit, fetched)), attempt
        if site is not None and site.render == "always" and self._renderer.missing():
            return refused(Fetched(Outcome.NOT_ALLOWED, "", visit.url), self._renderer.missing()), 1
        fetched, attempt = await self._fetch(visit)

        def read(fetched: Fetched, dom: bytes | None) -> tuple[Reading | None, str]:
            return self._reading(visit, fetched, dom)

        return await self._renderer.see(slot, visit.page, site, Seen(fetched, *read(fetched, None)), read), attempt

    async def _fetch(self, visit: Visit) -> tuple[Fetched, int]:
        """Fetch with at most one more attempt where the transport broke; the number of the last attempt."""
        slot = visit.slot
        site, vantage = self._market.sites(slot.marketplace), self.plan.vantages.get(slot.vantage)

        def headers_for(host: str) -> dict[str, str]:
            return request_headers(host, self.plan.identity, vantage, site)

        async def fetched(visit: Visit) -> Fetched:
            return await self._fetcher.fetch(visit.url, headers_for)

        if site is not None:
            self._fetcher.slow_down(visit.url, site.min_delay_s)
        return await self._twice(visit, fetched)

    async def _twice(self, visit: Visit, fetch: Callable[[Visit], Awaitable[Fetched]]) -> tuple[Fetched, int]:
        attempt = self.folder.attempt(visit.slot.slot_id, visit.page)
        fetched = await fetch(visit)
        if fetched.outcome == Outcome.FAILED and fetched.reason.partition(":")[0] in TRANSIENT:
            attempt = self.folder.attempt(visit.slot.slot_id, visit.page)
            fetched = await fetch(visit)
        if fetched.outcome in (Outcome.FETCHED, Outcome.FAILED):
            unanswered = fetched.reason.partition(":")[0] in NO_ANSWER
            self._fetcher.policy.visited(fetched.url, fetched.reason if unanswered else "")
        return fetched, attempt

    async def _called(self, visit: Visit) -> Fetched:
        return await self._apis.fetch(visit.slot.marketplace, visit.url, self.plan.vantages.get(visit.slot.vantage))

    def _reading(self, visit: Visit, fetched: Fetched, dom: bytes | None = None) -> tuple[Reading | None, str]:
        """What the page says (what a browser made of it, with `dom`), and the capture's reason.

        A reader that raises or does not come to an end costs the reading, not the capture.
        """
        answer = fetched.answer
        if fetched.outcome != Outcome.FETCHED or answer is None or self._market.read is None:
            return None, fetched.reason
        page = FetchedPage(
            url=fetched.url,
            body=answer.body if dom is None else dom,
            status=answer.status,
            requested_url=visit.url,
            content_type=answer.headers.get("content-type", "") if dom is None else RENDERED_TYPE,
            listing_id=visit.slot.listing_id,
            at=instant(self.clock.now()),
        )
        try:
            vantage = self.plan.vantages.get(visit.slot.vantage)
            reading = self._patience.call(self._market.read, page, visit.slot, vantage)
        except TooSlow as error:
            log.warning("%s: %s", fetched.url, error)
            return None, f"reader: too slow, {error}"
        except Exception as error:
            log.exception("the reader of %s failed on %s", visit.slot.marketplace, fetched.url)
            return None, f"reader: {type(error).__name__}: {error}"[:300]
        walled = any(mark.kind == MarkKind.WALL for mark in reading.marks)
        if walled and reading.judgement.state in (State.BLOCKED, SearchState.BLOCKED):
            self._fetcher.policy.rest(fetched.url, "wall")
        return reading, fetched.reason

    def _capture(self, visit: Visit, seen: Seen, started_at: datetime, elapsed_ms: int, attempt: int) -> Capture:
        fetched, answer = seen.fetched, seen.fetched.answer
        return Capture(
            run_id=self.plan.run_id,
            slot_id=visit.slot.slot_id,
            page=visit.page,
            method=visit.slot.method,
            outcome=fetched.outcome,
            reason=seen.reason,
            requested_url=visit.url,
            final_url=fetched.url,
            redirects=fetched.redirects,
            status=answer.status if answer and fetched.outcome != Outcome.NOT_ALLOWED else None,
            started_at=instant(started_at),
            finished_at=instant(self.clock.now()),
            elapsed_ms=elapsed_ms,
            attempt=attempt,
            warc_record_id=answer.record_id if answer else "",
            body_sha256=answer.body_sha256 if answer else "",
            body_bytes=len(answer.body) if answer else 0,
            wire_bytes=answer.wire_bytes if answer else 0,
            remote_ip=answer.remote_ip if answer else "",
            certificate_sha256=answer.certificate_sha256 if answer else "",
            shot=seen.shot,
            rendered_record_id=seen.rendered_record_id,
            rendering=seen.rendering,
            reading=seen.reading,
            picture=seen.picture,
        )

    def _not_looked(self, visit: Visit, reason: str) -> Capture:
        fetched = Fetched(Outcome.NOT_LOOKED, reason, "")
        attempt = max(1, self.folder.attempts_of(visit.slot.slot_id, visit.page))
        return self._capture(visit, Seen(fetched, None, reason), self.clock.now(), 0, attempt)


async def _not_connected(request: Request) -> Response:
    raise RuntimeError(f"no spider has connected this session, asked for {request.url}")


def clock_jump(clock: Clock, wall_before: datetime, elapsed_s: float) -> dict[str, str] | None:
    """A note where the wall clock moved otherwise than the stopwatch by more than two seconds."""
    jump_s = (clock.now() - wall_before).total_seconds() - elapsed_s
    return {"seen_at": instant(clock.now()), "jump_s": f"{jump_s:+.1f}"} if abs(jump_s) > 2.0 else None
