"""Thin commands of the crawler."""

import typer

from crawler.commands.read import read


def register(app: typer.Typer) -> None:
    """Hang the crawler's commands on the front door."""
    app.command()(read)
