"""`stillforsale bench NAME`: what the parts cost on this machine, each beside a bare baseline in the same run."""

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


def _print(result: dict[str, Any], json: bool) -> None:
    from monitor.commands.common import print_json

    if json:
        print_json(result)
        return
    for name, value in result.items():
        typer.echo(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")
