"""CSV records whose columns are found by name, whatever their order, case or number."""

from collections.abc import Mapping

from crawler.errors import BadInput
from crawler.feeds.bytes import rows_of
from crawler.feeds.text import plain


def named_rows(
    data: bytes, name: str, columns: Mapping[str, str], needed: frozenset[str]
) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """(line number, cells by our names) of each row, and notes on the header.

    `columns` maps a header in lower case to our name for it; a column that is not in it keeps its own header, so that
    its reader reports it as left over. Raises BadInput where a `needed` one is missing.
    """
    header, rows = rows_of(data, name)
    names = [columns.get(plain(cell).lower(), plain(cell)) for cell in header]
    missing = sorted(needed - set(names))
    if missing:
        wanted = [next(head for head, ours in columns.items() if ours == one) for one in missing]
        raise BadInput(f"has no column {', '.join(map(repr, wanted))}", file=name, line=1)
    unknown = [one for one in names if one and one not in columns.values()]
    notes = [f"the columns {', '.join(map(repr, unknown))} are not known to the reader"] if unknown else []
    return [(line, _cells(names, cells)) for line, cells in rows], notes


def _cells(names: list[str], cells: list[str]) -> dict[str, str]:
    found = dict(zip(names, cells, strict=False))
    if len(cells) != len(names):
        found["_cells"] = f"{len(cells)} cells under {len(names)} columns"
    return found


def check_cells(row: Mapping[str, str]) -> str:
    """What is wrong with the number of cells, "" where it is right."""
    return row.get("_cells", "")
