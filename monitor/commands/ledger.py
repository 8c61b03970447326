"""`stillforsale rebuild | doctor`: the archive read again, and what is wrong here."""

from typing import TYPE_CHECKING, Any

import typer

from monitor.commands.common import load_settings, print_json, raise_problems, say, settings_clock

if TYPE_CHECKING:
    from monitor.store.reread import Rebuilt

JSON = typer.Option(False, "--json", help="Print one JSON value on stdout.")


def rebuild(
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would change and keep everything as it is."),
    json: bool = JSON,
) -> None:
    """Read the archived pages of every run again with today's readers, and derive verdicts and episodes anew.

    What was seen is never changed: looks, pages and times stay as they are; states, quarantines and episodes are made
    again, and what came out otherwise is said. Run it after an upgrade, or after a signature was verified.

    Example: stillforsale rebuild --dry-run
    """
    from monitor.reach import registry_of
    from monitor.store.reread import rebuild as read_again
    from monitor.store.session import open_store
    from monitor.verification.golden import project

    settings = load_settings(initialised=False)
    store = open_store(settings.ledger_url)
    with store.reader() as session:
        project(session, settings.verified_dir)
    registry = registry_of(settings)
    result = read_again(store, settings.runs_dir, registry, settings.confirmation, dry_run=dry_run)
    if json:
        print_json(_rebuilt(result, dry_run))
    else:
        _say_rebuilt(result, dry_run)
    raise_problems(result.problems)


def doctor(json: bool = JSON) -> None:
    """Say what is wrong here: settings, ledger, archive, chain of runs, controls, disk, clock, optional parts.

    Every line is `ok`, a `note`, or a `problem` that needs a person; with a problem the exit status is 1. Nothing is
    repaired. Whether the archived bytes are still what was sealed: `stillforsale verify`.

    Example: stillforsale doctor --json
    """
    from dataclasses import asdict

    from monitor.health import examine

    settings = load_settings(initialised=False)
    checks = examine(settings, settings_clock(settings).now())
    problems = [check for check in checks if check.level == "problem"]
    if json:
        print_json({"ok": not problems, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            typer.echo(f"{check.level:8} {check.name:12} {check.says}")
    raise_problems([f"{check.name}: {check.says}" for check in problems])


def _rebuilt(result: "Rebuilt", dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "runs": result.runs,
        "looks": result.looks,
        "pages_read": result.reread,
        "changed": sum(result.states.values()),
        "states": _counted(result.states),
        "searches_read_otherwise": _counted(result.searches),
        "listings": sorted(result.listings),
        "episodes": result.episodes,
        "episodes_changed": list(result.episodes_changed),
        "problems": result.problems,
    }


def _counted(changes: Any) -> list[dict[str, Any]]:
    return [{"from": old, "to": new, "count": count} for (old, new), count in sorted(changes.items())]


def _say_rebuilt(result: "Rebuilt", dry_run: bool) -> None:
    would = "would change" if dry_run else "changed"
    say(f"{result.runs} runs, {result.looks} looks, {result.reread} pages read again; {result.episodes} episodes")
    say(f"{sum(result.states.values())} looks {would}, at {len(result.listings)} listings")
    for (old, new), count in sorted(result.states.items()):
        say(f"  {old} -> {new}: {count}")
    for (old, new), count in sorted(result.searches.items()):
        say(f"  search pages that say {new} today, recorded as {old}: {count}")
    for key in sorted(result.listings):
        say(f"  {key}")
    say(f"the episodes of {len(result.episodes_changed)} listings {would}")
