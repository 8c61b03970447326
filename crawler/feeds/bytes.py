"""Bytes into text, JSON or rows, with one clear sentence where they are not what they claim."""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from crawler.errors import BadInput

MOST_BYTES = 512 * 1024 * 1024
"""More than any list we know of, by far: a longer file is refused, packed or not."""

_UNSTORABLE = re.compile(r"\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})")
_BOM = b"\xef\xbb\xbf"


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, unpacked where they are gzip. Raises BadInput: missing, empty, torn or too large."""
    name = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as problem:
        raise BadInput(f"can't be read: {problem.strerror or problem}", file=name) from None
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data, name)
    if len(data) > MOST_BYTES:
        raise BadInput(f"is longer than {MOST_BYTES >> 20} MiB", file=name)
    if not data.strip():
        raise BadInput("is empty", file=name)
    return data


def text_of(data: bytes, name: str) -> str:
    """UTF-8 text without its byte order mark. Raises BadInput with the place of the first wrong byte."""
    try:
        return data.removeprefix(_BOM).decode("utf-8").replace("\0", "")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise BadInput(f"is not UTF-8: byte {data[problem.start]:#04x} can't be read", file=name, line=line) from None


def json_of(data: bytes, name: str) -> object:
    """A JSON value. Raises BadInput: HTML where JSON was promised, torn, nested without end."""
    text = text_of(data, name)
    if looks_like_html(data):
        raise BadInput("HTML where JSON was promised", file=name)
    try:
        return loads(text)
    except json.JSONDecodeError as problem:
        torn = " (the file seems to be cut off)" if problem.pos >= len(text.rstrip()) - 1 else ""
        raise BadInput(f"is not JSON: {problem.msg}{torn}", file=name, line=problem.lineno) from None
    except (RecursionError, ValueError) as problem:
        raise BadInput(f"is not JSON that can be read: {problem}", file=name) from None


def loads(text: str) -> object:
    """`json.loads`, with what no database keeps taken out of the texts: NUL and half characters. Raises ValueError."""
    value: object = json.loads(text)
    return _storable(value) if _UNSTORABLE.search(text) else value


def _storable(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


def rows_of(data: bytes, name: str, delimiter: str = ",") -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """A CSV's header and its rows as (line number, cells). Raises BadInput where there is no header."""
    text = text_of(data, name)
    if looks_like_html(data):
        raise BadInput("HTML where CSV was promised", file=name)
    csv.field_size_limit(MOST_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = next(reader)
    except (StopIteration, csv.Error) as problem:
        raise BadInput(f"has no header line ({problem})", file=name, line=1) from None
    return header, _numbered(reader, name)


def xml_of(data: bytes, name: str) -> Element:
    """The root of an XML document. Raises BadInput: not well formed, or with entities, which no list needs."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    if looks_like_html(data):
        raise BadInput("HTML where XML was promised", file=name)
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as problem:
        raise BadInput(
            f"declares entities or a document type, which is refused ({type(problem).__name__})", file=name
        ) from None
    except (ParseError, ValueError, LookupError) as problem:
        raise BadInput(f"is not XML: {problem}", file=name) from None
    return root


def looks_like_html(data: bytes) -> bool:
    """Whether the bytes begin like a web page."""
    start = data.removeprefix(_BOM)[:512].lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def start_of(data: bytes, size: int = 65536) -> str:
    """The first bytes as text, for recognising a format; never raises."""
    return data[:size].removeprefix(_BOM).decode("utf-8", "replace").lstrip()


def _numbered(reader: Any, name: str) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise BadInput(f"is not CSV: {problem}", file=name, line=reader.line_num) from None
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _unpacked(data: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as file:
            return file.read(MOST_BYTES + 1)
    except (EOFError, OSError, zlib.error) as problem:
        raise BadInput(f"is torn gzip: {problem}", file=name) from None
