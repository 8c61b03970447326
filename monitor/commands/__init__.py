"""Thin commands of the monitor."""

import typer

from monitor.commands import (
    blind_pages,
    capture,
    commitments,
    cycle,
    ledger,
    listings,
    match,
    notices,
    recalls,
    review,
    schedule,
    setup,
    watchlist,
)


def register(app: typer.Typer) -> None:
    """Hang the monitor's commands on the front door, in the order in which an operator meets them."""
    app.command()(setup.init)
    app.add_typer(recalls.app, name="recalls")
    app.add_typer(watchlist.app, name="watchlist")
    app.add_typer(setup.sites, name="sites")
    app.add_typer(commitments.app, name="commitments")
    app.add_typer(notices.app, name="notices")
    app.command()(cycle.discover)
    app.command()(cycle.look)
    app.command()(cycle.run)
    app.command()(cycle.serve)
    app.command()(cycle.due)
    app.command()(schedule.plan)
    app.command()(capture.capture)
    app.add_typer(listings.app, name="listings")
    app.add_typer(match.app, name="match")
    app.add_typer(review.app, name="review")
    app.add_typer(blind_pages.app, name="pages")
    app.command()(ledger.rebuild)
    app.command()(ledger.doctor)
