"""`stillforsale recalls`: the hazard register in and out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from crawler.errors import BadInput, NeedsPerson
from monitor.commands.common import load_settings, print_json, raise_problems, say, settings_clock

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.register.register import ImportResult
    from monitor.register.updating import Updated
    from monitor.store.session import Store

app = typer.Typer(no_args_is_help=True, help="The hazard register: recalls, bans, warnings, and where they come from.")

JSON = typer.Option(False, "--json", help="JSON on stdout and nothing else there.")


@app.command("import")
def import_files(
    files: list[Path] = typer.Argument(None, metavar="FILE...", help="Recall lists, plain or .gz."),
    source: str = typer.Option("", help="The form of the files; without it each is recognised by its content."),
    seen_on: str = typer.Option("", metavar="DAY", help="When an old capture was made, as 2025-02-10."),
    columns: Path = typer.Option(None, metavar="MAP.toml", help="For --source csv: their columns to ours."),
    bans: bool = typer.Option(False, "--bans", help="The bans and standards that ship with the program."),
    json: bool = JSON,
) -> None:
    """Read recall lists into the register.

    Each file is one transaction. A record that can't be used is named with its reason and the others are kept;
    `records` is the sum of new, changed, unchanged and refused. Importing a file again changes nothing. A notice that
    a file lacks stays as it was: absence is never a withdrawal. `recalls list --sources` names the forms.

    Exit status 1 where records were refused or a list is empty, 2 where a file is not what it claims.

    Example: stillforsale recalls import recalls.json --source cpsc

    Example: stillforsale recalls import export.csv.gz --seen-on 2025-02-10 --json

    Example: stillforsale recalls import list-of-a-group.csv --source csv --columns map.toml

    Example: stillforsale recalls import --bans
    """
    from monitor.register.rules import RULES_FILE

    chosen = [*(files or ()), *([RULES_FILE] if bans else [])]
    if not chosen:
        raise BadInput("name a FILE, or --bans for the rules that ship with the program", field="FILE")
    _import(chosen, source, seen_on, columns, json)


@app.command("update")
def update(
    sources: list[str] = typer.Argument(None, metavar="[SOURCE]...", help="Which lists; without any, all that can be."),
    endpoint: str = typer.Option("", metavar="URL", help="Fetch one source's list from here, such as a mirror."),
    documents: int = typer.Option(0, min=0, help="Of an index, fetch so many documents at most; 0: the source's own."),
    json: bool = JSON,
) -> None:
    """Fetch the lists of authorities and bring the register up to date.

    Requests are conditional and carry the operator's name; robots.txt is obeyed; what fails is tried again with
    growing pauses. A body that did not come whole, or a list far shorter than it should be, is refused and the
    register stays as it was. A list in pages is used once all of them have come. Of an index (Safety Gate's weekly
    reports, the content items of GOV.UK) the documents that are new or listed as changed are fetched, newest first,
    with a pause between two; how many wait for the next update is said. Sources that are unverified are fetched only
    by their name.

    Exit status 1 where a list could not be had or records were refused.

    Example: stillforsale recalls update

    Example: stillforsale recalls update cpsc cpsc-warnings --json
    """
    from crawler.feeds.registry import feed, feeds
    from monitor.register.updating import Updater, guarded_addresses

    chosen = [feed(name) for name in sources or ()] or [
        one for one in feeds().values() if one.info.fetch and one.info.verified
    ]
    if endpoint and len(chosen) != 1:
        raise BadInput("--endpoint belongs to exactly one SOURCE", field="--endpoint")
    settings = load_settings()
    clock = settings_clock(settings)
    waiting: list[str] = []
    with _opened() as (store, _):
        updater = Updater(store, settings.identity, guarded_addresses(clock, settings.allowed_hosts), clock)
        for one in chosen:
            waiting += _updated(updater.update(one, endpoint, documents), json)
    raise_problems(waiting)


@app.command("list")
def list_notices(
    words: list[str] = typer.Argument(None, metavar="[WORD]...", help="Words that must all stand in the notice."),
    number: str = typer.Option("", help="The authority's number, with or without its hyphen."),
    identifier: str = typer.Option("", help="A model, UPC, EAN, ASIN or batch, in any spelling."),
    brand: str = typer.Option("", help="Part of a brand, product or firm name."),
    hazard: str = typer.Option("", help="Part of the hazard."),
    country: str = typer.Option("", help="Part of the country of manufacture."),
    since: str = typer.Option("", metavar="DAY", help="Published on this day or later."),
    until: str = typer.Option("", metavar="DAY", help="Published on this day or earlier."),
    status: str = typer.Option("", help="recall, ban, standard, warning, violation, platform-notice or alert."),
    authority: str = typer.Option("", help="Such as us-cpsc."),
    limit: int = typer.Option(0, min=0, help="At most so many; 0 means all."),
    sources: bool = typer.Option(False, "--sources", help="List the forms that can be imported instead."),
    identifiability: bool = typer.Option(False, "--identifiability", help="Count how well they can be recognised."),
    json: bool = JSON,
) -> None:
    """List what the register holds, newest first; with --json in the interchange form, one notice a line.

    Example: stillforsale recalls list magnet balls --since 2025-01-01 --status warning

    Example: stillforsale recalls list --identifier BR-C708S

    Example: stillforsale recalls list --since 2024-01-01 --identifiability
    """
    if sources:
        _list_sources(json)
        return
    from monitor.register.listing import write_list, write_summary
    from monitor.register.search import Query, search

    query = Query(
        words=" ".join(words or ()), number=number, identifier=identifier, brand=brand, hazard=hazard, country=country,
        since=since, until=until, kind=status, authority=authority, limit=limit,
    )  # fmt: skip
    with _opened() as (store, _), store.reader() as session:
        found = search(session, query)
        if identifiability:
            write_summary(found, as_json=json)
        else:
            write_list(found, as_json=json)


@app.command("show")
def show(
    notice_id: str = typer.Argument(..., metavar="ID", help="An id such as us-cpsc:24316, or the authority's number."),
    json: bool = JSON,
) -> None:
    """Show one entry like a case file: what, who, why, by which marks it can be known, and how it changed.

    Example: stillforsale recalls show us-cpsc:24316
    """
    from monitor.register.casefile import case_file, case_json
    from monitor.register.search import find_one

    with _opened() as (store, _), store.reader() as session:
        notice = find_one(session, notice_id)
        if json:
            print_json(case_json(session, notice))
        else:
            print(case_file(session, notice))


def _import(files: list[Path], source: str, seen_on: str, columns: Path | None, json: bool) -> None:
    """Each file on its own: what is wrong with one is said at the end, and costs the others nothing."""
    from monitor.register.importing import import_file, problems_of

    waiting: list[str] = []
    bad: list[BadInput] = []
    with _opened() as (store, now):
        seen_at = _day(seen_on, now)
        for file in files:
            try:
                done = import_file(store, file, source or None, seen_at=seen_at, now=now, columns=columns)
            except NeedsPerson as problem:
                waiting.append(f"{file}: {problem}")
            except BadInput as problem:
                bad.append(problem)
            else:
                _report(str(file), done, json)
                waiting += [f"{file}: {words}" for words in problems_of(done)]
    if bad:
        for words in (*waiting, *map(str, bad[1:])):
            say(words)
        raise bad[0]
    raise_problems(waiting)


def _updated(result: "Updated", json: bool) -> list[str]:
    """Tell of one source's update; gives what of it needs a person."""
    from monitor.register.importing import problems_of, update_json

    if json:
        print_json(update_json(result))
        for note in result.done.notes if result.done else ():
            say(f"{result.source}: {note}")
    elif result.done:
        _report(result.source, result.done, as_json=False)
    else:
        print(f"{result.source}: {result.outcome} {result.reason}".rstrip())
    waiting = [f"{result.source}: {words}" for words in problems_of(result.done)] if result.done else []
    if result.outcome in ("failed", "refused"):
        waiting.insert(0, f"{result.source}: {result.outcome}: {result.reason}")
    return waiting


def _list_sources(json: bool) -> None:
    from crawler.feeds.registry import feeds
    from monitor.register.listing import source_lines

    if json:
        for feed in feeds().values():
            print_json(feed.info.model_dump(mode="json"))
    else:
        print("\n".join(source_lines(feeds().values())))


def _report(name: str, done: "ImportResult", as_json: bool) -> None:
    from monitor.register.importing import result_json, result_words

    if as_json:
        print_json(result_json(done))
    else:
        print(f"{name}: {result_words(done)}")
    for note in done.notes:
        say(f"{name}: {note}")


@contextmanager
def _opened() -> "Iterator[tuple[Store, datetime]]":
    from monitor.store.session import open_store

    settings = load_settings(initialised=False)
    now = settings_clock(settings).now()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.ledger_url)
    try:
        yield store, now
    finally:
        store.close()


def _day(text: str, now: "datetime") -> "datetime":
    from datetime import UTC, datetime

    if not text:
        return now
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise BadInput(f"{text!r} is not a day like 2025-02-10", field="--seen-on") from None
    if day > now:
        raise BadInput(f"{text} lies in the future", field="--seen-on")
    return day
