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
    test.csv where the folder has one (it is read once), otherwise for valid. Folders of parquet files
    (`*train.parquet`, `*val.parquet`; needs the `parquet` extra) and of WDC Products files work too.
    With `--recalls` and `--listings`: proposals by tier, candidates and decisions a second, memory; where the listings
    carry a column `recalls` (the right ones), also how often the right recall is found, with its interval.

    Example: stillforsale bench match --pairs shared/abt-buy --json
    """
    from monitor.matching.bench import bench_match

    _print(bench_match(pairs, recalls, listings), json)


def _print(result: dict[str, Any], json: bool) -> None:
    from monitor.commands.common import print_json

    if json:
        print_json(result)
        return
    for name, value in result.items():
        typer.echo(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")
