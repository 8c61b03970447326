"""The demo's register and watchlist: the sample of real recalls that ships with the package."""

from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

from crawler.shop.goods import RecalledProduct
from monitor.register.importing import import_file
from monitor.register.register import get_notice
from monitor.schedule.cycle import Monitor
from monitor.watchlist.drawing import add_sample
from monitor.watchlist.filters import Filters

SAMPLES = (("sample_recalls.json", "cpsc"), ("sample_warnings.csv", "cpsc-warnings"))
NAME = "the demo"
SEED = "the demo market"


def import_sample(monitor: Monitor) -> int:
    """Import the shipped recalls and warnings; gives how many records they hold."""
    at = monitor.clock.now()
    records = 0
    for name, source in SAMPLES:
        with as_file(files("monitor") / "data" / name) as path:
            records += import_file(monitor.store, Path(path), source, seen_at=at, now=at).records
    return records


def watch_products(monitor: Monitor, products: Sequence[RecalledProduct]) -> int:
    """Put the recalls of `products` under watch; gives how many.

    They are all recalls whose goods the market knows, so the draw takes its whole population, and rates may be given.
    """
    with monitor.store.session() as session:
        notices = [get_notice(session, one.recall_id) for one in products]
        known = [notice for notice in notices if notice is not None]
        at = monitor.clock.now()
        add_sample(session, known, Filters(), size=len(known), seed=SEED, at=at, by=NAME, priority=1)
    return len(known)
