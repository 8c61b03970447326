"""Reads GOV.UK content items of product safety alerts, reports and recalls."""

import re

from parsel import Selector

from crawler.errors import BadInput
from crawler.extract.gtin import valid_gtin
from crawler.feeds.bytes import json_of, start_of
from crawler.feeds.fields import Fields
from crawler.feeds.notice import Identifier, IdentifierKind, Notice, NoticeKind, Product
from crawler.feeds.result import ReadResult, RecordProblem, gather
from crawler.feeds.text import iso_day, plain

SOURCE = "uk-opss"
_KINDS: dict[str, NoticeKind] = {
    "product-recall": "recall",
    "product-safety-alert": "alert",
    "product-safety-report": "alert",
}
_RISKS = ("serious", "high", "medium", "low", "not-provided")
_LABELS: dict[str, IdentifierKind] = {
    "brand": "brand",
    "model": "model",
    "models": "model",
    "model number": "model",
    "product code": "model",
    "batch": "batch",
    "batches": "batch",
    "batch number": "batch",
    "barcode": "gtin",
    "barcodes": "gtin",
    "asin": "asin",
    "serial": "serial",
    "serial number": "serial",
}
_NUMBER = re.compile(r"\d{4}-\d{4}$")
"""What ends most addresses; an older notice has none and goes by its address."""
_NONE = frozenset({"unbranded", "unknown", "n/a", "none", "not provided", "not known"})


def sniff(data: bytes) -> bool:
    """JSON of one content item or a list of them."""
    start = start_of(data, 1 << 20)
    return start[:1] in "[{" and "product_safety_alert_report_recall" in start and '"base_path"' in start


def read(data: bytes, name: str) -> ReadResult:
    """The notices of one content item, or of a list of them. Raises BadInput where it is neither."""
    value = json_of(data, name)
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, dict) for item in items):
        raise BadInput("is JSON, but no GOV.UK content item", file=name)
    return gather(
        SOURCE, ((str(item.get("base_path") or f"record {at}"), item) for at, item in enumerate(items, 1)), _notice
    )


def _notice(row: object) -> Notice:
    record = Fields(row)
    path, title = record.needed("base_path"), record.needed("title")
    details = record.child("details")
    metadata = details.child("metadata")
    kind, risk = metadata.text("product_alert_type"), metadata.text("product_risk_level")
    if kind not in _KINDS:
        raise RecordProblem(f"product_alert_type: {kind!r} is a kind that the reader does not know")
    if risk and risk not in _RISKS:
        raise RecordProblem(f"product_risk_level: {risk!r} is a level that the reader does not know")
    body = Selector(details.raw("body") or "<p/>")
    table, marks = _table(body), []
    for label, value in table.items():
        marks += _identifiers(label, value)
    number = _number(path.rstrip("/").rsplit("/", 1)[-1])
    notice = Notice(
        id=f"uk-opss:{number}",
        kind=_KINDS[kind],
        authority="uk-opss",
        number=number,
        published_on=iso_day(metadata.raw("product_recall_alert_date"), "product_recall_alert_date"),
        updated_on=iso_day(record.raw("public_updated_at"), "public_updated_at"),
        title=title,
        url=f"https://www.gov.uk{path}",
        description=table.pop("product description", "") or record.text("description"),
        products=(Product(name=_after(body, "Product:") or title),),
        hazards=tuple(part for part in (_after(body, "Hazard:"), f"risk: {risk}" if risk else "") if part),
        remedies=tuple(part for part in (_after(body, "Corrective action:"),) if part),
        remedy_options=metadata.texts("product_measure_type"),
        countries=tuple(part for part in (table.pop("country of origin", ""),) if part),
        categories=tuple(part for part in (metadata.text("product_category"), table.pop("type", "")) if part),
        identifiers=tuple(marks),
    )
    record.text("description")
    for key in ("content_id", "document_type", "schema_name", "first_published_at", "updated_at", "withdrawn_notice"):
        record.take(key)
    for key in ("attachments", "change_history"):
        details.take(key)
    extra, flags = record.finish({f"table: {key}": value for key, value in table.items() if key not in _LABELS})
    return notice.model_copy(update={"extra": extra, "flags": flags})


def _number(slug: str) -> str:
    found = _NUMBER.search(slug)
    return found[0] if found else slug


def _table(body: Selector) -> dict[str, str]:
    rows = body.css("table tr")
    cells = ([plain(" ".join(cell.css("::text").getall())) for cell in row.css("th, td")] for row in rows)
    return {pair[0].lower().rstrip(":"): pair[1] for pair in cells if len(pair) == 2}


def _identifiers(label: str, value: str) -> list[Identifier]:
    kind = _LABELS.get(label)
    parts = [part.strip() for part in value.replace(";", ",").split(",")]
    found = []
    for part in parts if kind else ():
        bare = part.partition(" (")[0].strip()
        if kind and bare and bare.lower() not in _NONE:
            found.append(Identifier(kind=kind, value=bare, valid=kind != "gtin" or bool(valid_gtin(bare))))
    return found


def _after(body: Selector, label: str) -> str:
    for paragraph in body.css("p"):
        words = plain(" ".join(paragraph.css("::text").getall()))
        if words.startswith(label):
            return words.removeprefix(label).strip()
    return ""
