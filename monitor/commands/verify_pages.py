"""`stillforsale pages`: pages that look like an end wait for a person (the blind re-check: `blind_pages`)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from crawler.errors import BadInput
from monitor.commands.common import load_settings, print_json, raise_problems, say
from monitor.commands.desk import open_desk

if TYPE_CHECKING:
    from monitor.verification.evidence import LookPage
    from monitor.verification.queue import Waiting

app = typer.Typer(
    no_args_is_help=True,
    help="Pages that a person must see: ends by a signature that nobody has confirmed on this site and layout, and the "
    "weekly blind re-check. Decisions are appended, never changed: the newest about a page's signature counts.",
)

LOOK = typer.Argument(metavar="LOOK", help="The number of the look, as `pages list` shows it.")
BY = typer.Option("", "--by", metavar="NAME", help="Who decides.")
COMMENT = typer.Option("", "--comment", help="Why; kept with the decision.")
JSON = typer.Option(False, "--json", help="Print JSON lines on stdout.")


@app.command("list")
def list_pages(
    every: bool = typer.Option(False, "--all", help="Each look, not one line for all of a kind."),
    marketplace: str = typer.Option("", "--marketplace", help="Only this marketplace."),
    json: bool = JSON,
) -> None:
    """List pages that look like an end and wait for a person, with the run and the WARC record of each.

    Until somebody confirms them they count as unknown, never as a takedown.

    Example: stillforsale pages list --marketplace amazon
    """
    from dataclasses import asdict

    from monitor.verification.queue import grouped, waiting

    with open_desk(writes=False) as desk:
        found = [one for one in waiting(desk.session) if marketplace in ("", one.marketplace)]
    groups = [] if every else grouped(found)
    rows = [(one, 1, 1) for one in found] if every else [(one.newest, one.looks, one.listings) for one in groups]
    for one, looks, listings in rows:
        if json:
            print_json({**asdict(one), "looks": looks, "listings": listings})
        else:
            typer.echo(_line(one, looks, listings))
    say(f"{len(found)} looks wait for a person")


@app.command("show")
def show_page(
    look_id: int = LOOK,
    out: Path | None = typer.Option(None, "--out", metavar="FILE", help="Write the bytes here (.txt is added)."),
    source: bool = typer.Option(False, "--source", help="The page's source in the place of its words."),
    json: bool = JSON,
) -> None:
    """Show what a look's page says, as plain text: nothing of it is run, loaded or rendered.

    Of a look that was drawn for a blind re-check and not yet judged, what the crawler said is not shown.

    Example: stillforsale pages show 4711 --out page
    """
    from monitor.verification.blind import is_open
    from monitor.verification.evidence import look_page, printable

    with open_desk(writes=False) as desk:
        page = look_page(desk.session, load_settings(initialised=False).runs_dir, look_id)
        blind = is_open(desk.session, look_id)
    words = printable(page.text) if source else page.words
    about = _about(page, blind)
    if json:
        print_json({**about, "text": words})
    else:
        typer.echo("\n".join([*(f"{name}: {printable(str(value))}" for name, value in about.items()), "", words]))
    if out is not None:
        say(f"written to {_write(out, page.page.body)}")


@app.command("confirm")
def confirm_page(
    look_id: int = LOOK,
    by: str = BY,
    state: str = typer.Option("", "--state", help="What it shows, where only an HTTP status tells (else: removed)."),
    comment: str = COMMENT,
    json: bool = JSON,
) -> None:
    """Confirm that a page shows the end that its signature tells of: from then on it counts as verified here.

    For this site, state and layout alone. The page is kept as a golden page in `verified/`, and `stillforsale rebuild`
    reads the archive again, so that looks of months become what they were.

    Example: stillforsale pages confirm 4711 --by "A. Vega" && stillforsale rebuild
    """
    from monitor.reach import registry_of
    from monitor.verification.decisions import confirm
    from monitor.verification.evidence import look_page
    from monitor.verification.golden import keep_page

    settings = load_settings(initialised=False)
    registry = registry_of(settings)
    with open_desk() as desk:
        page = look_page(desk.session, settings.runs_dir, look_id)
        row = confirm(desk.session, registry, page, by, desk.at, state=state, comment=comment)
        keep_page(settings.verified_dir, page.page.body)
        said = _said(row)
    _project()
    _tell(said, json)


@app.command("reject")
def reject_page(look_id: int = LOOK, by: str = BY, comment: str = COMMENT, json: bool = JSON) -> None:
    """Say that a page is not what its signature tells: it stays unknown and waits no longer.

    Where the signature had been confirmed, that is taken back; `stillforsale rebuild` then undoes what rested on it.

    Example: stillforsale pages reject 4711 --by "A. Vega" --comment "a wall with the words of an end"
    """
    from monitor.reach import registry_of
    from monitor.verification.decisions import reject
    from monitor.verification.evidence import look_page

    settings = load_settings(initialised=False)
    registry = registry_of(settings)
    with open_desk() as desk:
        page = look_page(desk.session, settings.runs_dir, look_id)
        said = _said(reject(desk.session, registry, page, by, desk.at, comment=comment))
    _project()
    _tell(said, json)


@app.command("check")
def check_confirmed(json: bool = JSON) -> None:
    """Read every confirmed page with today's readers and say which no longer reads as the person confirmed.

    The files in `verified/` are written anew from the ledger first. With a problem the exit status is 1.

    Example: stillforsale pages check
    """
    from monitor.reach import registry_of
    from monitor.verification.golden import check_pages

    _project()
    settings = load_settings(initialised=False)
    checked = list(check_pages(settings.verified_dir, registry_of(settings)))
    for one in checked:
        row = one.confirmed.model_dump(mode="json") | {"file": str(one.path), "problem": one.problem}
        if json:
            print_json(row)
        else:
            typer.echo(f"{row['marketplace']}  {row['signature']}  {row['state']}  {one.problem or 'ok'}")
    raise_problems([f"{one.path.name}: {one.problem}" for one in checked if one.problem])


def _project() -> None:
    """What counts as confirmed, written for the readers once the decision is in the ledger."""
    from monitor.verification.golden import project

    with open_desk(writes=False) as desk:
        project(desk.session, load_settings(initialised=False).verified_dir)


def _write(out: Path, body: bytes) -> Path:
    path = out if out.suffix == ".txt" else out.with_name(f"{out.name}.txt")
    if path.exists():
        raise BadInput("is there already", file=str(path), field="--out")
    path.write_bytes(body)
    return path


def _about(page: "LookPage", blind: bool) -> dict[str, Any]:
    look = page.look
    about = {
        "look": look.look_id, "listing": look.listing_key, "vantage": look.vantage,
        "looked_at": look.looked_at.isoformat(), "url": page.page.url, "status": page.page.status,
        "run": look.run_id, "warc_record": page.record_id, "sha256": page.sha256, "bytes": len(page.page.body),
    }  # fmt: skip
    if blind:
        return about
    judged = page.judged
    return about | {"state": judged.state, "rule": judged.rule, "signature": judged.signature, "says": judged.says}


def _said(row: Any) -> dict[str, Any]:
    names = ("decision_id", "look_id", "marketplace", "signature", "state", "layout", "host", "decision", "decided_by")
    return {name: getattr(row, name) for name in names} | {"page_sha256": row.page_sha256}


def _tell(said: dict[str, Any], json: bool) -> None:
    if json:
        print_json(said)
        return
    where = ", ".join(filter(None, (f"layout {said['layout'] or 'unnamed'}", said["host"])))
    what = f"{said['signature']} of {said['marketplace']} as {said['state']} ({where})"
    say(f"{what}: {said['decision']} by {said['decided_by']}; `stillforsale rebuild` reads the archive again")


def _line(one: "Waiting", looks: int, listings: int) -> str:
    from monitor.verification.evidence import printable

    sign = one.signature or f"HTTP status {one.http_status}"
    return printable(
        f"{one.look_id:>7}  {one.marketplace}  {sign}  layout {one.layout or 'unnamed'}  {one.looked_at:%Y-%m-%d %H:%M}"
        f"  {one.listing_key}  run {one.run_id}  record {one.warc_record_id}  looks {looks}  listings {listings}"
        f"  {one.says[:80]}"
    )
