"""The codebook of the export, as data: `reports/codebook.csv` has every table and column, its type and its meaning."""

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

CODEBOOK = "codebook.csv"
TYPES = frozenset({"text", "instant", "day", "integer", "number", "boolean", "json"})


class Column(NamedTuple):
    """`type` is one of TYPES: instants are ISO 8601 UTC, days ISO 8601, lists and maps JSON."""

    name: str
    type: str
    what: str


@cache
def columns_of() -> dict[str, tuple[str, tuple[Column, ...]]]:
    """Table name with what it is and its columns, in the order of the codebook."""
    what: dict[str, str] = {}
    columns: dict[str, list[Column]] = {}
    for row in csv.DictReader(codebook().splitlines()):
        if row["column"]:
            columns[row["table"]].append(Column(row["column"], row["type"], row["meaning"]))
        else:
            what[row["table"]], columns[row["table"]] = row["meaning"], []
    return {name: (what[name], tuple(columns[name])) for name in what}


def codebook() -> str:
    """The file as it is written beside the tables."""
    return (files("reports") / CODEBOOK).read_text(encoding="utf-8")
