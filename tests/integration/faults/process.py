"""F1 to F4, F6, F7, F29: what the machine does to a run."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.archive.append import Appender, DiskFull
from crawler.child import crawl_in_child
from crawler.clock import SystemClock
from crawler.errors import BadInput
from crawler.folder import read_manifest
from crawler.marketplaces.states import State
from crawler.record import CAPTURES_FILE, MANIFEST_FILE, PAGES_FILE, Outcome
from crawler.recovery import TORN_DIR
from crawler.run import run_plan
from crawler.session import OutOfSpace
from tests.integration.faults.place import LIVE, QUICK, Place, Row
from tests.integration.loopback import captures
from tests.integration.test_run_crash import kill_many_times, start, whole

AVAILABLE = frozenset({State.AVAILABLE})
SLOTS = 12


def _planned(place: Place, delay_s: float = 0.02, **more: object) -> Path:
    place.server.replies["*"] = LIVE
    place.limits = QUICK.model_copy(update={"min_delay_s": delay_s})
    return place.plan([place.slot(number, number) for number in range(SLOTS)], **more)


def _each_once(place: Place, folder: Path) -> None:
    whole(folder, SLOTS)
    assert all(place.server.hits[f"/item/{number}"] == 1 for number in range(SLOTS))


def _killed(place: Place) -> list[State]:
    folder = _planned(place)
    assert kill_many_times(folder, 4, seed=7) >= 2
    (result,) = crawl_in_child([folder])
    assert result.status == "finished", result.error
    whole(folder, SLOTS)
    return place.states(folder)


def _told_to_end(place: Place) -> list[State]:
    folder = _planned(place, 0.2)
    child = start(folder)
    while not (folder / CAPTURES_FILE).exists() or not (folder / CAPTURES_FILE).read_bytes().count(b"\n"):
        SystemClock().sleep(0.01)
    child.terminate()
    child.communicate(timeout=10)
    whole(folder, SLOTS)
    manifest = read_manifest(folder)
    assert manifest is not None
    assert manifest.finish_reason == "interrupted"
    given_back = [one for one in captures(folder) if one.outcome is Outcome.NOT_LOOKED]
    assert given_back
    assert {one.reason for one in given_back} == {"interrupted"}
    return place.states(folder)


def _torn(place: Place) -> list[State]:
    folder = _planned(place, 0.0)
    run_plan(folder)
    (folder / MANIFEST_FILE).unlink()
    pages, lines = folder / PAGES_FILE, folder / CAPTURES_FILE
    pages.write_bytes(pages.read_bytes() + pages.read_bytes()[-300:-200])
    lines.write_bytes(lines.read_bytes()[:-40])
    manifest = run_plan(folder)
    assert sorted(file.bytes for file in manifest.files if file.name.startswith(TORN_DIR))[0] == 100
    whole(folder, SLOTS)
    return place.states(folder)


def _full_disk(place: Place) -> list[State]:
    folder = _planned(place, 0.0)
    append = Appender.append

    def no_room(self: Appender, entry: bytes) -> None:
        if self.path.name == PAGES_FILE and self.size > 4000:
            raise DiskFull("no space left on device")
        append(self, entry)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Appender, "append", no_room)
        with pytest.raises(OutOfSpace, match="make room and run it again"):
            run_plan(folder)
    left = Counter((one.outcome, one.reason) for one in captures(folder))
    assert left[Outcome.NOT_LOOKED, "disk_full"] == SLOTS - left[Outcome.FETCHED, ""] > 0
    run_plan(folder)
    whole(folder, SLOTS)
    return place.states(folder)


def _clock_moves(hours: int) -> "_Moved":
    return _Moved(timedelta(hours=hours))


class _Moved:
    """The machine's clock is set by somebody while a run goes on."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def __call__(self, place: Place) -> list[State]:
        real, began_s = SystemClock.now, SystemClock().monotonic_s()
        folder = _planned(place, 0.2)

        def now(clock: SystemClock):  # type: ignore[no-untyped-def]
            return real(clock) + (self._by if SystemClock().monotonic_s() - began_s > 1.2 else timedelta())

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SystemClock, "now", now)
            manifest = run_plan(folder)
        assert [jump["jump_s"] for jump in manifest.clock_jumps] == [f"{self._by.total_seconds():+.1f}"]
        _each_once(place, folder)
        return place.states(folder)


def _twice(place: Place) -> list[State]:
    place.server.replies["*"] = LIVE
    with pytest.raises(BadInput, match="slot s1 stands twice"):
        run_plan(place.plan([place.slot(1, 1), place.slot(1, 1)]))
    assert not place.server.hits
    folder = place.plan([place.slot(1, 1)])
    assert run_plan(folder) == run_plan(folder)
    assert place.server.hits["/item/1"] == 1
    return place.states(folder)


ROWS = [
    Row(1, "kill -9 mid-run", AVAILABLE, _killed, seconds=120),
    Row(2, "SIGTERM", frozenset({State.AVAILABLE, State.FAILED}), _told_to_end, seconds=60),
    Row(3, "torn archive", AVAILABLE, _torn),
    Row(4, "disk full", AVAILABLE, _full_disk),
    Row(6, "clock set back 3 h", AVAILABLE, _clock_moves(-3), seconds=20),
    Row(7, "clock set forward 3 h", AVAILABLE, _clock_moves(3), seconds=20),
    Row(29, "the same slot twice", AVAILABLE, _twice),
]
