"""Reads the CPSC's spreadsheet of notices of violation: five rows before the header, columns by name."""

import hashlib
import io
import re
import zipfile
from datetime import date, datetime

from crawler.errors import BadInput
from crawler.feeds.bytes import MOST_BYTES
from crawler.feeds.fields import Fields
from crawler.feeds.notice import Firm, Notice, Product
from crawler.feeds.result import ReadResult, RecordProblem, gather
from crawler.feeds.text import iso_day, plain

SOURCE = "cpsc-violations"
_COLUMNS = {
    "letter date": "letter_date",
    "loa date": "letter_date",
    "product name": "product",
    "product": "product",
    "model no": "model",
    "model number": "model",
    "model": "model",
    "violation": "violation",
    "citation": "citation",
    "action": "action",
    "requested action": "action",
    "firm": "firm",
    "firm name": "firm",
    "address": "address",
    "city": "city",
    "country": "country",
}
_NEEDED = frozenset({"letter_date", "product", "action", "firm"})
_ACTIONS = {
    "RSSC": "recall at consumer level",
    "DSSC": "recall at distribution level",
    "SSC": "stop sale and correct",
    "CFP": "correct future production",
}
_HEADER_WITHIN = 30


def sniff(data: bytes) -> bool:
    """A spreadsheet; no other source comes as one."""
    if data[:4] != b"PK\x03\x04":
        return False
    try:
        return "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist()
    except zipfile.BadZipFile:
        return False


def read(data: bytes, name: str) -> ReadResult:
    """The notices of the spreadsheet. Raises BadInput where it is none, is too large unpacked, or lacks the columns."""
    rows = _rows(data, name)
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        names = [_COLUMNS.get(re.sub(r"[\s.:_]+", " ", cell.lower()).strip(), cell) for cell in row]
        if set(names) >= _NEEDED:
            records = [
                (f"row {line}", dict(zip(names, cells, strict=False)))
                for line, cells in enumerate(rows[at + 1 :], at + 2)
            ]
            return gather(SOURCE, [(line, cells) for line, cells in records if any(cells.values())], _notice)
    raise BadInput("has no header with letter date, product, action and firm", file=name)


def _rows(data: bytes, name: str) -> list[list[str]]:
    from openpyxl import load_workbook

    try:
        packed = zipfile.ZipFile(io.BytesIO(data))
        if sum(info.file_size for info in packed.infolist()) > MOST_BYTES:
            raise BadInput(f"is longer than {MOST_BYTES >> 20} MiB unpacked", file=name)
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        return [[_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as problem:
        raise BadInput(f"is no spreadsheet that can be read: {problem}", file=name) from None


def _text(cell: object) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return "" if cell is None else str(cell).strip()


def _notice(cells: dict[str, str]) -> Notice:
    record = Fields(cells)
    day, product, firm = _day(record.needed("letter_date")), record.needed("product"), record.text("firm")
    action, model = record.needed("action").upper(), record.text("model")
    if action not in _ACTIONS:
        raise RecordProblem(f"action: {action!r} is none of {', '.join(_ACTIONS)}")
    identity = hashlib.sha256("|".join((day, product, model, firm)).encode()).hexdigest()[:12]
    notice = Notice(
        id=f"us-cpsc-violation:{day}-{identity}",
        kind="violation",
        authority="us-cpsc",
        number="",
        published_on=day,
        title=f"Notice of violation: {product}",
        products=(Product(name=product, model=model),),
        firms=(Firm(name=firm, role="firm"),) if firm else (),
        hazards=tuple(part for part in (record.text("violation"),) if part),
        remedy_options=(_ACTIONS[action],),
        countries=tuple(part for part in (record.text("country"),) if part),
        verified=False,
    )
    known = {key: record.text(key) for key in ("citation", "city")} | {"action": action}
    record.take("address")  # a street address may be a private one
    extra, flags = record.finish(known)
    return notice.model_copy(update={"extra": extra, "flags": flags})


def _day(text: str) -> str:
    american = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", plain(text))
    return iso_day(f"{american[3]}-{int(american[1]):02d}-{int(american[2]):02d}" if american else text, "letter date")
