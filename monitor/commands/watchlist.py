"""`stillforsale watchlist`: what is monitored, how it was chosen, and the phrases it is searched by."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from monitor.commands.common import print_json, raise_problems, say
from monitor.commands.desk import Desk, known_notice, open_desk
from monitor.commands.phrases import app as phrases

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from crawler.feeds.notice import Notice
    from monitor.watchlist.entries import Added, Entry
    from monitor.watchlist.filters import Filters

app = typer.Typer(no_args_is_help=True, help="What is monitored, with priority and search phrases.")
app.add_typer(phrases, name="phrases")

JSON = typer.Option(False, "--json", help="Print JSON lines on stdout.")
LANGUAGE = typer.Option(["en"], "--language", help="Language of the marketplaces to search; may be given again.")
BY = typer.Option("", "--by", help="Who decides; the operator where it is not given.")


@app.command("add")
def add_entries(
    ids: list[str] = typer.Argument(None, metavar="[ID]...", help="Notices by id, like us-cpsc:26348."),
    authority: str = typer.Option("", help="All notices of this authority, like us-cpsc."),
    kind: str = typer.Option("", help="recall, ban, standard, warning, violation, platform-notice or alert."),
    since: str = typer.Option("", metavar="DAY", help="Published on this day or later (YYYY-MM-DD)."),
    until: str = typer.Option("", metavar="DAY", help="Published on this day or earlier."),
    category: str = typer.Option("", help="Words in the category or the product's name."),
    hazard: str = typer.Option("", help="Words in the hazard or the title."),
    country: str = typer.Option("", help="Country of origin, as the authority writes it."),
    seller: str = typer.Option("", help="Words in the seller, retailer or importer."),
    sample: int = typer.Option(0, metavar="N", help="Draw N at random from what the filters leave; needs --seed."),
    seed: str = typer.Option("", help="Any text: the same seed draws the same sample from the same register."),
    priority: int = typer.Option(None, min=1, help="1 is first: 5 to 15 products, as the agreement had it."),
    language: list[str] = LANGUAGE,
    by: str = BY,
    json: bool = JSON,
) -> None:
    """Put notices under watch: by id, by filters, or as a seeded random sample of the register.

    What is chosen by id or filter is marked `hand` and stays out of rates; a sample is marked with its seed and may
    carry a rate. Search phrases are derived at once. Nothing is added where one id is unknown.

    Example: stillforsale watchlist add --authority us-cpsc --kind recall --since 2025-01-01 --sample 100 --seed 2026
    """
    from monitor.watchlist.entries import add
    from monitor.watchlist.filters import Filters

    filters = Filters(
        authority, kind, _day(since, "--since"), _day(until, "--until"), category, hazard, country, seller
    )
    _check_choice(ids := list(ids or ()), filters, sample, seed)
    with open_desk(by) as desk:
        wanted = _wanted(desk.session, ids, filters)
        if sample:
            added, drawn = _add_sample(desk, wanted, filters, sample, seed, priority, language)
        else:
            added, drawn = add(desk.session, wanted, at=desk.at, by=desk.by, priority=priority, languages=language), {}
        _remark_priorities(desk.session)
    _report_added(added, drawn, json)
    raise_problems([_wordless(notice_id) for notice_id in added.without_phrase])


@app.command("remove")
def remove_entries(ids: list[str] = typer.Argument(..., metavar="ID..."), by: str = BY) -> None:
    """Take notices off the watchlist. What was seen stays in the ledger, and so does when they were watched.

    Example: stillforsale watchlist remove us-cpsc:26348
    """
    from monitor.watchlist.entries import remove

    with open_desk(by) as desk:
        absent = remove(desk.session, ids, at=desk.at, by=desk.by)
    say(f"{len(set(ids)) - len(absent)} taken off")
    raise_problems([f"{notice_id} was not on the watchlist" for notice_id in absent])


@app.command("list")
def list_entries(json: bool = JSON) -> None:
    """What is under watch, first priority first: how it was chosen, whether rates may count it, its phrases.

    Example: stillforsale watchlist list --json
    """
    from monitor.watchlist.entries import active

    with open_desk(writes=False) as desk:
        entries = active(desk.session)
        if not entries:
            say("nothing is under watch; `stillforsale watchlist add` puts notices here")
        for entry in entries:
            if json:
                print_json(_entry_json(entry))
            else:
                _print_entry(desk.session, entry)


@app.command("samples")
def list_samples(json: bool = JSON) -> None:
    """Every random draw that was made: seed, rule, filters, population, and what was drawn.

    Example: stillforsale watchlist samples --json
    """
    from crawler.clock import instant
    from monitor.watchlist.drawing import samples

    with open_desk(writes=False) as desk:
        for row in samples(desk.session):
            told = {name: getattr(row, name) for name in ("seed", "rule", "size", "filters", "population")}
            told |= {"population_sha256": row.population_sha256, "drawn_at": instant(row.drawn_at)}
            if json:
                print_json(told | {"drawn_by": row.drawn_by, "notice_ids": row.notice_ids})
            else:
                print(f"seed {row.seed!r}: {len(row.notice_ids)} of {row.population} by {row.rule}, {told['drawn_at']}")


def _check_choice(ids: list[str], filters: "Filters", sample: int, seed: str) -> None:
    from crawler.errors import BadInput

    if ids and (filters.given() or sample):
        raise BadInput("ids and filters don't go together: give the ids, or describe what to watch")
    if not (ids or filters.given() or sample):
        raise BadInput("say what to watch: ids, a filter such as --authority, or --sample N --seed TEXT")
    if sample < 0 or (sample and not seed):
        raise BadInput("a sample needs --sample N of at least 1 and a --seed, so that anybody can draw it again")
    if seed and not sample:
        raise BadInput("--seed belongs to --sample N")


def _wanted(session: "Session", ids: list[str], filters: "Filters") -> "list[Notice]":
    """The notices named, or those that pass. Raises BadInput for an unknown id, or where none passes."""
    from crawler.errors import BadInput
    from monitor.register.register import current_notices
    from monitor.watchlist.filters import passing

    if ids:
        return [known_notice(session, notice_id) for notice_id in dict.fromkeys(ids)]
    found = list(passing(current_notices(session), filters))
    if not found:
        told = ", ".join(f"{name} {value!r}" for name, value in filters.given().items()) or "any at all"
        raise BadInput(f"the register holds no notice with {told}; `stillforsale recalls list` shows what it holds")
    return found


def _add_sample(
    desk: Desk,
    wanted: "list[Notice]",
    filters: "Filters",
    size: int,
    seed: str,
    priority: int | None,
    languages: list[str],
) -> "tuple[Added, dict[str, object]]":
    from monitor.watchlist.drawing import add_sample

    sample, added = add_sample(
        desk.session,
        wanted,
        filters,
        size=size,
        seed=seed,
        at=desk.at,
        by=desk.by,
        priority=priority,
        languages=languages,
    )
    if sample.population < size:
        say(f"only {sample.population} notices pass the filters: all of them are taken")
    return added, asdict(sample)


def _day(text: str, option: str) -> "date | None":
    from datetime import date

    from crawler.errors import BadInput

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"{text!r} is no day; write it as 2026-03-31", field=option) from None


def _report_added(added: "Added", result: dict[str, object], json: bool) -> None:
    if json:
        print_json(asdict(added) | ({"sample": result} if result else {}))
        return
    for notice_id in (*added.new, *added.changed):
        print(notice_id)
    say(f"{len(added.new)} new, {len(added.changed)} changed, {len(added.already)} there already")


def _remark_priorities(session: "Session") -> None:
    from monitor.watchlist.entries import too_many_first

    first = too_many_first(session)
    if first:
        say(f"priority 1 now holds {first} entries; the agreement speaks of 5 to 15 that come first")


def _wordless(notice_id: str) -> str:
    return (
        f"no phrase could be derived for {notice_id}, so it will not be searched for; "
        f"add one with `stillforsale watchlist phrases add {notice_id} TEXT`"
    )


def _entry_json(entry: "Entry") -> dict[str, Any]:
    from crawler.clock import instant

    return asdict(entry) | {
        "added_at": instant(entry.added_at),
        "in_rates": entry.in_rates,
        "phrases": [asdict(phrase) | {"family": phrase.family} for phrase in entry.phrases],
    }


def _print_entry(session: "Session", entry: "Entry") -> None:
    from monitor.register.register import get_notice

    notice = get_notice(session, entry.notice_id)
    title = (notice.title or "; ".join(product.name for product in notice.products)) if notice else "(not in register)"
    print(f"{entry.priority}  {entry.notice_id}  {entry.chosen_by}  {len(entry.phrases)} phrases  {title[:80]}")
