"""`stillforsale discover | look | run | serve | due`: the cycle, whole, in parts, or for months."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from monitor.commands.common import open_monitor, print_json, raise_problems, say

if TYPE_CHECKING:
    from monitor.schedule.cycle import Monitor, TurnResult

JSON = typer.Option(False, "--json", help="Print one JSON value on stdout.")


def discover(json: bool = JSON) -> None:
    """Search the allowed marketplaces for every watched phrase that was not searched for in a day.

    The run's folder is ingested at once: what was found is matched and waits for `stillforsale review`.

    Example: stillforsale discover --json
    """
    from monitor.schedule import cycle

    _report([cycle.discover(open_monitor())], json)


def look(json: bool = JSON) -> None:
    """Look at every listing that is due, between controls, and record what each page said.

    Example: stillforsale look
    """
    from monitor.schedule import cycle

    _report([cycle.look(open_monitor())], json)


def run(json: bool = JSON) -> None:
    """One full cycle: discover, look, ingest, match, derive. Ends by saying how to write the report.

    Example: stillforsale run && stillforsale report --out report
    """
    from monitor.schedule import cycle

    monitor = open_monitor()
    _say_what_is_missing(monitor)
    _report([cycle.discover(monitor), cycle.look(monitor)], json)


def serve(
    every_minutes: float = typer.Option(10.0, "--every-minutes", min=0.01, help="How often to ask what is due."),
) -> None:
    """Run the due parts of the cycle until stopped (Ctrl-C, SIGTERM, or the stop file in the data folder).

    A part or a child that fails is logged and tried again when it is next due.

    Example: stillforsale serve --every-minutes 10
    """
    from monitor.schedule import daemon

    daemon.serve(open_monitor(), every_minutes)


def due(
    explain: bool = typer.Option(False, "--explain", help="Say for each listing why it is due then."),
    json: bool = JSON,
) -> None:
    """List what is due now, in the order in which the next run would look, within the budget of each marketplace.

    Example: stillforsale due --explain
    """
    from monitor.schedule.learning import outlook_of, seen_and_pinned
    from monitor.schedule.outlook import choose_looks
    from monitor.schedule.policy import Pace
    from monitor.schedule.watched import suspects

    monitor = open_monitor()
    at = monitor.clock.now()
    with monitor.store.session() as session:
        outlook = outlook_of(session, monitor.settings, at)
        vantages = monitor.settings.vantages.values()
        watched = seen_and_pinned(session, monitor.settings, suspects(session), vantages, at)
    chosen = choose_looks(watched, Pace(), at, outlook)
    if not chosen:
        say(f"nothing is due at {at:%Y-%m-%d %H:%M} UTC; {len(watched)} listings and vantages are under watch")
    for item in chosen:
        row = {"listing": item.watched.listing_key, "vantage": item.watched.vantage, "due_at": item.due_at.isoformat()}
        if explain:
            row["why"] = item.why
        if json:
            print_json(row)
        else:
            typer.echo("  ".join(row.values()))


def _say_what_is_missing(monitor: "Monitor") -> None:
    """A run that plans nothing leaves a newcomer wondering; say which step is still to come."""
    from monitor.discovery.route import usable_apis
    from monitor.schedule.planner import allowed, has_phrases

    if not allowed(monitor.settings) and not usable_apis(monitor.settings):
        say("no marketplace is allowed yet: read its terms, then `stillforsale sites allow NAME --by YOU`")
    with monitor.store.reader() as session:
        if not has_phrases(session):
            say("nothing is under watch yet: `stillforsale watchlist add ID`")


def _report(results: "list[TurnResult]", json: bool) -> None:
    if json:
        print_json([asdict(result) for result in results])
    else:
        for result in results:
            say(
                f"{result.part}: {result.slots} slots, {result.looks} looks, {result.searches} search pages, "
                f"{result.proposed} new matches and {result.relistings} relistings proposed"
            )
    raise_problems([problem for result in results for problem in result.problems])
