"""`stillforsale review`: the proposals that wait for a person, and what people decided."""

from typing import TYPE_CHECKING, Any

import typer

from monitor.commands.common import load_settings, open_monitor, print_json, say
from monitor.commands.desk import open_desk
from monitor.commands.relisting_review import decide_relisting_by, list_relistings

if TYPE_CHECKING:
    from monitor.localweb.guard import Door
    from monitor.review.decisions import Waiting
    from monitor.review.queue import Queued

app = typer.Typer(invoke_without_command=True)

JSON = typer.Option(False, "--json", help="Print JSON lines on stdout.")


@app.callback()
def desk(
    context: typer.Context,
    by: str = typer.Option("", "--by", metavar="NAME", help="Who reviews; the operator otherwise."),
    port: int = typer.Option(0, "--port", min=0, max=65535, help="Port on 127.0.0.1; any free one otherwise."),
    json: bool = typer.Option(False, "--json", help="Print one JSON value on stdout at the end."),
) -> None:
    """Decide about proposed matches, one after the other in your own browser: one key a decision.

    Prints a link with the session's token. Each proposal shows listing and notice side by side and the reasons for
    and against; what another reviewer said is not shown. Nothing is published that no person confirmed (two people
    where reviewers_needed = 2). Decisions are appended, never changed: the newest of each reviewer counts.

    Example: stillforsale review --by "A. Vega"
    """
    if context.invoked_subcommand is None:
        _hold_desk(by, port, json)


def _hold_desk(by: str, port: int, json: bool) -> None:
    from dataclasses import asdict

    from monitor.review.app import ReviewSession
    from monitor.review.session import hold_review

    monitor = open_monitor()
    settings = monitor.settings
    review = ReviewSession(
        monitor.store, monitor.clock, settings.runs_dir, by or settings.operator, settings.reviewers_needed
    )
    result = hold_review(review, port, _announce)
    if json:
        print_json(asdict(result))
    else:
        said = ", ".join(f"{count} {decision}" for decision, count in result.decided.items()) or "nothing decided"
        say(f"{result.reviewer}: {said}; {result.waiting} wait")


def _announce(waiting: int, door: "Door") -> None:
    say(f"{waiting} proposals wait. Open this link in a browser on this machine:\n\n    {door.url}\n")
    say("Keys: C it is, R it is not, U can't tell, L later. Ctrl-C ends the session: every decision is kept.")


@app.command("list")
def list_proposals(
    every: bool = typer.Option(False, "--all", help="Also what is decided already."),
    tier: str = typer.Option("", help="Only this tier: identifier, line, regulated_kind, lookalike or lead."),
    eyes: bool = typer.Option(False, "--eyes", help="Only what needs a person's eyes."),
    json: bool = JSON,
) -> None:
    """List proposals that wait for a decision, what a decision is worth most first, with the reasons for and against.

    Titles in other languages carry a gloss. --all lists by tier, decided ones too. Behind the matches: listings that
    may be the return of one that went (`r17`), with both versions side by side.

    Example: stillforsale review list --tier identifier
    """
    from monitor.review.decisions import waiting
    from monitor.review.queue import queue

    needed = load_settings(initialised=False).reviewers_needed
    with open_desk(writes=False) as desk:
        queued = {} if every else {one.waiting.match.match_id: one for one in queue(desk.session, needed)}
        found = waiting(desk.session, needed, settled=True) if every else [one.waiting for one in queued.values()]
        found = [one for one in found if tier in ("", one.match.tier)]
        found = [one for one in found if not eyes or every or queued[one.match.match_id].needs_eyes]
        for one in found:
            place = queued.get(one.match.match_id)
            if json:
                print_json(_as_dict(one, place))
            else:
                _print(one, place)
        relistings = 0 if tier else list_relistings(desk, needed, settled=every, json=json)
    say(f"{len(found)} proposals" + (f", {relistings} relistings" if relistings else ""))


@app.command("decide")
def decide_match(
    number: str = typer.Argument(metavar="NUMBER", help="The number that `review list` shows: 17, or r17."),
    decision: str = typer.Argument(metavar="DECISION", help="confirmed, rejected or unsure."),
    reviewer: str = typer.Option("", "--reviewer", metavar="NAME", help="Who decides."),
    tier: str = typer.Option("", "--tier", help="The tier as the reviewer sees it, where it is not the proposed one."),
    comment: str = typer.Option("", "--comment", help="Why; kept with the decision."),
    json: bool = JSON,
) -> None:
    """Note one decision. To take it back, decide again: the older one stays on record.

    Example: stillforsale review decide 17 confirmed --reviewer "A. Vega" --comment "same model plate in the picture"
    """
    from crawler.errors import BadInput
    from monitor.review.decisions import decide

    if number.startswith("r"):
        with open_desk() as desk:
            decide_relisting_by(desk, number, decision, reviewer, comment, tier=tier, json=json)
        return
    if not number.isdecimal():
        raise BadInput(f"{number!r} is no number of a match; see `stillforsale review list`")
    with open_desk() as desk:
        row = decide(desk.session, int(number), decision, reviewer, desk.at, tier=tier, comment=comment)
        said = {name: getattr(row, name) for name in ("review_id", "match_id", "listing_key", "notice_id")}
        said |= {"decision": row.decision, "tier": row.tier, "reviewer": row.reviewer}
    if json:
        print_json(said)
    else:
        say(f"{row.listing_key} as {row.notice_id}: {row.decision} ({row.tier}) by {row.reviewer}")


def _as_dict(one: "Waiting", place: "Queued | None") -> dict[str, Any]:
    match = one.match
    names = [
        "match_id", "listing_key", "notice_id", "tier", "relation", "probability", "reasons", "says", "second_opinion",
        "disagree", "rival_id", "matcher_version", "model_version",
    ]  # fmt: skip
    return {name: getattr(match, name) for name in names} | {
        "decisions": one.decisions, "confirmations": one.confirmations, "needed": one.needed,
        "worth": round(place.worth, 4) if place else None, "needs_eyes": place.needs_eyes if place else None,
        "title": place.title if place else "", "gloss": place.gloss if place else "",
    }  # fmt: skip


def _print(one: "Waiting", place: "Queued | None") -> None:
    match = one.match
    said = "".join(f", {name}: {decision}" for name, decision in sorted(one.decisions.items()))
    typer.echo(
        f"{match.match_id:>6}  {match.tier:<15} {match.probability:.2f}  {match.listing_key}  {match.notice_id}{said}"
    )
    if place and place.title:
        typer.echo(f"        {place.title}" + (f"  [{place.gloss}]" if place.gloss else ""))
    if match.says:
        typer.echo(f"        {match.says}" + ("  The two models disagree." if match.disagree else ""))
    for reason in match.reasons:
        typer.echo(f"        {reason['weight']:+5.1f}  {reason['says']}")
