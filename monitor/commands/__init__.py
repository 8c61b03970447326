"""Thin commands of the monitor."""

import typer

from monitor.commands import cycle, recalls, setup, watchlist
from monitor.commands.ledger import doctor, rebuild
from monitor.commands.match import match
from monitor.commands.review import app as review


def register(app: typer.Typer) -> None:
    """Hang the monitor's commands on the front door, in the order in which an operator meets them."""
    app.command()(setup.init)
    app.add_typer(recalls.app, name="recalls")
    app.add_typer(watchlist.app, name="watchlist")
    app.add_typer(setup.sites, name="sites")
    for command in (cycle.discover, cycle.look, cycle.run, cycle.serve, cycle.due):
        app.command()(command)
    app.command()(match)
    app.add_typer(review, name="review")
    app.command()(rebuild)
    app.command()(doctor)
