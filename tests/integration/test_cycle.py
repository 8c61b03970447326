"""The turns of the monitor: leftovers first, one at a time, stopped by a file; the ticker outlives what fails."""

import fcntl
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from crawler.child import ChildResult
from crawler.clock import SimulatedClock
from crawler.errors import NeedsPerson
from crawler.plan import Vantage
from crawler.record import MANIFEST_FILE
from monitor.config import Settings, Terms
from monitor.schedule import cycle, daemon
from monitor.schedule.cycle import Monitor, TurnResult
from tests.conftest import NOON


class Crawls:
    """A crawl that writes down what it was asked for and dies."""

    def __init__(self) -> None:
        self.folders: list[str] = []

    def __call__(self, folders: Sequence[Path]) -> list[ChildResult]:
        self.folders += [folder.name for folder in folders]
        return [ChildResult(folder, "killed", None, "the crawl was killed by signal 9") for folder in folders]


@pytest.fixture
def crawls() -> Crawls:
    return Crawls()


@pytest.fixture
def monitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crawls: Crawls) -> Monitor:
    monkeypatch.chdir(tmp_path)
    clock = SimulatedClock(tmp_path / "clock", NOON)
    settings = Settings(
        operator="Test",
        contact="test@example.org",
        data_dir=tmp_path / "data",
        clock=clock.spec(),
        vantages={"us": Vantage(name="us", country="US")},
        terms={"demo-market": Terms(automation=True)},
    )
    return Monitor.open(settings, clock, crawls)


def unfinished(monitor: Monitor, name: str) -> Path:
    folder = monitor.settings.runs_dir / name
    folder.mkdir(parents=True)
    (folder / "plan.jsonl").write_text("{}\n")
    return folder


def test_what_a_killed_run_left_is_given_to_a_child_first_and_said(monitor: Monitor, crawls: Crawls) -> None:
    unfinished(monitor, "20260301T000000000Z-look")
    result = cycle.look(monitor)
    assert crawls.folders == ["20260301T000000000Z-look"]
    assert any("killed by signal 9" in problem for problem in result.problems)
    assert (result.slots, result.looks) == (0, 0)


def test_a_sealed_or_half_made_folder_is_not_crawled_again(monitor: Monitor, crawls: Crawls) -> None:
    (unfinished(monitor, "20260301T000000000Z-look") / MANIFEST_FILE).write_text("{}")
    unfinished(monitor, ".20260302T000000000Z-look.making")
    cycle.look(monitor)
    assert crawls.folders == []


def test_two_turns_at_once_are_refused(monitor: Monitor) -> None:
    monitor.settings.data_dir.mkdir(exist_ok=True)
    with (monitor.settings.data_dir / "cycle.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(NeedsPerson, match="another run works"):
            cycle.discover(monitor)


def test_a_part_that_fails_does_not_keep_the_others_from_running(monitor: Monitor) -> None:
    def falls(_: Monitor) -> TurnResult:
        raise RuntimeError("the child did not start")

    def needs_a_person(_: Monitor) -> TurnResult:
        raise NeedsPerson("another run works here")

    def works(_: Monitor) -> TurnResult:
        return TurnResult("works")

    assert [one.part for one in daemon.tick(monitor, (falls, needs_a_person, works))] == ["works"]


def test_the_ticker_goes_on_after_a_failure_until_it_is_stopped(
    monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    ticks: list[int] = []

    def counted(_: Monitor) -> list[TurnResult]:
        ticks.append(len(ticks))
        if len(ticks) >= 3:
            stop.set()
        if len(ticks) == 2:
            raise RuntimeError("a tick that fell")
        return []

    monkeypatch.setattr(daemon, "tick", counted)
    thread = threading.Thread(target=daemon.serve, args=(monitor, 0.005, stop))
    thread.start()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert len(ticks) >= 3


def test_serve_ends_in_order_on_a_signal(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "stillforsale"]
    init = [*command, "init", "--operator", "Test", "--contact", "test@example.org"]
    subprocess.run(init, cwd=tmp_path, check=True, capture_output=True)
    serving = subprocess.Popen([*command, "serve"], cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    ledger = tmp_path / "stillforsale-data" / "cycle.lock"
    for _ in range(300):
        if ledger.exists():
            break
        time.sleep(0.1)
    serving.send_signal(signal.SIGTERM)
    out, err = serving.communicate(timeout=30)
    assert serving.returncode == 0, err.decode() + out.decode()
