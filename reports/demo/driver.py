"""Thirty days in a minute: the demo market, the monitor and a scripted reviewer on one simulated clock."""

import shutil
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.child import CrawlChild
from crawler.clock import SimulatedClock
from crawler.errors import BadInput
from crawler.shop.recalled import DEMO_PRODUCTS
from crawler.shop.script import build_story
from crawler.shop.server import running_shop
from crawler.shop.stall import write_marketplace
from crawler.shop.story import Story
from monitor.config import CONFIG_FILE, Settings
from monitor.protocol import write_protocol
from monitor.schedule.cycle import Monitor, discover, look
from reports.demo.people import Reviewer
from reports.demo.register import import_sample, watch_products
from reports.site import ReportResult, write_report

START_AT = datetime(2026, 4, 6, 8, 0, tzinfo=UTC)
STEP_HOURS = 8.0
MARKETPLACE = "demo-market"
REPORT_DIR = "report"

_CONFIG = """\
# The demo's settings: a market on loopback, a clock that stands still until somebody works.
operator = "Demo Watch"
contact = "demo@example.org"
data_dir = "data"
clock = "simulated:{clock}"
default_vantage = "us"
marketplaces_dir = "{marketplaces}"
allowed_hosts = ["{host}"]

[vantages.us]
name = "us"
country = "US"
postal_code = "10001"

[terms.demo-market]
automation = true
decided_by = "the demo"
decided_on = "2026-04-06"
"""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What came out: the report, the folder to go on with, and the story to compare it with."""

    report: ReportResult
    folder: Path
    story: Story
    looks: int
    problems: tuple[str, ...]


def run_demo(
    out: Path, seed: int = 1, days: int | None = None, on_day: Callable[[int, int], None] | None = None
) -> DemoResult:
    """Play the story of `seed` into the folder `out` and write its report there.

    Raises BadInput where `out` holds something else than a former demo. `on_day(day, days)` is told of each day.
    """
    folder = _empty_folder(out)
    clock = SimulatedClock(folder / "clock", START_AT)
    story = build_story(DEMO_PRODUCTS, START_AT - timedelta(hours=1), seed)
    with running_shop(story, clock) as base_url, chdir(folder), CrawlChild() as child:
        write_marketplace(folder / "marketplaces", base_url)
        _write_config(folder, base_url)
        settings = Settings()
        monitor = Monitor.open(settings, clock, child.crawl)
        write_protocol(settings, clock.now())
        import_sample(monitor)
        watch_products(monitor, DEMO_PRODUCTS)
        looks, problems = _play(monitor, clock, Reviewer(story), days or story.days, on_day)
        report = write_report(monitor.store, folder / REPORT_DIR, clock.now(), settings=settings)
        monitor.store.close()
    return DemoResult(report, folder, story, looks, tuple(problems))


def _play(
    monitor: Monitor, clock: SimulatedClock, reviewer: Reviewer, days: int, on_day: Callable[[int, int], None] | None
) -> tuple[int, list[str]]:
    looks, problems = 0, []
    turns = int(days * 24 / STEP_HOURS)
    for turn in range(turns):
        starts_at = START_AT + timedelta(hours=turn * STEP_HOURS)
        clock.set(max(clock.now(), starts_at))
        for part in (discover, look):
            result = part(monitor, STEP_HOURS / 2)
            looks += result.looks
            problems += result.problems
            reviewer.decide_all(monitor.store, clock.now())
        if on_day is not None:
            on_day(int((turn + 1) * STEP_HOURS // 24), days)
    return looks, problems


def _empty_folder(out: Path) -> Path:
    folder = out.resolve()
    if folder.exists() and any(folder.iterdir()):
        if not (folder / "clock").exists() or not (folder / CONFIG_FILE).exists():
            raise BadInput("this folder is not empty and holds no former demo", file=str(out), field="--out")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write_config(folder: Path, base_url: str) -> None:
    text = _CONFIG.format(
        clock=folder / "clock", marketplaces=folder / "marketplaces", host=base_url.removeprefix("http://")
    )
    (folder / CONFIG_FILE).write_text(text, encoding="utf-8")
