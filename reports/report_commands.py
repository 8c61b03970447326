"""`stillforsale report`: the site written from the ledger."""

import json as json_module
import sys
from pathlib import Path
from typing import Annotated

import typer


def report(
    out: Annotated[Path, typer.Option("--out", help="Folder to write into; made where it is missing.")] = Path(
        "report"
    ),
    public: Annotated[
        bool, typer.Option("--public", help="Only cases that a named person cleared; private sellers withheld.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print headline, path and figures as one JSON value.")] = False,
) -> None:
    """Write the report: HTML, one file a page, no request to anywhere.

    Everything is taken from the ledger, so the same ledger and instant give the same bytes. Every page is marked
    INTERNAL unless --public is given, which leaves out whatever nobody has cleared.

    Example: stillforsale report --out report && xdg-open report/index.html
    """
    from monitor.commands.common import load_settings, settings_clock
    from monitor.store.session import open_store
    from reports.site import write_report

    settings = load_settings(initialised=False)
    result = write_report(
        open_store(settings.ledger_url), out, settings_clock(settings).now(), public=public, settings=settings
    )
    if json:
        value = {
            "headline": result.headline,
            "index": str(result.index_path),
            "cases": result.cases,
            "figures": [figure.as_json() for figure in result.figures],
        }
        sys.stdout.write(json_module.dumps(value, ensure_ascii=False) + "\n")
        return
    print(result.headline, file=sys.stderr)
    print(f"Report: {result.index_path}", file=sys.stderr)
