"""F9 to F23: what the network does to one look."""

import gzip
import socket
import ssl
import subprocess
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

import brotli  # type: ignore[import-untyped]

from crawler import encoding
from crawler.clock import SystemClock
from crawler.marketplaces.states import State
from crawler.plan import Limits
from crawler.record import Outcome
from crawler.run import run_plan
from tests.integration.faults.place import LIVE, UNKNOWN, Place, Row, state_of
from tests.integration.loopback import PAGE, Reply, captures, closing, gzipped, http, serving

zstd: Any = encoding.zstd  # type: ignore[attr-defined]
BIG = b"<p>" + b"all work and no play " * 20000
BOMB_BYTES = 64 * 1024 * 1024
FAILED = frozenset({State.FAILED})
BLOCKED = frozenset({State.BLOCKED})
NOT_ALLOWED = frozenset({State.NOT_ALLOWED})
WORDS_OF_AN_END = b"<html><head><title>Just a moment...</title></head><body><div id=challenge-running></div>" + (
    b'<main><p class="notice">This item is no longer available</p></main></body></html>'
)


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


def _bomb(coding: str, compress: Callable[[bytes], bytes]) -> bytes:
    return coded(bytes(BOMB_BYTES), coding, compress)


def fails(reply: Reply, reason: str) -> Callable[[Place], list[State]]:
    """The look fails for this reason, and nothing is read from what came."""

    def act(place: Place) -> list[State]:
        capture = place.look(reply)
        assert capture.outcome is Outcome.FAILED
        assert capture.reason.startswith(reason), capture.reason
        assert capture.reading is None
        return [state_of(capture)]

    return act


def reads(reply: Reply) -> Callable[[Place], list[State]]:
    """The look brings a whole answer, which is read."""

    def act(place: Place) -> list[State]:
        capture = place.look(reply)
        assert capture.outcome is Outcome.FETCHED, capture.reason
        assert capture.warc_record_id
        return [state_of(capture)]

    return act


def rests(reply: Reply, seconds: float) -> Callable[[Place], list[State]]:
    """Retry-After is honoured: the neighbour is not asked before it is over."""

    def act(place: Place) -> list[State]:
        states = reads(reply)(place)
        asked = {path: at for at, path in place.server.times}
        assert "/item/2" not in asked or asked["/item/2"] - asked["/item/1"] >= seconds
        return states

    return act


def _loris(place: Place) -> list[State]:
    assert Limits().timeout_s == 30
    return fails(drip, "timeout")(place)


def _challenged(place: Place) -> list[State]:
    states = reads(http(WORDS_OF_AN_END))(place)
    assert place.server.hits["/item/2"] == 0
    return states


def _unknown_certificate(place: Place) -> list[State]:
    key, certificate = place.folder / "key.pem", place.folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
         "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving({"*": LIVE}, tls=context) as secure:
        place.server = secure
        folder = place.plan([place.slot(1, 1)])
        run_plan(folder)
    (capture,) = captures(folder)
    assert capture.reason.startswith("tls"), capture.reason
    assert not secure.hits
    return [state_of(capture)]


def _robots_down(status: str) -> Callable[[Place], list[State]]:
    def act(place: Place) -> list[State]:
        capture = place.look(LIVE, robots=http(b"", status))
        assert capture.reason.startswith("robots: ")
        assert place.server.hits["/item/1"] == place.server.hits["/item/2"] == 0
        return [state_of(capture)]

    return act


_OK = b"HTTP/1.1 200 OK\r\n"
_SHORT = _OK + b"Transfer-Encoding: chunked\r\n\r\n100\r\nonly this"
_HUGE = _OK + b"Content-Length: 9999999999\r\n\r\n"
_LATER = ("429 Too Many Requests", "503 Service Unavailable")

ROWS = [
    Row(9, "gzip cut short", FAILED, fails(coded(BIG, "gzip", gzip.compress, 9), "truncated")),
    Row(9, "gzip without its trailer", FAILED, fails(coded(BIG, "gzip", gzip.compress, 8), "truncated")),
    Row(9, "deflate cut short", FAILED, fails(coded(BIG, "deflate", zlib.compress, 5), "truncated")),
    Row(9, "brotli cut short", FAILED, fails(coded(BIG, "br", brotli.compress, 3), "truncated")),
    Row(9, "zstd cut short", FAILED, fails(coded(BIG, "zstd", zstd.compress, 3), "truncated")),
    Row(10, "short of its length", FAILED, fails(closing(http(PAGE)[:-9]), "truncated")),
    Row(10, "short of its chunk", FAILED, fails(closing(_SHORT), "truncated")),
    Row(11, "slow loris", FAILED, _loris),
    Row(12, "gzip bomb", FAILED, fails(_bomb("gzip", gzip.compress), "too_large")),
    Row(12, "brotli bomb", FAILED, fails(_bomb("br", partial(brotli.compress, quality=1)), "too_large")),
    Row(12, "zstd bomb", FAILED, fails(_bomb("zstd", zstd.compress), "too_large")),
    Row(13, "endless body", FAILED, fails(endless, "too_large")),
    Row(13, "announced too large", FAILED, fails(closing(_HUGE), "too_large")),
    Row(14, "20 MB of headers", FAILED, fails(endless_head, "head_too_large")),
    Row(14, "one header line", FAILED, fails(closing(_OK + b"X: " + b"y" * 300000), "head_too_large")),
    Row(15, "redirect loop", FAILED, fails(http(b"", "302 Found", "Location: /item/1"), "redirect_limit")),
    Row(16, "wrong charset", UNKNOWN, reads(http("<h1>Kochtöpfe</h1>".encode("utf-16")))),
    Row(16, "NUL bytes", UNKNOWN, reads(http(b"\0\xff\xfe" * 1000))),
    Row(17, "200,000 nested tags", UNKNOWN, reads(gzipped(b"<div>" * 200_000))),
    Row(18, "empty body", UNKNOWN, reads(http(b""))),
    Row(18, "empty gzip body", UNKNOWN, reads(http(b"", "200 OK", "Content-Encoding: gzip"))),
    Row(19, "429", BLOCKED, rests(http(b"slow down", _LATER[0], "Retry-After: 2"), 3600)),
    Row(19, "503", FAILED, rests(http(b"later", _LATER[1], "Retry-After: 2"), 1.9)),
    Row(20, "challenge with status 200", BLOCKED, _challenged),
    Row(21, "reset", FAILED, fails(reset, "reset")),
    Row(21, "closed without a word", FAILED, fails(closing(b""), "reset")),
    Row(21, "garbage", FAILED, fails(closing(b"\x16\x03\x01 what is this\r\n\r\n"), "bad_response")),
    Row(21, "HTTP 0.9", FAILED, fails(closing(b"<html>no head at all</html>"), "")),
    Row(22, "unknown certificate", FAILED, _unknown_certificate),
    Row(23, "robots.txt answers 500", NOT_ALLOWED, _robots_down("500 Internal Server Error")),
    Row(23, "robots.txt answers 503", NOT_ALLOWED, _robots_down("503 Service Unavailable")),
]
