"""Scrapy's way onto the wire: a download handler that dials checked addresses only and keeps what came as it came.

It differs from Scrapy's own HTTP/1.1 handler in four things: the egress guard picks the address, TLS is always
verified, the head of a message is capped and kept byte for byte (for the archive), and a body that broke off is
handed over with the flag `dataloss` instead of being lost.
"""

from __future__ import annotations

import asyncio
import ipaddress
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Headers, Request, Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, wrapClientTLS
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.protocol import Protocol, connectionDone
from twisted.internet.ssl import optionsForClientTLS
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS, HTTP11ClientProtocol, HTTPClientParser
from twisted.web.client import Agent, FileBodyProducer, HTTPConnectionPool, ResponseDone, _HTTP11ClientFactory
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers as WireHeaders
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.clock import SystemClock
from crawler.egress import guard_of
from crawler.plan import Limits

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

CONNECT_TIMEOUT_S = 10.0
MAX_ADDRESSES = 4
WIRE_URL = "wire_url"
"""The key of a request's meta under which the address to ask for stands, where that holds a signature: Scrapy logs
the request's own URL."""
IDLE_S = 4
"""Less than most servers keep an idle connection, so that a request is seldom sent into a closed one."""


class OversizedHead(Exception):
    """The head of the answer is larger than the limit."""


class OversizedBody(Exception):
    """The body is larger than the limit."""


@dataclass(frozen=True)
class Heads:
    """The head of a request and of its answer, as they went over the wire (blank line included)."""

    sent: bytes
    received: bytes
    remote_ip: str
    certificate: bytes


class WireResponse(Response):
    """A response whose body still carries its content coding, with the heads beside it."""

    heads: Heads


class WireHandler(BaseDownloadHandler):
    """The only handler of the project: http and https, through the guard of the spider."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        from twisted.internet import reactor

        limits = getattr(crawler.spider, "limits", None) or Limits()
        self._guard = guard_of(crawler.spider, SystemClock())
        self._limits: Limits = limits
        self._endpoints = _CheckedEndpoints(reactor)
        self._pool = HTTPConnectionPool(reactor)  # type: ignore[no-untyped-call]
        # A second try is ours to make, and is counted in the capture's `attempt`.
        self._pool.retryAutomatically = False
        self._pool.cachedConnectionTimeout = IDLE_S
        self._pool._factory = _factory_class(limits.max_header_bytes)
        self._agent: Any = Agent.usingEndpointFactory(reactor, self._endpoints, self._pool)  # type: ignore[no-untyped-call]

    async def download_request(self, request: Request) -> Response:
        """One exchange. Raises EgressRefused, UnknownHost, TimeoutError, OversizedHead or OversizedBody,
        or Twisted's errors where the connection broke."""
        async with asyncio.timeout(self._limits.timeout_s):
            target = str(request.meta.get(WIRE_URL, request.url))
            self._endpoints.pin(target, await self._guard.addresses(target))
            headers = WireHeaders({name: list(values) for name, values in request.headers.items()})
            url, body = target.partition("#")[0].encode("ascii"), _sent_body(request.body)
            asked = self._agent.request(request.method.encode(), url, headers, body)
            answer: Any = await maybe_deferred_to_future(asked)
            received, flags = await self._body(answer)
        response = WireResponse(
            url=request.url,
            status=answer.code,
            headers=Headers(dict(answer.headers.getAllRawHeaders())),
            body=received,
            flags=flags,
            ip_address=ipaddress.ip_address(answer.heads.remote_ip),
        )
        response.heads = answer.heads
        return response

    async def _body(self, answer: Any) -> tuple[bytes, list[str]]:
        if answer.length == 0:
            return b"", []
        limit = self._limits.max_body_bytes
        if isinstance(answer.length, int) and answer.length > limit:
            answer._transport._producer.abortConnection()
            raise OversizedBody(f"{answer.length} bytes announced, the limit is {limit}")
        reader = _BodyReader(answer, limit)
        answer.deliverBody(reader)
        return await maybe_deferred_to_future(reader.finished)

    async def close(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await maybe_deferred_to_future(self._pool.closeCachedConnections())  # type: ignore[no-untyped-call]


def _sent_body(body: bytes) -> FileBodyProducer | None:
    """What a request carries: only the call for an interface's token carries anything."""
    return FileBodyProducer(BytesIO(body)) if body else None  # type: ignore[no-untyped-call]


class _BodyReader(Protocol):
    """Collects a body up to a limit; ends with the bytes and what is known about their end."""

    def __init__(self, answer: Any, limit: int) -> None:
        self._answer, self._room = answer, limit
        self._parts: list[bytes] = []
        self.finished: Deferred[tuple[bytes, list[str]]] = Deferred(lambda _: self._abort())

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if self.finished.called:
            return
        self._room -= len(data)
        if self._room < 0:
            self._parts.clear()
            self.finished.errback(OversizedBody("the body goes on beyond the limit"))
            self._abort()
            return
        self._parts.append(data)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        if self.finished.called:
            return
        end = reason.type
        flags = [] if end is ResponseDone else ["partial" if end is PotentialDataLoss else "dataloss"]
        self.finished.callback((b"".join(self._parts), flags))

    def _abort(self) -> None:
        self._answer._transport._producer.abortConnection()


@implementer(IAgentEndpointFactory)
class _CheckedEndpoints:
    """Endpoints to the addresses that the guard has just checked, and to nothing else."""

    def __init__(self, reactor: Any) -> None:
        self._reactor = reactor
        self._pins: dict[tuple[str, int], list[str]] = {}

    def pin(self, url: str, addresses: list[str]) -> None:
        from crawler.egress import authority

        _, host, port = authority(url)
        self._pins[host, port] = addresses

    def endpointForURI(self, uri: Any) -> Any:  # noqa: N802
        host = uri.host.decode("ascii").strip("[]").lower()
        endpoint: Any = _CheckedEndpoint(self._reactor, self._pins[host, uri.port], uri.port)
        if uri.scheme == b"https":
            endpoint = wrapClientTLS(optionsForClientTLS(host), endpoint)
        return endpoint


@implementer(IStreamClientEndpoint)
class _CheckedEndpoint:
    """Tries the addresses in turn."""

    def __init__(self, reactor: Any, addresses: list[str], port: int) -> None:
        self._reactor, self._addresses, self._port = reactor, addresses[:MAX_ADDRESSES], port

    def connect(self, factory: Any) -> Deferred[Any]:
        return Deferred.fromCoroutine(self._connect(factory))

    async def _connect(self, factory: Any) -> Any:
        for address in self._addresses[:-1]:
            with suppress(Exception):
                return await self._dial(address, factory)
        return await self._dial(self._addresses[-1], factory)

    def _dial(self, address: str, factory: Any) -> Deferred[Any]:
        kind = TCP6ClientEndpoint if ":" in address else TCP4ClientEndpoint
        dialled: Deferred[Any] = kind(self._reactor, address, self._port, timeout=CONNECT_TIMEOUT_S).connect(factory)
        return dialled


class _Parser(HTTPClientParser):
    """Keeps the head as it came, caps it, and skips header lines without a colon as browsers do."""

    head: list[bytes]
    room: int

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        if self.state == STATUS:
            self.head = []
        self.head.append(line)
        self.room -= len(line) + 1
        if self.room < 0:
            raise OversizedHead("the head of the answer is larger than the limit")
        if self.state == HEADER and line.strip() and line[:1] not in b" \t" and b":" not in line:
            return
        super().lineReceived(line)  # type: ignore[no-untyped-call]

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        raise OversizedHead("one header line is larger than the limit")


class _Lines:
    """A transport that only remembers what was written."""

    def __init__(self) -> None:
        self.written = b""

    def writeSequence(self, lines: list[bytes]) -> None:  # noqa: N802
        self.written = b"".join(lines)


class _WireProtocol(HTTP11ClientProtocol):
    """One connection; every answer leaves with the heads of its exchange."""

    max_head_bytes = 0

    def request(self, request: Any) -> Deferred[Any]:
        answered: Deferred[Any] = super().request(request)
        parser: Any = self._parser
        if parser is None:
            return answered
        # Twisted names its parser class inside request(), so the class of the fresh parser is replaced.
        parser.__class__ = _Parser
        parser.head, parser.room = [], self.max_head_bytes
        sent = _Lines()
        request._writeHeaders(sent, None)
        answered.addCallback(self._attach_heads, parser, sent.written)
        return answered

    def _attach_heads(self, answer: Any, parser: _Parser, sent: bytes) -> Any:
        transport: Any = self.transport
        certificate = b""
        if hasattr(transport, "getPeerCertificate"):
            certificate = _der(transport.getPeerCertificate())
        received = b"\n".join(parser.head) + b"\n"
        answer.heads = Heads(sent, received, transport.getPeer().host, certificate)
        return answer


def _der(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(certificate.to_cryptography().public_bytes(Encoding.DER)) if certificate else b""


def _factory_class(max_head_bytes: int) -> type[_HTTP11ClientFactory]:
    protocol_class = type("_CappedProtocol", (_WireProtocol,), {"max_head_bytes": max_head_bytes})

    class _CappedFactory(_HTTP11ClientFactory):
        noisy = False

        def buildProtocol(self, addr: Any) -> HTTP11ClientProtocol:  # noqa: N802
            protocol: HTTP11ClientProtocol = protocol_class(self._quiescentCallback)
            return protocol

    return _CappedFactory
