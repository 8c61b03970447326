"""`stillforsale capture`: person looks, one listing after the other in the reviewer's own browser."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from crawler.errors import BadInput
from monitor.commands.common import open_monitor, print_json, raise_problems, say

if TYPE_CHECKING:
    from monitor.capture.desk import Desk
    from monitor.localweb.guard import Door


def capture(
    marketplace: list[str] = typer.Option(
        [], "--marketplace", help="Only this marketplace; may be given again. Otherwise all without automated looks."
    ),
    most: int | None = typer.Option(None, "--max", min=1, metavar="N", help="At most N listings, controls on top."),
    port: int = typer.Option(0, "--port", min=0, max=65535, help="Port on 127.0.0.1; any free one otherwise."),
    vantage: str = typer.Option("", "--vantage", help="The buyer's place; the default one otherwise."),
    by: str = typer.Option("", "--by", help="Who looks; the operator otherwise. Kept in the run."),
    json: bool = typer.Option(False, "--json", help="Print one JSON value on stdout at the end."),
) -> None:
    """Look at the due listings yourself: they open one by one in your browser, one key saves each.

    Prints a link with the session's token; open it in a browser profile without sign-ins. With the extension (load
    the folder that is printed as an unpacked extension) Alt+S saves the page and its screenshot and opens the next
    listing; a bookmarklet does so elsewhere, without the screenshot. The session ends with the last listing, on the
    desk's page, or with Ctrl-C: what was saved is sealed and ingested, the rest stays due.

    Example: stillforsale capture --marketplace amazon --max 20
    """
    from monitor.capture.session import Asked, hold_session

    monitor = open_monitor()
    settings = monitor.settings
    for name in marketplace:
        monitor.registry.get(name)
    place = settings.vantages.get(vantage or settings.default_vantage)
    if place is None:
        raise BadInput(f"{vantage!r} is none of {', '.join(settings.vantages)}", field="vantage")
    asked = Asked(place, tuple(marketplace), most, by or settings.operator)
    result = hold_session(monitor, asked, port, _announce)
    if json:
        print_json(asdict(result))
    elif not result.slots:
        say("nothing is due for a person; `stillforsale due` shows what comes next")
    else:
        say(
            f"{result.run_id}: {result.saved} saved, {result.skipped} skipped, {result.not_looked} not looked at; "
            f"{result.looks} looks are in the ledger"
        )
    raise_problems(result.problems)


def _announce(desk: "Desk", door: "Door") -> None:
    from monitor.capture.app import WEB

    say(f"{desk.total} pages to look at. Open this link in a browser profile without sign-ins:\n\n    {door.url}\n")
    say(f"The extension (chrome://extensions, developer mode, load unpacked): {WEB.parent / 'extension'}")
    say("Ctrl-C ends the session: what was saved is kept.")
