"""Reads notices that platforms published themselves, written down by hand: a dated proof that the platform knew."""

import re

from crawler.errors import BadInput
from crawler.extract.gtin import valid_gtin
from crawler.feeds.bytes import start_of
from crawler.feeds.fields import Fields
from crawler.feeds.notice import Identifier, Link, Notice, Product
from crawler.feeds.result import ReadResult, RecordProblem, gather
from crawler.feeds.table import check_cells, named_rows
from crawler.feeds.text import is_http, iso_day

SOURCE = "platform-notices"
_COLUMNS = {
    name: name
    for name in (
        "platform",
        "published_on",
        "url",
        "title",
        "notice",
        "product",
        "brand",
        "model",
        "gtin",
        "recall",
        "text",
    )
}


def sniff(data: bytes) -> bool:
    """A CSV with the columns platform, published_on and url."""
    head = {cell.strip(' "\r').lower() for cell in start_of(data).partition("\n")[0].split(",")}
    return {"platform", "published_on", "url"} <= head


def read(data: bytes, name: str) -> ReadResult:
    """The notices of the file. Raises BadInput where a needed column is missing."""
    rows, notes = named_rows(data, name, _COLUMNS, frozenset({"platform", "published_on", "url", "title"}))
    if not rows and not notes:
        raise BadInput("holds a header and no records", file=name)
    return gather(SOURCE, ((f"line {line}", cells) for line, cells in rows), _notice, notes)


def _notice(cells: dict[str, str]) -> Notice:
    if wrong := check_cells(cells):
        raise RecordProblem(f"torn row: {wrong}")
    record = Fields(cells)
    platform, url = record.needed("platform").lower(), record.needed("url")
    if not is_http(url):
        raise RecordProblem(f"url: {url[:80]!r} is no web address: without its page a notice proves nothing")
    title, day = record.needed("title"), iso_day(record.needed("published_on"), "published_on")
    number = record.text("notice") or f"{day}-{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')[:40]}"
    product, recall = record.text("product"), record.text("recall")
    marks = [Identifier(kind="brand", value=brand)] if (brand := record.text("brand")) else []
    if gtin := record.text("gtin"):
        marks.append(Identifier(kind="gtin", value=gtin, valid=bool(valid_gtin(gtin))))
    notice = Notice(
        id=f"platform-{platform}:{number}",
        kind="platform-notice",
        authority=f"platform-{platform}",
        number=number,
        published_on=day,
        title=title,
        url=url,
        description=record.text("text"),
        products=(Product(name=product or title, model=record.text("model")),),
        identifiers=tuple(marks),
        links=(Link(kind="joint", target=recall),) if recall else (),
    )
    extra, flags = record.finish({})
    return notice.model_copy(update={"extra": extra, "flags": flags})
