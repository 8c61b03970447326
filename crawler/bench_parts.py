"""The four crawls that the benchmark compares, each in a process of its own: `python -m crawler.bench_parts KIND ...`.

`bare` is Scrapy as it comes with a spider that does nothing; `bare-parse` adds one lxml parse and two selectors;
`full` is our whole pipeline without reading, `full-read` with it.
"""

import json
import resource
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

from crawler.clock import SystemClock
from crawler.memory import peak_mib

KINDS = ("bare", "full", "bare-parse", "full-read")
_CLOCK = SystemClock()


class BareSpider(scrapy.Spider):
    """Fetches every URL and counts."""

    name = "bare"
    seen = 0

    async def start(self) -> AsyncIterator[Any]:
        for url in self.urls:  # type: ignore[attr-defined]
            yield scrapy.Request(url, dont_filter=True)

    def parse(self, response: Response, **_: Any) -> None:
        self.seen += bool(response.body)


class ParseSpider(BareSpider):
    """The same, with one parse and two selectors a page."""

    name = "bare-parse"

    def parse(self, response: Response, **_: Any) -> None:
        self.seen += bool(response.css("h1::text").get()) and bool(response.css("p.price::text").get())


def bare(urls: list[str], spider: type[BareSpider]) -> dict[str, Any]:
    """One crawl with Scrapy's own settings; only what listens and what logs is off."""
    quiet = {"TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False, "LOG_LEVEL": "ERROR"}
    process = AsyncCrawlerProcess(quiet)
    crawler = process.create_crawler(spider)
    process.crawl(crawler, urls=urls)
    began_s, began_cpu_s = _CLOCK.monotonic_s(), _cpu_s()
    process.start()
    seconds, cpu_s = _CLOCK.monotonic_s() - began_s, _cpu_s() - began_cpu_s
    return {"seconds": seconds, "cpu_s": cpu_s, "pages": getattr(crawler.spider, "seen", 0)}


def full(folder: Path, *, reading: bool) -> dict[str, Any]:
    """One run of ours, from the plan to the seal; without the pauses that a real site is due."""
    from dataclasses import replace

    from crawler.market import market_of
    from crawler.run import run_plan

    market = replace(market_of(""), sites=lambda _: None)
    if not reading:
        market = replace(market, read=None)
    with _stopwatches() as stages:
        began_s, began_cpu_s = _CLOCK.monotonic_s(), _cpu_s()
        manifest = run_plan(folder, market=market)
        seconds, cpu_s = _CLOCK.monotonic_s() - began_s, _cpu_s() - began_cpu_s
    evidence = sum(file.bytes for file in manifest.files if file.name.endswith(".gz"))
    pages = manifest.counts.get("fetched", 0)
    spent = {"seconds": seconds, "cpu_s": cpu_s, "stages_s": dict(stages)}
    return {**spent, "pages": pages, "evidence_bytes": evidence}


@contextmanager
def _stopwatches() -> Iterator[dict[str, float]]:
    """Adds up the time spent in the parts of the pipeline that run on the crawl's own thread."""
    from crawler import fetch, session
    from crawler.archive import append, warc

    spent: dict[str, float] = defaultdict(float)
    parts: list[tuple[Any, str, str]] = [
        (fetch, "decode", "decode"),
        (warc.WarcPacker, "exchange", "pack_warc"),
        (append.Appender, "append", "write"),
        (append.Appender, "sync", "sync (other thread)"),
        (session.Session, "_reading", "read"),
        (session.Session, "_capture", "capture"),
    ]
    kept = [(owner, name, getattr(owner, name)) for owner, name, _ in parts]
    for owner, name, label in parts:
        setattr(owner, name, _timed(getattr(owner, name), label, spent))
    try:
        yield spent
    finally:
        for owner, name, function in kept:
            setattr(owner, name, function)


def _timed(function: Callable[..., Any], label: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*values: Any, **named: Any) -> Any:
        began_s = _CLOCK.monotonic_s()
        try:
            return function(*values, **named)
        finally:
            spent[label] += _CLOCK.monotonic_s() - began_s

    return timed


def main(arguments: Sequence[str]) -> None:
    """Run one kind; one JSON line says how it went."""
    kind, place = arguments[0], Path(arguments[1])
    if kind.startswith("bare"):
        urls = json.loads(place.read_text())
        result = bare(urls, ParseSpider if kind == "bare-parse" else BareSpider)
    else:
        result = full(place, reading=kind == "full-read")
    sys.stdout.write(json.dumps({**result, "peak_mb": peak_mib()}) + "\n")


def _cpu_s() -> float:
    """Processor time of this process, all its threads together."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main(sys.argv[1:])
