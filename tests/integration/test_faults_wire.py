"""The fault matrix, what the network does: each fault ends in the outcome that is expected of us, in bounded time."""

import gzip
import socket
import ssl
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest

from crawler import encoding
from crawler.clock import SystemClock
from crawler.plan import Limits
from crawler.record import Capture, Outcome
from crawler.run import run_plan
from tests.integration.loopback import (
    FAST,
    PAGE,
    Loopback,
    Reply,
    captures,
    closing,
    gzipped,
    http,
    market,
    planned,
    serving,
    slot,
)

zstd: Any = encoding.zstd  # type: ignore[attr-defined]
BIG = b"<p>" + b"all work and no play " * 20000
ANNOUNCED = b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n"
ENDLESS_LINE = b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300000
BOMB = b"\0" * (64 * 1024 * 1024)
SMALL = Limits(min_delay_s=0.0, timeout_s=1.0, max_body_bytes=1024 * 1024, max_header_bytes=64 * 1024)


def one(tmp_path: Path, reply: Reply, limits: Limits = FAST, robots: Reply | None = None) -> tuple[Capture, Loopback]:
    """The capture of one look at a page that answers with `reply`."""
    replies: dict[str, Reply] = {"/p": reply, "/ok": http()}
    if robots is not None:
        replies["/robots.txt"] = robots
    with serving(replies) as server:
        folder = planned(tmp_path / "run", [slot(1, server.url("/p"))], server, limits)
        run_plan(folder, market=market())
        (capture,) = captures(folder)
        return capture, server


def reset(connection: socket.socket, _head: bytes) -> None:
    """Drop the connection hard."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def drip(connection: socket.socket, _head: bytes) -> None:
    """A slow loris: a byte now and then, for ever."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    clock = SystemClock()
    while True:
        connection.sendall(b"x")
        clock.sleep(0.2)


def endless(connection: socket.socket, _head: bytes) -> None:
    """A body without end, as fast as it goes."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def endless_head(connection: socket.socket, _head: bytes) -> None:
    """20 MB of header lines."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(20000):
        connection.sendall(b"X-%d: %b\r\n" % (number, b"y" * 1000))


def coded(body: bytes, coding: str, compress: Callable[[bytes], bytes], cut: int = 0) -> bytes:
    """A page in one content coding, with the last `cut` bytes missing and the length that belongs to that."""
    data = compress(body)
    return http(data[: len(data) - cut], "200 OK", f"Content-Encoding: {coding}")


def _torn_chunks() -> bytes:
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\nonly this"


FAULTS = [
    ("F9 gzip cut short", coded(BIG, "gzip", gzip.compress, 9), Outcome.FAILED, "truncated"),
    ("F9 gzip without its trailer", coded(BIG, "gzip", gzip.compress, 8), Outcome.FAILED, "truncated"),
    ("F9 deflate cut short", coded(BIG, "deflate", zlib.compress, 5), Outcome.FAILED, "truncated"),
    ("F9 brotli cut short", coded(BIG, "br", brotli.compress, 3), Outcome.FAILED, "truncated"),
    ("F9 zstd cut short", coded(BIG, "zstd", zstd.compress, 3), Outcome.FAILED, "truncated"),
    ("F10 short of its length", closing(http(PAGE)[:-9]), Outcome.FAILED, "truncated"),
    ("F10 short of its chunk", closing(_torn_chunks()), Outcome.FAILED, "truncated"),
    ("F11 slow loris", drip, Outcome.FAILED, "timeout"),
    ("F12 gzip bomb", coded(BOMB, "gzip", gzip.compress), Outcome.FAILED, "too_large"),
    ("F12 brotli bomb", coded(BOMB, "br", lambda body: brotli.compress(body, quality=1)), Outcome.FAILED, "too_large"),
    ("F12 zstd bomb", coded(BOMB, "zstd", zstd.compress), Outcome.FAILED, "too_large"),
    ("F13 endless body", endless, Outcome.FAILED, "too_large"),
    (
        "F13 announced too large",
        closing(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n"),
        Outcome.FAILED,
        "too",
    ),
    ("F14 endless head", endless_head, Outcome.FAILED, "head_too_large"),
    (
        "F14 one endless header line",
        closing(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300000),
        Outcome.FAILED,
        "head_too_large",
    ),
    ("F15 redirect loop", http(b"", "302 Found", "Location: /p"), Outcome.FAILED, "redirect_limit"),
    ("F16 NUL bytes", http(b"\0\xff\xfe" * 1000), Outcome.FETCHED, ""),
    ("F17 deep nesting", gzipped(b"<div>" * 200_000), Outcome.FETCHED, ""),
    ("F18 empty body", http(b""), Outcome.FETCHED, ""),
    ("F18 empty gzip body", http(b"", "200 OK", "Content-Encoding: gzip"), Outcome.FETCHED, ""),
    ("F19 429", http(b"slow down", "429 Too Many Requests", "Retry-After: 5"), Outcome.FETCHED, ""),
    ("F19 503", http(b"later", "503 Service Unavailable", "Retry-After: 5"), Outcome.FETCHED, ""),
    ("F21 reset", reset, Outcome.FAILED, "reset"),
    ("F21 closed without a word", closing(b""), Outcome.FAILED, "reset"),
    ("F21 garbage", closing(b"\x16\x03\x01 what is this\r\n\r\n"), Outcome.FAILED, "bad_response"),
    ("F21 HTTP/0.9", closing(b"<html>no head at all</html>"), Outcome.FAILED, ""),
    ("an unknown coding", http(b"data", "200 OK", "Content-Encoding: rot13"), Outcome.FAILED, "bad_encoding"),
    ("gzip that is none", http(PAGE, "200 OK", "Content-Encoding: gzip"), Outcome.FAILED, "bad_encoding"),
    ("a header line without a colon", http(PAGE, "200 OK", "nonsense"), Outcome.FETCHED, ""),
    ("a redirect to a file", http(b"", "302 Found", "Location: file:///etc/hostname"), Outcome.NOT_ALLOWED, "egress"),
    ("a redirect inside", http(b"", "302 Found", "Location: http://10.0.0.1/x"), Outcome.NOT_ALLOWED, "egress"),
]


@pytest.mark.parametrize(("reply", "outcome", "reason"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_fault(tmp_path: Path, reply: Reply, outcome: Outcome, reason: str) -> None:
    began_s = SystemClock().monotonic_s()
    capture, _ = one(tmp_path, reply, SMALL)
    assert capture.outcome == outcome, capture.reason
    assert capture.reason.startswith(reason)
    assert bool(capture.reason) == (outcome != Outcome.FETCHED)
    assert SystemClock().monotonic_s() - began_s < 6
    if outcome != Outcome.FETCHED:
        assert capture.reading is None


ROBOTS = [
    ("F23 500", http(b"", "500 Internal Server Error"), Outcome.NOT_ALLOWED),
    ("F23 503", http(b"", "503 Service Unavailable"), Outcome.NOT_ALLOWED),
    ("401", http(b"", "401 Unauthorized"), Outcome.NOT_ALLOWED),
    ("403", http(b"", "403 Forbidden"), Outcome.NOT_ALLOWED),
    ("429", http(b"", "429 Too Many Requests"), Outcome.NOT_ALLOWED),
    ("404", http(b"", "404 Not Found"), Outcome.FETCHED),
    ("410", http(b"", "410 Gone"), Outcome.FETCHED),
    ("reset", reset, Outcome.NOT_ALLOWED),
    ("slow", drip, Outcome.NOT_ALLOWED),
    ("a loop of redirects", http(b"", "301 Moved", "Location: /robots.txt"), Outcome.NOT_ALLOWED),
    ("a redirect to one that allows", http(b"", "301 Moved", "Location: /ok"), Outcome.FETCHED),
    ("disallow", http(b"User-agent: *\nDisallow: /p\n"), Outcome.NOT_ALLOWED),
    ("names us", http(b"User-agent: stillforsale\nDisallow: /\n\nUser-agent: *\nAllow: /\n"), Outcome.NOT_ALLOWED),
    ("names Scrapy", http(b"User-agent: Scrapy\nDisallow: /\n\nUser-agent: *\nAllow: /\n"), Outcome.NOT_ALLOWED),
    ("names another", http(b"User-agent: otherbot\nDisallow: /\n"), Outcome.FETCHED),
    ("gzip cut short", coded(BIG, "gzip", gzip.compress, 9), Outcome.NOT_ALLOWED),
]


@pytest.mark.parametrize(("robots", "outcome"), [row[1:] for row in ROBOTS], ids=[row[0] for row in ROBOTS])
def test_robots(tmp_path: Path, robots: Reply, outcome: Outcome) -> None:
    capture, server = one(tmp_path, http(), SMALL, robots)
    assert capture.outcome == outcome
    assert server.hits["/p"] == (1 if outcome == Outcome.FETCHED else 0)
    if outcome != Outcome.FETCHED:
        assert capture.reason.startswith("robots: ")


def test_nobody_at_the_address_is_a_failure(tmp_path: Path) -> None:
    with serving() as server:
        server.close()
        folder = planned(tmp_path / "run", [slot(1, server.url("/p")), slot(2, server.url("/q"))], server, SMALL)
        run_plan(folder, market=market())
    assert [one.reason.partition(":")[0] for one in captures(folder)] == ["connect", "connect"]


def test_a_name_without_address_is_a_failure(tmp_path: Path) -> None:
    folder = planned(tmp_path / "run", [slot(1, "http://nowhere.invalid/p")], None, SMALL)
    run_plan(folder, market=market())
    (capture,) = captures(folder)
    assert (capture.outcome, capture.reason.partition(":")[0]) == (Outcome.FAILED, "dns")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that nobody vouches for, with its key in one file."""
    path = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(path / "key.pem"), "-out", str(path / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    return path


def test_f22_an_unknown_certificate_is_a_failure(tmp_path: Path, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with serving(tls=context) as server:
        folder = planned(tmp_path / "run", [slot(1, server.url("/p"))], server, SMALL)
        run_plan(folder, market=market())
    (capture,) = captures(folder)
    assert (capture.outcome, capture.reason.partition(":")[0]) == (Outcome.FAILED, "tls")
    assert server.hits["/p"] == 0
