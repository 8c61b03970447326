"""What a server can do wrong beside the fault matrix, and what a robots.txt means for the page behind it."""

import gzip
from pathlib import Path

import pytest

from crawler.plan import Limits
from crawler.record import Capture, Outcome
from crawler.run import run_plan
from tests.integration.faults.wire import BIG, coded, drip, reset
from tests.integration.loopback import (
    FAST,
    PAGE,
    Loopback,
    Reply,
    captures,
    http,
    market,
    planned,
    serving,
    slot,
)

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


FAULTS = [
    ("an unknown coding", http(b"data", "200 OK", "Content-Encoding: rot13"), Outcome.FAILED, "bad_encoding"),
    ("gzip that is none", http(PAGE, "200 OK", "Content-Encoding: gzip"), Outcome.FAILED, "bad_encoding"),
    ("a header line without a colon", http(PAGE, "200 OK", "nonsense"), Outcome.FETCHED, ""),
    ("a redirect to a file", http(b"", "302 Found", "Location: file:///etc/hostname"), Outcome.NOT_ALLOWED, "egress"),
    ("a redirect inside", http(b"", "302 Found", "Location: http://10.0.0.1/x"), Outcome.NOT_ALLOWED, "egress"),
    ("a redirect to a port inside", http(b"", "302 Found", "Location: //[::1]:22/"), Outcome.NOT_ALLOWED, "egress"),
    (
        "a redirect to an address in another form",
        http(b"", "302 Found", "Location: http://0x7f000001/"),
        Outcome.NOT_ALLOWED,
        "egress",
    ),
    (
        "a redirect to what translates to an inner address",
        http(b"", "302 Found", "Location: http://[64:ff9b::a9fe:a9fe]/latest"),
        Outcome.NOT_ALLOWED,
        "egress",
    ),
]


@pytest.mark.parametrize(("reply", "outcome", "reason"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_fault(tmp_path: Path, reply: Reply, outcome: Outcome, reason: str) -> None:
    capture, _ = one(tmp_path, reply, SMALL)
    assert capture.outcome == outcome, capture.reason
    assert capture.reason.startswith(reason)
    assert bool(capture.reason) == (outcome != Outcome.FETCHED)
    if outcome != Outcome.FETCHED:
        assert capture.reading is None


@pytest.mark.parametrize("value", ["\xb2", "Fri, 31 Dec 99999999999999999999 23:59:59 GMT", "-1", "1, 2, x"])
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_retry_after_that_means_nothing_costs_neither_the_answer_nor_the_rest(
    tmp_path: Path, value: str, status: str
) -> None:
    reply = http(b"", status).replace(b"\r\n", b"\r\nRetry-After: " + value.encode("latin-1") + b"\r\n", 1)
    with serving({"/p": reply, "/ok": http()}) as server:
        folder = planned(tmp_path / "run", [slot(1, server.url("/p")), slot(2, server.url("/ok"))], server, SMALL)
        run_plan(folder, market=market())
    first, second = captures(folder)
    assert (first.outcome, first.status) == (Outcome.FETCHED, int(status[:3]))
    assert second.outcome == (Outcome.NOT_ALLOWED if status.startswith("429") else Outcome.FETCHED)


ROBOTS = [
    ("500", http(b"", "500 Internal Server Error"), Outcome.NOT_ALLOWED),
    ("503", http(b"", "503 Service Unavailable"), Outcome.NOT_ALLOWED),
    ("401", http(b"", "401 Unauthorized"), Outcome.NOT_ALLOWED),
    ("403", http(b"", "403 Forbidden"), Outcome.NOT_ALLOWED),
    ("429", http(b"", "429 Too Many Requests"), Outcome.NOT_ALLOWED),
    ("404", http(b"", "404 Not Found"), Outcome.FETCHED),
    ("410", http(b"", "410 Gone"), Outcome.FETCHED),
    ("reset", reset, Outcome.NOT_ALLOWED),
    ("slow", drip, Outcome.NOT_ALLOWED),
    ("a loop of redirects", http(b"", "301 Moved", "Location: /robots.txt"), Outcome.NOT_ALLOWED),
    ("a redirect to one that allows", http(b"", "301 Moved", "Location: /ok"), Outcome.FETCHED),
    ("a redirect inside", http(b"", "301 Moved", "Location: http://10.0.0.1/robots.txt"), Outcome.NOT_ALLOWED),
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
        assert capture.reason.startswith(("robots: ", "egress: "))


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
