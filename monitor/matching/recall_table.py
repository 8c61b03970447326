"""Recalls from a table that no feed of ours reads, through a map of columns: for benchmarks, never for the register."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from crawler.errors import BadInput
from crawler.feeds.bytes import read_bytes, text_of
from crawler.feeds.notice import Firm, Notice, Product

ENFORCEMENT = {"number": "Recall.Number", "firm": "Recalling.Firm", "product": "Product.Description"}
"""Columns of the FDA's enforcement reports as the public joins of them carry them."""

_LONGEST_NAME = 400


def read_table(path: Path, columns: Mapping[str, str] = ENFORCEMENT) -> list[Notice]:
    """One notice a row, its number as it stands. Raises BadInput where a mapped column is missing."""
    reader = csv.DictReader(io.StringIO(text_of(read_bytes(path), str(path)), newline=""))
    for column in columns.values():
        if column not in (reader.fieldnames or ()):
            raise BadInput(f"no column {column}", file=str(path), line=1, field=column)
    return [
        Notice(
            id=row[columns["number"]],
            kind="recall",
            authority="table",
            number=row[columns["number"]],
            products=(Product(name=" ".join(row[columns["product"]].split())[:_LONGEST_NAME]),),
            firms=(Firm(name=row[columns["firm"]], role="manufacturer"),) if row[columns["firm"]] else (),
        )
        for row in reader
        if row[columns["number"]] and row[columns["product"]].strip()
    ]


def is_table(path: Path, columns: Mapping[str, str] = ENFORCEMENT) -> bool:
    """Whether the first line of `path` has the mapped columns."""
    first = text_of(read_bytes(path), str(path)).split("\n", 1)[0]
    return all(column in first for column in columns.values())
