"""`stillforsale export`: the tables behind every figure."""

import json as json_module
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from reports.exports_write import Format


def export(
    out: Annotated[Path, typer.Option("--out", help="Folder to write into; made where it is missing.")] = Path(
        "export"
    ),
    format: Annotated[
        list[str] | None,
        typer.Option(
            "--format", help="csv, json or parquet; may be given more than once. CSV and JSON where it is not."
        ),
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Only cases that a named person cleared; private sellers withheld.")
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="Print folder, files and rows a table as one JSON value.")
    ] = False,
) -> None:
    """Write the tables that every figure is made of, with a codebook: CSV, JSON and (with the extra) Parquet.

    The figures can be computed again from these files alone. Dates of notices that were marked private are in none of
    them, nor in the figures that are written here.

    Example: stillforsale export --out export --format csv --format parquet
    """
    from reports.exports_write import formats_of

    value = _written(out, formats_of(format or ("csv", "json")), public)
    if json:
        sys.stdout.write(json_module.dumps(value, ensure_ascii=False) + "\n")
        return
    print(f"{len(value['files'])} files in {out}; codebook.csv says what each column means", file=sys.stderr)


def _written(out: Path, formats: "list[Format]", public: bool) -> dict[str, Any]:
    """Write the tables; gives the folder, the files and how many rows each table has."""
    from monitor.commands.common import load_settings, settings_clock
    from monitor.store.session import open_store
    from reports.exports import tables
    from reports.exports_write import write_export
    from reports.figures.catalogue import all_figures
    from reports.site import observing

    settings = load_settings(initialised=False)
    at = settings_clock(settings).now()
    with observing(open_store(settings.ledger_url), at, settings) as everything:
        observed = everything.cleared() if public else everything.exported()
        made = tables(observed, all_figures(observed), public=public)
        written = write_export(made, out, formats, at=at, public=public)
    return {
        "folder": str(out),
        "files": [path.name for path in written],
        "rows": {table.name: len(table.rows) for table in made},
    }
