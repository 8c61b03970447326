"""Writes the tables of the export as CSV, JSON and Parquet, with the codebook beside them."""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from io import StringIO
from pathlib import Path
from typing import Any

from crawler.clock import instant
from crawler.errors import BadInput
from reports.exports import Table
from reports.exports_columns import CODEBOOK, codebook


class Format(StrEnum):
    """How tables are written; Parquet needs the extra."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


README = "README.txt"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_README = """\
{stamp}

Tables behind the figures of stillforsale, for the instant {at}. Every figure can be computed from them alone.
{codebook} has every table and column with its type and meaning. Instants are ISO 8601 in UTC; an empty cell: not known.
In CSV a text that begins with = + - @ has an apostrophe before it, so that no spreadsheet takes it for a formula.
Bootstrap intervals: whole recalls (sorted by id) are drawn with numpy's default_rng(20150113), 200 draws (100 for the
curves since the recall), integers(0, n, n) for each draw; the ends are the 2.5 and 97.5 percentiles, outward.
"""

STAMPS = {
    False: "INTERNAL. Nothing here is public before a named person has cleared it and the reply window is over.",
    True: "Only cases that a named person cleared for publication are in these tables.",
}


def write_export(
    tables: Sequence[Table], out: Path, formats: Iterable[Format], *, at: datetime, public: bool
) -> list[Path]:
    """Write every table in every format, codebook and README; gives the files written, in order.

    Each file is whole or not there. Raises BadInput where Parquet is asked for and pyarrow is not installed.
    """
    wanted = list(dict.fromkeys(formats))
    writers = {Format.CSV: _csv, Format.JSON: _json}
    if Format.PARQUET in wanted:
        writers[Format.PARQUET] = _parquet_writer()
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for table in tables:
        for name in wanted:
            written.append(_write(out / f"{table.name}.{name}", writers[name](table)))
    written.append(_write(out / CODEBOOK, codebook().encode("utf-8")))
    text = _README.format(stamp=STAMPS[public], at=instant(at), codebook=CODEBOOK)
    return [*written, _write(out / README, text.encode("utf-8"))]


def formats_of(names: Iterable[str]) -> list[Format]:
    """The formats of these names. Raises BadInput for one that is none."""
    known = [str(one) for one in Format]
    for name in names:
        if name not in known:
            raise BadInput(f"{name!r} is none of {', '.join(known)}", field="--format")
    return [Format(name) for name in names]


def plain(value: Any) -> Any:
    """A value as JSON has it: instants and days as text, everything else as it is."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def _csv(table: Table) -> bytes:
    names = [column.name for column in table.columns]
    return _csv_text(names, ([_cell(row[name]) for name in names] for row in table.rows))


def _csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False)
    return str(plain(value))


def _json(table: Table) -> bytes:
    names = [column.name for column in table.columns]
    rows = [{name: plain(row[name]) for name in names} for row in table.rows]
    return (json.dumps(rows, ensure_ascii=False, indent=0) + "\n").encode("utf-8")


def _parquet_writer() -> Any:
    """How a table becomes Parquet; pyarrow is an extra, imported when it is asked for."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise BadInput("Parquet needs pyarrow: install stillforsale[parquet]", field="--format") from error
    types = {
        "text": pa.string(),
        "instant": pa.timestamp("us", tz="UTC"),
        "day": pa.date32(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "json": pa.string(),
    }

    def write(table: Table) -> bytes:
        schema = pa.schema(
            [pa.field(column.name, types[column.type], metadata={"meaning": column.what}) for column in table.columns]
        )
        arrays = [
            pa.array([_stored(row[column.name], column.type) for row in table.rows], type=types[column.type])
            for column in table.columns
        ]
        sink = pa.BufferOutputStream()
        parquet.write_table(pa.Table.from_arrays(arrays, schema=schema), sink)
        return bytes(sink.getvalue().to_pybytes())

    return write


def _stored(value: Any, kind: str) -> Any:
    if kind == "json":
        return json.dumps(value, ensure_ascii=False)
    return str(value) if kind == "text" and value is not None else value


def _write(path: Path, content: bytes) -> Path:
    making = path.with_name(f".{path.name}.making")
    making.write_bytes(content)
    return making.replace(path)
