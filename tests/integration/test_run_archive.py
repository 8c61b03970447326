"""The evidence of a run, checked with other people's tools: warcio, gzip, sha256."""

import gzip
import hashlib
import io
import re
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.cli import main as warcio

from crawler.archive.reader import Archive, read_body
from crawler.archive.warc import Message, WarcPacker
from crawler.clock import SystemClock
from crawler.errors import BadInput
from crawler.record import PAGES_FILE
from crawler.run import run_plan
from tests.integration.loopback import PAGE, Reply, captures, closing, gzipped, http, market, planned, serving, slot

LONG = PAGE + b"<p>more</p>" * 500
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nX-Odd-CASE: one\r\nTransfer-Encoding: chunked\r\nx-odd-case: two\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run over answers of many kinds."""
    moved = http(b"", "302 Moved For A While", "Location: /zip")
    replies: dict[str, Reply] = {
        "/zip": gzipped(LONG), "/plain": http(LONG), "/same": http(LONG), "/chunks": CHUNKED, "/moved": moved,
        "/gone": http(b"no", "404 Never Heard Of It"), "/torn": closing(gzipped(LONG)[:-5]), "/empty": http(b""),
    }  # fmt: skip
    with serving(dict(replies)) as server:
        slots = [slot(n, server.url(path)) for n, path in enumerate(replies)]
        place = planned(tmp_path_factory.mktemp("runs") / "run", slots, server)
        run_plan(place, market=market())
    return place


def test_warcio_finds_nothing_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        warcio(["check", "-v", str(folder / PAGES_FILE)])
    assert not ended.value.code, capsys.readouterr().out
    assert "digest pass" in capsys.readouterr().out


def test_the_records_are_what_the_standard_wants(folder: Path) -> None:
    with (folder / PAGES_FILE).open("rb") as file:
        records = [(one.rec_type, one.rec_headers, one.raw_stream.read()) for one in ArchiveIterator(file)]
    kinds = [kind for kind, _, _ in records]
    assert kinds[0] == "warcinfo"
    assert kinds.count("request") == kinds.count("response") + kinds.count("revisit")
    assert kinds.count("revisit") == 1
    for _, headers, _ in records:
        assert headers.protocol == "WARC/1.1"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", headers.get_header("WARC-Date"))
        assert headers.get_header("WARC-Block-Digest").startswith("sha256:")
    targets = {headers.get_header("WARC-Target-URI") for _, headers, _ in records}
    assert any(target and target.endswith("/robots.txt") for target in targets)


def test_heads_are_kept_byte_for_byte(folder: Path) -> None:
    content = gzip.decompress((folder / PAGES_FILE).read_bytes())
    assert b"HTTP/1.1 404 Never Heard Of It\r\n" in content
    assert b"HTTP/1.1 302 Moved For A While\r\n" in content
    assert b"X-Odd-CASE: one\r\nX-Archive-Orig-Transfer-Encoding: chunked\r\nx-odd-case: two\r\n\r\nabc" in content
    assert gzip.compress(LONG, mtime=0) in content


def test_every_capture_leads_to_its_page(folder: Path) -> None:
    with Archive(folder / PAGES_FILE) as archive:
        pages = {one.slot_id: archive.page(one.warc_record_id) for one in captures(folder)}
        for one in captures(folder):
            page = pages[one.slot_id]
            assert page.status == one.status
            assert page.url == one.final_url
            assert len(page.wire) == one.wire_bytes
            if one.outcome == "fetched":
                assert hashlib.sha256(page.body).hexdigest() == one.body_sha256
                assert len(page.body) == one.body_bytes
        assert len(list(archive.pages())) == 11
    assert pages["s2"].body == pages["s1"].body == LONG
    assert pages["s6"].truncated == "disconnect"
    one = captures(folder)[0]
    assert read_body(folder / PAGES_FILE, f"<{one.warc_record_id}>").status == one.status


def test_unknown_and_damaged_records_are_said(folder: Path, tmp_path: Path) -> None:
    with Archive(folder / PAGES_FILE) as archive, pytest.raises(BadInput, match="there is no record urn:uuid:0"):
        archive.page("urn:uuid:0")
    with pytest.raises(BadInput, match="can't be read"):
        Archive(tmp_path / "none.warc.gz")
    damaged = tmp_path / "pages.warc.gz"
    damaged.write_bytes((folder / PAGES_FILE).read_bytes()[:-10])
    with pytest.raises(BadInput, match="cut off"):
        Archive(damaged)


def test_an_archive_that_another_program_packed_is_read_too(folder: Path, tmp_path: Path) -> None:
    repacked = tmp_path / "foreign.warc.gz"
    with (folder / PAGES_FILE).open("rb") as file, repacked.open("wb") as out:
        from crawler.archive.members import spans, unpack

        for span in list(spans(file)):
            out.write(gzip.compress(unpack(file, span)))
    with Archive(repacked) as archive:
        assert archive.page(captures(folder)[0].warc_record_id).status == 200


def test_t16_credentials_never_reach_the_archive() -> None:
    sent = b"GET / HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic c2VjcmV0\r\nauthorization: Bearer c2VjcmV0\r\n\r\n"
    message = Message("http://a/", SystemClock().now(), "192.0.2.1", sent, b"HTTP/1.1 200 OK\r\n\r\n", b"body")
    content = gzip.decompress(WarcPacker().exchange(message).data)
    assert b"c2VjcmV0" not in content
    assert b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" in content


def test_a_small_or_torn_body_is_never_a_mere_reference() -> None:
    packer = WarcPacker()
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    for body, truncated in ((b"short", ""), (b"x" * 5000, "disconnect")):
        message = Message(
            "http://a/", SystemClock().now(), "192.0.2.1", b"GET / HTTP/1.1\r\n\r\n", head, body, truncated
        )
        both = packer.exchange(message).data + packer.exchange(message).data
        kinds = [one.rec_type for one in ArchiveIterator(io.BytesIO(both))]
        assert kinds == ["response", "request"] * 2
