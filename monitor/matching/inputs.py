"""Listings from files: JSON lines or CSV, plain or gzip, with columns by name; a bad line never costs the others."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

from crawler.errors import BadInput
from crawler.feeds.bytes import read_bytes, text_of
from monitor.matching.records import Listing

COLUMNS = tuple(column.name for column in fields(Listing))
_LONGEST_LINE = 10_000_000


@dataclass
class ListingsFile:
    """What a file held: the listings, and one sentence for each line that was left out."""

    listings: list[Listing] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_listings(path: Path) -> ListingsFile:
    """The listings of `path`. Raises BadInput where the file as a whole can't be read or no line of it can be used."""
    name = str(path)
    text = text_of(read_bytes(path), name)
    found = ListingsFile()
    rows = _json_rows(text, name, found) if text.lstrip()[:1] in ("{", "[") else _csv_rows(text, name, found)
    seen: dict[str, tuple[int, Listing]] = {}
    for line, row in rows:
        listing = _listing(row, name, line, found)
        if listing is None:
            continue
        first, same = seen.setdefault(listing.listing_id, (line, listing))
        if first != line:
            if same != listing:
                says = f"{listing.listing_id} stands in line {first} too, with other values; that line counts"
                found.problems.append(_problem(name, line, "listing_id", says))
            continue
        found.listings.append(listing)
    if not found.listings:
        raise BadInput(found.problems[0] if found.problems else f"{name}: holds no listing")
    return found


def _json_rows(text: str, name: str, found: ListingsFile) -> Iterator[tuple[int, dict[str, object]]]:
    if text.lstrip().startswith("["):
        yield from _array_rows(text, name, found)
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            found.problems.append(_problem(name, number, "", f"not JSON ({error})"))
            continue
        if isinstance(value, dict):
            yield number, value
        else:
            found.problems.append(_problem(name, number, "", f"a {type(value).__name__} where an object was expected"))


def _array_rows(text: str, name: str, found: ListingsFile) -> Iterator[tuple[int, dict[str, object]]]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"not JSON ({error})", file=name) from error
    for number, value in enumerate(values, start=1):
        if isinstance(value, dict):
            yield number, value
        else:
            found.problems.append(_problem(name, number, "", f"a {type(value).__name__} where an object was expected"))


def _csv_rows(text: str, name: str, found: ListingsFile) -> Iterator[tuple[int, dict[str, object]]]:
    csv.field_size_limit(_LONGEST_LINE)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = [column.strip().lower() for column in next(reader, [])]
    if "listing_id" not in header:
        raise BadInput("no column listing_id; is this a file of listings?", file=name, line=1, field="listing_id")
    doubled = sorted({column for column in header if column in COLUMNS and header.count(column) > 1})
    if doubled:
        raise BadInput("the column stands twice", file=name, line=1, field=doubled[0])
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            found.problems.append(_problem(name, line, "", f"not CSV ({error})"))
            continue
        if not row:
            continue
        if len(row) > len(header):
            found.problems.append(_problem(name, line, "", f"{len(row)} values for {len(header)} columns"))
            continue
        yield line, dict(zip(header, row, strict=False))


def _listing(row: dict[str, object], name: str, line: int, found: ListingsFile) -> Listing | None:
    values: dict[str, str] = {}
    for column in COLUMNS:
        value = row.get(column)
        if isinstance(value, dict | list | bool):
            found.problems.append(_problem(name, line, column, f"a {type(value).__name__} where text was expected"))
            return None
        values[column] = "" if value is None else str(value).strip()
    if not values["listing_id"]:
        found.problems.append(_problem(name, line, "listing_id", "is empty"))
        return None
    return Listing(**values)


def _problem(name: str, line: int, column: str, says: str) -> str:
    return str(BadInput(says, file=name, line=line, field=column or None))
