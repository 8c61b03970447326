"""F5, F7, F8, F27, F28, F29: what becomes of looks in the ledger and the plan, over days."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.child import FINISHED, ChildResult
from crawler.clock import SimulatedClock, SystemClock
from crawler.errors import NeedsPerson
from crawler.marketplaces.states import State
from crawler.record import MANIFEST_FILE
from crawler.run import run_plan
from monitor.capture.byhand import TYPED, Wanted, add_by_hand
from monitor.config import Confirmation, Settings, Terms
from monitor.schedule.cycle import Monitor, look
from monitor.store import session as store_session
from monitor.store.ingest import ingest_run
from monitor.store.ledger_tables import EpisodeRow, JudgementRow, LookRow, RunControlRow
from monitor.store.session import Store, open_store
from tests.builders import manifest_sha256
from tests.integration.faults.place import GONE, LIVE, NAME, QUICK, UNKNOWN, Place, Row
from tests.integration.loopback import US, Reply, http

AVAILABLE = frozenset({State.AVAILABLE})
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ITEM, LIVE_CONTROL, NEVER = "/item/1", "/item/10", "/item/99999999"
HOME = http(b"", "302 Found", "Location: /")
FRONT = http(b"<html><head><title>My Market</title></head><body><h1>Welcome</h1></body></html>")
DOWN = http(b"<h1>Down</h1>", "503 Service Unavailable")


@contextmanager
def _ledger(place: Place) -> Iterator[Store]:
    store = open_store(f"sqlite:///{place.folder / 'ledger.sqlite'}")
    try:
        yield store
    finally:
        store.close()


def _looks(store: Store) -> list[tuple[datetime, State, bool]]:
    """Every look at the item: when, what it says, and whether it is quarantined."""
    with store.reader() as session:
        rows = select(LookRow, JudgementRow).join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        rows = rows.where(LookRow.purpose == "look").order_by(LookRow.look_id)
        return [(one.looked_at, State(judged.state), bool(judged.quarantined)) for one, judged in session.execute(rows)]


@dataclass
class Days:
    """What a week of daily looks comes to: the states, the controls' verdicts, and the ends that were confirmed."""

    states: list[State]
    quarantined: list[bool]
    verdicts: list[str]
    endpoints: list[str]


def _days(place: Place, *days: Mapping[str, Reply]) -> Days:
    """A run a day between controls, the whole way into the ledger; each day's replies stand beside those before."""
    clock = SimulatedClock(place.folder / "clock", START)
    place.server.replies |= {"/": FRONT, ITEM: LIVE, LIVE_CONTROL: LIVE, NEVER: GONE}
    slots = [
        place.slot(1, 10, purpose="control", control="live"),
        place.slot(2, 1),
        place.slot(3, 99999999, purpose="control", control="never_existed"),
    ]
    before = ""
    with _ledger(place) as store:
        for replies in days:
            place.server.replies |= replies
            folder = place.plan(slots, clock=clock.spec(), previous_manifest_sha256=before)
            run_plan(folder)
            assert not ingest_run(store, folder, clock.now(), Confirmation()).problems
            before = manifest_sha256(folder)
            clock.sleep(24 * 3600)
        looks = _looks(store)
        with store.reader() as session:
            verdicts = session.scalars(select(RunControlRow.verdict).order_by(RunControlRow.run_id))
            ends = select(EpisodeRow.endpoint).where(EpisodeRow.listing_key == f"{NAME}:1")
            return Days(
                [state for _, state, _ in looks],
                [bad for *_, bad in looks],
                list(verdicts),
                list(session.scalars(ends)),
            )


def _soft_404(place: Place) -> list[State]:
    """An end with status 200 counts only where an id that never existed looks alike."""
    gone = {ITEM: GONE}
    alike = _days(place, {}, gone, {}, {})
    assert alike.states == [State.AVAILABLE, *[State.REMOVED] * 3]
    assert (alike.endpoints, set(alike.verdicts)) == (["takedown"], {"passed"})
    elsewhere = Place(place.folder / "elsewhere", place.server, place.limits)
    elsewhere.folder.mkdir()
    unlike = _days(elsewhere, {}, gone | {NEVER: LIVE}, {}, {})
    assert unlike.verdicts == ["passed", *["failed"] * 3]
    assert unlike.quarantined == [False, *[True] * 3]
    assert unlike.endpoints == [""]
    return unlike.states[:1]


def _home(place: Place) -> list[State]:
    found = _days(place, {}, {ITEM: HOME}, {}, {}, {})
    assert found.endpoints == [""]
    return found.states[1:]


def _home_for_everybody(place: Place) -> list[State]:
    """A site that sends every dead id home: even where the control looks alike, a redirect ends nothing by itself."""
    found = _days(place, {NEVER: HOME}, {ITEM: HOME}, {}, {}, {})
    assert found.endpoints == [""]
    return found.states[1:]


def _outage(page: Reply) -> "_Outage":
    return _Outage(page)


class _Outage:
    """The whole site answers with one page for four days; before and after it the listing is for sale."""

    def __init__(self, page: Reply) -> None:
        self._page = page

    def __call__(self, place: Place) -> list[State]:
        down = {ITEM: self._page, LIVE_CONTROL: self._page, NEVER: self._page}
        up = {ITEM: LIVE, LIVE_CONTROL: LIVE, NEVER: GONE}
        found = _days(place, {}, down, {}, {}, {}, up)
        assert found.verdicts == ["passed", *["failed"] * 4, "passed"]
        assert found.quarantined == [False, *[True] * 4, False]
        assert found.endpoints == [""]
        return [found.states[0], found.states[-1]]


def _locked(place: Place) -> list[State]:
    """A second writer waits for the first; where it waits too long, nothing is half-written and the next try works."""
    place.server.replies["*"] = LIVE
    folder = place.plan([place.slot(1, 1)])
    run_plan(folder)
    path = place.folder / "ledger.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_session, "BUSY_TIMEOUT_S", 1)
        with _ledger(place) as store:
            with _held(path), pytest.raises(NeedsPerson, match="the database can't be written"):
                ingest_run(store, folder, START)
            assert not _looks(store)
            with _held(path) as let_go:
                threading.Timer(0.4, let_go.set).start()
                assert ingest_run(store, folder, START).looks == 1
            assert not ingest_run(store, folder, START).new
            (look,) = _looks(store)
    return [look[1]]


@contextmanager
def _held(path: Path) -> Iterator[threading.Event]:
    """Another process's writing transaction, until the block ends or the event is set."""
    let_go, held = threading.Event(), threading.Event()

    def hold() -> None:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        held.set()
        let_go.wait(30)
        other.execute("ROLLBACK")
        other.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    try:
        yield let_go
    finally:
        let_go.set()
        thread.join()


@contextmanager
def _monitor(place: Place, at: datetime) -> Iterator[tuple[Monitor, SimulatedClock]]:
    """A monitor that watches the item and crawls in this process."""
    place.server.replies["*"] = LIVE
    clock = SimulatedClock(place.folder / "clock", at)
    settings = Settings(
        operator="Test Watch",
        contact="watch@example.org",
        data_dir=place.folder / "data",
        clock=clock.spec(),
        vantages={"us": US},
        limits=QUICK,
        terms={NAME: Terms(automation=True)},
        marketplaces_dir=str(place.marketplaces),
        allowed_hosts=(place.server.authority,),
    )

    def crawl(folders: Sequence[Path]) -> list[ChildResult]:
        return [ChildResult(folder, FINISHED, run_plan(folder)) for folder in folders]

    monitor = Monitor.open(settings, clock, crawl)
    with monitor.store.session() as session:
        (named,) = add_by_hand(session, monitor.registry, [Wanted(place.server.url(ITEM))], TYPED, "tester", at)
    assert named.result == "new"
    try:
        yield monitor, clock
    finally:
        monitor.store.close()


def _clock_jumps_between_runs(place: Place) -> list[State]:
    """Three hours ahead: what is not due yet is not planned, what is due is planned once."""
    with _monitor(place, START) as (monitor, clock):
        assert look(monitor).looks >= 1
        clock.sleep(3 * 3600)
        assert look(monitor).slots == 0
        clock.sleep(30 * 3600)
        assert look(monitor).looks >= 1
        assert look(monitor).slots == 0
        looks = _looks(monitor.store)
    assert len(looks) == 2
    return [state for _, state, _ in looks]


def _clock_changes_in(zone: str, place: Place, night: datetime) -> list[tuple[datetime, State]]:
    with pytest.MonkeyPatch.context() as patch, _monitor(place, night) as (monitor, clock):
        patch.setenv("TZ", zone)
        time.tzset()
        try:
            for _ in range(16):
                assert not look(monitor).problems
                clock.set(clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
            return [(at, state) for at, state, _ in _looks(monitor.store)]
        finally:
            patch.undo()
            time.tzset()


def _night(night: datetime) -> "_Night":
    return _Night(night)


class _Night:
    """The night in which the clocks of New York change, hour by hour, at a machine that lives there and at one that
    lives by UTC: both look at the same instants."""

    def __init__(self, night: datetime) -> None:
        self._night = night

    def __call__(self, place: Place) -> list[State]:
        found = []
        for zone in ("UTC", "America/New_York"):
            there = Place(place.folder / zone.replace("/", "-"), place.server)
            there.folder.mkdir()
            found.append(_clock_changes_in(zone, there, self._night))
        assert os.environ.get("TZ", "") != "America/New_York"
        here, elsewhere = ([at.replace(microsecond=0) for at, _ in looks] for looks in found)
        assert here == elsewhere
        assert len(here) >= 2
        assert all(late - early >= timedelta(hours=6) for early, late in pairwise(here))
        return [state for looks in found for _, state in looks]


def _ingested_twice(place: Place) -> list[State]:
    place.server.replies["*"] = LIVE
    folder = place.plan([place.slot(1, 1)])
    run_plan(folder)
    assert (folder / MANIFEST_FILE).is_file()
    with _ledger(place) as store:
        assert [ingest_run(store, folder, SystemClock().now()).new for _ in range(2)] == [True, False]
        looks = _looks(store)
    assert len(looks) == 1
    return [looks[0][1]]


ROWS = [
    Row(5, "database locked", AVAILABLE, _locked, seconds=20),
    Row(7, "clock ahead between two runs", AVAILABLE, _clock_jumps_between_runs, seconds=60),
    Row(8, "the clocks go back in autumn", AVAILABLE, _night(datetime(2026, 11, 1, 0, tzinfo=UTC)), seconds=120),
    Row(8, "the clocks go forward in spring", AVAILABLE, _night(datetime(2026, 3, 8, 0, tzinfo=UTC)), seconds=120),
    Row(27, "soft 404", AVAILABLE, _soft_404, seconds=60),
    Row(27, "redirect to the home page", frozenset({State.REDIRECTED}), _home, seconds=60),
    Row(27, "every dead id goes home", frozenset({State.REDIRECTED}), _home_for_everybody, seconds=60),
    Row(28, "outage: 503 on every page", AVAILABLE, _outage(DOWN), seconds=60),
    Row(28, "outage: every page says that it is gone", AVAILABLE, _outage(GONE), seconds=60),
    Row(28, "outage: every page goes home", AVAILABLE, _outage(HOME), seconds=60),
    Row(29, "the same run taken in twice", AVAILABLE, _ingested_twice),
]
assert State.REDIRECTED in UNKNOWN
