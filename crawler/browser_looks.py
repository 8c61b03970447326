"""Renders the pages of a run that need it: which, in what order of steps, and what of it goes into the run folder.

A page is fetched first, plainly and politely, and its wire bytes are kept. Where the marketplace's description says
`always`, or `on_shell` and the fetched page reads as a shell, its scripts are run in a browser and the page is read
from what they made of it. One page is shown at a time: a run shares the machine with others.
"""

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.archive.shots import write_shot
from crawler.browser import BrowserMissing, RenderFailed, available, first_line, sandbox
from crawler.browser_rules import OwnSite, cookie_header, region_cookies
from crawler.egress import EgressGuard
from crawler.fetch import Answer, Fetched, Fetcher
from crawler.folder import RunFolder
from crawler.market import Site
from crawler.marketplaces.evidence import REFUSALS
from crawler.marketplaces.states import SearchState, State
from crawler.pace import Stop
from crawler.pictures.facts import PictureFacts
from crawler.plan import Slot, Vantage
from crawler.policy import NotAllowed, host_key
from crawler.reading import Reading
from crawler.record import Outcome, Rendering
from crawler.vantage import request_headers, user_agent
from crawler.zones import time_zone

if TYPE_CHECKING:
    from playwright.async_api import Playwright

    from crawler.browser_gate import Gate
    from crawler.browser_page import PageLook, Shown
    from crawler.browser_process import Chromium
    from crawler.browser_traffic import Surroundings

SHELL_RULES = frozenset({"ladder.shell", "search.shell"})
LAUNCH_ATTEMPTS = 2


@dataclass(frozen=True)
class Seen:
    """What became of one page, and how it reads; what a browser added to it, or what a picture shows."""

    fetched: Fetched
    reading: Reading | None = None
    reason: str = ""
    rendered_record_id: str = ""
    shot: str = ""
    rendering: Rendering | None = None
    picture: PictureFacts | None = None


Read = Callable[[Fetched, bytes | None], tuple[Reading | None, str]]
"""Reads a fetched page, or what a browser made of it, and says the capture's reason."""


class Renderer:
    """The browser of one run: started when first needed, replaced when it hung or grew old, put away at the end."""

    def __init__(
        self, fetcher: Fetcher, guard: EgressGuard, folder: RunFolder, stop: Stop, forbidden: Callable[[str], str]
    ) -> None:
        self._fetcher, self._guard, self._folder, self._stop = fetcher, guard, folder, stop
        self._plan, self._limits = folder.plan, folder.plan.limits
        self._forbidden = forbidden
        self._one_at_a_time = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None
        self._failures, self._missing = 0, ""

    def missing(self) -> str:
        """Why no page can be rendered here; empty where it can."""
        if not self._missing:
            there, why = available()
            self._missing = "" if there else why
        return self._missing

    async def see(self, slot: Slot, page: int, site: Site | None, seen: Seen, read: Read) -> Seen:
        """The page as a browser shows it, where that is called for; else `seen` as it is.

        Raises Stopped or DiskFull.
        """
        if site is None or not _needs_browser(site, seen):
            return seen
        if self.missing():
            return refused(seen.fetched, self.missing())
        async with self._one_at_a_time:
            self._stop.check()
            try:
                return await self._rendered(slot, page, site, seen, read)
            except BrowserMissing as error:
                return refused(seen.fetched, str(error))
            except NotAllowed as refusal:
                return Seen(replace(seen.fetched, outcome=Outcome.NOT_ALLOWED, reason=str(refusal)), None, str(refusal))
            except RenderFailed as error:
                self._stop.check()
                return Seen(replace(seen.fetched, outcome=Outcome.FAILED, reason=str(error)), None, str(error))

    async def put_away(self) -> None:
        """End the browser, if there is one."""
        chromium, self._chromium = self._chromium, None
        playwright, self._playwright = self._playwright, None
        if chromium is not None:
            await chromium.end()
        if playwright is not None:
            with suppress(Exception):
                async with asyncio.timeout(5):
                    await playwright.stop()

    async def _rendered(self, slot: Slot, page: int, site: Site, seen: Seen, read: Read) -> Seen:
        from crawler.browser_gate import Gate
        from crawler.browser_page import PageLook

        vantage = self._plan.vantages.get(slot.vantage)
        chromium = await self._ready()
        async with (
            Gate(self._guard, self._limits) as gate,
            PageLook(chromium, gate, self._limits, self._surroundings(vantage)) as look,
        ):
            while _needs_browser(site, seen):
                document = _document(seen.fetched)
                async with self._fetcher.policy.turn(document.url, at_once=True):
                    shown = await self._shown(look, document, site, vantage, seen.fetched, read)
                if not shown.wanted:
                    return self._kept(slot, page, seen, shown, look, gate, read)
                seen = await self._followed(look, seen.fetched, shown.wanted, site, vantage, read)
            return seen

    async def _shown(
        self, look: "PageLook", document: Answer, site: Site, vantage: Vantage | None, fetched: Fetched, read: Read
    ) -> "Shown":
        if vantage is not None:
            await look.add_cookies(region_cookies(document.url, site.region_cookies(vantage), site.hosts))
        own = OwnSite(document.url, site.hosts)
        return await look.show(document, own, lambda dom: not _is_shell(read(fetched, dom)[0]))

    async def _followed(
        self, look: "PageLook", fetched: Fetched, url: str, site: Site, vantage: Vantage | None, read: Read
    ) -> Seen:
        """Fetch the page that a rendered one went on to, with the cookies that it has by now."""
        hops = (*fetched.redirects, fetched.url)
        if len(hops) > self._limits.max_redirects:
            failed = Fetched(Outcome.FAILED, "redirect_limit", fetched.url, fetched.redirects, fetched.answer)
            return Seen(failed, None, failed.reason)
        jar, secure = await look.cookies(), urlsplit(url).scheme == "https"

        def headers_for(host: str) -> dict[str, str]:
            headers = request_headers(host, self._plan.identity, vantage, site)
            headers.pop("Cookie", None)
            cookies = cookie_header(jar, host, secure=secure)
            return {**headers, "Cookie": cookies} if cookies else headers

        found = await self._fetcher.fetch(url.partition("#")[0], headers_for)
        found = replace(found, redirects=(*hops, *found.redirects), answer=found.answer or fetched.answer)
        return Seen(found, *read(found, None))

    def _kept(
        self, slot: Slot, page: int, seen: Seen, shown: "Shown", look: "PageLook", gate: "Gate", read: Read
    ) -> Seen:
        """Write DOM and picture into the run folder, and read the DOM."""
        document = _document(seen.fetched)
        record_id = self._folder.keep_rendered(document.url, shown.dom, document.record_id)
        shot = write_shot(self._folder.path, slot.slot_id, page, shown.shot) if shown.shot else ""
        chromium = self._folder.browser
        rendering = Rendering(
            browser=f"{chromium.get('name', '')} {chromium.get('version', '')}",
            documents=look.documents,
            requests=look.traffic.requests,
            refusals=dict(sorted((look.traffic.refusals + gate.refusals).items())),
            received_bytes=gate.received_bytes,
            settled=shown.settled,
            dom_sha256=hashlib.sha256(shown.dom).hexdigest(),
            dom_bytes=len(shown.dom),
        )
        reading, reason = read(seen.fetched, shown.dom)
        return Seen(seen.fetched, reading, reason, record_id, shot, rendering)

    async def _ready(self) -> "Chromium":
        """A browser that is fit for one more page. Raises BrowserMissing."""
        chromium = self._chromium
        if chromium is not None and (not chromium.alive or chromium.looks >= self._limits.render_looks):
            await chromium.end()
            chromium = self._chromium = None
        if chromium is None:
            try:
                chromium = self._chromium = await self._started()
            except BrowserMissing as error:
                self._failures += 1
                self._missing = str(error) if self._failures >= LAUNCH_ATTEMPTS else ""
                raise
        return chromium

    async def _started(self) -> "Chromium":
        from playwright.async_api import async_playwright

        from crawler.browser_process import Chromium

        if self._playwright is None:
            try:
                self._playwright = await async_playwright().start()
            except Exception as error:
                raise BrowserMissing(f"Playwright doesn't start here ({first_line(error)})") from error
        chromium = await Chromium.start(self._playwright, user_agent(self._plan.identity), self._limits)
        try:
            await chromium.check_sandbox()
        except BrowserMissing:
            await chromium.end()
            raise
        note = {"name": "Chromium", "version": chromium.browser.version, "sandbox": sandbox()}
        self._folder.note_browser({**note, "playwright": version("playwright")})
        self._failures = 0
        return chromium

    def _surroundings(self, vantage: Vantage | None) -> "Surroundings":
        from crawler.browser_traffic import Surroundings

        policy = self._fetcher.policy
        sender = request_headers("", self._plan.identity, None, None).get("From", "")

        def forbids(url: str) -> str:
            pause = policy.pauses.of(host_key(url))
            if pause is not None and pause.kind != "pace":
                return "host_paused"
            if policy.known_to_forbid(url):
                return "robots"
            return "terms" if self._forbidden(url) else ""

        return Surroundings(
            language=vantage.language if vantage else "en-US",
            timezone=time_zone(vantage.country) if vantage else "UTC",
            headers={"From": sender} if sender else {},
            forbids=forbids,
            refused=policy.answered,
        )


def refused(fetched: Fetched, why: str) -> Seen:
    """A page that needs a browser where there is none: not looked at, and said so."""
    reason = f"browser: {why}"
    return Seen(replace(fetched, outcome=Outcome.NOT_ALLOWED, reason=reason), None, reason)


def _needs_browser(site: Site, seen: Seen) -> bool:
    """Whether a fetched page is to be rendered: a whole HTML page that neither refuses us nor is an error."""
    answer, reading = seen.fetched.answer, seen.reading
    if site.render == "never" or seen.fetched.outcome != Outcome.FETCHED or answer is None or not answer.body.strip():
        return False
    if answer.status in REFUSALS or answer.status >= 500 or not _is_html(answer.headers.get("content-type", "")):
        return False
    if reading is None or reading.judgement.state in (State.BLOCKED, SearchState.BLOCKED):
        return False
    return site.render == "always" or _is_shell(reading)


def _is_shell(reading: Reading | None) -> bool:
    return reading is not None and reading.judgement.rule in SHELL_RULES


def _is_html(content_type: str) -> bool:
    return not content_type or "html" in content_type.lower()


def _document(fetched: Fetched) -> Answer:
    if fetched.answer is None:
        raise RuntimeError("only a page that was fetched can be shown")
    return fetched.answer
