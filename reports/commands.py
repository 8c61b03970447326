"""Thin commands of the reports, and those that need all three packages."""

import typer

from reports.demo.command import demo
from reports.report_commands import report


def register(app: typer.Typer) -> None:
    """Hang the reports' commands on the front door."""
    app.command()(report)
    app.command()(demo)
