"""Reads Health Canada's open data: JSON rows without identifiers or a day of publication."""

import re

from crawler.errors import BadInput
from crawler.feeds.bytes import json_of, start_of
from crawler.feeds.fields import Fields
from crawler.feeds.notice import Link, Notice, Product
from crawler.feeds.result import ReadResult, RecordProblem, gather
from crawler.feeds.text import iso_day

SOURCE = "health-canada"
_JOINT = re.compile(r"Joint recall with[^.]{0,120}(?:US CPSC|Consumer Product Safety Commission)", re.IGNORECASE)


def sniff(data: bytes) -> bool:
    """A JSON array whose rows carry NID and Recall class."""
    start = start_of(data)
    return start.startswith("[") and '"NID"' in start and '"Recall class"' in start


def read(data: bytes, name: str) -> ReadResult:
    """The notices of the list. Raises BadInput where it is no array."""
    rows = json_of(data, name)
    if not isinstance(rows, list):
        raise BadInput("is JSON, but no list of Health Canada notices", file=name)
    named = ((_name(at, row), row) for at, row in enumerate(rows, 1))
    return gather(SOURCE, named, _notice)


def _name(at: int, row: object) -> str:
    return str(row["NID"]) if isinstance(row, dict) and row.get("NID") else f"record {at}"


def _notice(row: object) -> Notice:
    record = Fields(row)
    number, title = record.needed("NID"), record.needed("Title")
    archived = record.raw("Archived")
    if archived not in ("0", "1", ""):
        raise RecordProblem(f"Archived: {archived!r} is neither 0 nor 1")
    product, action = record.text("Product"), record.text("What you should do")
    joint = (Link(kind="joint", target="us-cpsc"),) if _JOINT.search(action) else ()
    known = {
        "organization": record.text("Organization"),
        "recall_class": record.text("Recall class"),
        "archived": "yes" if archived == "1" else "",
    }
    notice = Notice(
        id=f"ca-health-canada:{number}",
        kind="recall" if re.search(r"\brecall", title, re.IGNORECASE) else "alert",
        authority="ca-health-canada",
        number=number,
        updated_on=iso_day(record.raw("Last updated"), "Last updated"),
        title=title,
        url=record.raw("URL"),
        products=(Product(name=product),) if product else (),
        hazards=tuple(part for part in re.split(r"\s+-\s+", record.text("Issue")) if part),
        remedies=(action,) if action else (),
        categories=tuple(part for part in (record.text("Category"),) if part),
        links=joint,
    )
    extra, flags = record.finish(known)
    return notice.model_copy(update={"extra": extra, "flags": flags})
