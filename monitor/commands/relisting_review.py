"""The relisting half of `stillforsale review`: proposals with both versions side by side, and decisions about them."""

from typing import TYPE_CHECKING, Any

import typer

from monitor.commands.common import print_json, say

if TYPE_CHECKING:
    from monitor.commands.desk import Desk
    from monitor.relisting.decisions import WaitingRelisting

_SIDE_BY_SIDE = ("title", "price", "seller")


def list_relistings(desk: "Desk", needed: int, *, settled: bool, json: bool) -> int:
    """Print what may have reappeared, oldest proposal first; gives how many."""
    from monitor.relisting.decisions import waiting_relistings

    found = waiting_relistings(desk.session, needed, settled=settled)
    for one in found:
        if json:
            print_json(_as_dict(one))
        else:
            _print(one)
    return len(found)


def decide_relisting_by(
    desk: "Desk", number: str, decision: str, reviewer: str, comment: str, *, tier: str, json: bool
) -> None:
    """Note one decision about the proposal `number` (`r17`). Raises BadInput where that is none."""
    from crawler.errors import BadInput
    from monitor.relisting.decisions import decide_relisting

    if tier:
        raise BadInput("a relisting has no tier: leave --tier out")
    if not number[1:].isdecimal():
        raise BadInput(f"{number!r} is no number of a relisting; `stillforsale review list` shows them, as r17")
    row = decide_relisting(desk.session, int(number[1:]), decision, reviewer, desk.at, comment=comment)
    names = ("review_id", "old_listing_key", "new_listing_key", "decision", "reviewer")
    if json:
        print_json({"relisting": f"r{row.relisting_id}"} | {name: getattr(row, name) for name in names})
    else:
        say(f"{row.new_listing_key} as the return of {row.old_listing_key}: {row.decision} by {row.reviewer}")


def _as_dict(one: "WaitingRelisting") -> dict[str, Any]:
    row = one.relisting
    names = ("old_listing_key", "new_listing_key", "rule", "rules_version", "says", "agreements", "conflicts")
    versions = {"old": _shown(row.old_version), "new": _shown(row.new_version)}
    counts = {"decisions": one.decisions, "confirmations": one.confirmations, "needed": one.needed}
    return {"relisting": f"r{row.relisting_id}"} | {name: getattr(row, name) for name in names} | versions | counts


def _shown(version: dict[str, Any]) -> dict[str, Any]:
    """A version without the hashes of its pictures."""
    return {name: value for name, value in version.items() if name != "pictures"}


def _print(one: "WaitingRelisting") -> None:
    row = one.relisting
    said = "".join(f", {name}: {decision}" for name, decision in sorted(one.decisions.items()))
    number = f"r{row.relisting_id}"
    typer.echo(f"{number:>6}  {row.rule:<26}  {row.old_listing_key} -> {row.new_listing_key}{said}")
    for side, version in (("was", row.old_version), ("now", row.new_version)):
        told = [str(version[name]) + (f" {version['currency']}" if name == "price" else "") for name in _SIDE_BY_SIDE]
        typer.echo(f"        {side}: {'  |  '.join(told)}")
    typer.echo(f"        {row.says}")
