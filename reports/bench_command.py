"""`stillforsale bench NAME`: what the parts cost on this machine, each beside a bare baseline in the same run."""

from pathlib import Path
from typing import Any

import typer

bench = typer.Typer(no_args_is_help=True)

JSON = typer.Option(False, "--json", help="Print one JSON object on stdout.")


@bench.callback()
def benchmarks() -> None:
    """Benchmarks: ratios measured in one run, so that machines compare."""


@bench.command()
def crawl(
    pages: int = typer.Option(600, "--pages", min=20, help="Pages fetched by each of the four pipelines."),
    json: bool = JSON,
) -> None:
    """The pipeline against bare Scrapy on the same pages of a loopback server, with and without reading.

    Prints both ratios (the bar is 0.8 each), the cost of evidence per page, peak memory, and where the time goes.

    Example: stillforsale bench crawl --pages 600 --json
    """
    from crawler.bench import bench_crawl

    _print(bench_crawl(pages), json)


@bench.command()
def memory(
    pages: int = typer.Option(50_000, "--pages", min=100, help="Pages fetched, archived and read in one process."),
    runs: int = typer.Option(1, "--runs", min=1, help="Into how many runs they are divided, one after another."),
    json: bool = JSON,
) -> None:
    """What a crawl holds in memory over very many pages, told on stderr at fifty points while it goes on.

    Prints the memory after the first tenth and at the end, by how much it grew (the bar is a tenth), and the slope in
    bytes a page. The archive of 50,000 pages takes 1.6 GB of the temporary folder.

    Example: stillforsale bench memory --pages 50000 --json
    """
    from crawler.bench_memory import bench_memory
    from monitor.commands.common import say

    _print(bench_memory(pages, runs, say), json)


@bench.command()
def match(
    pairs: Path | None = typer.Option(
        None, "--pairs", help="A folder of labelled pairs: tableA.csv, tableB.csv, train.csv, valid.csv, test.csv."
    ),
    recalls: list[Path] = typer.Option([], "--recalls", help="A file of recalls, any importable one; repeat for more."),
    listings: Path | None = typer.Option(None, "--listings", help="Listings as JSON lines or CSV."),
    json: bool = JSON,
) -> None:
    """How right the matcher is on labelled pairs, or how fast and how eager on listings against recalls.

    With `--pairs`: trained on train, the threshold from valid, f1, precision, recall and average_precision for
    test.csv where the folder has one (it is read once), otherwise for valid, with a cross-validation on train and
    valid beside them; precision and recall at thresholds of 0.95 and 0.98 precision, recall of the candidates, speed
    and memory. Folders of parquet files (`*train.parquet`, `*val.parquet`; needs the `parquet` extra) and of WDC
    Products files work too.
    With `--recalls` and `--listings`: proposals by tier, candidates and decisions a second, memory; where the listings
    carry a column `recalls` (the right ones), also precision and recall down to each tier, and how often the right
    recall is first, in the first 10 and in the first 50, with intervals.

    Example: stillforsale bench match --pairs shared/abt-buy --json
    """
    from monitor.matching.bench import bench_match

    _print(bench_match(pairs, recalls, listings), json)


@bench.command()
def ledger(
    looks: int = typer.Option(1_000_000, "--looks", min=10_000, help="Looks that the ledger grows to, from 10,000 on."),
    database: str = typer.Option("", "--database", help="An empty PostgreSQL database to measure beside SQLite."),
    folder: Path | None = typer.Option(None, "--folder", help="Where the ledger grows; about 1 GB a million looks."),
    json: bool = JSON,
) -> None:
    """What a look costs as the ledger grows, and all figures at each size: time, memory, bytes a look.

    A made-up market of up to 20,000 listings. Most looks are loaded in bulk, to the rows that ingest would write; at
    each power of ten the last 10,000 go through ingest itself and are timed. `slope` is the exponent by which the
    processor time of a look grows with the ledger. Ten million looks take about half an hour.

    Example: stillforsale bench ledger --looks 1000000 --json
    """
    from reports.bench_ledger import bench_ledger

    _print(bench_ledger(looks, database, folder), json)


@bench.command()
def schedule(
    seed: int = typer.Option(0, "--seed", min=0, help="Which invented market; the same seed gives the same one."),
    budget: int = typer.Option(5000, "--budget", min=24, help="Looks a day."),
    listings: int = typer.Option(20_000, "--listings", min=50, help="Listings of the market."),
    hours: int = typer.Option(1440, "--hours", min=168, help="How long it is watched."),
    json: bool = JSON,
) -> None:
    """What the same looks tell under each schedule: uniform, back-off, the square-root law, the index, and in full.

    Simulated on an invented market: mean width of the removal's interval, mean delay, share of deadlines left
    undecided, and the ratio to the attainable optimum (docs/reference/schedule.md has the law and the bars). `full`
    is the index with pins, the 72-hour floor and a budget for each marketplace; `full_failing` loses every tenth look.

    Example: stillforsale bench schedule --seed 0 --budget 5000 --json
    """
    from monitor.schedule.bench import bench_schedule

    _print(bench_schedule(seed, budget, listings, hours), json)


def _print(result: dict[str, Any], json: bool) -> None:
    from monitor.commands.common import print_json

    if json:
        print_json(result)
        return
    _echo(result, "")


def _echo(result: dict[str, Any], indent: str) -> None:
    for name, value in result.items():
        if isinstance(value, dict):
            typer.echo(f"{indent}{name}:")
            _echo(value, indent + "  ")
        else:
            typer.echo(f"{indent}{name}: {value:.4g}" if isinstance(value, float) else f"{indent}{name}: {value}")
