"""`bench memory`: what a crawl holds in memory while it works through very many pages.

`python -m crawler.bench_memory FOLDER... EVERY` is the crawl: it tells its memory every so many pages. Reading
included, pages all different, in one process from the first to the last: what is kept for each page shows.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import linear_regression
from typing import Any

from crawler.bench import page_server, page_url, source_root, write_bench_plan
from crawler.clock import SystemClock

SAMPLES = 50
WARM_SHARE = 0.1
GROWTH_BAR = 0.1


def bench_memory(pages: int = 50_000, runs: int = 1, say: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Crawl `pages` different pages in one process, in `runs` runs; the memory held at fifty points, in MiB.

    The first tenth is warming up. `growth` is by how much the last tenth's peak exceeds what was held after that (the
    bar: a tenth), `bytes_per_page` the slope of a straight line through the samples since. `say` is told each sample.
    """
    part = max(1, pages // runs)
    every = max(1, part * runs // SAMPLES)
    with tempfile.TemporaryDirectory() as place, page_server(0) as told:
        folders = []
        for run in range(runs):
            urls = [page_url(told["ports"], page) for page in range(run * part, (run + 1) * part)]
            folders.append(Path(place) / f"memory-{run}")
            write_bench_plan(folders[-1], urls, told["ports"])
        samples, seconds = _child(folders, every, say)
    return _figures(samples, part * runs, runs, seconds)


def _figures(samples: list[dict[str, Any]], pages: int, runs: int, seconds: float) -> dict[str, Any]:
    held = [(one["pages"], one["rss_mb"]) for one in samples]
    warm = [one for one in held if one[0] >= pages * WARM_SHARE]
    if held[-1][0] < pages:
        raise RuntimeError(f"{held[-1][0]} of {pages} pages were fetched and read")
    last = max(rss for at, rss in held if at >= pages * (1 - WARM_SHARE))
    growth = last / warm[0][1] - 1
    slope = linear_regression(*zip(*warm, strict=True)).slope if len(warm) > 1 else 0.0
    return {
        "pages": held[-1][0],
        "runs": runs,
        "pages_per_s": round(held[-1][0] / seconds, 1),
        "rss_mb": {str(at): rss for at, rss in held},
        "warm_mb": warm[0][1],
        "last_mb": last,
        "growth": round(growth, 4),
        "bytes_per_page": round(slope * 2**20),
        "bars": {"growth": GROWTH_BAR},
        "met": {"growth": growth <= GROWTH_BAR},
    }


def _child(folders: Sequence[Path], every: int, say: Callable[[str], None]) -> tuple[list[dict[str, Any]], float]:
    command = [sys.executable, "-m", "crawler.bench_memory", *map(str, folders), str(every)]
    samples, clock = [], SystemClock()
    began_s = clock.monotonic_s()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=source_root()) as child:  # noqa: S603
        assert child.stdout is not None  # noqa: S101
        for line in child.stdout:
            samples.append(json.loads(line))
            say(line.strip())
    if child.returncode:
        raise RuntimeError(f"the crawl ended with status {child.returncode}")
    return samples, clock.monotonic_s() - began_s


def main(arguments: Sequence[str]) -> None:
    """Carry out the plans one after another; a JSON line every so many captures, and one at the end."""
    from dataclasses import replace

    from crawler.folder import RunFolder
    from crawler.market import market_of
    from crawler.run import run_plan

    *folders, every = arguments
    market = replace(market_of(""), sites=lambda _: None)
    counting, done = RunFolder._count, 0

    def counted(folder: RunFolder, capture: Any) -> None:
        nonlocal done
        counting(folder, capture)
        if capture.outcome == "fetched" and capture.reading is not None:
            done += 1
            if done % int(every) == 0:
                _tell(done)

    setattr(RunFolder, "_count", counted)  # noqa: B010
    for folder in folders:
        run_plan(Path(folder), market=market)
    _tell(done)


def _tell(done: int) -> None:
    sys.stdout.write(json.dumps({"pages": done, "rss_mb": round(_rss_mib(), 1)}) + "\n")
    sys.stdout.flush()


def _rss_mib() -> float:
    """What this process holds now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this kernel does not tell how much memory a process holds")


if __name__ == "__main__":
    main(sys.argv[1:])
