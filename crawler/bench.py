"""`bench crawl`: our pipeline against bare Scrapy on the same pages, in one run, four kinds taking turns.

A loopback server in a process of its own answers; every crawl is a process of its own, timed from its first request
to its end (for ours: to the sealed folder). Machines differ and are busy with other things, so only the ratios of
one run say something; those of processor time are the steadier ones where others use the machine, too.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from crawler.bench_parts import KINDS
from crawler.clock import SystemClock, instant
from crawler.plan import Identity, Limits, Plan, Slot, Vantage, write_plan
from crawler.record import PLAN_FILE

HOSTS = 8
ROUNDS = 5
BARS = {"ratio_fetch": 0.8, "ratio_read": 0.8, "evidence_ms_per_page": 5.0, "evidence_per_wire": 1.1}


def bench_crawl(pages: int = 1000, rounds: int = ROUNDS) -> dict[str, Any]:
    """Crawl `pages` pages with each of the four kinds, in `rounds` rounds; all figures, and whether each bar is met.

    `ratio_fetch` is full over bare, `ratio_read` full with reading over bare with one parse (pages per second, the
    median of the rounds), the `cpu_` ratios are of pages per second of processor time; sizes in bytes, memory in MiB.
    """
    part = max(1, pages // rounds)
    runs: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory() as place, page_server(part * rounds) as told:
        for number in range(rounds):
            urls = [page_url(told["ports"], page) for page in range(number * part, (number + 1) * part)]
            for kind in KINDS[number % len(KINDS) :] + KINDS[: number % len(KINDS)]:
                runs[kind].append(_one(kind, Path(place) / f"{kind}-{number}", urls, told["ports"]))
    return _figures(runs, part, rounds, told["wire_bytes"])


def _figures(runs: dict[str, list[dict[str, Any]]], part: int, rounds: int, wire_bytes: int) -> dict[str, Any]:
    speed = {kind: [one["pages"] / one["seconds"] for one in found] for kind, found in runs.items()}
    by_cpu = {kind: [one["pages"] / one["cpu_s"] for one in found] for kind, found in runs.items()}
    full = runs["full"]
    pages = sum(one["pages"] for one in full)
    stages = _stages(full, pages)
    evidence_ms = stages["pack_warc"] + stages["write"] + stages["sync (other thread)"]
    figures: dict[str, Any] = {
        "pages": part * rounds,
        "rounds": rounds,
        "pages_per_s": {kind: round(median(found), 1) for kind, found in speed.items()},
        "ratio_fetch": _ratio(speed["full"], speed["bare"]),
        "ratio_read": _ratio(speed["full-read"], speed["bare-parse"]),
        "cpu_ratio_fetch": _ratio(by_cpu["full"], by_cpu["bare"]),
        "cpu_ratio_read": _ratio(by_cpu["full-read"], by_cpu["bare-parse"]),
        "evidence_ms_per_page": round(evidence_ms, 3),
        "evidence_bytes_per_page": round(sum(one["evidence_bytes"] for one in full) / pages),
        "wire_bytes_per_page": round(wire_bytes / (part * rounds)),
        "evidence_per_wire": round(sum(one["evidence_bytes"] for one in full) / wire_bytes, 4),
        "peak_mb": {kind: round(max(one["peak_mb"] for one in found)) for kind, found in runs.items()},
        "ms_per_page": {kind: round(1000 / median(found), 2) for kind, found in speed.items()},
        "stages_ms_per_page": {
            "full": {name: round(ms, 3) for name, ms in stages.items()},
            "full-read": {name: round(ms, 3) for name, ms in _stages(runs["full-read"], pages).items()},
        },
    }
    complete = all(one["pages"] == part for found in runs.values() for one in found)
    met = {name: _met(name, figures[name]) for name in BARS}
    return {**figures, "bars": BARS, "met": {**met, "every_page_fetched": complete}}


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return round(median(a / b for a, b in zip(ours, theirs, strict=True)), 3)


def _met(name: str, figure: float) -> bool:
    return figure >= BARS[name] if name.startswith("ratio") else figure <= BARS[name]


def _stages(runs: list[dict[str, Any]], pages: int) -> dict[str, float]:
    names = {name for one in runs for name in one["stages_s"]}
    return {name: 1000 * sum(one["stages_s"].get(name, 0.0) for one in runs) / pages for name in sorted(names)}


def _one(kind: str, place: Path, urls: list[str], ports: list[int]) -> dict[str, Any]:
    if kind.startswith("bare"):
        place.write_text(json.dumps(urls))
    else:
        write_bench_plan(place, urls, ports)
    command = [sys.executable, "-m", "crawler.bench_parts", kind, str(place)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=source_root())  # noqa: S603
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def write_bench_plan(folder: Path, urls: list[str], ports: list[int]) -> None:
    """A folder with a plan that looks at each URL, without a pause."""
    folder.mkdir()
    plan = Plan(
        run_id=folder.name,
        made_at=instant(SystemClock().now()),
        identity=Identity(operator="benchmark", contact="nobody@example.org"),
        vantages={"us": Vantage(name="us", country="US")},
        limits=Limits(min_delay_s=0.0),
        allowed_marketplaces=("generic",),
        allowed_hosts=tuple(f"127.0.0.1:{port}" for port in ports),
    )
    slots = [
        Slot(slot_id=f"s{number}", purpose="look", marketplace="generic", url=url, vantage="us")
        for number, url in enumerate(urls)
    ]
    write_plan(folder / PLAN_FILE, plan, slots)


def page_url(ports: list[int], page: int) -> str:
    """The address of a page; the hosts take turns."""
    return f"http://127.0.0.1:{ports[page % len(ports)]}/item/{page}"


@contextmanager
def page_server(pages: int) -> Iterator[dict[str, Any]]:
    """The server of the pages (0: as many as are asked for), with its `ports` and the `wire_bytes` of all pages."""
    command = [sys.executable, "-m", "crawler.bench_pages", str(pages), str(HOSTS)]
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=source_root()
    ) as server:
        assert server.stdout is not None  # noqa: S101
        try:
            yield json.loads(server.stdout.readline())
        finally:
            server.communicate()


def source_root() -> Path:
    """Where the packages lie."""
    return Path(__file__).resolve().parent.parent
