"""Content codings undone strictly: a body without its end marker is torn, never a shorter page.

Scrapy and Chromium both hand over what they could read of a gzip body that was cut short; a page that lacks its
lower half could then be read as "no buy button". The end marker of each coding is checked here instead.
"""

import sys
import zlib
from typing import Any

import brotli  # type: ignore[import-untyped]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ACCEPT_ENCODING = "gzip, deflate, br, zstd"
_ZSTD_WINDOW_LOG = 23
"""8 MiB, the most that RFC 9659 lets a sender of `zstd` use."""


class TornBody(Exception):
    """The body ends before its coding says that it is complete."""


class BodyTooLarge(Exception):
    """The decoded body is larger than the limit."""


class UndecodableBody(Exception):
    """The body is not what its Content-Encoding says, or is in a coding that we did not ask for."""


def decode(wire: bytes, codings: list[str], limit: int) -> bytes:
    """Undo the codings (in the order of the header; the last was applied last), giving at most `limit` bytes.

    Raises TornBody, BodyTooLarge or UndecodableBody. An empty body is empty in every coding.
    """
    body = wire
    for coding in reversed(codings):
        if not body:
            return b""
        decoder = _DECODERS.get(coding)
        if decoder is None:
            raise UndecodableBody(f"content coding {coding!r}")
        body = decoder(body, limit)
    return body


def codings_of(header_values: list[str]) -> list[str]:
    """The codings named by the Content-Encoding headers, lower case, without `identity`."""
    names = [name.strip().lower() for value in header_values for name in value.split(",")]
    return [name for name in names if name and name != "identity"]


def _gzip(data: bytes, limit: int) -> bytes:
    return _inflate(data, limit, 31)


def _deflate(data: bytes, limit: int) -> bytes:
    """RFC 9110 means zlib's format; some servers send the bare stream."""
    try:
        return _inflate(data, limit, 15)
    except UndecodableBody:
        return _inflate(data, limit, -15)


def _inflate(data: bytes, limit: int, window_bits: int) -> bytes:
    parts: list[bytes] = []
    room = limit
    while True:
        decoder = zlib.decompressobj(window_bits)
        try:
            part = decoder.decompress(data, room + 1)
        except zlib.error as error:
            raise UndecodableBody(str(error)) from error
        room -= len(part)
        if room < 0:
            raise BodyTooLarge(f"more than {limit} bytes")
        parts.append(part)
        if not decoder.eof:
            raise TornBody("the compressed body has no end")
        data = decoder.unused_data
        if window_bits != 31 or data[:2] != b"\x1f\x8b":
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _brotli(data: bytes, limit: int) -> bytes:
    decoder: Any = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    try:
        part = decoder.process(data, output_buffer_limit=1 << 20)
        while part:
            size += len(part)
            if size > limit:
                raise BodyTooLarge(f"more than {limit} bytes")
            parts.append(part)
            part = b"" if decoder.is_finished() else decoder.process(b"", output_buffer_limit=1 << 20)
    except brotli.error as error:
        raise UndecodableBody(str(error)) from error
    if not decoder.is_finished():
        raise TornBody("the compressed body has no end")
    return b"".join(parts)


def _zstd(data: bytes, limit: int) -> bytes:
    parts: list[bytes] = []
    room = limit
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
    while data:
        decoder = zstd.ZstdDecompressor(options=options)
        try:
            part = decoder.decompress(data, room + 1)
        except zstd.ZstdError as error:
            raise UndecodableBody(str(error)) from error
        room -= len(part)
        if room < 0:
            raise BodyTooLarge(f"more than {limit} bytes")
        parts.append(part)
        if not decoder.eof:
            raise TornBody("the compressed body has no end")
        data = decoder.unused_data
    return b"".join(parts)


_DECODERS = {"gzip": _gzip, "x-gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}
