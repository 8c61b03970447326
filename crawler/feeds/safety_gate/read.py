"""Reads EU Safety Gate: weekly report XML, and the detail JSON of one alert or a list of them."""

from crawler.errors import BadInput
from crawler.feeds.bytes import json_of, start_of
from crawler.feeds.result import ReadResult, gather
from crawler.feeds.safety_gate.detail import detail_notice
from crawler.feeds.safety_gate.weekly import weekly_notice, weekly_rows

SOURCE = "safety-gate"


def sniff(data: bytes) -> bool:
    """XML with notifications and caseNumber, or JSON with notificationType and measureTaken."""
    start = start_of(data, 1 << 18)
    if start.startswith("<"):
        return "<notifications" in start and "caseNumber" in start
    return start[:1] in "[{" and '"notificationType"' in start and '"traceability"' in start


def read(data: bytes, name: str) -> ReadResult:
    """The alerts of a file. Raises BadInput where it is neither of the two forms."""
    if start_of(data, 64).startswith("<"):
        rows, notes = weekly_rows(data, name)
        return gather(SOURCE, rows, weekly_notice, notes)
    value = json_of(data, name)
    items = value if isinstance(value, list) else [value]
    if not any(isinstance(item, dict) and "reference" in item for item in items):
        raise BadInput("is JSON, but no Safety Gate alert", file=name)
    return gather(SOURCE, ((_name(at, item), item) for at, item in enumerate(items, 1)), detail_notice)


def _name(at: int, item: object) -> str:
    return str(item.get("reference") or f"record {at}") if isinstance(item, dict) else f"record {at}"
