"""Fetches what an authority publishes: our own identity, robots.txt, conditional requests, retries with back-off.

A body that did not arrive whole is never handed on. Every hop is dialled at an address that the guard has checked.
"""

import http.client
import socket
import ssl
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from crawler.clock import Clock
from crawler.egress import EgressRefused, UnknownHost, authority
from crawler.feeds.bytes import MOST_BYTES
from crawler.policy import retry_after
from crawler.robots import RobotsRules, rules_from, unreachable

ATTEMPTS = 4
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 300.0
TIMEOUT_S = 120.0
PAUSE_S = 1.0
"""Between two requests to one host, where its robots.txt asks for no longer one."""
MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOT_THERE = frozenset({404, 410})
_CHUNK = 1 << 16

Addresses = Callable[[str], list[str]]
"""The checked addresses of a URL's host, as `crawler.egress.EgressGuard` gives them."""


class FetchFailed(Exception):
    """The list could not be had; the message says why. Nothing of it may be used."""


class NotThere(FetchFailed):
    """The server says that there is nothing at this address (404 or 410)."""


class _Torn(Exception):
    """The body ended early, or is packed in a way that can't be undone."""


@dataclass(frozen=True)
class Known:
    """What the last fetch told us, for a conditional request (RFC 9110, section 13)."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}


NOTHING_KNOWN = Known()


@dataclass(frozen=True)
class Answer:
    """The list as it came: `body` is None where it has not changed (status 304)."""

    status: int
    body: bytes | None
    known: Known
    final_url: str


@dataclass(frozen=True)
class _Response:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Visitor:
    """The requests of one update: robots.txt is asked once a host, and one request follows another after a pause."""

    identity_headers: Mapping[str, str]
    addresses: Addresses
    clock: Clock
    _rules: dict[str, RobotsRules] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)

    def get(self, url: str, known: Known = NOTHING_KNOWN) -> Answer:
        """What stands at `url`, or that it is unchanged. Raises FetchFailed: refused, forbidden by robots.txt, torn."""
        host = urlsplit(url).netloc
        if host not in self._rules:
            self._rules[host] = self._robots(url)
        rules = self._rules[host]
        if not rules.allows(url):
            why = "disallowed" if rules.verdict == "rules" else rules.reason
            raise FetchFailed(f"robots.txt: {why}")
        if host in self._asked:
            self.clock.sleep(max(PAUSE_S, rules.delay_s))
        self._asked.add(host)
        return self._patiently(url, known)

    def _patiently(self, url: str, known: Known) -> Answer:
        wait_s, why = FIRST_WAIT_S, ""
        for attempt in range(1, ATTEMPTS + 1):
            asked_s = 0.0
            try:
                final_url, response = _followed(url, {**self.identity_headers, **known.headers()}, self.addresses)
            except (OSError, http.client.HTTPException, _Torn, UnknownHost) as problem:
                why = _words(problem)
            else:
                if response.status in (200, 304):
                    return _answer(response, known, final_url)
                why = f"status {response.status}"
                if response.status not in _TRANSIENT:
                    raise (NotThere if response.status in _NOT_THERE else FetchFailed)(why)
                asked_s = retry_after(response.headers.get("retry-after", ""), self.clock.now())
                if asked_s > LONGEST_WAIT_S:
                    raise FetchFailed(f"{why}, asks to wait {asked_s:.0f} s")
            if attempt < ATTEMPTS:
                self.clock.sleep(max(wait_s, asked_s))
                wait_s *= 2
        raise FetchFailed(f"{why}, {ATTEMPTS} times")

    def _robots(self, url: str) -> RobotsRules:
        try:
            _, response = _followed(urljoin(url, "/robots.txt"), self.identity_headers, self.addresses)
            return rules_from(response.status, response.body)
        except (OSError, http.client.HTTPException, _Torn, UnknownHost) as problem:
            return unreachable(_words(problem))


def _answer(response: _Response, known: Known, final_url: str) -> Answer:
    if response.status == 304:
        return Answer(304, None, known, final_url)
    headers = response.headers
    return Answer(200, response.body, Known(headers.get("etag", ""), headers.get("last-modified", "")), final_url)


def _followed(url: str, headers: Mapping[str, str], addresses: Addresses) -> tuple[str, _Response]:
    for _ in range(MAX_REDIRECTS + 1):
        response = _once(url, headers, addresses)
        target = response.headers.get("location", "")
        if response.status not in _REDIRECTS or not target:
            return url, response
        following = urljoin(url, target)
        if urlsplit(url).scheme == "https" and urlsplit(following).scheme != "https":
            raise FetchFailed(f"redirected from https to {following[:80]!r}")
        url = following
    raise FetchFailed(f"more than {MAX_REDIRECTS} redirects")


def _once(url: str, headers: Mapping[str, str], addresses: Addresses) -> _Response:
    try:
        scheme, host, port = authority(url)
        dialled = addresses(url)[0]
    except EgressRefused as problem:
        raise FetchFailed(f"not dialled: {problem}") from None
    raw = socket.create_connection((dialled, port), timeout=TIMEOUT_S)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    connection.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if scheme == "https" else raw
    try:
        parts = urlsplit(url)
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return _Response(answer.status, found, _unpacked(_whole(answer), found.get("content-encoding", "")))
    finally:
        connection.close()


def _whole(answer: http.client.HTTPResponse) -> bytes:
    parts, size = [], 0
    while chunk := answer.read(_CHUNK):
        size += len(chunk)
        if size > MOST_BYTES:
            raise FetchFailed(f"longer than {MOST_BYTES >> 20} MiB")
        parts.append(chunk)
    if answer.length:
        raise _Torn(f"the body ended {answer.length} bytes early")
    return b"".join(parts)


def _unpacked(body: bytes, coding: str) -> bytes:
    if not coding or coding == "identity" or not body:
        return body
    if coding not in ("gzip", "x-gzip"):
        raise FetchFailed(f"content coding {coding!r} was not asked for")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(body, MOST_BYTES)
    except zlib.error as problem:
        raise _Torn(f"the body is torn gzip: {problem}") from None
    if not unpacker.eof:
        raise _Torn("the packed body ended early or is too long")
    return text


def _words(problem: Exception) -> str:
    return f"{type(problem).__name__.strip('_')}: {problem}" if str(problem) else type(problem).__name__
