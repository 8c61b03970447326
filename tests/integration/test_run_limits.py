"""What a run does about hosts that give no answer and readers that come to no end."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from crawler import session
from crawler.clock import SimulatedClock, SystemClock
from crawler.patience import Patience
from crawler.plan import Slot, Vantage
from crawler.reading import FetchedPage, Reading
from crawler.record import Capture, Manifest, Outcome
from crawler.run import run_plan
from tests.integration.loopback import Loopback, captures, http, market, planned, serving, slot


@pytest.fixture
def clock(tmp_path: Path) -> SimulatedClock:
    return SimulatedClock(tmp_path / "clock", SystemClock().now().replace(microsecond=0))


def run(folder: Path, slots: list[Slot], server: Loopback, **more: object) -> tuple[Manifest, list[Capture]]:
    manifest = run_plan(planned(folder, slots, server, **more), market=market())  # type: ignore[arg-type]
    return manifest, captures(folder)


def silent(_connection: socket.socket, _head: bytes) -> None:
    """Hangs up without a word."""


def test_a_host_that_gives_no_answer_is_left_alone_for_half_an_hour(tmp_path: Path, clock: SimulatedClock) -> None:
    with serving({"*": silent, "/robots.txt": http()}) as server:
        slots = [slot(n, server.url(f"/{n}")) for n in range(8)]
        _, found = run(tmp_path / "one", slots, server, clock=clock.spec())
        assert [one.outcome for one in found] == [Outcome.FAILED] * 5 + [Outcome.NOT_ALLOWED] * 3
        assert {one.reason.partition(",")[0] for one in found[5:]} == {"host_paused: failing: reset"}
        assert server.hits["/5"] == 0
        clock.sleep(29 * 60)
        _, found = run(tmp_path / "two", slots[5:6], server, clock=clock.spec())
        assert found[0].reason.startswith("host_paused: failing")
        clock.sleep(2 * 60)
        server.replies["*"] = http()
        _, found = run(tmp_path / "three", slots[5:], server, clock=clock.spec())
        assert {one.outcome for one in found} == {Outcome.FETCHED}


def test_failures_with_an_answer_between_them_rest_no_host(tmp_path: Path, clock: SimulatedClock) -> None:
    with serving({"*": silent, "/robots.txt": http(), "/4": http(b"", "503 Service Unavailable")}) as server:
        slots = [slot(n, server.url(f"/{n}")) for n in range(9)]
        _, found = run(tmp_path / "run", slots, server, clock=clock.spec())
    assert {one.outcome for one in found} == {Outcome.FAILED, Outcome.FETCHED}
    assert all(server.hits[f"/{n}"] for n in range(9))


def test_a_reader_that_raises_costs_the_reading_only(tmp_path: Path) -> None:
    def broken(*_: object) -> None:
        raise LookupError("no such layout")

    with serving() as server:
        folder = planned(tmp_path / "run", [slot(1, server.url("/1"))], server)
        run_plan(folder, market=replace(market(), read=broken))  # type: ignore[arg-type]
    (found,) = captures(folder)
    assert (found.outcome, found.reading) == (Outcome.FETCHED, None)
    assert found.reason == "reader: LookupError: no such layout"
    assert found.warc_record_id


def test_a_reader_that_hangs_costs_the_reading_and_not_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = market()

    def read(page: FetchedPage, which: Slot, vantage: Vantage | None) -> Reading:
        while which.slot_id == "s1":
            pass
        assert plain.read is not None
        return plain.read(page, which, vantage)

    monkeypatch.setattr(session, "Patience", lambda: Patience(0.3))
    with serving() as server:
        folder = planned(tmp_path / "run", [slot(n, server.url(f"/{n}")) for n in range(3)], server)
        manifest = run_plan(folder, market=replace(plain, read=read))
    found = captures(folder)
    assert [one.reason for one in found] == ["", "reader: too slow, not read within 0.3 s", ""]
    assert [one.reading is None for one in found] == [False, True, False]
    assert all(one.warc_record_id and one.outcome == Outcome.FETCHED for one in found)
    assert manifest.finish_reason == "finished"
