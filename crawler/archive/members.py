"""One WARC record as one gzip member (WARC 1.1, annex D; RFC 1952), with its lengths in the gzip header.

The extra field `sl` (skip lengths) holds the compressed and uncompressed size of the member, so an index is built
by hopping from member to member, and a torn end of the file is found without guessing. Other readers skip it.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_HEADER = struct.Struct("<4sIBBH2sHII")
_MAGIC = b"\x1f\x8b\x08\x04"
_EXTRA_BYTES = 12
_UNIX = 3
_TRAILER = struct.Struct("<II")
_TEXT_LEVEL = 1
"""Level 1 costs a third of level 6 and pages that come uncompressed are rare."""


class TornMember(Exception):
    """The bytes at this offset are not a whole gzip member."""


@dataclass(frozen=True)
class Span:
    """Where one member lies in the file, in bytes."""

    offset: int
    length: int


def pack(head: bytes, body: bytes, *, stored: bool) -> bytes:
    """A member that holds `head` and `body`. With `stored` the body is copied in as it is: it is compressed already."""
    deflate = zlib.compressobj(_TEXT_LEVEL, zlib.DEFLATED, -15)
    if stored:
        parts = [deflate.compress(head), deflate.flush(zlib.Z_FULL_FLUSH)]
        copy = zlib.compressobj(0, zlib.DEFLATED, -15)
        parts += [copy.compress(body), copy.flush()]
    else:
        parts = [deflate.compress(head), deflate.compress(body), deflate.flush()]
    size = len(head) + len(body)
    length = _HEADER.size + sum(map(len, parts)) + _TRAILER.size
    start = _HEADER.pack(_MAGIC, 0, 0, _UNIX, _EXTRA_BYTES, b"sl", 8, length, size)
    return b"".join([start, *parts, _TRAILER.pack(zlib.crc32(body, zlib.crc32(head)), size & 0xFFFFFFFF)])


def unpack(file: BinaryIO, span: Span) -> bytes:
    """The content of the member at `span`. Raises TornMember."""
    file.seek(span.offset)
    return _inflate(file.read(span.length))


def spans(file: BinaryIO) -> Iterator[Span]:
    """The members from the start of the file on. Raises TornMember at the first that is not whole."""
    file.seek(0, 2)
    end, offset = file.tell(), 0
    while offset < end:
        length = _length(file, offset, end)
        yield Span(offset, length)
        offset += length


def peek(file: BinaryIO, span: Span, size: int = 4096) -> bytes:
    """The first bytes of a member's content, without reading the rest."""
    file.seek(span.offset)
    return zlib.decompressobj(31).decompress(file.read(min(span.length, size)), size)


def _length(file: BinaryIO, offset: int, end: int) -> int:
    file.seek(offset)
    start = file.read(_HEADER.size)
    if len(start) == _HEADER.size and start[:4] == _MAGIC and start[12:14] == b"sl":
        length = int(_HEADER.unpack(start)[7])
        if length <= _HEADER.size or offset + length > end:
            raise TornMember(f"the record at byte {offset} is cut off")
        return length
    return _foreign_length(file, offset)


def _foreign_length(file: BinaryIO, offset: int) -> int:
    """The length of a member that another program wrote: found by reading it."""
    file.seek(offset)
    inflate = zlib.decompressobj(31)
    read = 0
    while not inflate.eof:
        chunk = file.read(1 << 16)
        if not chunk:
            raise TornMember(f"the record at byte {offset} is cut off")
        read += len(chunk)
        try:
            inflate.decompress(chunk)
        except zlib.error as error:
            raise TornMember(f"the record at byte {offset} is damaged") from error
    return read - len(inflate.unused_data)


def _inflate(data: bytes) -> bytes:
    inflate = zlib.decompressobj(31)
    try:
        content = inflate.decompress(data)
    except zlib.error as error:
        raise TornMember("the record is damaged") from error
    if not inflate.eof:
        raise TornMember("the record is cut off")
    return content
