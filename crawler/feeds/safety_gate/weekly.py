"""The weekly report of Safety Gate as XML. Built from its description: no real report was to be had."""

from xml.etree.ElementTree import Element

from crawler.errors import BadInput
from crawler.feeds.bytes import xml_of
from crawler.feeds.fields import Fields
from crawler.feeds.notice import Firm, Image, Notice, Product
from crawler.feeds.result import RecordProblem
from crawler.feeds.safety_gate.words import marks, risk, year_number
from crawler.feeds.text import plain, slash_day

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
Row = dict[str, str | list[str]]


def weekly_rows(data: bytes, name: str) -> tuple[list[tuple[str, Row]], list[str]]:
    """(case number, fields) of each alert, and notes. Raises BadInput where it is no weekly report."""
    root = xml_of(data, name)
    notifications = list(root.iter("notification"))
    if not notifications:
        raise BadInput(f"is XML, but holds no notification: its root is {root.tag!r}", file=name)
    day = plain(root.findtext("report_date") or root.get("report_date") or "")
    rows = [_row(element, day) for element in notifications]
    return [(str(row.get("caseNumber") or f"notification {at}"), row) for at, row in enumerate(rows, 1)], []


def _row(element: Element, day: str) -> Row:
    found: Row = {"report_date": day}
    for child in element:
        if child.get(_NIL) == "true":
            continue
        pictures = [plain(one.text or "") for one in child.iter("picture")] if child.tag == "pictures" else []
        found[child.tag] = pictures or plain("".join(child.itertext()))
    return found


def weekly_notice(row: Row) -> Notice:
    """The notice of one alert. Raises RecordProblem."""
    record = Fields(row)
    number, notice_id = year_number(record.needed("caseNumber"))
    product, own_name = record.text("product"), record.text("name")
    if not product and not own_name:
        raise RecordProblem("neither product nor name says what it is about")
    merged = record.text("batchNumber_barcode")
    identifiers = [
        *marks("brand", [record.text("brand")]),
        *marks("model", record.text("type_numberOfModel").replace(";", ",").split(",")),
        *marks("batch", [record.text("batchNumber"), merged]),
        *marks("gtin", record.text("barcode").replace(";", ",").split(",")),
    ]
    trader, withdrawn = record.text("onlineTrader"), record.text("measures")
    notice = Notice(
        id=notice_id,
        kind="alert",
        authority="eu-safety-gate",
        number=number,
        published_on=slash_day(record.text("report_date"), "report_date"),
        title=" - ".join(part for part in (product, own_name) if part),
        url=record.raw("reference"),
        description=record.text("description"),
        products=(Product(name=own_name or product),),
        firms=(Firm(name=trader, role="seller"),) if trader else (),
        hazards=tuple(risk(part) for part in record.text("riskType").split(",") if part.strip()),
        remedies=tuple(part for part in (record.text("danger"), withdrawn) if part),
        images=tuple(Image(url=url) for url in record.texts("pictures") if url.startswith("http")),
        countries=tuple(part for part in (record.text("countryOfOrigin"),) if part and part.lower() != "unknown"),
        categories=tuple(part for part in (record.text("category"),) if part),
        identifiers=tuple(identifiers),
        verified=False,
    )
    keys = ("notifyingCountry", "type", "level", "URLrecall", "companyRecallCode", "productionDates")
    extra, flags = record.finish({key: record.text(key) for key in keys})
    return notice.model_copy(update={"extra": extra, "flags": flags})
