"""What the tests of person looks share: a market on loopback, listings named by hand, a session in a thread."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.clock import SimulatedClock
from crawler.plan import Vantage
from crawler.record import CAPTURES_FILE, Capture
from crawler.shop.recalled import DEMO_PRODUCTS
from crawler.shop.script import build_story
from crawler.shop.server import running_shop
from crawler.shop.stall import write_marketplace
from crawler.shop.story import Story
from monitor.capture.byhand import TYPED, Wanted, add_by_hand
from monitor.capture.desk import Desk
from monitor.capture.session import Asked, SessionResult, hold_session
from monitor.config import Settings
from monitor.localweb.guard import Door
from monitor.schedule.cycle import Monitor

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
US = Vantage(name="us", country="US")
WAIT_S = 20.0


@dataclass
class Market:
    """A monitor at a calm market whose clock stands ten days into the story."""

    monitor: Monitor
    story: Story
    base_url: str
    at: datetime

    def listing(self, state: str, number: int = 0) -> str:
        """The id of a listing that a US buyer sees in this state now."""
        found = [one for one in sorted(self.story.by_id) if self.story.expected_state(one, "US", self.at) == state]
        return found[number]

    def url(self, listing_id: str) -> str:
        return f"{self.base_url}/item/{listing_id}"

    def name(self, *listing_ids: str) -> None:
        """Put listings under watch by hand."""
        with self.monitor.store.session() as session:
            wanted = [Wanted(self.url(one)) for one in listing_ids]
            outcomes = add_by_hand(session, self.monitor.registry, wanted, TYPED, "tester", self.at)
        assert {one.result for one in outcomes} == {"new"}

    def captures(self, run_id: str) -> list[Capture]:
        lines = (self.monitor.settings.runs_dir / run_id / CAPTURES_FILE).read_text().splitlines()
        return [Capture.model_validate_json(line) for line in lines]


@contextmanager
def market(folder: Path) -> Iterator[Market]:
    """An open market with a monitor beside it that may look at nothing by itself."""
    story = replace(build_story(DEMO_PRODUCTS, START, seed=7), troubles=())
    at = START + timedelta(days=10)
    clock = SimulatedClock(folder / "clock", at)
    with running_shop(story, clock) as base_url:
        write_marketplace(folder / "marketplaces", base_url)
        settings = Settings(
            operator="Test Watch",
            contact="watch@example.org",
            data_dir=folder / "data",
            clock=clock.spec(),
            vantages={"us": US},
            marketplaces_dir=str(folder / "marketplaces"),
        )
        monitor = Monitor.open(settings, clock)
        try:
            yield Market(monitor, story, base_url, at)
        finally:
            monitor.store.close()


@dataclass
class Running:
    """A session that runs in a thread: its desk, its address, and in the end its result."""

    desk: Desk
    door: Door
    thread: threading.Thread
    results: "queue.Queue[SessionResult | BaseException]" = field(default_factory=queue.Queue)

    def result(self) -> SessionResult:
        """What the session did, once it has ended."""
        found = self.results.get(timeout=WAIT_S)
        if isinstance(found, BaseException):
            raise found
        return found


@contextmanager
def session(market: Market, asked: Asked | None = None) -> Iterator[Running]:
    """A session at the desk, in a thread of its own."""
    asked = asked or Asked(US, reviewer="Reviewer One")
    announced: queue.Queue[tuple[Desk, Door]] = queue.Queue()
    results: queue.Queue[SessionResult | BaseException] = queue.Queue()

    def hold() -> None:
        try:
            results.put(hold_session(market.monitor, asked, 0, lambda desk, door: announced.put((desk, door))))
        except BaseException as error:
            results.put(error)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    desk, door = announced.get(timeout=WAIT_S)
    yield Running(desk, door, thread, results)
    thread.join(WAIT_S)
    assert not thread.is_alive()
