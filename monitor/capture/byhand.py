"""Listings that a person found: pasted addresses and lists of them, each put under watch or refused by itself."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.errors import BadInput
from crawler.marketplaces.reader import MAX_BODY_BYTES
from crawler.marketplaces.registry import GENERIC, Registry
from crawler.marketplaces.saved import read_bytes
from monitor.capture.addresses import find_listing
from monitor.store.hand_tables import HandListingRow
from monitor.store.ledger_tables import ListingRow
from monitor.store.rows import listing_key

COLUMNS = ("url", "marketplace", "note")
MAX_NOTE = 500
TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One address as it was given; `line` 0 where it was typed."""

    url: str
    marketplace: str = ""
    note: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one address: `new`, `known` (under watch by hand already) or `refused` with the reason."""

    result: Literal["new", "known", "refused"]
    url: str
    listing: str = ""
    marketplace: str = ""
    note: str = ""
    line: int = 0


def add_by_hand(
    session: Session, registry: Registry, wanted: Iterable[Wanted], source: str, by: str, at: datetime
) -> list[Outcome]:
    """Put each listing under watch; one that can't be used costs no other. `source`: `typed` or the file's name."""
    watched = set(session.scalars(select(HandListingRow.listing_key)))
    outcomes = []
    for one in wanted:
        try:
            name, listing_id, address = find_listing(one.url, registry, one.marketplace)
        except BadInput as error:
            outcomes.append(
                Outcome("refused", one.url[:300], marketplace=one.marketplace, note=str(error), line=one.line)
            )
            continue
        key = listing_key(name, listing_id)
        note = _remark(name, one.marketplace)
        if key in watched:
            outcomes.append(Outcome("known", one.url, key, name, note, one.line))
            continue
        watched.add(key)
        if session.get(ListingRow, key) is None:
            row = {"listing_key": key, "marketplace": name, "listing_id": listing_id, "url": address}
            session.add(ListingRow(**row, role="suspect", found_by="hand", found_run_id="", first_seen_at=at))
        remark = one.note[:MAX_NOTE]
        session.add(HandListingRow(listing_key=key, url=one.url, note=remark, source=source, added_by=by, added_at=at))
        outcomes.append(Outcome("new", one.url, key, name, note, one.line))
    return outcomes


def read_list(path: Path) -> list[Wanted]:
    """The addresses in a file: a CSV with the column `url` (and `marketplace`, `note`), or one address a line, where
    empty lines and those that begin with # are passed over. Raises BadInput where the file is neither."""
    content = read_bytes(path)
    if len(content) > MAX_BODY_BYTES:
        raise BadInput(f"is longer than {MAX_BODY_BYTES} bytes: cut it into several files", file=str(path))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"is no text in UTF-8 ({error.reason})", file=str(path)) from error
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    if not first:
        raise BadInput("the file is empty", file=str(path))
    if "://" in first or first.startswith("#"):
        return list(_plain(lines))
    return list(_table(text, path))


def _plain(lines: list[str]) -> Iterator[Wanted]:
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield Wanted(line.strip(), line=number)


def _table(text: str, path: Path) -> Iterator[Wanted]:
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        header = [cell.strip().lower() for cell in next(reader)]
        if "url" not in header:
            raise BadInput(
                "the table has no such column, and the first line is no address", file=str(path), field="url"
            )
        for row in reader:
            cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
            if any(cells.values()):
                named = {name: cells.get(name, "") for name in COLUMNS}
                yield Wanted(named["url"], named["marketplace"], named["note"], reader.line_num)
    except csv.Error as error:
        raise BadInput(f"is no CSV ({error})", file=str(path), line=reader.line_num) from error


def _remark(name: str, asked: str) -> str:
    if name != GENERIC or asked:
        return ""
    return "no marketplace claims this host: read by schema.org data only, and no end is ever told there"
