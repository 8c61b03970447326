"""`stillforsale init` and `stillforsale sites`: who looks, from where, and at which marketplaces they may look."""

import sys
from pathlib import Path

import typer

from crawler.errors import BadInput
from monitor.commands.common import load_settings, print_json, say, settings_clock

sites = typer.Typer(no_args_is_help=True, help="Marketplaces: what can be seen of each, and what you allow.")


def init(
    operator: str = typer.Option("", "--operator", help="Who runs this monitor: named in every request."),
    contact: str = typer.Option("", "--contact", help="A mail address or web page that a site's owner can write to."),
    vantage: list[str] = typer.Option(
        ["us"], "--vantage", help="The buyer's place to look from: us, ca, gb or de; may be given twice."
    ),
) -> None:
    """Write stillforsale.toml and the study's protocol here, and say what can be seen of each marketplace.

    Asks for what is missing, but never without a terminal. Automated looks are off for every marketplace until you
    have read its terms and allowed it with `stillforsale sites allow NAME --by YOU`.

    Example: stillforsale init --operator "Example Watch" --contact audit@example.org --vantage us
    """
    from crawler.clock import SystemClock
    from monitor.protocol import write_protocol
    from monitor.setup import write_config

    path = write_config(
        Path.cwd(), operator or _asked("Operator", "--operator"), contact or _asked("Contact", "--contact"), vantage
    )
    settings = load_settings()
    protocol = write_protocol(settings, SystemClock().now())
    say(f"wrote {path.name} and {protocol}; fill in the protocol before the first look\n")
    _print_reach(json=False)
    say("\nNext: stillforsale recalls update (or import), stillforsale watchlist add, stillforsale sites allow NAME")


@sites.command("list")
def list_sites(json: bool = typer.Option(False, "--json", help="Print JSON lines, one a marketplace.")) -> None:
    """The reach table: search, look, by which method, with which key, what its terms say, which ends are verified.

    Example: stillforsale sites list
    """
    _print_reach(json)


@sites.command()
def allow(
    name: str = typer.Argument(..., help="The marketplace, as `sites list` names it."),
    by: str = typer.Option(..., "--by", help="Who decided; kept with the day."),
) -> None:
    """Allow automated looks at a marketplace, after you have read its terms. robots.txt still binds every request.

    Example: stillforsale sites allow craigslist --by "J. Doe"
    """
    _decide(name, by, allowed=True)


@sites.command()
def forbid(
    name: str = typer.Argument(..., help="The marketplace, as `sites list` names it."),
    by: str = typer.Option(..., "--by", help="Who decided; kept with the day."),
) -> None:
    """Forbid automated looks at a marketplace: its slots come back as not allowed, and the reports say so.

    Example: stillforsale sites forbid craigslist --by "J. Doe"
    """
    _decide(name, by, allowed=False)


def _decide(name: str, by: str, allowed: bool) -> None:
    from monitor.reach import registry_of
    from monitor.setup import decide_terms

    settings = load_settings()
    registry_of(settings).get(name)
    decide_terms(Path.cwd(), name, allowed, by, settings_clock(settings).now())
    say(f"{name}: automated looks {'allowed' if allowed else 'forbidden'} by {by}")


def _print_reach(json: bool) -> None:
    from monitor.reach import COLUMNS, reach_table

    rows = reach_table(load_settings(initialised=False))
    if json:
        for row in rows:
            print_json(row)
        return
    widths = [max(len(column), *(len(str(row[column])) for row in rows)) for column in COLUMNS]
    for line in ({column: column for column in COLUMNS}, *rows):
        typer.echo("  ".join(str(line[column]).ljust(width) for column, width in zip(COLUMNS, widths, strict=True)))


def _asked(what: str, option: str) -> str:
    if not sys.stdin.isatty():
        raise BadInput(f"{option} is needed where nobody can be asked (no terminal)")
    return str(typer.prompt(what))
