"""`stillforsale serve`: a ticker that runs the due parts of the cycle until it is stopped, and survives a failed child.

APScheduler only ticks (UTC, coalesced, hours of grace): what is due stands in the ledger, so a missed tick loses
nothing.
"""

import signal
import threading
from collections.abc import Callable

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from crawler.errors import StillForSaleError
from monitor.schedule.cycle import Monitor, TurnResult, discover, look

GRACE_S = 6 * 3600
Part = Callable[[Monitor], TurnResult]

log = structlog.get_logger(__name__)


def tick(monitor: Monitor, parts: tuple[Part, ...] = (discover, look)) -> list[TurnResult]:
    """Run each part once. A part that fails is logged and does not keep the others from running."""
    done = []
    for part in parts:
        try:
            result = part(monitor)
        except StillForSaleError as error:
            log.warning("part needs a person", part=part.__name__, problem=str(error))
        except Exception:
            # The ticker must outlive any single failure: what is due stays due, and doctor shows the gap.
            log.exception("part failed", part=part.__name__)
        else:
            done.append(result)
            log.info("part done", part=result.part, slots=result.slots, looks=result.looks, problems=result.problems)
    return done


def serve(monitor: Monitor, every_minutes: float, stop: threading.Event | None = None) -> None:
    """Tick every `every_minutes`, the first time at once, until SIGTERM, Ctrl-C or `stop`."""
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        tick,
        IntervalTrigger(minutes=every_minutes, timezone="UTC"),
        args=(monitor,),
        id="cycle",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=GRACE_S,
    )
    scheduler.start()
    try:
        tick(monitor)
        stop.wait()
    finally:
        scheduler.shutdown(wait=True)
