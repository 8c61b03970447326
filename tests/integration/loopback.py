"""A server on loopback that answers with raw bytes, so that a test can send what no real server library would."""

import gzip
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from crawler.clock import Clock, SimulatedClock, SystemClock, instant
from crawler.market import Market
from crawler.marketplaces.description import Render
from crawler.marketplaces.states import State
from crawler.plan import Identity, Limits, Plan, Slot, Vantage, write_plan
from crawler.reading import FetchedPage, Judgement, Mark, MarkKind, Reading
from crawler.record import CAPTURES_FILE, PLAN_FILE, Capture

Reply = bytes | Callable[[socket.socket, bytes], None]

PAGE = b"<html><head><title>A lamp</title></head><body><p>Add to cart</p></body></html>"
ALLOW_ALL = b"User-agent: *\nAllow: /\n"


def http(body: bytes = PAGE, status: str = "200 OK", *headers: str, length: bool = True) -> bytes:
    """A whole answer; the connection is kept alive where its length is known."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def gzipped(body: bytes = PAGE, *headers: str) -> bytes:
    """The same, as gzip."""
    return http(gzip.compress(body, mtime=0), "200 OK", "Content-Encoding: gzip", *headers)


def closing(data: bytes) -> Reply:
    """Send some bytes and close."""

    def reply(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(data)

    return reply


@dataclass
class Loopback:
    """Replies by path (`*` for every other path); `hits` counts what was asked for, `heads` keeps it."""

    replies: dict[str, Reply]
    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    hits: Counter[str] = field(default_factory=Counter)
    heads: list[bytes] = field(default_factory=list)
    times: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.replies.setdefault("/robots.txt", http(ALLOW_ALL))
        self._listener = socket.create_server((self.host, 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def authority(self) -> str:
        return f"{self.host}:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"{'https' if self.tls else 'http'}://{self.authority}{path}"

    def close(self) -> None:
        """Stop listening; a thread that waits in accept() keeps a merely closed socket open."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self.tls.wrap_socket(connection, server_side=True) if self.tls else connection

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError), self._secured(connection) as connection:
            while head := _head(connection):
                path = head.split(b" ", 2)[1].decode()
                self.hits[path] += 1
                self.heads.append(head)
                self.times.append((SystemClock().monotonic_s(), path))
                reply = self.replies.get(path, self.replies.get("*", http(b"no such page", "404 Not Found")))
                if callable(reply):
                    reply(connection, head)
                    return
                connection.sendall(reply)
                if b"content-length" not in reply.lower() and b"chunked" not in reply.lower():
                    return


def _head(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        data += chunk
    return data


@contextmanager
def serving(replies: dict[str, Reply] | None = None, **more: object) -> Iterator[Loopback]:
    """A server for the length of a `with` block."""
    server = Loopback(replies if replies is not None else {"*": http()}, **more)  # type: ignore[arg-type]
    try:
        yield server
    finally:
        server.close()


US = Vantage(name="us", country="US", postal_code="10001")
FAST = Limits(min_delay_s=0.0, timeout_s=2.0)


def slot(number: int, url: str, **more: object) -> Slot:
    fields: dict[str, object] = {
        "slot_id": f"s{number}", "purpose": "look", "marketplace": "market", "url": url, "vantage": "us", **more
    }  # fmt: skip
    return Slot.model_validate(fields)


def planned(
    folder: Path, slots: list[Slot], server: Loopback | None = None, limits: Limits = FAST, **more: object
) -> Path:
    """A folder that holds only a plan."""
    fields: dict[str, object] = {
        "run_id": folder.name,
        "made_at": instant(SystemClock().now()),
        "identity": Identity(operator="Test Watch", contact="watch@example.org"),
        "vantages": {"us": US},
        "limits": limits,
        "allowed_marketplaces": ("market",),
        "allowed_hosts": (server.authority,) if server else (),
        **more,
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_plan(folder / PLAN_FILE, Plan.model_validate(fields), slots)
    return folder


def captures(folder: Path) -> list[Capture]:
    """The captures of a run folder, in order."""
    return [Capture.model_validate_json(line) for line in (folder / CAPTURES_FILE).read_text().splitlines()]


def simulated(path: Path, clock: Clock | None = None) -> SimulatedClock:
    """A simulated clock that starts where another stands."""
    return SimulatedClock(path, (clock or SystemClock()).now())


@dataclass
class Site:
    """A marketplace's metadata as a run sees it."""

    hosts: tuple[str, ...] = ()
    min_delay_s: float = 0.0
    render: Render = "never"

    def region_cookies(self, vantage: Vantage) -> dict[str, str]:
        return {"ship_to": vantage.country}

    def region_headers(self, vantage: Vantage) -> dict[str, str]:
        return {"Accept-Language": vantage.language}


def plain_read(page: FetchedPage, _slot: Slot, _vantage: Vantage | None) -> Reading:
    """Reads the few words that the test pages use."""
    state = State.AVAILABLE if b"Add to cart" in page.body else State.UNCLEAR
    marks: tuple[Mark, ...] = ()
    if b"prove that you are human" in page.body:
        state, marks = State.BLOCKED, (Mark(kind=MarkKind.WALL, signature="test", where="p"),)
    next_url = page.body.partition(b"next=")[2].partition(b"<")[0].decode()
    return Reading(
        marketplace="market",
        kind="listing",
        marks=marks,
        next_page_url=next_url,
        judgement=Judgement(state=state, rule="test", version=1),
    )


def market(site: Site | None = None) -> Market:
    """One marketplace that owns every host, and the plain reader."""
    return Market(sites=lambda _: site or Site(), owner=lambda _: "", read=plain_read)
