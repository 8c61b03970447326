"""Fetches one page politely: every hop is admitted, takes its turn, is archived, and is judged only as a message.

Nothing here raises for what a site does: the answer is a `Fetched` with an outcome and a reason.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from scrapy.http import Request
from scrapy.http import Response as ScrapyResponse
from w3lib.url import safe_url_string

from crawler.apis.base import ApiRequest
from crawler.apis.secrets import hidden
from crawler.archive.warc import Message
from crawler.clock import Clock
from crawler.egress import EgressGuard, EgressRefused, UnknownHost
from crawler.encoding import BodyTooLarge, TornBody, UndecodableBody, codings_of, decode
from crawler.pace import Pace, Stop, Stopped
from crawler.pauses import HostPauses
from crawler.plan import Limits
from crawler.policy import NotAllowed, Policy, Terms, host_key, robots_note
from crawler.record import Outcome
from crawler.robots import MAX_BYTES, MAX_REDIRECTS, RobotsRules, rules_from, unreachable
from crawler.transport import WIRE_URL, WireResponse
from crawler.troubles import HOST_TROUBLES, TRANSIENT, reason_of

Download = Callable[[Request], Awaitable[ScrapyResponse]]
HeadersFor = Callable[[str], dict[str, str]]
ArchiveMessage = Callable[[Message], str]

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_URL = 8192
CALL_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


class FetchFailed(Exception):
    """The network gave no usable answer; the message is the capture's reason."""


@dataclass(frozen=True)
class Answer:
    """One archived exchange: `body` decoded, empty where `trouble` says why it is not usable."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    body_sha256: str
    wire_bytes: int
    record_id: str
    remote_ip: str
    certificate_sha256: str
    trouble: str = ""
    set_cookies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fetched:
    """What became of one request: the last answer where there was one, and the URLs that it went through."""

    outcome: Outcome
    reason: str
    url: str
    redirects: tuple[str, ...] = ()
    answer: Answer | None = None


class Fetcher:
    """Fetches for one run. `download` hands a request to Scrapy, `archive` keeps an exchange and gives its id."""

    def __init__(
        self,
        download: Download,
        archive: ArchiveMessage,
        guard: EgressGuard,
        clock: Clock,
        limits: Limits,
        stop: Stop,
        pauses: HostPauses,
        pace: Pace,
        terms: Terms,
        robots_headers: HeadersFor,
        note_robots: Callable[[dict[str, str]], None],
    ) -> None:
        self._download, self._archive, self._guard = download, archive, guard
        self._clock, self._limits, self._stop = clock, limits, stop
        self._note_robots = note_robots
        self._robots_headers = robots_headers
        self.policy = Policy(clock, limits, pauses, pace, self.robots, terms)

    async def fetch(self, url: str, headers_for: HeadersFor, *, archived: bool = True) -> Fetched:
        """Fetch `url`, following redirects. Raises Stopped or DiskFull, and nothing for what the network does."""
        hops: list[str] = []
        current, answer = url, None
        try:
            while True:
                answer = await self._hop(current, headers_for, archived)
                target = self._redirect(answer)
                if not target:
                    outcome = Outcome.FAILED if answer.trouble else Outcome.FETCHED
                    return Fetched(outcome, answer.trouble, current, tuple(hops), answer)
                if len(hops) >= self._limits.max_redirects:
                    return Fetched(Outcome.FAILED, "redirect_limit", current, tuple(hops), answer)
                hops.append(current)
                current = target
        except NotAllowed as refusal:
            return Fetched(Outcome.NOT_ALLOWED, str(refusal), current, tuple(hops), answer)
        except FetchFailed as failure:
            return Fetched(Outcome.FAILED, str(failure), current, tuple(hops), answer)

    async def call(self, request: ApiRequest, *, archived: bool = True) -> Fetched:
        """Call an official interface: no redirect is followed, and no secret is written down. The key is the leave to
        ask, so robots.txt is not; pace, pauses and the guard hold as for pages. Raises Stopped or DiskFull."""
        url = request.url
        try:
            await self._checked(request.target)
            async with self.policy.turn(url):
                headers = self._robots_headers(host_key(url)) | CALL_HEADERS | request.headers
                private = _Private(request)
                answer = await self._exchange(url, headers, self._limits.max_body_bytes, private, archived)
                self.policy.answered(url, answer.status, answer.headers.get("retry-after", ""))
        except NotAllowed as refusal:
            return Fetched(Outcome.NOT_ALLOWED, str(refusal), url)
        except FetchFailed as failure:
            return Fetched(Outcome.FAILED, hidden(str(failure).encode(), request.secrets).decode(), url)
        return Fetched(Outcome.FAILED if answer.trouble else Outcome.FETCHED, answer.trouble, url, (), answer)

    def slow_down(self, url: str, delay_s: float) -> None:
        """Never go faster on the URL's host than its marketplace's description says."""
        self.policy.pace.slow_down(host_key(url), delay_s)

    async def robots(self, url: str) -> RobotsRules:
        """The robots.txt that rules `url`, archived and noted. Raises FetchFailed where the host itself is beyond
        reach, so that an outage is not told as a refusal."""
        at = urljoin(url, "/robots.txt")
        record_id = ""
        try:
            answer = await self._robots_answer(at)
            record_id = answer.record_id
            rules = unreachable(answer.trouble) if answer.trouble else rules_from(answer.status, answer.body)
        except FetchFailed as failure:
            if str(failure).partition(":")[0] in HOST_TROUBLES:
                raise
            rules = unreachable(str(failure))
        self._note_robots(robots_note(at, rules, self._clock.now(), record_id))
        return rules

    async def _robots_answer(self, at: str) -> Answer:
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._robots_exchange(at)
            target = self._redirect(answer)
            if not target:
                return answer
            if self.policy.forbidden(target):
                raise FetchFailed(f"it leads to {host_key(target)}, which the operator has not allowed")
            at = target
        raise FetchFailed("more than five redirects")

    async def _robots_exchange(self, at: str) -> Answer:
        """One request for robots.txt, and a second where the first broke off."""
        await self._checked(at)
        try:
            return await self._robots_request(at)
        except FetchFailed as failure:
            if str(failure).partition(":")[0] not in TRANSIENT:
                raise
        return await self._robots_request(at)

    async def _robots_request(self, at: str) -> Answer:
        """One request. 401 and 403 forbid its host's pages and rest nobody; 429 and Retry-After count as for a page."""
        async with self.policy.turn(at):
            answer = await self._exchange(at, self._robots_headers(host_key(at)), MAX_BYTES * 2)
            if answer.status == 429 or answer.status >= 500:
                self.policy.answered(at, answer.status, answer.headers.get("retry-after", ""))
            return answer

    async def _hop(self, url: str, headers_for: HeadersFor, archived: bool) -> Answer:
        await self._checked(url)
        await self.policy.admit(url)
        async with self.policy.turn(url):
            headers = headers_for(host_key(url))
            answer = await self._exchange(url, headers, self._limits.max_body_bytes, archived=archived)
            self.policy.answered(url, answer.status, answer.headers.get("retry-after", ""))
        return answer

    async def _checked(self, url: str) -> None:
        """The guard's leave for this URL, before anything else is asked about it."""
        self._stop.check()
        if len(url) > MAX_URL or not url.isascii():
            raise FetchFailed("bad_url: not an ASCII URL of ordinary length")
        try:
            await self._guard.addresses(url)
        except EgressRefused as refusal:
            raise NotAllowed(f"egress: {refusal}") from refusal
        except (UnknownHost, TimeoutError) as error:
            raise FetchFailed(f"dns: {error}") from error

    async def _exchange(
        self,
        url: str,
        headers: dict[str, str],
        limit: int,
        private: "_Private | None" = None,
        archived: bool = True,
    ) -> Answer:
        request = Request(url, headers=headers, dont_filter=True)
        if private is not None:
            request = private.request_with(headers)
        try:
            response = await self._download(request)
        except (Stopped, asyncio.CancelledError):
            raise
        except Exception as error:
            raise FetchFailed(reason_of(error)) from error
        if not isinstance(response, WireResponse):
            raise FetchFailed("error: the answer did not come through our own handler")
        if private is not None and archived:
            response = private.cleaned(response)
        return self._kept(url, response, limit, archived)

    def _kept(self, url: str, response: WireResponse, limit: int, archived: bool) -> Answer:
        """Archive the exchange where that is wanted, then undo its content coding."""
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        }
        body, trouble = response.body, ""
        try:
            if "dataloss" in response.flags:
                raise TornBody("the connection closed before the body was whole")
            body = decode(response.body, codings_of([headers.get("content-encoding", "")]), limit)
        except TornBody as error:
            body, trouble = b"", f"truncated: {error}"
        except BodyTooLarge as error:
            body, trouble = b"", f"too_large: {error}"
        except UndecodableBody as error:
            body, trouble = b"", f"bad_encoding: {error}"
        heads = response.heads
        message = Message(
            url, self._clock.now(), heads.remote_ip, heads.sent, heads.received, response.body,
            "disconnect" if "dataloss" in response.flags else "",
        )  # fmt: skip
        certificate = hashlib.sha256(heads.certificate).hexdigest() if heads.certificate else ""
        return Answer(
            url, response.status, headers, body, hashlib.sha256(body).hexdigest() if not trouble else "",
            len(response.body), self._archive(message) if archived else "", heads.remote_ip, certificate, trouble,
            tuple(value.decode("latin-1") for value in response.headers.getlist("Set-Cookie")),
        )  # fmt: skip

    def _redirect(self, answer: Answer) -> str:
        location = answer.headers.get("location", "")
        if answer.status not in REDIRECTS or not location:
            return ""
        target = urljoin(answer.url, location.encode("latin-1").decode("utf-8", "replace").strip())
        return _quoted(target)


@dataclass(frozen=True, repr=False)
class _Private:
    """A call whose secrets go over the wire and nowhere else."""

    call: ApiRequest

    def request_with(self, headers: dict[str, str]) -> Request:
        method = "POST" if self.call.body else "GET"
        meta = {WIRE_URL: self.call.target}
        return Request(self.call.url, method=method, headers=headers, body=self.call.body, meta=meta, dont_filter=True)

    def cleaned(self, response: WireResponse) -> WireResponse:
        """The exchange without the call's secrets. Raises FetchFailed where one may stand in a coded body."""
        secrets, heads = self.call.secrets, response.heads
        if codings_of([one.decode("latin-1") for one in response.headers.getlist("Content-Encoding")]):
            raise FetchFailed("bad_encoding: the interface sent a coded body though none was asked for")
        clean = response.replace(body=hidden(response.body, secrets))
        clean.heads = replace(heads, sent=hidden(heads.sent, secrets), received=hidden(heads.received, secrets))
        return clean


def _quoted(url: str) -> str:
    try:
        return safe_url_string(url).partition("#")[0]
    except ValueError:
        return url
