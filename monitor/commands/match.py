"""`stillforsale match`: which recalled product a listing is, with reasons for and against."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from crawler.errors import BadInput
from monitor.commands.common import print_json, raise_problems, say

if TYPE_CHECKING:
    from typing import Any

    from crawler.feeds.notice import Notice
    from monitor.matching.prepared import Prepared
    from monitor.matching.records import Match

app = typer.Typer(invoke_without_command=True)


@app.callback()
def match(
    context: typer.Context,
    recalls: list[Path] = typer.Option(None, "--recalls", metavar="FILE", help="A recall list; may be given again."),
    listings: Path = typer.Option(None, "--listings", metavar="FILE", help="Listings as JSON lines or CSV."),
    index: Path = typer.Option(
        None, "--index", metavar="DIR", help="Keep the prepared recalls here; a second call starts in half a second."
    ),
    top: int = typer.Option(5, "--top", min=1, max=50, help="At most so many recalls a listing."),
    json: bool = typer.Option(False, "--json", help="Print one JSON line a match on stdout."),
) -> None:
    """Compare listings with recalls; needs no ledger and no `init`.

    Recalls: any file that `recalls import` takes, recognised by its content. Listings: JSON lines or CSV with
    listing_id, title, brand, model, gtin, description, seller, price, currency; what is missing counts as empty,
    other columns are ignored. Both may be gzip.

    Prints up to --top matches a listing, the strongest tier first: identifier (GTIN, or brand and exact model), line
    (brand and product line), regulated_kind, lookalike, lead. With --json one line a match: listing_id, recall_id,
    tier, relation, probability, reasons [{feature, says, weight}]. A proposal is not a finding: a person decides.

    Example: stillforsale match --recalls recalls.json --listings listings.jsonl.gz --top 3 --json
    """
    if context.invoked_subcommand is not None:
        return
    if not recalls or listings is None:
        raise BadInput("match needs --recalls FILE and --listings FILE; see `stillforsale match --help`")
    from monitor.matching.inputs import read_listings
    from monitor.matching.matcher import Matcher

    given = read_listings(listings)
    prepared, problems = _prepared(recalls, index)
    problems += given.problems
    for problem in problems:
        say(problem)
    matches = 0
    for found in Matcher(prepared).match(given.listings, top):
        matches += 1
        _show(found, json)
    say(f"{matches} matches for {len(given.listings)} listings against {len(prepared.entries)} recalls")
    raise_problems([f"{len(problems)} lines or records were left out, named above"] if problems else [])


@app.command("train")
def train_weights(json: bool = typer.Option(False, "--json", help="Print one JSON object on stdout.")) -> None:
    """Learn the matcher's weights from the decisions of `review decide`, and use them where they are no worse.

    Learned from are pairs that people confirmed or rejected, with the features that the proposal carried; three tenths,
    by notice, are kept back to judge the new weights. Every version is kept in the ledger. With too few decisions, or
    where the new weights do worse on the kept-back part, it says so and exits with 1.

    Example: stillforsale match train --json
    """
    from monitor.commands.desk import open_desk
    from monitor.matching.training import train

    with open_desk() as desk:
        trained = train(desk.session, desk.by, desk.at)
    if json:
        print_json({"live": trained.live, "why": trained.why, **trained.report})
    elif trained.model is not None:
        _print_training(trained.report)
    raise_problems([trained.why] if trained.why else [])


def _print_training(report: dict[str, "Any"]) -> None:
    now, then = report["on_kept_back"], report["before_on_kept_back"]
    low, high = now["precision_95"]
    typer.echo(f"{report['model']}: trained on {report['trained_on']} pairs, judged on {report['kept_back']} kept back")
    typer.echo(f"    log loss {now['log_loss']} (before {then['log_loss']}), Brier score {now['brier']}")
    typer.echo(
        f"    precision at {now['threshold']}: {now['precision']} (95 %: {low} to {high}), recall {now['recall']}"
    )


def _prepared(paths: list[Path], folder: Path | None) -> tuple["Prepared", list[str]]:
    """The recalls of the files, prepared; from `folder` where the same files were prepared before."""
    from crawler.feeds.bytes import read_bytes
    from monitor.matching.prepared import keep, kept_path, load, prepare

    path = kept_path(folder, [read_bytes(one) for one in paths]) if folder else None
    kept = load(path) if path else None
    if kept is not None:
        return kept, []
    notices, problems = _notices(paths)
    prepared = prepare(notices)
    if folder and path and not problems:
        keep(folder, path, prepared)
    return prepared, problems


def _notices(paths: list[Path]) -> tuple[list["Notice"], list[str]]:
    from crawler.feeds.registry import read_any

    found: list[Notice] = []
    problems: list[str] = []
    for path in paths:
        result = read_any(path)
        found.extend(result.notices)
        problems.extend(f"{path}, record {refused.record}: {refused.reason}" for refused in result.refused)
    if not found:
        raise BadInput(problems[0] if problems else f"{paths[0]}: holds no notice")
    return found, problems


def _show(found: "Match", json: bool) -> None:
    if json:
        print_json(found.as_dict())
        return
    apart = "  (the two models disagree)" if found.disagree else ""
    typer.echo(f"{found.tier.value:<15} {found.probability:.2f}  {found.listing_id}  {found.recall_id}{apart}")
    typer.echo(f"    {found.says}")
    for reason in found.reasons:
        typer.echo(f"    {reason.weight:+5.1f}  {reason.says}")
