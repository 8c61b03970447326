"""`stillforsale notices`: when platforms were told, by a regulator or a group, and what came back."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.commands.common import load_settings, print_json, raise_problems, say
from monitor.commands.desk import open_desk

if TYPE_CHECKING:
    from crawler.marketplaces.registry import Registry
    from monitor.notices.dates import Kept
    from monitor.notices.table import NoticeTable

app = typer.Typer(no_args_is_help=True, help="Dates of notices by a regulator or a group: they start clocks A2 and A3.")

COUNTRY = typer.Option("", help="The sender's country (two letters): its holidays and days count for deadlines.")
JSON = typer.Option(False, "--json", help="Print JSON on stdout.")
SENT_BY = typer.Option("", help="authority (clock A2) or group (clock A3), where the file does not say.")
SENDER = typer.Option("", help="The name of the authority or group, where the file does not say.")


@app.command("import")
def import_notices(
    file: Path = typer.Argument(..., metavar="FILE.csv", help="A table of notices, plain or .gz."),
    sent_by: str = SENT_BY,
    sender: str = SENDER,
    country: str = COUNTRY,
    private: bool = typer.Option(False, "--private", help="These dates never leave this database."),
    json: bool = JSON,
) -> None:
    """Read the dates on which platforms were told: by a regulator, or by your own group.

    Columns, by name: listing (key or address) or recall, platform, sent_by, sender, country, act, sent, acknowledged,
    answered, private. A row that can't be used is named with line and field; the others are kept. The same file again
    changes nothing, and an empty field takes nothing back.

    Example: stillforsale notices import letters.csv --sent-by group --sender "Safe Cribs Now"
    """
    from crawler.feeds.bytes import read_bytes
    from monitor.notices.dates import keep
    from monitor.notices.table import read_table

    defaults = {"sent_by": sent_by, "sender": sender, "country": country, "private": "yes" if private else ""}
    with open_desk() as desk:
        table = read_table(read_bytes(file), str(file), _registry(), desk.at, defaults)
        kept = keep(desk.session, table.dates, source=file.name, at=desk.at)
    if table.unread_columns:
        say(f"nobody reads these columns: {', '.join(table.unread_columns)}")
    _report(file, table, kept, json)
    raise_problems([str(problem) for problem in table.refused])


@app.command("add")
def add_notice(
    sent: str = typer.Option(..., help="A day (2026-04-30) or an instant with zone (2026-04-30T09:15+09:00)."),
    listing: str = typer.Option("", help="Key (marketplace:id) or address of the listing."),
    recall: str = typer.Option("", help="The recall that it is about, like us-cpsc:26348."),
    platform: str = typer.Option("", help="Who was told, where the listing does not say."),
    sent_by: str = typer.Option("group", help="authority (clock A2) or group (clock A3)."),
    sender: str = SENDER,
    country: str = COUNTRY,
    act: str = typer.Option("notice", help="request, notice, order, pushed_recall or consumer_notice."),
    acknowledged: str = typer.Option("", help="When the platform said that it had it."),
    answered: str = typer.Option("", help="When the platform answered."),
    private: str = typer.Option("", help="yes: these dates never leave this database."),
) -> None:
    """Write down one notice by hand. Given again with more dates, it is the same notice, and the dates are added.

    Example: stillforsale notices add --listing aliexpress:1005001 --recall us-cpsc:26348 --sent 2026-03-02
    """
    from crawler.errors import BadInput
    from monitor.notices.dates import keep
    from monitor.notices.record import FieldProblem, notice_date

    cells = {"sent": sent, "listing": listing, "recall": recall, "platform": platform, "sent_by": sent_by}
    cells |= {
        "sender": sender,
        "country": country,
        "act": act,
        "acknowledged": acknowledged,
        "answered": answered,
        "private": private,
    }
    with open_desk() as desk:
        try:
            record = notice_date(cells, _registry(), desk.at)
        except FieldProblem as problem:
            raise BadInput(problem.problem, field=problem.field) from problem
        kept = keep(desk.session, [record], source="by hand", at=desk.at)
    say("written down" if kept.new else "added to what was known" if kept.changed else "that was known already")


@app.command("list")
def list_notices(clock: str = typer.Option("", help="Only those that start A2 or A3."), json: bool = JSON) -> None:
    """The dates of notices that are known, the newest record of each. Private ones are marked.

    Example: stillforsale notices list --clock A2 --json
    """
    from crawler.errors import BadInput
    from monitor.notices.dates import current, told

    if clock not in ("", "A2", "A3"):
        raise BadInput(f"{clock!r} is no clock of a notice; use A2 (authority) or A3 (group)", field="--clock")
    with open_desk(writes=False) as desk:
        for record in map(told, current(desk.session, clock)):
            if json:
                print_json(record)
            else:
                back = f"acknowledged {record['acknowledged'] or '-'}, answered {record['answered'] or '-'}"
                subject = record["listing"] or f"{record['platform']}, all of {record['recall']}"
                mark = "  (private)" if record["private"] else ""
                print(f"{record['clock']}  {record['sent']}  {record['act']} to {subject}: {back}{mark}")


def _registry() -> "Registry":
    from crawler.marketplaces.registry import load_registry

    return load_registry(load_settings(initialised=False).marketplaces_dir or None)


def _report(file: Path, table: "NoticeTable", kept: "Kept", json: bool) -> None:
    if json:
        refused = [{"line": one.line, "field": one.field, "reason": one.problem} for one in table.refused]
        counts = {"new": kept.new, "changed": kept.changed, "unchanged": kept.unchanged}
        print_json({"source": str(file), "records": table.records, **counts, "refused": refused})
    else:
        say(f"{kept.new} new, {kept.changed} changed, {kept.unchanged} unchanged, {len(table.refused)} refused")
