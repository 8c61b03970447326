"""Killed at any moment, out of room, told to stop: no slot is lost and none is doubled."""

import os
import random
import resource
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from crawler.archive.append import Appender, DiskFull
from crawler.archive.reader import Archive
from crawler.clock import SystemClock
from crawler.plan import Limits
from crawler.record import CAPTURES_FILE, PAGES_FILE, Outcome
from crawler.recovery import TORN_DIR
from crawler.run import crawl_in_child, run_plan
from crawler.session import OutOfSpace
from tests.integration.loopback import PAGE, captures, gzipped, http, market, planned, serving, slot

SLOTS = 60
CLOCK = SystemClock()


def start(folder: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "crawler.run", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def whole(folder: Path, slots: int) -> None:
    """Every slot has its line, exactly once, and every line its evidence."""
    found = captures(folder)
    assert Counter((one.slot_id, one.page) for one in found) == Counter((f"s{n}", 1) for n in range(slots))
    with Archive(folder / PAGES_FILE) as pages:
        for one in found:
            if one.outcome == Outcome.FETCHED:
                assert pages.page(one.warc_record_id).status == one.status


def kill_many_times(folder: Path, kills: int, seed: int) -> int:
    """Start the run and kill it, again and again; how many of the kills hit a run that was still going on."""
    chance = random.Random(seed)
    hit = 0
    for _ in range(kills):
        child = start(folder)
        lines_before = _lines(folder)
        deadline_s = CLOCK.monotonic_s() + 20
        wanted = lines_before + chance.randint(0, 3)
        while child.poll() is None and _lines(folder) < wanted and CLOCK.monotonic_s() < deadline_s:
            CLOCK.sleep(0.002)
        CLOCK.sleep(chance.random() * 0.02)
        child.kill()
        child.communicate()
        hit += child.returncode == -signal.SIGKILL
    return hit


def _lines(folder: Path) -> int:
    path = folder / CAPTURES_FILE
    return path.read_bytes().count(b"\n") if path.exists() else 0


def crash_campaign(folder_root: Path, kills: int, seed: int) -> None:
    slow = Limits(min_delay_s=0.01)
    body = PAGE + os.urandom(40_000)
    with serving({"*": gzipped(body)}) as server:
        folder = planned(folder_root / "run", [slot(n, server.url(f"/{n}")) for n in range(SLOTS)], server, slow)
        assert kill_many_times(folder, kills, seed) > kills // 2
        (result,) = crawl_in_child([folder])
    assert result.status == "finished", result.error
    whole(folder, SLOTS)
    assert result.manifest is not None
    assert result.manifest.counts == {"fetched": SLOTS}
    assert int(result.manifest.settings["sessions"]) > 1


def test_f1_killed_twelve_times(tmp_path: Path) -> None:
    crash_campaign(tmp_path, 12, seed=1)


@pytest.mark.nightly
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(5))
def test_f1_killed_a_hundred_times(tmp_path: Path, seed: int) -> None:
    crash_campaign(tmp_path, 20, seed=seed + 10)


def test_f2_sigterm_drains_and_seals(tmp_path: Path) -> None:
    with serving() as server:
        slots = [slot(n, server.url(f"/{n}")) for n in range(40)]
        folder = planned(tmp_path / "run", slots, server, Limits(min_delay_s=0.2))
        child = start(folder)
        while _lines(folder) < 3:
            CLOCK.sleep(0.01)
        child.terminate()
        child.communicate(timeout=10)
    found = captures(folder)
    assert Counter(one.slot_id for one in found) == Counter(f"s{n}" for n in range(40))
    outcomes = Counter((one.outcome, one.reason) for one in found)
    assert set(outcomes) == {(Outcome.FETCHED, ""), (Outcome.NOT_LOOKED, "interrupted")}
    assert outcomes[Outcome.FETCHED, ""] >= 3
    assert run_plan(folder).finish_reason == "interrupted"


def test_a_late_run_is_drained_and_the_next_folder_waits(tmp_path: Path) -> None:
    with serving() as server:
        slots = [slot(n, server.url(f"/{n}")) for n in range(40)]
        folders = [planned(tmp_path / name, slots, server, Limits(min_delay_s=0.5)) for name in ("one", "two")]
        first, second = crawl_in_child(folders, timeout_s=5)
    assert (first.status, first.sealed) == ("interrupted", True)
    assert (second.status, second.sealed) == ("timed_out", False)
    assert not (folders[1] / CAPTURES_FILE).exists()


def test_f3_torn_ends_are_set_aside_and_redone(tmp_path: Path) -> None:
    with serving() as server:
        folder = planned(tmp_path / "run", [slot(n, server.url(f"/{n}")) for n in range(3)], server)
        run_plan(folder, market=market())
        (folder / "manifest.json").unlink()
        pages, lines = folder / PAGES_FILE, folder / CAPTURES_FILE
        torn_page = pages.read_bytes()[-300:-7]
        pages.write_bytes(pages.read_bytes() + torn_page[:100])
        first, second, third = lines.read_bytes().splitlines(keepends=True)
        lines.write_bytes(first + second + third[:40])
        manifest = run_plan(folder, market=market())
    whole(folder, 3)
    sizes = {file.name: file.bytes for file in manifest.files if file.name.startswith(TORN_DIR)}
    assert sorted(sizes.values()) == [40, 100]
    assert manifest.counts == {"fetched": 3}
    assert server.hits["/2"] == 2


def test_a_line_whose_evidence_is_torn_is_redone(tmp_path: Path) -> None:
    with serving() as server:
        folder = planned(tmp_path / "run", [slot(n, server.url(f"/{n}")) for n in range(3)], server)
        run_plan(folder, market=market())
        (folder / "manifest.json").unlink()
        pages = folder / PAGES_FILE
        pages.write_bytes(pages.read_bytes()[:-900])
        run_plan(folder, market=market())
    whole(folder, 3)
    assert server.hits["/0"] == 1
    assert server.hits["/2"] == 2


def test_f4_a_full_disk_stops_the_looking_and_the_run_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_append = Appender.append

    def no_room(self: Appender, entry: bytes) -> None:
        if self.path.name == PAGES_FILE and self.size > 3000:
            raise DiskFull("no space left on device")
        true_append(self, entry)

    with serving({"*": http(PAGE + os.urandom(1000))}) as server:
        folder = planned(tmp_path / "run", [slot(n, server.url(f"/{n}")) for n in range(9)], server)
        with monkeypatch.context() as patch:
            patch.setattr(Appender, "append", no_room)
            with pytest.raises(OutOfSpace, match=r"the disk is full: \d of 9 slots .* make room and run it again"):
                run_plan(folder, market=market())
        found = Counter((one.outcome, one.reason) for one in captures(folder))
        assert found[Outcome.NOT_LOOKED, "disk_full"] == 9 - found[Outcome.FETCHED, ""]
        assert 0 < found[Outcome.FETCHED, ""] < 9
        assert run_plan(folder, market=market()).counts == {"fetched": 9}
    whole(folder, 9)


def test_f4_a_limit_on_file_size_is_a_full_disk(tmp_path: Path) -> None:
    body = PAGE + os.urandom(100_000)
    with serving({"*": http(body)}) as server:
        limits = Limits(min_delay_s=0.0)
        folder = planned(tmp_path / "run", [slot(n, server.url(f"/{n}")) for n in range(5)], server, limits)
        server.replies.update({f"/{n}": http(body + bytes([n])) for n in range(5)})
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (250_000, hard))
        try:
            (full,) = crawl_in_child([folder])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert (full.status, full.sealed) == ("OutOfSpace", False)
        assert "make room" in full.error
        (done,) = crawl_in_child([folder])
    assert done.status == "finished"
    whole(folder, 5)


def test_the_stop_switch_acts_within_seconds(tmp_path: Path) -> None:
    switch = tmp_path / "STOP"
    with serving() as server:
        slots = [slot(n, server.url(f"/{n}")) for n in range(5)]
        folder = planned(tmp_path / "run", slots, server, Limits(min_delay_s=5), stop_file=str(switch))
        child = start(folder)
        while _lines(folder) < 1:
            CLOCK.sleep(0.01)
        thrown_s = CLOCK.monotonic_s()
        switch.touch()
        child.communicate(timeout=10)
        assert CLOCK.monotonic_s() - thrown_s < 4
    outcomes = [(one.outcome, one.reason) for one in captures(folder)]
    assert outcomes == [(Outcome.FETCHED, ""), *[(Outcome.NOT_LOOKED, "stop_switch")] * 4]


def test_a_run_ends_when_the_process_that_waits_for_it_is_gone(tmp_path: Path) -> None:
    with serving() as server:
        slots = [slot(n, server.url(f"/{n}")) for n in range(50)]
        folder = planned(tmp_path / "run", slots, server, Limits(min_delay_s=0.3))
        code = f"import pathlib, crawler.run as run; run.crawl_in_child([pathlib.Path({str(folder)!r})])"
        waiting = subprocess.Popen([sys.executable, "-c", code])
        while _lines(folder) < 1:
            CLOCK.sleep(0.01)
        waiting.kill()
        waiting.wait()
        deadline_s = CLOCK.monotonic_s() + 10
        while not (folder / "manifest.json").exists() and CLOCK.monotonic_s() < deadline_s:
            CLOCK.sleep(0.05)
    assert run_plan(folder).finish_reason == "interrupted"
    assert len(captures(folder)) == 50


def test_two_processes_never_fill_one_folder(tmp_path: Path) -> None:
    with serving() as server:
        slots = [slot(n, server.url(f"/{n}")) for n in range(4)]
        folder = planned(tmp_path / "run", slots, server, Limits(min_delay_s=1.0))
        child = start(folder)
        while _lines(folder) < 1:
            CLOCK.sleep(0.01)
        (busy,) = crawl_in_child([folder])
        child.communicate(timeout=20)
    assert (busy.status, busy.sealed) == ("FolderBusy", False)
    whole(folder, 4)


def test_f29_a_sealed_folder_is_never_looked_at_again(tmp_path: Path) -> None:
    with serving() as server:
        folder = planned(tmp_path / "run", [slot(1, server.url("/1"))], server)
        first = run_plan(folder, market=market())
        assert run_plan(folder, market=market()) == first
        assert server.hits["/1"] == 1
