"""Content codings: whole, torn, too large, or not what they claim."""

import gzip
import zlib
from collections.abc import Callable
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import encoding
from crawler.encoding import BodyTooLarge, TornBody, UndecodableBody, codings_of, decode

zstd: Any = encoding.zstd  # type: ignore[attr-defined]
Compress = Callable[[bytes], bytes]
CODERS: list[tuple[str, Compress]] = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("br", brotli.compress),
    ("zstd", zstd.compress),
]
coders = pytest.mark.parametrize(("coding", "compress"), CODERS, ids=[name for name, _ in CODERS])


@coders
@given(body=st.binary(max_size=5000))
def test_what_was_coded_comes_back(coding: str, compress: Compress, body: bytes) -> None:
    assert decode(compress(body), [coding], 5000) == body


@coders
def test_every_shorter_prefix_is_torn(coding: str, compress: Compress) -> None:
    data = compress(bytes(range(256)) * 4)
    for cut in range(1, len(data)):
        with pytest.raises(TornBody):
            decode(data[:-cut], [coding], 5000)


@coders
def test_the_limit_is_exact(coding: str, compress: Compress) -> None:
    assert len(decode(compress(b"a" * 1000), [coding], 1000)) == 1000
    with pytest.raises(BodyTooLarge):
        decode(compress(b"a" * 1001), [coding], 1000)


@coders
def test_what_is_not_in_the_coding_is_said(coding: str, compress: Compress) -> None:
    with pytest.raises((UndecodableBody, TornBody)):
        decode(b"<html>plain</html>", [coding], 1000)


def test_several_codings_are_undone_last_first() -> None:
    assert decode(brotli.compress(gzip.compress(b"page")), ["gzip", "br"], 100) == b"page"


def test_gzip_may_have_several_members_and_trailing_bytes() -> None:
    assert decode(gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0", ["gzip"], 100) == b"one two"


def test_bare_deflate_is_read_too() -> None:
    bare = zlib.compressobj(9, zlib.DEFLATED, -15)
    assert decode(bare.compress(b"page") + bare.flush(), ["deflate"], 100) == b"page"


def test_an_unknown_coding_is_said() -> None:
    with pytest.raises(UndecodableBody, match="'compress'"):
        decode(b"data", ["compress"], 100)


def test_names_of_codings() -> None:
    assert codings_of(["GZIP , identity", "br"]) == ["gzip", "br"]
    assert codings_of([""]) == []
