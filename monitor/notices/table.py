"""A CSV of notices, its columns found by name. A row that can't be used is named and costs no other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crawler.errors import BadInput
from crawler.feeds.bytes import rows_of
from crawler.marketplaces.registry import Registry
from monitor.notices.record import FIELDS, FieldProblem, NoticeDate, notice_date

_OTHER_NAMES = {
    "listing_id": "listing",
    "listing_key": "listing",
    "url": "listing",
    "recall_id": "recall",
    "notice_id": "recall",
    "authority_country": "country",
    "sender_country": "country",
    "marketplace": "platform",
    "sent_at": "sent",
    "sent_on": "sent",
    "acknowledged_at": "acknowledged",
    "acknowledged_on": "acknowledged",
    "answered_at": "answered",
    "answered_on": "answered",
}
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class NoticeTable:
    """What a file holds: good rows, refused ones (each with line and field), and columns that nobody reads."""

    dates: tuple[NoticeDate, ...]
    refused: tuple[BadInput, ...]
    unread_columns: tuple[str, ...]

    @property
    def records(self) -> int:
        return len(self.dates) + len(self.refused)


def read_table(data: bytes, name: str, registry: Registry, now: datetime, defaults: Mapping[str, str]) -> NoticeTable:
    """The notices in a CSV (comma, semicolon or tab; UTF-8). `defaults` fill columns that are absent or empty.

    Raises BadInput for a file that is no such table: not UTF-8, HTML, without the columns that it needs.
    """
    header, rows = rows_of(data, name, _delimiter(data))
    columns = _columns(header, name, defaults)
    unread = tuple(cell.strip() for cell in header if cell.strip() and _field(cell) not in FIELDS)
    dates: list[NoticeDate] = []
    refused: list[BadInput] = []
    try:
        for line, cells in rows:
            try:
                dates.append(_row(cells, columns, len(header), registry, now, defaults))
            except FieldProblem as problem:
                refused.append(BadInput(problem.problem, file=name, line=line, field=problem.field or None))
    except BadInput as torn:
        refused.append(torn)
    return NoticeTable(tuple(dates), tuple(refused), unread)


def _row(
    cells: list[str],
    columns: Mapping[str, int],
    width: int,
    registry: Registry,
    now: datetime,
    defaults: Mapping[str, str],
) -> NoticeDate:
    if len(cells) != width:
        raise FieldProblem("", f"{len(cells)} cells under {width} columns")
    found = {field: cells[place].strip() for field, place in columns.items()}
    return notice_date(
        {**found, **{field: found.get(field) or value for field, value in defaults.items()}}, registry, now
    )


def _columns(header: list[str], name: str, defaults: Mapping[str, str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, cell in enumerate(header):
        field = _field(cell)
        if field in FIELDS and field in columns:
            raise BadInput(f"the column stands twice ({cell.strip()!r})", file=name, line=1, field=field)
        columns[field] = place
    known = {field: place for field, place in columns.items() if field in FIELDS}
    for field in ("sent", "sent_by"):
        if field not in known and not defaults.get(field):
            raise BadInput("there is no such column", file=name, line=1, field=field)
    if not known.keys() & {"listing", "recall"}:
        raise BadInput("there is neither a column `listing` nor a column `recall`", file=name, line=1, field="listing")
    return known


def _field(cell: str) -> str:
    name = cell.strip().casefold().replace(" ", "_")
    return _OTHER_NAMES.get(name, name)


def _delimiter(data: bytes) -> str:
    first = data.partition(b"\n")[0].decode("utf-8", "replace")
    return max(_DELIMITERS, key=first.count)
