"""Reads and writes the interchange form: JSON lines of notices, empty fields left out."""

import json
from collections.abc import Iterable, Iterator

from crawler.errors import BadInput
from crawler.feeds.bytes import loads, looks_like_html, start_of, text_of
from crawler.feeds.fields import Fields
from crawler.feeds.notice import Notice
from crawler.feeds.result import ReadResult, RecordProblem, gather
from crawler.feeds.text import iso_day

SOURCE = "jsonl"
_JOINED = ("sold_at", "units")
_LISTS = ("hazards", "remedies", "remedy_options", "injuries", "upcs", "countries", "categories", "flags")
_RECORDS = ("products", "firms", "images", "identifiers", "facts", "links")
_TEXTS = ("title", "url", "description", "consumer_contact", "completeness", "language")


def sniff(data: bytes) -> bool:
    """A first line that is an object with id, kind, authority and number."""
    line = data[: 1 << 20].removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0]
    if not line.startswith(b"{") or b'"authority"' not in line:
        return False
    try:
        first = json.loads(line)
    except ValueError:
        return False
    return isinstance(first, dict) and {"id", "kind", "authority", "number"} <= first.keys()


def read(data: bytes, name: str) -> ReadResult:
    """The notices of a file. Raises BadInput where no line of it is JSON."""
    if looks_like_html(data):
        raise BadInput("HTML where JSON lines were promised", file=name)
    lines = [(at, line) for at, line in enumerate(text_of(data, name).split("\n"), 1) if line.strip()]
    if lines and not any(line.lstrip().startswith("{") for _, line in lines):
        raise BadInput(f"is no JSON lines: {start_of(data)[:30]!r}", file=name, line=lines[0][0])
    return gather(SOURCE, ((_name(at, line), line) for at, line in lines), _notice)


def write(notices: Iterable[Notice]) -> Iterator[str]:
    """One line a notice, empty fields left out; `read` gives the same notices back."""
    for notice in notices:
        content = notice.model_dump(mode="json", exclude_defaults=True)
        yield json.dumps(content, ensure_ascii=False) + "\n"


def _name(at: int, line: str) -> str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return f"line {at}"
    return str(value["id"]) if isinstance(value, dict) and value.get("id") else f"line {at}"


def _notice(line: str) -> Notice:
    try:
        record = Fields(loads(line))
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, RecordProblem):
            raise
        raise RecordProblem(f"is not JSON: {problem}") from None
    content: dict[str, object] = {key: record.needed(key) for key in ("id", "kind", "authority")}
    content |= {"number": record.text("number"), "scope": record.text("scope") or "unknown"}
    content |= {key: iso_day(record.raw(key), key) for key in ("published_on", "updated_on")}
    content |= {key: value for key in _TEXTS if (value := record.text(key))}
    content |= {key: " ".join(record.texts(key)) for key in _JOINED}
    content |= {key: record.texts(key) for key in _LISTS}
    content |= {key: [_filled(row) for row in record.items(key)] for key in _RECORDS}
    verified = record.take("verified")
    extra = {key: str(value) for key, value in _filled(record.take("extra") or {}).items()}
    known, flags = record.finish({"recall_id": record.raw("recall_id")} | extra)
    content |= {"extra": known, "verified": verified is not False}
    notice = Notice.model_validate(content)
    return notice.model_copy(update={"flags": tuple(dict.fromkeys((*notice.flags, *flags)))})


def _filled(row: object) -> dict[str, object]:
    if not isinstance(row, dict):
        raise RecordProblem(f"{str(row)[:40]!r} where an object was promised")
    return {key: value for key, value in row.items() if value is not None}
