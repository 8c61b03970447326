"""What a run may do and how it behaves: identity, terms, robots.txt, pace, rests, the way out."""

import json
import socket
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.clock import SimulatedClock, SystemClock, read_instant
from crawler.marketplaces.registry import load_registry
from crawler.pauses import PAUSES_FILE
from crawler.plan import Limits, Slot
from crawler.record import Capture, Manifest, Outcome
from crawler.run import run_plan
from tests.integration.loopback import PAGE, Loopback, Site, captures, http, market, planned, serving, slot

WALL = b"<html><p>Please prove that you are human</p></html>"
ROBOTS_SLOW = http(b"User-agent: *\nCrawl-delay: 7\n")


@pytest.fixture
def clock(tmp_path: Path) -> SimulatedClock:
    return SimulatedClock(tmp_path / "clock", SystemClock().now().replace(microsecond=0))


def run(folder: Path, slots: list[Slot], server: Loopback, **more: object) -> tuple[Manifest, list[Capture]]:
    manifest = run_plan(planned(folder, slots, server, **more), market=market())  # type: ignore[arg-type]
    return manifest, captures(folder)


def test_we_say_who_we_are_and_keep_no_cookies(tmp_path: Path) -> None:
    with serving({"*": http(PAGE, "200 OK", "Set-Cookie: session=abc")}) as server:
        manifest, _ = run(tmp_path / "run", [slot(n, server.url(f"/{n}")) for n in range(3)], server)
    assert manifest.user_agent.startswith("stillforsale/")
    assert manifest.user_agent.endswith("(+watch@example.org; Test Watch)")
    for head in server.heads:
        lines = {line.partition(b": ")[0].lower(): line.partition(b": ")[2] for line in head.split(b"\r\n")}
        assert lines[b"user-agent"].decode() == manifest.user_agent
        assert lines[b"from"] == b"watch@example.org"
        assert b"session=abc" not in head
        assert b"Mozilla" not in head
    pages = [head for head in server.heads if b"/robots.txt" not in head]
    assert all(b"ship_to=US" in head for head in pages)
    assert not any(b"ship_to" in head for head in server.heads if head not in pages)


def test_a_marketplace_that_the_operator_has_not_allowed_is_not_visited(tmp_path: Path) -> None:
    with serving() as server:
        _, found = run(tmp_path / "run", [slot(1, server.url("/1"), marketplace="other")], server)
    assert (found[0].outcome, found[0].reason.partition(":")[0]) == (Outcome.NOT_ALLOWED, "terms")
    assert not server.hits


def test_crawl_delay_passes_on_the_simulated_clock(tmp_path: Path, clock: SimulatedClock) -> None:
    began = clock.now()
    with serving({"/robots.txt": ROBOTS_SLOW, "*": http()}) as server:
        real_s = SystemClock().monotonic_s()
        _, found = run(tmp_path / "run", [slot(n, server.url(f"/{n}")) for n in range(5)], server, clock=clock.spec())
        assert SystemClock().monotonic_s() - real_s < 5
    starts = [read_instant(one.finished_at) for one in found]
    assert [(late - early).total_seconds() for early, late in pairwise(starts)] == [7.0] * 4
    assert clock.now() >= began + timedelta(seconds=28)
    assert [one.slot_id for one in found] == [f"s{n}" for n in range(5)]


def test_one_pace_per_host_and_never_two_at_once(tmp_path: Path) -> None:
    with serving() as server:
        limits = Limits(min_delay_s=0.2)
        run(tmp_path / "run", [slot(n, server.url(f"/{n}")) for n in range(5)], server, limits=limits)
    times = [at for at, _ in server.times]
    assert all(late - early >= 0.19 for early, late in pairwise(times))


def test_the_marketplace_may_ask_for_a_slower_pace(tmp_path: Path, clock: SimulatedClock) -> None:
    with serving() as server:
        folder = planned(tmp_path / "run", [slot(n, server.url(f"/{n}")) for n in range(3)], server, clock=clock.spec())
        run_plan(folder, market=market(Site(min_delay_s=30)))
    ends = [read_instant(one.finished_at) for one in captures(folder)]
    assert (ends[2] - ends[0]).total_seconds() == 60


@pytest.mark.parametrize(
    ("reply", "hours"),
    [
        (http(b"", "403 Forbidden"), 6),
        (http(b"", "429 Too Many Requests"), 6),
        (http(b"", "429 Too Many Requests", "Retry-After: 86400"), 24),
        (http(WALL), 6),
        (http(b"", "503 Service Unavailable", "Retry-After: 7200"), 2),
    ],
    ids=["403", "429", "429 a day", "wall", "503 two hours"],
)
def test_f19_f20_a_host_that_wards_us_off_is_left_alone_for_hours(
    tmp_path: Path, clock: SimulatedClock, reply: bytes, hours: float
) -> None:
    with serving({"/0": reply, "*": http()}) as server:
        slots = [slot(n, server.url(f"/{n}")) for n in range(3)]
        _, found = run(tmp_path / "one", slots, server, clock=clock.spec())
        assert [one.outcome for one in found] == [Outcome.FETCHED, Outcome.NOT_ALLOWED, Outcome.NOT_ALLOWED]
        assert found[1].reason.startswith("host_paused: ")
        assert server.hits["/1"] == 0
        clock.sleep(hours * 3600 - 60)
        _, found = run(tmp_path / "two", slots[1:], server, clock=clock.spec())
        assert {one.outcome for one in found} == {Outcome.NOT_ALLOWED}
        clock.sleep(120)
        _, found = run(tmp_path / "three", slots[1:], server, clock=clock.spec())
        assert {one.outcome for one in found} == {Outcome.FETCHED}
    assert json.loads((tmp_path / PAUSES_FILE).read_text())


@pytest.mark.parametrize(("seconds", "paused"), [("7200", True), ("30", False)])
def test_a_retry_after_of_robots_txt_is_honoured_too(
    tmp_path: Path, clock: SimulatedClock, seconds: str, paused: bool
) -> None:
    down = http(b"", "503 Service Unavailable", f"Retry-After: {seconds}")
    with serving({"/robots.txt": down, "*": http()}) as server:
        began = clock.now()
        _, found = run(tmp_path / "one", [slot(n, server.url(f"/{n}")) for n in range(2)], server, clock=clock.spec())
        assert found[0].reason == "robots: status 503"
        assert found[1].reason.startswith("host_paused: status 503" if paused else "robots: ")
        _, again = run(tmp_path / "two", [slot(1, server.url("/1"))], server, clock=clock.spec())
        assert {one.outcome for one in (*found, *again)} == {Outcome.NOT_ALLOWED}
    assert server.hits["/robots.txt"] == (1 if paused else 2)
    assert paused or clock.now() - began >= timedelta(seconds=30)
    assert not [path for path in server.hits if path != "/robots.txt"]


def test_a_robots_txt_that_leads_to_a_forbidden_marketplace_is_not_followed(tmp_path: Path) -> None:
    away = http(b"", "301 Moved Permanently", "Location: https://www.amazon.com./robots.txt")
    with serving({"/robots.txt": away, "*": http()}) as server:
        folder = planned(tmp_path / "run", [slot(1, server.url("/1"))], server)
        registry = load_registry()

        def owner(url: str) -> str:
            found = registry.for_url(url)
            return found.name if found else ""

        run_plan(folder, market=replace(market(), owner=owner))
    (found,) = captures(folder)
    assert found.outcome is Outcome.NOT_ALLOWED
    assert "www.amazon.com, which the operator has not allowed" in found.reason


def test_a_short_retry_after_is_waited_for(tmp_path: Path, clock: SimulatedClock) -> None:
    with serving({"/0": http(b"", "503 Service Unavailable", "Retry-After: 45"), "*": http()}) as server:
        _, found = run(tmp_path / "run", [slot(n, server.url(f"/{n}")) for n in range(2)], server, clock=clock.spec())
    assert [one.status for one in found] == [503, 200]
    wait = read_instant(found[1].finished_at) - read_instant(found[0].finished_at)
    assert wait.total_seconds() == 45


def test_robots_txt_is_read_again_after_a_day(tmp_path: Path, clock: SimulatedClock) -> None:
    with serving() as server:
        limits = Limits(min_delay_s=3000)
        slots = [slot(n, server.url(f"/{n}")) for n in range(40)]
        manifest, found = run(tmp_path / "run", slots, server, clock=clock.spec(), limits=limits)
    assert {one.outcome for one in found} == {Outcome.FETCHED}
    assert server.hits["/robots.txt"] == 2
    assert len(manifest.robots) == 2
    assert manifest.robots[0]["verdict"] == "rules"
    assert manifest.robots[0]["warc_record_id"]


def test_a_pace_of_more_than_an_hour_is_no_work_for_one_run(tmp_path: Path, clock: SimulatedClock) -> None:
    with serving({"/robots.txt": http(b"User-agent: *\nCrawl-delay: 9999\n"), "*": http()}) as server:
        _, found = run(tmp_path / "run", [slot(n, server.url(f"/{n}")) for n in range(2)], server, clock=clock.spec())
        assert [one.reason.partition(":")[0] for one in found] == ["", "host_paused"]
        _, found = run(tmp_path / "next", [slot(3, server.url("/3"))], server, clock=clock.spec())
        assert [one.reason.partition(":")[0] for one in found] == ["host_paused"]


def test_each_hop_of_a_redirect_is_asked_for(tmp_path: Path) -> None:
    with serving({"/robots.txt": http(b"User-agent: *\nDisallow: /private\n")}) as other:
        away = http(b"", "302 Found", f"Location: {other.url('/private/item')}")
        fine = http(b"", "301 Moved Permanently", "Location: /landed")
        with serving({"/a": away, "/b": fine, "/landed": http()}) as server:
            slots = [slot(1, server.url("/a")), slot(2, server.url("/b"))]
            hosts = (server.authority, other.authority)
            _, found = run(tmp_path / "run", slots, server, allowed_hosts=hosts)
    one, two = sorted(found, key=lambda capture: capture.slot_id)
    assert (one.outcome, one.reason, one.final_url) == (
        Outcome.NOT_ALLOWED, "robots: disallowed", other.url("/private/item")
    )  # fmt: skip
    assert one.status is None
    assert other.hits["/private/item"] == 0
    assert (two.outcome, two.final_url, two.redirects) == (
        Outcome.FETCHED, server.url("/landed"), (server.url("/b"),)
    )  # fmt: skip


INSIDE = ["http://127.0.0.1:1/x", "http://localhost:1/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/",
          "http://169.254.169.254/latest/meta-data/", "http://[::ffff:10.0.0.1]/", "ftp://example.org/", "file:///etc/hostname",
          "data:text/html,hello", "http://user:secret@example.org/"]  # fmt: skip


@pytest.mark.parametrize("url", INSIDE)
def test_t1_t4_the_guard_refuses_what_is_not_the_public_web(tmp_path: Path, url: str) -> None:
    folder = planned(tmp_path / "run", [slot(1, url)])
    run_plan(folder, market=market())
    (found,) = captures(folder)
    assert (found.outcome, found.reason.partition(":")[0]) == (Outcome.NOT_ALLOWED, "egress")
    assert "secret" not in found.reason


def test_t5_nothing_listens_while_we_crawl(tmp_path: Path) -> None:
    before = listening()
    during: set[str] = set()

    def reply(connection: socket.socket, _head: bytes) -> None:
        during.update(listening())
        connection.sendall(http())

    with serving({"/1": reply}) as server:
        opened = listening() - before
        run(tmp_path / "run", [slot(1, server.url("/1"))], server)
    assert during - before == opened


def listening() -> set[str]:
    """Local TCP ports of this machine's own process that are in the state LISTEN."""
    lines = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    mine = {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}
    return {line[1] for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in mine}


def search(number: int, url: str, max_pages: int) -> Slot:
    return slot(number, url, purpose="search", query="lamp", max_pages=max_pages)


def test_a_search_follows_its_pages_up_to_its_budget(tmp_path: Path) -> None:
    with serving() as server:
        for page in range(1, 9):
            server.replies[f"/s{page}"] = http(b"<p>next=%s</p>" % server.url(f"/s{page + 1}").encode())
        server.replies["/loop"] = http(b"<p>next=%s</p>" % server.url("/loop").encode())
        server.replies["/away"] = http(b"<p>next=http://example.org/2</p>")
        slots = [search(1, server.url("/s1"), 3), search(2, server.url("/loop"), 5), search(3, server.url("/away"), 5)]
        _, found = run(tmp_path / "run", slots, server)
    assert sorted((one.slot_id, one.page) for one in found) == [("s1", 1), ("s1", 2), ("s1", 3), ("s2", 1), ("s3", 1)]


def test_a_search_that_was_killed_goes_on_at_its_next_page(tmp_path: Path) -> None:
    with serving() as server:
        for page in range(1, 4):
            server.replies[f"/s{page}"] = http(b"<p>next=%s</p>" % server.url(f"/s{page + 1}").encode())
        folder = planned(tmp_path / "run", [search(1, server.url("/s1"), 3)], server)
        run_plan(folder, market=market())
        (folder / "manifest.json").unlink()
        lines = (folder / "captures.jsonl").read_bytes().splitlines(keepends=True)
        (folder / "captures.jsonl").write_bytes(b"".join(lines[:2]))
        run_plan(folder, market=market())
    assert [one.page for one in captures(folder)] == [1, 2, 3]
    assert (server.hits["/s1"], server.hits["/s2"], server.hits["/s3"]) == (1, 1, 2)


def test_one_more_attempt_where_the_connection_broke(tmp_path: Path) -> None:
    tries: list[int] = []

    def at_first_broken(connection: socket.socket, _head: bytes) -> None:
        tries.append(1)
        if len(tries) > 1:
            connection.sendall(http())

    with serving({"/1": at_first_broken}) as server:
        _, found = run(tmp_path / "run", [slot(1, server.url("/1"))], server)
    assert (found[0].outcome, found[0].attempt) == (Outcome.FETCHED, 2)


def test_f6_a_clock_that_is_set_back_is_noted_and_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = SystemClock.now
    began_s = SystemClock().monotonic_s()

    def set_back(self: SystemClock):  # type: ignore[no-untyped-def]
        back = timedelta(hours=3) if SystemClock().monotonic_s() - began_s > 0.8 else timedelta()
        return real(self) - back

    with serving() as server:
        folder = planned(
            tmp_path / "run", [slot(n, server.url(f"/{n}")) for n in range(6)], server, Limits(min_delay_s=0.4)
        )
        monkeypatch.setattr(SystemClock, "now", set_back)
        manifest = run_plan(folder, market=market())
    assert manifest.counts == {"fetched": 6}
    assert [jump["jump_s"] for jump in manifest.clock_jumps] == ["-10800.0"]
