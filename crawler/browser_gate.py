"""The way out of the machine for a browser: a forward proxy on loopback that asks the same guard as the fetcher.

The browser resolves no name and dials nobody. What it wants is asked for here (RFC 9110, section 7.3.2; CONNECT by
section 9.3.6), and passes only where the request hook has admitted its origin for this page and the egress guard
gives a checked address, which is then dialled. One gate serves one page and is closed with it.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from urllib.parse import urlsplit

from crawler.browser_rules import METHODS
from crawler.egress import EgressGuard, EgressRefused, UnknownHost, authority
from crawler.plan import Limits

REFUSED_HEADER = "X-Stillforsale-Refused"
"""Marks an answer as ours, so that our refusal is never read as the site's own."""

CONNECT_TIMEOUT_S = 10.0
HEAD_TIMEOUT_S = 10.0
HANG_UP_TIMEOUT_S = 5.0
MAX_ADDRESSES = 4
_CHUNK_BYTES = 64 * 1024
_HOP_BY_HOP = (b"connection:", b"proxy-", b"keep-alive:", b"upgrade:", b"te:")

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Refused(Exception):
    """Not let out; the message is the reason."""


class Gate:
    """An open gate on `url`, as a context. `refusals` counts what it refused by reason, `received_bytes` what came."""

    def __init__(self, guard: EgressGuard, limits: Limits) -> None:
        self.url = ""
        self.refusals: Counter[str] = Counter()
        self.received_bytes = 0
        self._guard, self._limits = guard, limits
        self._admitted: set[tuple[str, str, int]] = set()
        self._busy: set[asyncio.Task[None]] = set()
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "Gate":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=self._limits.max_header_bytes)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*(writer.wait_closed() for writer in self._open), return_exceptions=True)

    def admit(self, url: str) -> None:
        """Let requests to the origin of `url` pass. Raises EgressRefused where it is no http(s) URL."""
        self._admitted.add(authority(url))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._open.add(writer)
        if task is not None:
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)
        with suppress(OSError, TimeoutError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
            async with asyncio.timeout(HEAD_TIMEOUT_S):
                head = await reader.readuntil(b"\r\n\r\n")
            await self._answer(head, reader, writer)
            await self._hang_up(writer)
        writer.close()

    async def _answer(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
        target = rest.rpartition(" ")[0]
        try:
            upstream = await self._dialled(method, target)
        except _Refused as refused:
            self.refusals[str(refused)] += 1
            await _say(writer, "403 Refused by stillforsale", str(refused))
            return
        except (UnknownHost, OSError, TimeoutError) as error:
            await _say(writer, "502 Bad Gateway", f"not reached: {error}")
            return
        try:
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await self._tunnel((reader, writer), upstream)
            else:
                await self._forward(head, target, (reader, writer), upstream)
        finally:
            upstream[1].transport.abort()
            await self._hang_up(upstream[1])

    async def _dialled(self, method: str, target: str) -> Streams:
        """A connection to a checked address. Raises _Refused, UnknownHost, OSError or TimeoutError."""
        if method != "CONNECT" and method not in METHODS:
            raise _Refused(f"method {method}")
        try:
            origin = authority(f"https://{target}" if method == "CONNECT" else target)
            if origin not in self._admitted:
                raise _Refused("not asked for")
            if self.received_bytes > self._limits.render_bytes:
                raise _Refused("more bytes than the limit")
            addresses = await self._guard.host_addresses(origin[1], origin[2])
        except EgressRefused as error:
            raise _Refused(f"egress: {error}") from error
        for address in addresses[: MAX_ADDRESSES - 1]:
            with suppress(OSError, TimeoutError):
                return await self._dial(address, origin[2])
        return await self._dial(addresses[-1], origin[2])

    async def _dial(self, address: str, port: int) -> Streams:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            streams = await asyncio.open_connection(address, port, limit=self._limits.max_header_bytes)
        self._open.add(streams[1])
        return streams

    async def _forward(self, head: bytes, target: str, client: Streams, upstream: Streams) -> None:
        """One plain exchange, after which both connections are closed."""
        parts = urlsplit(target)
        path = target[len(f"{parts.scheme}://{parts.netloc}") :].partition("#")[0]
        method, version = head.split(b" ", 1)[0], head.partition(b"\r\n")[0].rpartition(b" ")[2]
        start = b" ".join([method, (path if path.startswith("/") else f"/{path}").encode("latin-1"), version])
        upstream[1].write(_closing(start, head))
        answer = await upstream[0].readuntil(b"\r\n\r\n")
        client[1].write(_closing(answer.partition(b"\r\n")[0], answer))
        await self._until_one_ends(self._pump(upstream[0], client[1], counted=True), client[0].read(1))

    async def _tunnel(self, client: Streams, upstream: Streams) -> None:
        await self._until_one_ends(
            self._pump(upstream[0], client[1], counted=True), self._pump(client[0], upstream[1], counted=False)
        )

    async def _hang_up(self, writer: asyncio.StreamWriter) -> None:
        """Close a connection after what was written to it has gone out."""
        writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(HANG_UP_TIMEOUT_S):
                await writer.wait_closed()
            self._open.discard(writer)

    async def _until_one_ends(self, *both: object) -> None:
        tasks = [asyncio.ensure_future(one) for one in both]  # type: ignore[call-overload]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, counted: bool) -> None:
        while chunk := await source.read(_CHUNK_BYTES):
            if counted:
                self.received_bytes += len(chunk)
                if self.received_bytes > self._limits.render_bytes:
                    self.refusals["more bytes than the limit"] += 1
                    return
            sink.write(chunk)
            await sink.drain()


def _closing(start: bytes, head: bytes) -> bytes:
    """A head with another start line that ends its connection and keeps nothing that is between neighbours only."""
    lines = head.partition(b"\r\n")[2].removesuffix(b"\r\n\r\n").split(b"\r\n")
    kept = [line for line in lines if line and not line.lower().startswith(_HOP_BY_HOP)]
    return b"\r\n".join([start, *kept, b"Connection: close", b"", b""])


async def _say(writer: asyncio.StreamWriter, status: str, why: str) -> None:
    lines = [f"HTTP/1.1 {status}", f"{REFUSED_HEADER}: {why}", "Connection: close", "Content-Length: 0", "", ""]
    writer.write("\r\n".join(lines).encode("latin-1", "replace"))
    await writer.drain()
