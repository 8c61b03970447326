"""Several runs of one archive at the same moment, in processes of their own: one request at a time per host."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.clock import SystemClock
from crawler.leases import LEASES_DIR, Leases
from crawler.pace import Stop
from crawler.plan import Limits
from crawler.record import Outcome
from crawler.run import run_plan
from tests.conftest import REPOSITORY
from tests.integration.loopback import ALLOW_ALL, Loopback, captures, http, market, planned, serving, slot

DELAY_S = 0.2
TAKES_S = 0.15
CHILD = """
import sys
from pathlib import Path
from crawler.run import run_plan
from tests.integration.loopback import market
run_plan(Path(sys.argv[1]), market=market())
"""


class Busy:
    """Answers after a while, and notes when each request began and ended."""

    def __init__(self) -> None:
        self.spans: list[tuple[float, float]] = []
        self.at_once = 0
        self._now = 0
        self._lock = threading.Lock()

    def __call__(self, connection: socket.socket, head: bytes) -> None:
        clock = SystemClock()
        with self._lock:
            self._now += 1
            self.at_once = max(self.at_once, self._now)
        began_s = clock.monotonic_s()
        clock.sleep(TAKES_S)
        with self._lock:
            self._now -= 1
            self.spans.append((began_s, clock.monotonic_s()))
        body = ALLOW_ALL if b"robots.txt" in head else b"<p>Add to cart</p>"
        connection.sendall(http(body, "200 OK", "Connection: close"))


def child(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", CHILD, str(folder)], cwd=REPOSITORY, stderr=subprocess.DEVNULL)


def plan(tmp_path: Path, name: str, server: Loopback, slots: int = 4, limits: Limits | None = None) -> Path:
    looks = [slot(number, server.url(f"/{name}/{number}")) for number in range(slots)]
    return planned(tmp_path / "runs" / name, looks, server, limits or Limits(min_delay_s=DELAY_S, timeout_s=5.0))


def test_two_runs_at_the_same_moment_keep_one_pace(tmp_path: Path) -> None:
    busy = Busy()
    with serving({"*": busy, "/robots.txt": busy}) as server:
        folders = [plan(tmp_path, name, server) for name in ("one", "two")]
        children = [child(folder) for folder in folders]
        assert [one.wait(60) for one in children] == [0, 0]
    assert {one.outcome for folder in folders for one in captures(folder)} == {Outcome.FETCHED}
    assert len(busy.spans) == 2 * 4 + 2
    assert busy.at_once == 1
    spans = sorted(busy.spans)
    assert all(late[0] - early[1] >= DELAY_S - 0.01 for early, late in pairwise(spans))


def test_lanes_that_meet_at_one_host_take_turns_there(tmp_path: Path) -> None:
    """Slots of two hosts are worked through side by side; both lead to a third."""
    busy = Busy()
    with serving({"*": busy, "/robots.txt": busy}) as third:
        away = http(b"", "302 Found", f"Location: {third.url('/item')}")
        with serving({"*": away}) as one, serving({"*": away}) as two:
            looks = [slot(n, (one, two)[n % 2].url(f"/{n}")) for n in range(6)]
            hosts = tuple(server.authority for server in (one, two, third))
            limits = Limits(min_delay_s=DELAY_S, timeout_s=5.0)
            folder = planned(tmp_path / "runs" / "one", looks, None, limits, allowed_hosts=hosts)
            run_plan(folder, market=market())
    assert {(found.outcome, found.final_url) for found in captures(folder)} == {(Outcome.FETCHED, third.url("/item"))}
    assert busy.at_once == 1
    spans = sorted(busy.spans)
    assert len(spans) == 7
    assert all(late[0] - early[1] >= DELAY_S - 0.01 for early, late in pairwise(spans))


def test_without_a_common_archive_there_is_no_common_pace(tmp_path: Path) -> None:
    """What the test above sees is the lease, and not how slowly two children start."""
    busy = Busy()
    with serving({"*": busy, "/robots.txt": busy}) as server:
        folders = [plan(tmp_path / name, name, server, slots=8) for name in ("one", "two")]
        assert [one.wait(60) for one in [child(folder) for folder in folders]] == [0, 0]
    spans = sorted(busy.spans)
    assert any(late[0] - early[1] < DELAY_S - 0.01 for early, late in pairwise(spans))


def test_a_short_retry_after_holds_the_other_run_too(tmp_path: Path) -> None:
    later = http(b"", "503 Service Unavailable", "Retry-After: 2")
    with serving({"/one/0": later, "*": http()}) as server:
        first, second = plan(tmp_path, "one", server, 1), plan(tmp_path, "two", server, 2)
        run_plan(first, market=market())
        run_plan(second, market=market())
    asked = {path: at for at, path in server.times}
    assert asked["/robots.txt"] - asked["/one/0"] >= 1.9


def test_a_killed_run_blocks_nobody_and_its_pause_is_kept(tmp_path: Path) -> None:
    reached = threading.Event()

    def never(connection: socket.socket, _head: bytes) -> None:
        reached.set()
        connection.recv(1)

    limits = Limits(min_delay_s=1.5, timeout_s=30.0)
    with serving({"/one/0": never, "*": http()}) as server:
        first, second = plan(tmp_path, "one", server, 1, limits), plan(tmp_path, "two", server, 1, limits)
        killed = child(first)
        assert reached.wait(30)
        waiting = child(second)
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait(10)
        assert waiting.wait(60) == 0
    (found,) = captures(second)
    assert found.outcome is Outcome.FETCHED
    times = dict(reversed([(path, at) for at, path in server.times]))
    robots = [at for at, path in server.times if path == "/robots.txt"]
    assert robots[1] - times["/one/0"] >= 1.4


def test_the_stop_switch_ends_a_wait_for_another_run(tmp_path: Path) -> None:
    reached = threading.Event()

    def never(connection: socket.socket, _head: bytes) -> None:
        reached.set()
        connection.recv(1)

    limits = Limits(min_delay_s=0.1, timeout_s=30.0)
    with serving({"/one/0": never, "*": http()}) as server:
        first = plan(tmp_path, "one", server, 1, limits)
        looks = [slot(1, server.url("/two/1"))]
        second = planned(tmp_path / "runs" / "two", looks, server, limits, stop_file=str(tmp_path / "STOP"))
        holder = child(first)
        assert reached.wait(30)
        waiting = child(second)
        while not (second / "captures.jsonl").exists() and waiting.poll() is None:
            SystemClock().sleep(0.05)
        (tmp_path / "STOP").touch()
        began_s = SystemClock().monotonic_s()
        assert waiting.wait(30) == 0
        assert SystemClock().monotonic_s() - began_s < 8
        holder.kill()
        holder.wait(10)
    (found,) = captures(second)
    assert (found.outcome, found.reason) == (Outcome.NOT_LOOKED, "stop_switch")


@pytest.mark.parametrize("content", [b"", b"garbage", b"[]", b'{"noted_s": 1}'])
def test_a_note_that_can_not_be_read_costs_nothing(tmp_path: Path, content: bytes) -> None:
    with serving() as server:
        folder = plan(tmp_path, "one", server, 1)
        run_plan(folder, market=market())
        (note,) = (tmp_path / "runs" / LEASES_DIR).iterdir()
        note.write_bytes(content)
        again = plan(tmp_path, "two", server, 1)
        run_plan(again, market=market())
    assert captures(again)[0].outcome is Outcome.FETCHED


def test_a_lease_is_a_file_named_by_a_hash(tmp_path: Path) -> None:
    """A host is text from a page: nothing of it becomes a path."""
    clock = SystemClock()
    leases = Leases(tmp_path / "runs", clock)

    async def ask() -> None:
        for host in ("../../etc/passwd", "a/b", "\0", "x" * 5000, ""):
            async with leases.held(host, Stop(), 1.0) as lease:
                lease.note(clock.monotonic_s() + 5)
                assert 4 < lease.free_at_s() - clock.monotonic_s() <= 5 or len(host) > 1000

    asyncio.run(ask())
    names = [path.name for path in (tmp_path / "runs" / LEASES_DIR).iterdir()]
    assert len(names) == 5
    assert all(re.fullmatch(r"[0-9a-f]{32}", name) for name in names)
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]
