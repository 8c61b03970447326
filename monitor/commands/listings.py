"""`stillforsale listings`: put listings that a person found under watch."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from crawler.errors import BadInput
from monitor.commands.common import load_settings, print_json, raise_problems, say

if TYPE_CHECKING:
    from monitor.capture.byhand import Wanted

app = typer.Typer(no_args_is_help=True, help="Listings that a person found: put them under watch by their address.")

MARKETPLACE = typer.Option("", "--marketplace", help="Whose they are, where the address doesn't tell.")
BY = typer.Option("", "--by", help="Who found them; the operator where it is not given.")
JSON = typer.Option(False, "--json", help="Print JSON lines on stdout, one an address.")


@app.command("add")
def add_listings(
    urls: list[str] = typer.Argument(..., metavar="URL...", help="Addresses of listings, as the browser shows them."),
    marketplace: str = MARKETPLACE,
    note: str = typer.Option("", "--note", help="Why they are here; kept with who and when."),
    by: str = BY,
    json: bool = JSON,
) -> None:
    """Put listings under watch by their addresses: they are due for a first look at once.

    The address is brought to the marketplace's one form, so another address of the same listing is no second one. A
    shop that no marketplace claims is read by its schema.org data alone (`generic`).

    Example: stillforsale listings add https://www.amazon.com/dp/B0EXAMPLE1 --note "seen in an advertisement"
    """
    from monitor.capture.byhand import TYPED, Wanted

    _add([Wanted(url, marketplace, note) for url in urls], TYPED, by, json)


@app.command("import")
def import_listings(
    file: Path = typer.Argument(..., metavar="FILE", help="CSV with the column url, or one address a line; .gz too."),
    marketplace: str = MARKETPLACE,
    by: str = BY,
    json: bool = JSON,
) -> None:
    """Put every listing of a file under watch. A row that can't be used is named and costs no other.

    A CSV needs the column `url`; `marketplace` and `note` may stand beside it. A plain list holds one address a line;
    lines that begin with # are passed over.

    Example: stillforsale listings import found.csv --by "J. Doe"
    """
    from monitor.capture.byhand import read_list

    wanted = [replace(one, marketplace=one.marketplace or marketplace) for one in read_list(file)]
    _add(wanted, file.name, by, json)


def _add(wanted: "Iterable[Wanted]", source: str, by: str, json: bool) -> None:
    from monitor.capture.byhand import add_by_hand
    from monitor.commands.desk import open_desk
    from monitor.reach import registry_of

    registry = registry_of(load_settings(initialised=False))
    with open_desk(by) as desk:
        outcomes = add_by_hand(desk.session, registry, wanted, source, desk.by, desk.at)
    for one in outcomes:
        if json:
            print_json(asdict(one))
        elif one.result != "refused":
            typer.echo("  ".join(filter(None, (one.result, one.listing, one.note))))
    counts = {result: sum(one.result == result for one in outcomes) for result in ("new", "known", "refused")}
    say(", ".join(f"{count} {result}" for result, count in counts.items()))
    problems = [_problem(source, one.line, one.note) for one in outcomes if one.result == "refused"]
    if len(problems) == len(outcomes):
        raise BadInput("; ".join(problems) or f"{source} names no address")
    raise_problems(problems)


def _problem(source: str, line: int, says: str) -> str:
    return f"{source}, line {line}: {says}" if line else says
