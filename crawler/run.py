"""A plan in, a run folder out. `python -m crawler.run FOLDER...` is the child process that does it.

One process has one reactor, so whoever wants a crawl starts a child with `crawl_in_child`; a child carries out
several plans, one after another, because a bare start costs about a second. With `--stay` it reads folders on stdin
until that ends (`crawler.child.CrawlChild`).
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.utils.log import configure_logging
from scrapy.utils.reactor import install_reactor

from crawler.apis.registry import Keys, keys_in, taken_keys
from crawler.child import ChildResult, crawl_in_child, status_of
from crawler.clock import clock_from
from crawler.errors import BadInput, StillForSaleError
from crawler.folder import RunFolder, read_manifest
from crawler.market import Market, market_of
from crawler.pace import INTERRUPTED, Stop
from crawler.plan import read_plan
from crawler.record import PLAN_FILE, Manifest
from crawler.session import Session
from crawler.spiders.discover import DiscoverSpider
from crawler.spiders.look import LookSpider

__all__ = ["ChildResult", "crawl_in_child", "open_session", "run_plan"]

REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"


def open_session(folder: Path, market: Market | None = None, parent_pid: int = 0, keys: Keys | None = None) -> Session:
    """The session of the plan in `folder`, to be handed to spiders. `market` replaces the registry of marketplaces,
    `keys` those of the environment.

    Raises BadInput for a bad plan or clock, FolderBusy where another process fills the folder.
    """
    path = folder / PLAN_FILE
    if not path.is_file():
        raise BadInput("there is no plan", file=str(path))
    plan, _ = read_plan(path)
    try:
        clock = clock_from(plan.clock)
    except (ValueError, OSError) as error:
        raise BadInput(str(error), file=str(path), line=1, field="clock") from error
    market = market or market_of(plan.marketplaces_dir, plan.confirmed)
    keys = keys_in(os.environ) if keys is None else keys
    return Session(RunFolder.open(folder, clock), market, Stop(plan.stop_file, parent_pid), keys)


def run_plan(folder: Path, *, market: Market | None = None, parent_pid: int = 0, keys: Keys | None = None) -> Manifest:
    """Carry out the plan in `folder`, or go on with it where an earlier session was killed; gives the seal.

    A sealed folder is left as it is. Raises BadInput, FolderBusy or OutOfSpace.
    """
    sealed = read_manifest(folder)
    if sealed is not None:
        return sealed
    loop = _event_loop()
    return loop.run_until_complete(_run(folder, market, parent_pid, keys))


async def _run(folder: Path, market: Market | None, parent_pid: int, keys: Keys | None) -> Manifest:
    session = open_session(folder, market, parent_pid, keys)
    try:
        with _draining(session.stop):
            for spider in (LookSpider, DiscoverSpider):
                if session.visits(searches=spider.searches) and not session.stop.reason:
                    crawler = Crawler(spider, _settings())
                    await crawler.crawl_async(session=session)
    except BaseException:
        session.abandon()
        raise
    return session.finish()


@contextmanager
def _draining(stop: Stop) -> Iterator[None]:
    """SIGINT and SIGTERM end the run in order; a second one ends the process."""
    loop = asyncio.get_running_loop()
    signals: tuple[signal.Signals, ...] = (signal.SIGINT, signal.SIGTERM)

    def told(number: signal.Signals) -> None:
        stop.now(INTERRUPTED)
        loop.remove_signal_handler(number)

    try:
        for number in signals:
            loop.add_signal_handler(number, told, number)
    except (ValueError, RuntimeError):
        signals = ()
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _settings() -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return settings


def _event_loop() -> asyncio.AbstractEventLoop:
    """The loop of this process's reactor. It runs only while a plan is carried out, so a process can do several."""
    install_reactor(REACTOR)
    from twisted.internet import reactor

    loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop
    return loop


def main(arguments: Sequence[str]) -> int:
    """The child: one JSON line a folder on stdout; exit status 0, or 1 where a run needs a person, 2 for bad input."""
    configure_logging({"LOG_LEVEL": "WARNING"})
    worst, parent_pid, stays = 0, 0, False
    keys = taken_keys(os.environ)
    folders = []
    for argument in arguments:
        if argument.startswith("--parent="):
            parent_pid = int(argument.partition("=")[2])
        elif argument == "--stay":
            stays = True
        else:
            folders.append(argument)
    for name in (line.rstrip("\n") for line in sys.stdin) if stays else folders:
        result, status = _carry_out(name, parent_pid, keys)
        worst = max(worst, status)
        sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()
        if result["status"] == INTERRUPTED:
            break
    return worst


def _carry_out(name: str, parent_pid: int, keys: Keys) -> tuple[dict[str, Any], int]:
    """One folder: what to tell of it, and its exit status."""
    result: dict[str, Any] = {"folder": name, "status": "finished", "error": ""}
    try:
        result["status"] = status_of(run_plan(Path(name), parent_pid=parent_pid, keys=keys))
    except StillForSaleError as error:
        result.update(status=type(error).__name__, error=str(error))
        return result, 2 if isinstance(error, BadInput) else 1
    except Exception as error:
        result.update(status="failed", error=f"{type(error).__name__}: {error}")
        return result, 1
    return result, 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
