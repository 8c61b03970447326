"""`stillforsale lag`: estimates of a time seen only as intervals, from anybody's table."""

import csv
import gzip
import math
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from crawler.errors import BadInput
from reports.statistics.bounds import share_by_deadline
from reports.statistics.delayed_entry import npmle_with_entry
from reports.statistics.npmle import Npmle, Refit, npmle
from reports.statistics.resample import DRAWS, over_clusters, percentile_interval
from reports.statistics.support import Floats, outward

SEED = 20150113
MANY = 2_000
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
NO_NUMBERS = frozenset({"nan", "inf", "+inf", "-inf", "infinity"})
COLUMNS = ("left", "right", "group", "recall", "listing", "entry", "deadline")


@dataclass(frozen=True)
class LagRow:
    """One line of the table: T in (left, right], right inf where it was still there, left = right exact.

    `line` counts from 1 with the header; `entry` is when it came under watch, `deadline` when it was due.
    """

    line: int
    left: float
    right: float
    group: str | None
    recall: str | None
    entry: float
    deadline: float | None


@dataclass(frozen=True)
class LagTable:
    """All rows of a table, and its columns that were not used."""

    rows: tuple[LagRow, ...]
    unused: tuple[str, ...]


def read_table(path: Path) -> LagTable:
    """The rows of a CSV (plain or .gz, UTF-8). Raises BadInput naming file, line and field."""
    try:
        with _opened(path) as file:
            return _table(file, str(path))
    except FileNotFoundError as error:
        raise BadInput("there is no such file", file=str(path)) from error
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"can't be read ({error})", file=str(path)) from error
    except UnicodeDecodeError as error:
        raise BadInput("not UTF-8 text", file=str(path)) from error
    except csv.Error as error:
        raise BadInput(f"not CSV ({error})", file=str(path)) from error


def estimate(rows: Sequence[LagRow]) -> Iterator[dict[str, Any]]:
    """One JSON-ready value for each group, in order of first appearance; the group is None where no column gives it."""
    groups: dict[str | None, list[LagRow]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    for group, members in groups.items():
        yield {"group": group, **_estimate_group(members)}


def _estimate_group(rows: list[LagRow]) -> dict[str, Any]:
    left, right = np.array([row.left for row in rows]), np.array([row.right for row in rows])
    entry = np.array([row.entry for row in rows])
    by_recall = rows[0].recall is not None
    cluster = np.array([row.recall if row.recall is not None else str(row.line) for row in rows])
    fitted = _fit(left, right, entry, None)
    result = {
        "n": len(rows),
        "loglik": fitted.loglik,
        "support": [
            {"left": a, "right": _or_none(b), "mass": mass}
            for a, b, mass in zip(fitted.left.tolist(), fitted.right.tolist(), fitted.mass.tolist(), strict=True)
        ],
        "median": [_or_none(end) for end in fitted.quantile()],
        "median_interval": _median_interval(left, right, entry, cluster),
        "clusters": int(np.unique(cluster).size),
        "clustered_by": "recall" if by_recall else "row",
        "converged": fitted.converged,
    }
    due = np.array([math.nan if row.deadline is None else row.deadline for row in rows])
    has = ~np.isnan(due)
    if has.any():
        share = share_by_deadline(left[has], right[has], due[has], cluster[has])
        result["share_by_deadline"] = {name: getattr(share, name) for name in share.__dataclass_fields__}
    return result


def _fit(left: Floats, right: Floats, entry: Floats, weights: Floats | None) -> Npmle:
    if entry.any():
        return npmle_with_entry(left, right, entry, weights)
    return npmle(left, right, weights)


def _median_interval(left: Floats, right: Floats, entry: Floats, cluster: Any) -> list[float | None] | None:
    """The 95 % interval of the median by the bootstrap over clusters; None with too few of them.

    Of many rows the ends are first moved outward to a grid: the interval gets no narrower by it, and comes in seconds.
    """
    if entry.any():
        drawn = over_clusters(
            cluster, lambda weights: _fit(left, right, entry, weights).quantile(), seed=SEED, draws=100
        )
    else:
        refit = Refit(*(outward(left, right) if left.size > MANY else (left, right)))
        draws = DRAWS if left.size <= MANY else DRAWS // 4
        drawn = over_clusters(
            cluster, lambda weights: refit(weights, tolerance=1e-6).quantile(), seed=SEED, draws=draws
        )
    if drawn is None:
        return None
    low, high = percentile_interval([one[0] for one in drawn], [one[1] for one in drawn])
    return [_or_none(low), _or_none(high)]


def _or_none(value: float) -> float | None:
    """Infinity is no JSON number: null says beyond all looks."""
    return None if math.isinf(value) else value


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _table(file: TextIO, name: str) -> LagTable:
    reader = csv.DictReader(file, strict=True, delimiter=_delimiter(file))
    header = [column.strip().casefold() for column in reader.fieldnames or ()]
    if not any(header):
        raise BadInput("the file is empty", file=name, line=1)
    for column in ("left", "right"):
        if column not in header:
            raise BadInput("the column is missing", file=name, line=1, field=column)
    for column in header:
        if header.count(column) > 1:
            raise BadInput("the column stands twice", file=name, line=1, field=column)
    reader.fieldnames = header
    rows = tuple(_row(values, set(header), name, reader.line_num) for values in reader)
    if not rows:
        raise BadInput("the table has no rows", file=name, line=1)
    return LagTable(rows, tuple(column for column in header if column not in COLUMNS))


def _delimiter(file: TextIO) -> str:
    """A comma, or what stands between the names of the first line where no comma does."""
    first = file.readline()
    file.seek(0)
    return next((mark for mark in (",", ";", "\t") if mark in first), ",")


def _row(values: Mapping[str | Any, Any], columns: set[str], name: str, line: int) -> LagRow:
    if None in values or None in values.values():
        raise BadInput(f"the row has not the {len(columns)} fields of the header", file=name, line=line)
    left = _number(values, "left", name, line)
    right = _optional(values, "right", columns, name, line)
    end = math.inf if right is None else right
    if left > end:
        raise BadInput(f"left {left:g} is after right {end:g}", file=name, line=line, field="left")
    entry = _optional(values, "entry", columns, name, line) or 0.0
    if entry > left or (entry and left == end == entry):
        raise BadInput(f"entry {entry:g} is not before the end", file=name, line=line, field="entry")
    if "recall" in columns and not values["recall"].strip():
        raise BadInput("empty, though the table has this column", file=name, line=line, field="recall")
    return LagRow(
        line=line,
        left=left,
        right=end,
        group=(values["group"].strip() or None) if "group" in columns else None,
        recall=values["recall"].strip() if "recall" in columns else None,
        entry=entry,
        deadline=_optional(values, "deadline", columns, name, line),
    )


def _optional(values: Mapping[str, str], field: str, columns: set[str], name: str, line: int) -> float | None:
    """The number in a field that may be empty or have no column."""
    if field not in columns or not values[field].strip():
        return None
    return _number(values, field, name, line)


def _number(values: Mapping[str, str], field: str, name: str, line: int) -> float:
    text = values[field].strip()
    number = float(text) if NUMBER.fullmatch(text) else math.nan if text.casefold() in NO_NUMBERS else None
    if number is None:
        raise BadInput(f"{text!r} is no number", file=name, line=line, field=field)
    if not math.isfinite(number):
        raise BadInput(
            f"{text!r} is no number (leave right empty where it is still there)", file=name, line=line, field=field
        )
    if number < 0:
        raise BadInput(f"{text} is negative", file=name, line=line, field=field)
    return number
