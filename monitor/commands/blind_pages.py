"""`stillforsale pages sample | judge | error`: the weekly blind re-check."""

import typer

from monitor.commands.common import load_settings, print_json, say
from monitor.commands.desk import open_desk
from monitor.commands.verify_pages import BY, COMMENT, JSON, LOOK, app

__all__ = ["app"]


@app.command("sample")
def sample_looks(
    week: str = typer.Option("", "--week", metavar="WEEK", help="As 2026-W10; the last whole week where not given."),
    size: int = typer.Option(20, "--size", min=1, help="How many looks of each marketplace."),
    seed: str = typer.Option("1", "--seed", help="The draw is by hash: the same seed draws the same looks."),
    by: str = BY,
    json: bool = JSON,
) -> None:
    """Draw the looks of a week that a person judges without seeing what the crawler said.

    Asking again lists the same sample, with what is judged already. Look at each with `pages show`, then `pages judge`.

    Example: stillforsale pages sample --week 2026-W10
    """
    from datetime import timedelta

    from monitor.store.ledger_tables import LookRow
    from monitor.verification.blind import draw, is_open, week_of

    with open_desk(by) as desk:
        wanted = week or week_of(desk.at - timedelta(days=7))
        rows = draw(desk.session, wanted, desk.by, desk.at, size=size, seed=seed)
        looks = [(row, desk.session.get_one(LookRow, row.look_id), is_open(desk.session, row.look_id)) for row in rows]
    for row, look, still_open in looks:
        said = {"look": row.look_id, "marketplace": row.marketplace, "listing": look.listing_key, "week": row.week}
        said |= {"judged": not still_open, "drawn_from": row.drawn_from}
        if json:
            print_json(said)
        else:
            typer.echo(f"{row.look_id:>7}  {look.listing_key}  {'to be judged' if still_open else 'judged'}")
    say(f"{wanted}: {len(looks)} looks drawn, {sum(still_open for *_, still_open in looks)} to be judged")


@app.command("judge")
def judge_look(
    look_id: int = LOOK,
    state: str = typer.Option(..., "--state", help="What the page says (docs/reference/states.md), or cannot_tell."),
    by: str = BY,
    comment: str = COMMENT,
    json: bool = JSON,
) -> None:
    """Note what a person says of a drawn look's page. What the crawler said is told afterwards.

    Where more of a marketplace's week is judged otherwise than the bound allows, what it said of an absence in that
    week counts as unknown, and the episodes are derived anew.

    Example: stillforsale pages judge 4711 --state removed --by "A. Vega"
    """
    from monitor.looks.derive import derive_in
    from monitor.verification.blind import judge, judged_looks, voids
    from monitor.verification.evidence import look_page

    settings = load_settings(initialised=False)
    bound = settings.confirmation.blind_error_bound
    with open_desk() as desk:
        page = look_page(desk.session, settings.runs_dir, look_id)
        before = voids(judged_looks(desk.session), bound)
        row = judge(desk.session, look_id, state, by, desk.at, page_sha256=page.sha256, comment=comment)
        after = voids(judged_looks(desk.session), bound)
        if {(one.marketplace, one.week) for one in before} != {(one.marketplace, one.week) for one in after}:
            derive_in(desk.session, settings.confirmation)
        said = {"look": look_id, "person": row.person_says, "crawler": page.judged.state, "by": row.judged_by}
    if json:
        print_json(said)
    else:
        say(f"look {look_id}: {said['by']} says {said['person']}, the crawler said {said['crawler']}")


@app.command("error")
def show_error(json: bool = JSON) -> None:
    """Give the error of the states found by blind re-checks, by marketplace, with 95 % intervals, and what it voids.

    Example: stillforsale pages error --json
    """
    from dataclasses import asdict

    from monitor.verification.blind import judged_looks, state_error, voids

    with open_desk(writes=False) as desk:
        judged = judged_looks(desk.session)
    void = voids(judged, load_settings(initialised=False).confirmation.blind_error_bound)
    for name in sorted({one.marketplace for one in judged}):
        error = state_error(judged, name)
        weeks = [one.week for one in void if one.marketplace == name]
        share = "" if error.wilson is None else f" ({error.wilson[0]:.1%} to {error.wilson[1]:.1%})"
        if json:
            print_json(asdict(error) | {"void_weeks": weeks})
        else:
            typer.echo(f"{name}  {error.errors} of {error.judged}{share}  void: {', '.join(weeks) or 'none'}")
    say(f"{len(judged)} looks judged")
