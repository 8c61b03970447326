"""Thin commands of the reports, and those that need all three packages."""

import typer

from reports.bench_command import bench
from reports.demo.command import demo
from reports.export_command import export
from reports.lag_command import lag
from reports.report_commands import report


def register(app: typer.Typer) -> None:
    """Hang the reports' commands on the front door."""
    app.command()(lag)
    app.command()(report)
    app.command()(export)
    app.add_typer(bench, name="bench")
    app.command()(demo)
