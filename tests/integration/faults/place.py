"""Where a fault is acted out: a marketplace of the how-to's kind on a server that sends whatever it is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from crawler.clock import SystemClock
from crawler.marketplaces.states import STANDING, Standing, State
from crawler.plan import Limits, Slot
from crawler.record import Capture
from crawler.run import run_plan
from monitor.looks.judge import look_judgement
from tests.conftest import REPOSITORY
from tests.integration.loopback import Loopback, Reply, captures, http, planned, serving, slot

NAME = "my-market"
LIVE = http(
    b'<html><body><span id="ship-to" data-country="US">USA</span><h1 class="item-title">Kettle</h1>'
    b'<p class="item-price">24,50</p><button class="buy">Buy</button></body></html>'
)
GONE = http(b'<html><body><main><p class="notice">This item is no longer available</p></main></body></html>')
UNKNOWN = frozenset(state for state in State if STANDING[state] is Standing.UNKNOWN)
QUICK = Limits(
    min_delay_s=0.0, timeout_s=1.0, max_body_bytes=1024 * 1024, max_header_bytes=64 * 1024, render_settle_s=1.5,
    render_answer_s=4.0, render_memory_bytes=400 * 1024 * 1024,
)  # fmt: skip


class Row(NamedTuple):
    """One row of the matrix. `act` acts the fault out, asserts what the row says beyond the state, and gives the states
    in which the looks that it hit end; they must be among `states`, within `seconds` and `memory_mib` above before."""

    number: int
    fault: str
    states: frozenset[State]
    act: Callable[["Place"], list[State]]
    seconds: float = 10.0
    memory_mib: int = 100

    @property
    def id(self) -> str:
        return f"F{self.number} {self.fault}"


@dataclass
class Place:
    """A folder, a server, and a marketplace on it. `/item/1` is where the fault is, `/item/2` its live neighbour."""

    folder: Path
    server: Loopback
    limits: Limits = QUICK
    render: str = "never"
    plans: int = field(default=0)

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def marketplaces(self) -> Path:
        """The how-to's description, with the address that the server has and its end confirmed."""
        folder = self.folder / "marketplaces" / "my_market"
        if not folder.exists():
            page = (REPOSITORY / "docs/how-to/add-a-marketplace.md").read_text("utf-8")
            text = page.split("```toml\n")[1].split("```")[0]
            for old, new in (
                ("https://www.mymarket.example", self.server.url("")),
                ("https://{host}", self.server.url("")),
                ("mymarket.example", self.server.host),
                ("min_delay_s = 5.0", f'min_delay_s = 0.0\nrender = "{self.render}"'),
            ):
                assert old in text
                text = text.replace(old, new)
            folder.mkdir(parents=True)
            verified = 'verified = { where = "made for the tests", by = "the tests", on = "2026-11-22" }\n'
            (folder / "marketplace.toml").write_text(text + verified, "utf-8")
        return folder.parent

    def slot(self, number: int, item: int, **more: object) -> Slot:
        url = self.server.url(f"/item/{item}")
        return slot(number, url, marketplace=NAME, listing_id=str(item), **more)

    def plan(self, slots: list[Slot], **more: object) -> Path:
        """The folder of a fresh plan."""
        self.plans += 1
        fields: dict[str, object] = {
            "limits": self.limits,
            "allowed_marketplaces": (NAME,),
            "marketplaces_dir": str(self.marketplaces),
            **more,
        }
        return planned(self.runs / f"run-{self.plans}", slots, self.server, **fields)  # type: ignore[arg-type]

    def look(self, reply: Reply, robots: Reply | None = None) -> Capture:
        """The capture of one look at a page that answers with `reply`, after which its neighbour is looked at."""
        self.server.replies |= {"/item/1": reply, "/item/2": LIVE}
        if robots is not None:
            self.server.replies["/robots.txt"] = robots
        folder = self.plan([self.slot(1, 1), self.slot(2, 2)])
        run_plan(folder)
        hit, neighbour = captures(folder)
        assert state_of(neighbour) in (State.AVAILABLE, State.NOT_ALLOWED), "the fault cost its neighbour"
        return hit

    def states(self, folder: Path) -> list[State]:
        return [state_of(one) for one in captures(folder)]


def state_of(capture: Capture) -> State:
    return look_judgement(capture)[0]


@contextmanager
def a_place(folder: Path, row: Row) -> Iterator[Place]:
    """A place for one row, and the bounds that it must keep."""
    with serving() as server:
        place = Place(folder, server)
        began_s, before_mib = SystemClock().monotonic_s(), peak_from_here_mib()
        yield place
        assert SystemClock().monotonic_s() - began_s < row.seconds
        assert _status_mib("VmHWM") - before_mib < row.memory_mib


def peak_from_here_mib() -> float:
    """What this process holds now; the kernel's mark of the most that it held begins anew."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status_mib("VmRSS")


def _status_mib(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))
