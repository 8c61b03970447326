"""All figures of one ledger, timed in a process of its own: `python -m reports.bench_ledger_figures URL INSTANT`."""

import json
import sys
import time
from typing import Any

from crawler.clock import read_instant
from crawler.memory import peak_mib
from crawler.plan import Vantage
from monitor.config import Settings
from monitor.store.session import open_store
from reports.context_data import with_context
from reports.data import observe
from reports.figures.catalogue import all_figures


def time_figures(url: str, at: str) -> dict[str, Any]:
    """Seconds to read what the figures are made of and to compute all of them, and the most memory (MiB) it took."""
    store = open_store(url)
    settings = Settings(vantages={"us": Vantage(name="us", country="US")})
    started, cpu = time.perf_counter(), time.process_time()
    with store.reader() as session:
        observed = observe(session, read_instant(at), vantage="us", country="the US")
        observed = with_context(session, observed, settings)
    read = time.perf_counter()
    figures = all_figures(observed)
    done = time.perf_counter()
    store.close()
    return {
        "figures": len(figures),
        "cases": len(observed.cases),
        "read_s": round(read - started, 2),
        "compute_s": round(done - read, 2),
        "all_s": round(done - started, 2),
        "processor_s": round(time.process_time() - cpu, 2),
        "peak_mib": round(peak_mib()),
    }


if __name__ == "__main__":
    print(json.dumps(time_figures(sys.argv[1], sys.argv[2])))
