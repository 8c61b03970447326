"""Reads the archive of a run: what a record's page was, decoded, as it can be handed to today's readers.

The index maps record ids to their place in the file; building it reads only the start of each record.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

from pydantic import BaseModel, ConfigDict

from crawler.archive.members import Span, TornMember, peek, spans, unpack
from crawler.encoding import codings_of, decode
from crawler.errors import BadInput

_RECORD_ID = re.compile(rb"^WARC-Record-ID:\s*<([^>\r\n]+)>", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(rb"^HTTP/\S+\s+(\d{3})")
_MAX_DECODED_BYTES = 64 * 1024 * 1024


class ArchivedPage(BaseModel):
    """One archived answer: `wire` as sent, `body` decoded of its content coding, header names in lower case.

    A page that a person saved from a browser has no answer: its `status` is 0 and `wire` is the saved page itself.
    """

    model_config = ConfigDict(frozen=True)

    record_id: str
    url: str
    at: str
    status: int
    headers: dict[str, str]
    wire: bytes
    body: bytes
    payload_sha256: str
    truncated: str = ""

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


class _Record(NamedTuple):
    fields: dict[str, str]
    block: bytes


class Archive:
    """An opened `pages.warc.gz`. Use as a context manager. Raises BadInput where the file is missing or torn."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file: BinaryIO = path.open("rb")
        except OSError as error:
            raise BadInput(f"can't be read ({error.strerror})", file=str(path)) from error
        try:
            self._spans = {_record_id(peek(self._file, span)): span for span in spans(self._file)}
        except TornMember as error:
            self._file.close()
            raise BadInput(str(error), file=str(path)) from error

    def __enter__(self) -> "Archive":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._spans)

    def __contains__(self, record_id: str) -> bool:
        return record_id.strip("<>") in self._spans

    def page(self, record_id: str) -> ArchivedPage:
        """The page of one response or revisit record, or the DOM of a conversion or resource record (its status is 0).

        Raises BadInput for an unknown, foreign or damaged record.
        """
        record = self._record(record_id)
        fields = record.fields
        if fields.get("warc-type") in ("conversion", "resource"):
            return _converted(record_id, record)
        if fields.get("warc-type") not in ("response", "revisit"):
            raise BadInput(f"record {record_id} is a {fields.get('warc-type')}, not a page", file=str(self.path))
        head, wire = _split(record.block)
        if fields["warc-type"] == "revisit":
            wire = _split(self._record(fields.get("warc-refers-to", "")).block)[1]
        headers = _fields(head)
        try:
            body = decode(wire, codings_of([headers.get("content-encoding", "")]), _MAX_DECODED_BYTES)
        except Exception as error:
            if not fields.get("warc-truncated"):
                raise BadInput(f"record {record_id} can't be decoded ({error})", file=str(self.path)) from error
            body = b""
        status = _STATUS.match(head)
        return ArchivedPage(
            record_id=record_id.strip("<>"),
            url=fields.get("warc-target-uri", "").strip("<>"),
            at=fields.get("warc-date", ""),
            status=int(status.group(1)) if status else 0,
            headers=headers,
            wire=wire,
            body=body,
            payload_sha256=fields.get("warc-payload-digest", "").removeprefix("sha256:"),
            truncated=fields.get("warc-truncated", ""),
        )

    def pages(self) -> Iterator[ArchivedPage]:
        """Every answer and saved page in the file, in order: listings, searches, redirects, robots.txt."""
        for record_id, span in self._spans.items():
            start = peek(self._file, span)
            if b"WARC-Type: resource" in start or (b"msgtype=response" in start and b"WARC-Type: re" in start):
                yield self.page(record_id)

    def _record(self, record_id: str) -> _Record:
        span = self._spans.get(record_id.strip("<>"))
        if span is None:
            raise BadInput(f"there is no record {record_id or '(none named)'}", file=str(self.path))
        return _parsed(self._file, span, self.path)


def read_body(warc_path: Path, record_id: str) -> ArchivedPage:
    """One page by its record id. For many pages of one run open an `Archive` once."""
    with Archive(warc_path) as archive:
        return archive.page(record_id)


def record_ids(file: BinaryIO) -> Iterator[tuple[Span, str]]:
    """Each whole record from the start of an open file, fully read and checked; raises TornMember at a torn one."""
    for span in spans(file):
        yield span, _record_id(unpack(file, span)[:4096])


def _parsed(file: BinaryIO, span: Span, path: Path) -> _Record:
    try:
        content = unpack(file, span)
    except TornMember as error:
        raise BadInput(str(error), file=str(path)) from error
    start, _, rest = content.partition(b"\r\n\r\n")
    fields = _fields(start)
    return _Record(fields, rest[: int(fields.get("content-length", "0"))])


def _converted(record_id: str, record: _Record) -> ArchivedPage:
    fields, block = record
    return ArchivedPage(
        record_id=record_id.strip("<>"),
        url=fields.get("warc-target-uri", "").strip("<>"),
        at=fields.get("warc-date", ""),
        status=0,
        headers={"content-type": fields.get("content-type", "")},
        wire=block,
        body=block,
        payload_sha256=fields.get("warc-block-digest", "").removeprefix("sha256:"),
    )


def _split(block: bytes) -> tuple[bytes, bytes]:
    """Head and body of an HTTP message; a head may end its lines with a bare line feed."""
    ends = [(at, length) for mark, length in ((b"\r\n\r\n", 4), (b"\n\n", 2)) if (at := block.find(mark)) >= 0]
    if not ends:
        return block, b""
    at, length = min(ends)
    return block[:at], block[at + length :]


def _fields(head: bytes) -> dict[str, str]:
    """Header fields by lower-case name; a repeated field is joined with commas (RFC 9110, section 5.2)."""
    found: dict[str, str] = {}
    for line in head.decode("utf-8", errors="replace").splitlines()[1:]:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().lower()
            found[key] = f"{found[key]}, {value.strip()}" if key in found else value.strip()
    return found


def _record_id(start: bytes) -> str:
    found = _RECORD_ID.search(start)
    return found.group(1).decode("ascii", errors="replace") if found else ""
