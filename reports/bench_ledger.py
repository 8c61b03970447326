"""`stillforsale bench ledger`: what a look costs as the ledger grows, and how long all figures take.

One ledger grows from 10^4 looks on. Up to each size most looks are loaded in bulk (the same rows, by a test); the last
10,000 go in as sealed run folders through ingest itself, and those are timed. Then all figures are computed in a
process of its own, whose memory is what it takes.
"""

import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import make_url, text

from crawler.clock import instant
from monitor.config import Confirmation
from monitor.schedule.watched import suspects, watched_listings
from monitor.store.ingest import ingest_all
from monitor.store.session import Store, open_store
from reports.bench_ledger_load import VANTAGE, load, write_folder
from reports.bench_ledger_market import Market
from reports.bench_ledger_register import review_all

SMALLEST = 10_000
MEASURED = 10_000
BARS = {"figures_s": 60, "peak_mib": 1024, "slope": 0.05}
"""Seconds and memory of all figures at the largest size; the exponent by which the cost of a look may grow."""


def bench_ledger(looks: int, database_url: str = "", folder: Path | None = None) -> dict[str, Any]:
    """Figures of SQLite, and of the empty database at `database_url` where one is given; sizes up to `looks`."""
    with tempfile.TemporaryDirectory(prefix="stillforsale-bench-", dir=folder) as place:
        urls = {"sqlite": f"sqlite:///{Path(place) / 'ledger.sqlite'}"}
        if database_url:
            urls[make_url(database_url).get_backend_name()] = database_url
        return {name: _grow(url, sizes_up_to(looks), Path(place) / name) for name, url in urls.items()}


def sizes_up_to(looks: int) -> list[int]:
    """Powers of ten from SMALLEST on, and `looks` itself. Raises ValueError for fewer than SMALLEST."""
    if looks < SMALLEST:
        raise ValueError(f"a ledger of fewer than {SMALLEST} looks says nothing of its growth")
    powers = range(int(math.log10(SMALLEST)), int(math.log10(looks)) + 1)
    return sorted({*(10**power for power in powers), looks})


def _grow(url: str, sizes: Sequence[int], runs_dir: Path) -> dict[str, Any]:
    store, market, rule = open_store(url), Market(), Confirmation()
    rows = []
    for size in sizes:
        started, loaded = time.perf_counter(), 0
        if size - MEASURED > market.looks:
            loaded = load(store, market.take(size - MEASURED - market.looks), rule)
        load_s = time.perf_counter() - started
        ingest = _timed_ingest(store, market, rule, runs_dir / str(size), size - market.looks)
        review_all(store, runs_dir)
        _settle(store)
        row: dict[str, Any] = {"looks": market.looks, "listings": len(market.known), "ingest": ingest}
        row["loaded_per_s"] = round(loaded / load_s) if loaded else None
        row["bytes_per_look"] = round(_size_bytes(store) / market.looks)
        row["plan"] = _timed_plan(store)
        row["figures"] = _figures_in_child(url, instant(market.at + timedelta(hours=1)))
        rows.append(row)
    store.close()
    return {"sizes": rows, **judged(rows)}


def judged(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The exponent of the cost of a look over the sizes, the bars, and whether the largest size meets them."""
    slope = None
    if len(rows) > 1:
        sizes = np.log10([row["looks"] for row in rows])
        costs = np.log10([row["ingest"]["processor_us_per_look"] for row in rows])
        slope = round(float(np.polyfit(sizes, costs, 1)[0]), 3)
    last = rows[-1]["figures"]
    met = {
        "figures_s": last["all_s"] < BARS["figures_s"],
        "peak_mib": last["peak_mib"] < BARS["peak_mib"],
        "slope": slope is None or slope <= BARS["slope"],
    }
    return {"slope": slope, "bars": BARS, "met": met}


def _timed_ingest(store: Store, market: Market, rule: Confirmation, runs_dir: Path, looks: int) -> dict[str, Any]:
    runs = list(market.take(max(looks, 1)))
    for run in runs:
        write_folder(runs_dir, run)
    count = sum(len(run.looks) for run in runs)
    started, cpu = time.perf_counter(), time.process_time()
    results = ingest_all(store, runs_dir, market.at, rule)
    took_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
    if sum(one.looks for one in results) != count:
        raise RuntimeError("ingest did not take in every look of the benchmark")
    return {
        "runs": len(runs),
        "looks_per_s": round(count / took_s),
        "us_per_look": round(1e6 * took_s / count, 1),
        "processor_us_per_look": round(1e6 * cpu_s / count, 1),
    }


def _timed_plan(store: Store) -> dict[str, float]:
    """Seconds to read what the schedule knows of every listing under watch."""
    with store.reader() as session:
        started = time.perf_counter()
        found = watched_listings(session, suspects(session), VANTAGE)
        return {"listings": len(found), "watched_s": round(time.perf_counter() - started, 2)}


def _figures_in_child(url: str, at: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "reports.bench_ledger_figures", url, at]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    return dict(json.loads(done.stdout))


def _size_bytes(store: Store) -> int:
    """What the database takes on the disk."""
    with store.engine.connect() as connection:
        if store.is_sqlite:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
            return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar() or 0)
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar() or 0)


def _settle(store: Store) -> None:
    """What a database does by itself in quieter hours: statistics for its planner."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA optimize" if store.is_sqlite else "ANALYZE")
