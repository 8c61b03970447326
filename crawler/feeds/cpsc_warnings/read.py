"""Reads the CPSC website's CSV of unilateral warnings."""

import re

from crawler.errors import BadInput
from crawler.feeds.bytes import start_of
from crawler.feeds.cpsc.number import warning_id
from crawler.feeds.cpsc_csv.columns import COLUMNS, custom_extra, firms_of, markup_flags
from crawler.feeds.fields import Fields
from crawler.feeds.notice import Notice, Product
from crawler.feeds.result import ReadResult, RecordProblem, gather
from crawler.feeds.table import check_cells, named_rows
from crawler.feeds.text import long_day

SOURCE = "cpsc-warnings"


def sniff(data: bytes) -> bool:
    """A CSV whose header has a warning title and no recall heading."""
    head = start_of(data).partition("\n")[0].lower()
    return "product safety warning title" in head and "recall heading" not in head


def read(data: bytes, name: str) -> ReadResult:
    """The warnings of an export. Raises BadInput where the columns are not those of one."""
    needed = frozenset({"warning_number", "warning_date", "warning_title"})
    rows, notes = named_rows(data, name, COLUMNS, needed)
    if not rows and not notes:
        raise BadInput("holds a header and no records", file=name)
    named = ((cells.get("warning_number") or f"line {line}", cells) for line, cells in rows)
    return gather(SOURCE, named, _notice, notes)


def _notice(cells: dict[str, str]) -> Notice:
    if wrong := check_cells(cells):
        raise RecordProblem(f"torn row: {wrong}")
    record = Fields(cells)
    title = record.needed("warning_title")
    published_on = long_day(record.needed("warning_date"), "Product Safety Warning Date")
    number, notice_id, oddities = _identity(record.text("warning_number"), published_on, title)
    product, units = record.text("product"), record.text("units")
    notice = Notice(
        id=notice_id,
        kind="warning",
        authority="us-cpsc",
        number=number,
        published_on=published_on,
        title=title,
        description=record.text("description"),
        products=(Product(name=product, units=units),) if product else (),
        firms=firms_of(cells),
        sold_at=record.text("sold_at"),
        hazards=_one(record.text("hazard")),
        remedies=_one(record.text("action")),
        injuries=_one(record.text("incidents")),
        units=units,
        countries=_one(record.text("countries")),
    )
    for key in ("importers", "manufacturers", "distributors", "custom_label", "custom_field"):
        record.take(key)
    known = {"sold_at_label": record.text("sold_at_label"), "warning_text": record.text("warning_text")}
    extra, flags = record.finish(known | custom_extra(cells))
    return notice.model_copy(update={"extra": extra, "flags": (*oddities, *markup_flags(cells), *flags)})


def _identity(number: str, published_on: str, title: str) -> tuple[str, str, tuple[str, ...]]:
    if number:
        return *warning_id(number), ()
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].rstrip("-")
    flag = "no-number: the authority gives no number; day and title stand in for it"
    return "", f"us-cpsc-warning:{published_on}-{words}", (flag,)


def _one(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
