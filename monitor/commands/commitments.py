"""`stillforsale commitments`: the promises that are audited, and when each wants a listing gone."""

from typing import TYPE_CHECKING

import typer

from monitor.commands.common import load_settings, print_json, raise_problems

if TYPE_CHECKING:
    from monitor.commitments.commitment import Commitment
    from monitor.commitments.load import Loaded

app = typer.Typer(no_args_is_help=True, help="The promises audited: parties, clocks, deadlines, published figures.")

JSON = typer.Option(False, "--json", help="Print JSON on stdout.")


@app.command("list")
def list_commitments(json: bool = JSON) -> None:
    """Every commitment with its clock, what of it can be seen from outside, and its deadline in words.

    Files of your own in the data folder's `commitments` are read too; one with the id of a shipped file replaces it.

    Example: stillforsale commitments list
    """
    loaded = _loaded()
    for one in loaded.commitments.values():
        if json:
            print_json(_told(one, loaded))
        else:
            print(f"{one.id:<26} {_since(one):<11} clock {one.clock}, trigger seen: {one.trigger_observable}")
            print(f"{'':<26} {one.deadline_says}")
    raise_problems([str(problem) for problem in loaded.problems])


@app.command("show")
def show(commitment_id: str = typer.Argument(..., metavar="ID"), json: bool = JSON) -> None:
    """One commitment in full: who is bound, from when, by which clock, what it owes, what is unverified.

    Example: stillforsale commitments show jp-product-safety-pledge
    """
    loaded = _loaded()
    one = _known(loaded, commitment_id)
    if json:
        print_json(_told(one, loaded))
    else:
        print(_page(one))


@app.command("deadline")
def show_deadline(
    commitment_id: str = typer.Argument(..., metavar="ID"),
    trigger: str = typer.Argument(..., help="A day (2026-04-30) or an instant (2026-04-30T09:15+09:00)."),
    act: str = typer.Option("", help="Which act started the clock, where there are several (notice, order, ...)."),
    zone: str = typer.Option("", help="Time zone in which days are counted; the commitment's own where not given."),
    country: str = typer.Option("", help="Whose holidays count (two letters); the commitment's own where not given."),
    json: bool = JSON,
) -> None:
    """When a commitment wants it done after a trigger. Of a day its last instant counts.

    Example: stillforsale commitments deadline jp-product-safety-pledge 2026-04-30
    """
    from crawler.clock import instant
    from crawler.errors import BadInput
    from monitor.commitments.calendars import CALENDARS_RULE, deadline
    from monitor.commitments.workdays import Calendar
    from monitor.notices.moments import read_moment

    one = _known(_loaded(), commitment_id)
    try:
        moment = read_moment(trigger)
        calendar = Calendar(country=country) if country else None
        on = None if moment.at else moment.on
        due_at = deadline(one, trigger_at=moment.at, trigger_on=on, act=act, zone=zone, calendar=calendar)
    except (ValueError, OSError, KeyError) as error:
        raise BadInput(_first_line(error)) from error
    if json:
        print_json(
            {
                "commitment": one.id,
                "trigger": trigger,
                "deadline_at": instant(due_at) if due_at else None,
                "rule": CALENDARS_RULE,
            }
        )
    else:
        print(instant(due_at) if due_at else f"{one.id} has no deadline: {one.deadline_says}")


def _loaded() -> "Loaded":
    from monitor.commitments.load import load_commitments

    return load_commitments(load_settings(initialised=False).data_dir)


def _known(loaded: "Loaded", commitment_id: str) -> "Commitment":
    from crawler.errors import BadInput

    if commitment_id in loaded.commitments:
        return loaded.commitments[commitment_id]
    for problem in loaded.problems:
        if problem.file and problem.file.endswith(f"{commitment_id}.toml"):
            raise problem
    raise BadInput(f"no commitment {commitment_id!r}; there are {', '.join(loaded.commitments)}")


def _told(one: "Commitment", loaded: "Loaded") -> dict[str, object]:
    from monitor.commitments.load import PACKAGE_FOLDER

    return one.model_dump(mode="json") | {"shipped": loaded.files[one.id].parent == PACKAGE_FOLDER}


def _since(one: "Commitment") -> str:
    length = {"day": 10, "month": 7, "year": 4}[one.from_precision]
    return one.in_force_from.isoformat()[:length]


def _page(one: "Commitment") -> str:
    until = f" until {one.in_force_until}" if one.in_force_until else ""
    parties = [f"{party.name} ({', '.join(party.marketplaces) or 'no marketplace of ours'})" for party in one.parties]
    blocks = [
        ("", [one.title, one.promise]),
        ("In force", [f"{_since(one)}{until}, {one.force}, for buyers in {', '.join(one.buyers)}"]),
        ("Binds", ["every marketplace"] if one.everyone else parties),
        ("Clock", [f"{one.clock}; trigger seen from outside: {one.trigger_observable}"]),
        ("Deadline", [one.deadline_says]),
        ("Terms", [f"{term.on}: {term.kind.replace('_', ' ')}, clock {term.clock}: {term.says}" for term in one.terms]),
        ("Pages that must exist", [f"{page.id}: {page.what}" for page in one.obligations]),
        ("Published figures", [f"{it.value}, {it.period}: {it.what} ({it.how_computed})" for it in one.published]),
        ("Words that go with it", list(one.words)),
        ("Sources", [f"{source.name} [{source.read.replace('_', ' ')}]" for source in one.sources]),
        ("Not verified", list(one.unverified)),
    ]
    told = [
        "\n".join([*([f"{head}:"] if head else []), *(f"  {line}" for line in lines)])
        for head, lines in blocks
        if lines
    ]
    return f"{one.id}\n" + "\n".join(told)


def _first_line(error: Exception) -> str:
    from pydantic import ValidationError

    if isinstance(error, ValidationError):
        return str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return str(error.args[0]) if error.args else str(error)
