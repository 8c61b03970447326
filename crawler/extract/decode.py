"""Bytes of a page into text, also where the declared character set is wrong. Never raises."""

import codecs
import re

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, resolve_encoding

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
_SAMPLE_BYTES = 200_000


def decode_body(body: bytes, content_type: str = "") -> tuple[str, str]:
    """The text of a body and the name of the encoding that it turned out to have.

    A byte order mark wins, then UTF-8 wherever the bytes are valid UTF-8 (text in another encoding never is, by
    accident, for long), then what was declared if the bytes fit it, then a guess between the Chinese and the Western
    encodings. Bytes that fit nothing are replaced, never dropped.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace"), name
    wide = _utf16_without_mark(body)
    if wide:
        return body.decode(wide, "replace"), wide
    declared = _declared(body, content_type)
    name = declared if _is_ascii(body) and declared else _fitting(body, declared)
    try:
        return body.decode(name, "replace"), name
    except (LookupError, UnicodeError):
        return body.decode("utf-8", "replace"), "utf-8"


def _is_ascii(body: bytes) -> bool:
    return body.isascii() and b"\x1b$" not in body


def _declared(body: bytes, content_type: str) -> str:
    found = http_content_type_encoding(content_type) if content_type else None
    try:
        found = found or html_body_declared_encoding(body)
    except (LookupError, UnicodeError, ValueError):
        found = None
    name = resolve_encoding(found or "") or ""
    return "gb18030" if name in {"gbk", "gb2312"} else "" if name.startswith(("utf-16", "utf-32", "utf-7")) else name


def _utf16_without_mark(body: bytes) -> str:
    head = body[:400]
    if len(head) < 8 or b"\x00" not in head:
        return ""
    half = len(head) // 2
    if head[1::2].count(0) > 0.7 * half and head[0::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if head[0::2].count(0) > 0.7 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return ""


def _fitting(body: bytes, declared: str) -> str:
    """The encoding with the fewest bytes that don't fit, in the order of trust."""
    sample = body[:_SAMPLE_BYTES]
    if _misfits(sample, "utf-8") == 0:
        return "utf-8"
    guess = "gb18030" if _looks_double_byte(sample) else "cp1252"
    candidates = [name for name in (declared, "utf-8", guess) if name]
    return min(candidates, key=lambda name: _misfits(sample, name))


def _misfits(sample: bytes, encoding: str) -> int:
    try:
        text = sample.decode(encoding, "replace")
    except (LookupError, UnicodeError):
        return len(sample)
    misfits = text.count("\ufffd")
    return 0 if misfits == 1 and text.endswith("\ufffd") else misfits


def _looks_double_byte(sample: bytes) -> bool:
    """Whether bytes above ASCII mostly stand in runs of even length, as in Chinese, not alone, as in Western text."""
    runs = [len(run) for run in _HIGH_RUNS.findall(sample)]
    return sum(length for length in runs if length >= 2) > 0.7 * sum(runs)
