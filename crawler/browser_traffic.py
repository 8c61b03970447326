"""What a page asks for while it is shown: each request is decided on here before it leaves the browser."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crawler.browser_gate import REFUSED_HEADER, Gate
from crawler.browser_rules import OwnSite, refusal
from crawler.egress import EgressRefused
from crawler.fetch import Answer
from crawler.plan import Limits

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page, Request, Response, Route

_KEPT_HEADERS = ("content-type", "content-language", "refresh", "referrer-policy")


@dataclass(frozen=True)
class Surroundings:
    """What a page is shown in: the buyer's language and time zone, who we are, and what else may be asked for.

    `forbids` says why a URL's host may not be asked now; `refused` is told of a sub-resource's status 403 or 429.
    """

    language: str
    timezone: str
    headers: dict[str, str]
    forbids: Callable[[str], str]
    refused: Callable[[str, int, str], None]


class Traffic:
    """The requests of one look. `stir` is set whenever something moved, `wanted` is where the page went on to."""

    def __init__(self, gate: Gate, limits: Limits, around: Surroundings) -> None:
        self.requests = 0
        self.refusals: Counter[str] = Counter()
        self.pending: set[Request] = set()
        self.stir = asyncio.Event()
        self.wanted = ""
        self._gate, self._limits, self._around = gate, limits, around
        self._page: Page | None = None
        self._document: Answer | None = None
        self._site = OwnSite("")

    async def attach(self, context: "BrowserContext") -> None:
        """Decide on every request of this profile."""
        context.on("requestfinished", self._ended)
        context.on("requestfailed", self._ended)
        context.on("response", self._answered)
        await context.route("**/*", self._route)

    def serve(self, page: "Page", document: Answer, site: OwnSite) -> None:
        """Answer the page's first request for a document with this one, which was fetched before."""
        self._page, self._document, self._site = page, document, site
        self.wanted = ""
        self.pending.clear()
        page.on("popup", self._close_popup)

    async def _route(self, route: "Route") -> None:
        request = route.request
        with suppress(Exception):  # a page that is gone needs no answer
            if request.resource_type == "document":
                await self._route_document(route, request)
            elif why := self._refusal(request):
                self.refusals[why] += 1
                await route.abort("blockedbyclient")
            else:
                self.requests += 1
                self.pending.add(request)
                await route.continue_()
        self.stir.set()

    async def _route_document(self, route: "Route", request: "Request") -> None:
        ours = self._page is not None and request.frame == self._page.main_frame
        if ours and self._document is not None:
            document, self._document = self._document, None
            await route.fulfill(status=document.status, headers=self._headers(document), body=document.body)
            return
        if ours and request.method == "GET":
            self.wanted = self.wanted or request.url
        else:
            self.refusals["kind document"] += 1
        await route.abort("blockedbyclient")

    def _refusal(self, request: "Request") -> str:
        why = refusal(request.resource_type, request.method, request.url, self._site)
        if not why and self.requests >= self._limits.render_requests:
            why = "more requests than the limit"
        why = why or self._around.forbids(request.url)
        if not why:
            try:
                self._gate.admit(request.url)
            except EgressRefused as error:
                why = f"egress: {error}"
        return why

    def _headers(self, document: Answer) -> dict[str, str]:
        """The document's own headers, as far as they matter in a browser, and our policy beside its own."""
        headers = {name: document.headers[name] for name in _KEPT_HEADERS if name in document.headers}
        policies = (document.headers.get("content-security-policy", ""), self._site.content_policy())
        headers["content-security-policy"] = ", ".join(policy for policy in policies if policy)
        if document.set_cookies:
            headers["set-cookie"] = "\n".join(document.set_cookies)
        return headers

    def _ended(self, request: "Request") -> None:
        self.pending.discard(request)
        self.stir.set()

    def _answered(self, response: "Response") -> None:
        ours = REFUSED_HEADER.lower() in response.headers or response.request.resource_type == "document"
        if response.status in (403, 429) and not ours:
            self._around.refused(response.url, response.status, response.headers.get("retry-after", ""))

    async def _close_popup(self, popup: "Page") -> None:
        self.refusals["popup"] += 1
        with suppress(Exception):
            await popup.close()
