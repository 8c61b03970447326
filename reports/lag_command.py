"""`stillforsale lag`: how long it took, from anybody's table of intervals."""

import json as json_module
import sys
from pathlib import Path
from typing import Annotated

import typer


def lag(
    file: Annotated[
        Path, typer.Argument(help="CSV (plain or .gz) with the columns left and right, and more if wanted.")
    ],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON line a group.")] = False,
) -> None:
    """Estimate how long something took when it was only looked at now and then.

    Each row says that it ended in (left, right]: after `left`, the last look that saw it, and by `right`, the first
    that did not. An empty right means still there, left = right an exact time. All columns use one unit of time of
    your choice, counted from the start of the clock. Optional columns:

    - group: a line of results for each
    - recall: rows of one recall share a fate; intervals are drawn between recalls (without it, between rows)
    - listing: a name for you, not used
    - entry: when it came under watch, where that was later than the start of the clock
    - deadline: when it was due, for each row; gives the share that was in time

    Example: stillforsale lag removals.csv --json
    """
    from reports.lag import estimate, read_table

    table = read_table(file)
    if table.unused:
        print(f"not used: {', '.join(table.unused)}", file=sys.stderr)
    if table.rows[0].recall is None:
        print("no column `recall`: every row is taken as independent of the others", file=sys.stderr)
    for result in estimate(table.rows):
        if json:
            sys.stdout.write(json_module.dumps(result, ensure_ascii=False) + "\n")
        else:
            from reports.lag_words import in_words

            print(in_words(result))
