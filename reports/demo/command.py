"""`stillforsale demo`: the whole cycle, offline, in about a minute."""

from pathlib import Path

import typer


def demo(
    out: Path = typer.Option(Path("demo-out"), "--out", help="Folder for the demo's ledger, runs and report."),
    seed: int = typer.Option(1, "--seed", help="Which story: instants, sellers and names differ from seed to seed."),
    json: bool = typer.Option(False, "--json", help="Print one JSON value on stdout."),
) -> None:
    """Play thirty days of a scripted market on a simulated clock: search, match, review, look, report.

    Needs no settings and no network: the market runs on loopback and is stopped at the end. The folder that it leaves
    is an operator's folder like any other, so that every command can be tried in it.

    Example: stillforsale demo --out demo-out
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from monitor.commands.common import print_json, raise_problems
    from reports.demo.driver import run_demo

    columns = (TextColumn("day {task.completed} of {task.total}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("demo", total=None)
        result = run_demo(out, seed, on_day=lambda day, days: progress.update(task, completed=day, total=days))
    index = result.report.index_path
    if json:
        print_json({"headline": result.report.headline, "report": str(index), "looks": result.looks})
    else:
        typer.echo(f"\n{result.report.headline}\n")
        typer.echo(f"{result.looks} looks. The report: {index}")
        typer.echo(f"Go on with: cd {result.folder} && {_program()} review list")
    raise_problems(list(result.problems))


def _program() -> str:
    """What to type to start the command again: its name where the shell finds it, else its path."""
    import shutil
    import sys

    return "stillforsale" if shutil.which("stillforsale") else str(Path(sys.argv[0]).resolve())
