"""Reads the CPSC website's CSV of recalls: columns by name, so that captures of any year are read."""

import re

from crawler.errors import BadInput
from crawler.feeds.bytes import start_of
from crawler.feeds.cpsc.number import recall_id, remedy_flags, warning_id
from crawler.feeds.cpsc_csv.columns import COLUMNS, custom_extra, firms_of, markup_flags
from crawler.feeds.fields import Fields
from crawler.feeds.notice import Link, Notice, Product
from crawler.feeds.result import ReadResult, RecordProblem, gather
from crawler.feeds.table import check_cells, named_rows
from crawler.feeds.text import long_day

SOURCE = "cpsc-csv"
_SPANISH = re.compile(r"\b(retira|retiro|retirada|peligro|debido)\b", re.IGNORECASE)
_GLUED = re.compile(r"(?:[A-Z]{2,}\d{2,}\w*[*,;]?){2,}|[a-z]{3}[A-Z]{2,}\d|\d[A-Z]{2,}\d{3,}[A-Z]{2,}\d")


def sniff(data: bytes) -> bool:
    """A CSV whose header has a recall number and a recall heading."""
    head = start_of(data).partition("\n")[0].lower()
    return "recall number" in head and ("recall heading" in head or "recall title" in head)


def read(data: bytes, name: str) -> ReadResult:
    """The recalls of an export. Raises BadInput where the columns are not those of one."""
    rows, notes = named_rows(data, name, COLUMNS, frozenset({"number", "date", "heading"}))
    if not rows and not notes:
        raise BadInput("holds a header and no records", file=name)
    return gather(SOURCE, ((cells.get("number") or f"line {line}", cells) for line, cells in rows), _notice, notes)


def _notice(cells: dict[str, str]) -> Notice:
    if wrong := check_cells(cells):
        raise RecordProblem(f"torn row: {wrong}")
    record = Fields(cells)
    number, notice_id = recall_id(record.needed("number"))
    product, title = record.text("product"), record.needed("heading")
    units = record.text("units")
    notice = Notice(
        id=notice_id,
        kind="recall",
        authority="us-cpsc",
        number=number,
        published_on=long_day(record.needed("date"), "Date"),
        title=title,
        description=record.text("description"),
        products=(Product(name=product, units=units),) if product else (),
        firms=firms_of(cells),
        sold_at=record.text("sold_at"),
        hazards=_one(record.text("hazard")),
        remedies=_one(record.text("remedy")),
        remedy_options=tuple(part for part in re.split(r",\s*", record.text("remedy_type")) if part),
        injuries=_one(record.text("incidents")),
        units=units,
        countries=_one(record.text("countries")),
        language="es" if len(_SPANISH.findall(title)) > 1 else "en",
        links=_links(record),
    )
    for key in ("importers", "manufacturers", "distributors", "custom_label", "custom_field", "conjunction"):
        record.take(key)
    known = {
        "sold_at_label": record.text("sold_at_label"),
        "consumer_action": record.text("action"),
        "warning_text": record.text("warning_text"),
        "warning_on": long_day(record.raw("warning_date"), "Product Safety Warning Date"),
    }
    extra, flags = record.finish(known | custom_extra(cells))
    flags = (*remedy_flags(notice.remedy_options), *markup_flags(cells), *_glued_flags(notice), *flags)
    return notice.model_copy(update={"extra": extra, "flags": flags})


def _links(record: Fields) -> tuple[Link, ...]:
    links = [Link(kind="joint", target=words)] if (words := record.text("conjunction")) else []
    if earlier := record.text("warning_number"):
        links.append(Link(kind="supersedes", target=warning_id(earlier)[1]))
    return tuple(links)


def _one(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _glued_flags(notice: Notice) -> tuple[str, ...]:
    found = _GLUED.search(notice.description)
    words = "table cells stand glued together; model numbers can't be told apart here"
    return (f"glued-cells: {words}, as in {found[0][:40]!r}",) if found else ()
