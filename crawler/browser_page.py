"""Shows one fetched page in a browser: its scripts run, its DOM and a picture come out.

The document itself is never requested by the browser: it is handed the bytes that were fetched, admitted and
archived before. Where the page goes on to another address, that is told to the caller, who fetches it as politely as
the first one and shows it in turn. Every call into the browser has a time limit of ours, for several of Playwright's
have none.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from crawler.browser import RenderFailed, first_line
from crawler.browser_gate import Gate
from crawler.browser_process import Chromium
from crawler.browser_rules import REFUSED_IN_THE_PAGE, OwnSite
from crawler.browser_traffic import Surroundings, Traffic
from crawler.fetch import Answer
from crawler.plan import Limits

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page

QUIET_S = 0.5
VIEWPORT = (1280, 1024)
ResultT = TypeVar("ResultT")

_DOM = """(() => {
  const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : "";
  const html = document.documentElement ? document.documentElement.outerHTML : "";
  return html.length > LIMIT ? "" : type + html;
})()"""


@dataclass(frozen=True)
class Shown:
    """What a page came to: `wanted` is the address that it went on to, and then there is neither DOM nor picture."""

    wanted: str = ""
    dom: bytes = b""
    shot: bytes = b""
    settled: bool = True


class PageLook:
    """One look in a browser, as a context: a fresh profile, its own gate, and nothing left afterwards."""

    def __init__(self, chromium: Chromium, gate: Gate, limits: Limits, around: Surroundings) -> None:
        self.documents = 0
        self.traffic = Traffic(gate, limits, around)
        self._chromium, self._gate, self._limits, self._around = chromium, gate, limits, around
        self._context: BrowserContext | None = None
        self._page: Page | None = None
        self._crashed = ""

    async def __aenter__(self) -> "PageLook":
        self._chromium.looks += 1
        self._context = await self._bounded(
            self._chromium.browser.new_context(
                locale=self._around.language,
                timezone_id=self._around.timezone,
                extra_http_headers=self._around.headers,
                viewport={"width": VIEWPORT[0], "height": VIEWPORT[1]},
                proxy={"server": self._gate.url, "bypass": "<-loopback>"},
                service_workers="block",
                accept_downloads=False,
            )
        )
        await self._bounded(self.traffic.attach(self._context))
        await self._bounded(self._context.add_init_script(REFUSED_IN_THE_PAGE))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is asyncio.CancelledError:
            self._chromium.kill("the run ended")
        if self._context is None or not self._chromium.alive:
            return
        try:
            async with asyncio.timeout(self._limits.render_answer_s):
                await self._context.close()
        except Exception:
            self._chromium.kill("it did not close a page")

    async def cookies(self) -> list[Any]:
        """The cookies of this look so far."""
        return list(await self._bounded(self._opened().cookies()))

    async def add_cookies(self, cookies: list[Any]) -> None:
        """Give the page cookies before it is shown."""
        if cookies:
            await self._bounded(self._opened().add_cookies(cookies))

    async def show(self, document: Answer, site: OwnSite, filled: Callable[[bytes], bool]) -> Shown:
        """Show a fetched document until it is quiet and `filled`, or for `render_settle_s`. Raises RenderFailed."""
        if self._page is not None:
            await self._bounded(self._page.close())
        page = self._page = await self._bounded(self._opened().new_page())
        page.on("crash", self._crash)
        self.traffic.serve(page, document, site)
        self.documents += 1
        settled, dom = await self._settle(page, document.url, filled)
        if self.traffic.wanted:
            return Shown(wanted=self.traffic.wanted)
        dom = dom or await self._dom(page)
        return Shown(dom=dom, shot=await self._shot(page), settled=settled)

    async def _settle(self, page: "Page", url: str, filled: Callable[[bytes], bool]) -> tuple[bool, bytes]:
        """Whether the page came to rest by itself, and its DOM where that was read on the way."""
        opening = asyncio.ensure_future(page.goto(url, wait_until="domcontentloaded", timeout=0))
        opening.add_done_callback(lambda _: self.traffic.stir.set())
        dom = b""
        try:
            async with asyncio.timeout(self._limits.render_settle_s):
                while not opening.done() and not self.traffic.wanted:
                    await self._stirred(None)
                self._opened_well(opening)
                while not self.traffic.wanted:
                    await self._quiet()
                    dom = b"" if self.traffic.wanted else await self._dom(page)
                    if dom and filled(dom):
                        return True, dom
                    await self._stirred(2 * QUIET_S)
        except TimeoutError:
            return False, dom
        finally:
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
        return True, b""

    def _opened_well(self, opening: "asyncio.Future[Any]") -> None:
        error = opening.exception() if opening.done() else None
        if error is not None and not self.traffic.wanted:
            raise RenderFailed(f"render: {first_line(error)}")

    async def _quiet(self) -> None:
        """Until nothing has been asked for or answered for half a second, or the page went on."""
        while not self.traffic.wanted:
            if not await self._stirred(QUIET_S) and not self.traffic.pending:
                return

    async def _stirred(self, seconds: float | None) -> bool:
        """Whether anything moved within so many seconds. Raises RenderFailed where the page is lost."""
        stir = self.traffic.stir
        self._check()
        stir.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await stir.wait()
        self._check()
        return stir.is_set()

    def _check(self) -> None:
        trouble = self._chromium.died_of or self._crashed or ("" if self._chromium.alive else "the browser ended")
        if trouble:
            raise RenderFailed(f"render: {trouble}")

    async def _dom(self, page: "Page") -> bytes:
        """The document as it stands, read in a world that its own scripts can't reach."""
        session = await self._bounded(self._opened().new_cdp_session(page))
        tree = await self._bounded(session.send("Page.getFrameTree"))
        where = {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "stillforsale"}
        world = await self._bounded(session.send("Page.createIsolatedWorld", where))
        ask = {
            "expression": _DOM.replace("LIMIT", str(self._limits.max_body_bytes)),
            "contextId": world["executionContextId"],
            "returnByValue": True,
        }
        found = await self._bounded(session.send("Runtime.evaluate", ask))
        await self._bounded(session.detach())
        dom = str(found["result"].get("value") or "").encode("utf-8", "replace")
        if not dom:
            raise RenderFailed("too_large: the rendered page is larger than the limit")
        return dom

    async def _shot(self, page: "Page") -> bytes:
        """What a visitor sees first. A page that can't be drawn in time leaves no picture."""
        with suppress(RenderFailed):
            return await self._bounded(page.screenshot(animations="disabled", caret="hide"))
        return b""

    async def _bounded(self, call: Coroutine[Any, Any, ResultT]) -> ResultT:
        """One call into the browser; where no answer comes in time, the browser is killed. Raises RenderFailed."""
        seconds = self._limits.render_answer_s
        try:
            async with asyncio.timeout(seconds):
                return await call
        except TimeoutError as error:
            self._chromium.kill(f"the page did not answer within {seconds:g} s")
            raise RenderFailed(f"render: {self._chromium.died_of}") from error
        except Exception as error:
            self._check()
            raise RenderFailed(f"render: {first_line(error)}") from error

    def _crash(self, _page: object) -> None:
        self._crashed = "the page crashed, which it does for want of memory"
        self.traffic.stir.set()

    def _opened(self) -> "BrowserContext":
        if self._context is None:
            raise RuntimeError("this look is not open")
        return self._context
