"""Files that are not what they claim."""

import gzip
from pathlib import Path

import pytest

from crawler.errors import BadInput
from crawler.feeds import bytes as feed_bytes
from crawler.feeds.bytes import read_bytes, xml_of
from crawler.feeds.registry import read_any, recognise
from tests.unit.feeds.records import api, recall

BOMB = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><rss>&b;</rss>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>"""


def test_gzip_is_unpacked_and_recognised_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "list.bin"
    path.write_bytes(gzip.compress(api(recall())))
    assert read_any(path).notices[0].id == "us-cpsc:24999"


@pytest.mark.parametrize(
    ("data", "words"),
    [(gzip.compress(api(recall()))[:-12], "torn gzip"), (b"", "is empty"), (b"  \n", "is empty")],
)
def test_torn_and_empty_files_are_bad_input(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "list.json.gz"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=words):
        read_any(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.json: can't be read: No such file"):
        read_any(tmp_path / "nowhere.json")


def test_a_packed_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_bytes, "MOST_BYTES", 1 << 20)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(1 << 22)))
    with pytest.raises(BadInput, match="longer than 1 MiB"):
        read_bytes(path)


@pytest.mark.parametrize("data", [BOMB, OUTSIDE])
def test_entities_in_xml_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match="declares entities or a document type"):
        xml_of(data, "x")


@pytest.mark.parametrize("data", [b"hello", b'{"a": 1}', b"[]", b"<html></html>"])
def test_a_form_that_nobody_knows_is_said_so(data: bytes) -> None:
    with pytest.raises(BadInput, match="is none of the forms that we read"):
        recognise(data, "x")
