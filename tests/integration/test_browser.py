"""Pages that need a browser: filled, followed politely, read, and kept as evidence."""

import hashlib
import os
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.archive.reader import Archive
from crawler.archive.shots import PNG
from crawler.child import crawl_in_child
from crawler.clock import SystemClock
from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.states import State
from crawler.record import PAGES_FILE, Outcome
from monitor.config import Confirmation
from monitor.store.ingest import ingest_run
from monitor.store.reread import rebuild
from monitor.store.session import Store
from tests.integration.browsing import (
    FILL,
    QUICK,
    browsers_of,
    needs_browser,
    page,
    rendered,
    shell,
    shop_folder,
)
from tests.integration.loopback import captures, http, planned, serving, slot

pytestmark = [pytest.mark.browser, needs_browser]

CLOCK = SystemClock()


@pytest.fixture(autouse=True)
def _mark(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Browsers inherit it, so that a test finds its own among those of others."""
    monkeypatch.setenv("STILLFORSALE_TEST", str(tmp_path))


def test_a_shell_fills_itself_and_is_kept_as_evidence(tmp_path: Path, sqlite_store: Store) -> None:
    with serving({"/item/7": shell(FILL), "/data": http(b"Add to cart")}) as server:
        slots = [slot(1, server.url("/item/7"), listing_id="7")]
        run = rendered(tmp_path / "run", server, slots=slots, render="on_shell")
    (capture,) = run.captures
    assert capture.outcome == Outcome.FETCHED
    assert capture.reading is not None
    assert capture.reading.judgement.state == State.AVAILABLE
    assert capture.rendering is not None
    assert (capture.rendering.requests, capture.rendering.documents, capture.rendering.settled) == (1, 1, True)
    assert capture.rendering.received_bytes >= len("Add to cart")

    with Archive(run.folder / PAGES_FILE) as archive:
        wire = archive.page(capture.warc_record_id)
        dom = archive.page(capture.rendered_record_id)
    assert b">loading<" in wire.body
    assert hashlib.sha256(wire.body).hexdigest() == capture.body_sha256
    assert b">Add to cart<" in dom.body
    assert dom.body.startswith(b"<!DOCTYPE html>")
    assert hashlib.sha256(dom.body).hexdigest() == capture.rendering.dom_sha256
    assert dom.content_type == "text/html; charset=utf-8"

    with (run.folder / PAGES_FILE).open("rb") as file:
        headers = {one.rec_headers["WARC-Record-ID"]: one.rec_headers for one in ArchiveIterator(file)}
    record = headers[f"<{capture.rendered_record_id}>"]
    assert record["WARC-Type"] == "conversion"
    assert record["WARC-Refers-To"] == f"<{capture.warc_record_id}>"

    assert (run.folder / capture.shot).read_bytes().startswith(PNG)
    assert capture.shot in {file.name for file in run.manifest.files}
    assert run.manifest.browser["name"] == "Chromium"
    assert run.manifest.browser["sandbox"] == ("off: we run as root" if os.geteuid() == 0 else "on")
    assert not browsers_of(str(tmp_path))

    result = ingest_run(sqlite_store, run.folder, CLOCK.now())
    assert (result.new, result.looks) == (True, 1)
    assert not result.problems


def test_only_what_needs_a_browser_gets_one(tmp_path: Path) -> None:
    replies = {"/plain": page(""), "/gone": http(b"no", "404 Not Found", "Content-Type: text/plain")}
    replies |= {"/walled": http(b"<p>prove that you are human</p>"), "/down": http(b"<p>loading</p>", "503 Down")}
    with serving(dict(replies)) as server:
        asked = rendered(tmp_path / "shells", server, "/plain", "/down", render="on_shell")
        always = rendered(tmp_path / "always", server, "/walled", render="always")
        never = rendered(tmp_path / "never", server, "/plain", render="never")
    assert not asked.manifest.browser
    assert not never.manifest.browser
    assert not always.manifest.browser
    assert [one.reading.judgement.state for one in always.captures if one.reading] == [State.BLOCKED]


def test_what_robots_txt_forbids_no_script_may_ask_for(tmp_path: Path) -> None:
    rules = http(b"User-agent: *\nDisallow: /data\n")
    with serving({"/a": shell(FILL), "/data": http(b"Add to cart"), "/robots.txt": rules}) as server:
        run = rendered(tmp_path / "run", server, "/a")
    (capture,) = run.captures
    assert server.hits["/data"] == 0
    assert capture.rendering is not None
    assert capture.rendering.refusals["robots"] >= 1
    assert capture.reading is not None
    assert capture.reading.judgement.state is State.FAILED


def test_pages_go_out_under_one_name_with_the_buyers_region_and_forget_everything(tmp_path: Path) -> None:
    script = (
        "const seen = [document.cookie, localStorage.length, navigator.userAgent, navigator.language,"
        " Intl.DateTimeFormat().resolvedOptions().timeZone, navigator.webdriver].join('|');"
        "document.cookie = 'left=behind'; localStorage.setItem('left', 'behind');"
        "fetch('/data').then(() => { document.getElementById('app').innerHTML = '<p>Add to cart</p>' + seen })"
    )
    replies = {"/a": shell(script, "Set-Cookie: of=site; Path=/"), "/b": shell(script), "/data": http(b"x")}
    with serving(dict(replies)) as server:
        run = rendered(tmp_path / "run", server, "/a", "/b")
    agents = {line for head in server.heads for line in head.split(b"\r\n") if line.lower().startswith(b"user-agent:")}
    assert len(agents) == 1
    assert b"stillforsale/" in next(iter(agents))
    assert b"watch@example.org" in next(iter(agents))
    asked = [head for head in server.heads if head.startswith(b"GET /data")]
    assert all(b"From: watch@example.org" in head for head in asked)
    assert b"ship_to=US" in asked[0]
    assert b"of=site" in asked[0]
    assert b"left=behind" in asked[0]
    assert b"ship_to=US" in asked[1]
    assert b"of=site" not in asked[1]
    with Archive(run.folder / PAGES_FILE) as archive:
        first, second = (archive.page(one.rendered_record_id).body.decode() for one in run.captures)
    agent = next(iter(agents)).partition(b": ")[2].decode()
    assert f"|0|{agent}|en-US|America/New_York|true" in first
    assert f"ship_to=US|0|{agent}|" in second


def test_a_page_that_goes_on_is_followed_as_politely_as_a_redirect(tmp_path: Path) -> None:
    go = "document.cookie = 'zip=10001'; location = '%s'"
    with serving(
        {
            "/robots.txt": http(b"User-agent: *\nDisallow: /private\n"),
            "/start": shell(go % "/end"),
            "/end": page(""),
            "/into": shell(go % "/private/x"),
            "/loop": shell("location.reload()"),
        }
    ) as server:
        followed, refused, looping = rendered(tmp_path / "run", server, "/start", "/into", "/loop").captures
    assert followed.final_url == server.url("/end")
    assert followed.redirects == (server.url("/start"),)
    assert followed.rendering is not None
    assert followed.rendering.documents == 2
    (second,) = [head for head in server.heads if head.startswith(b"GET /end")]
    assert b"zip=10001" in second
    assert (refused.outcome, refused.reason) == (Outcome.NOT_ALLOWED, "robots: disallowed")
    assert server.hits["/private/x"] == 0
    assert (looping.outcome, looping.reason) == (Outcome.FAILED, "redirect_limit")
    assert server.hits["/loop"] == QUICK.max_redirects + 1


def test_a_wall_that_scripts_put_up_and_a_refusal_of_data_rest_the_host(tmp_path: Path) -> None:
    wall = "document.body.innerHTML = '<p>prove that you are human</p>'"
    refusing = "fetch('/data').then(() => { document.getElementById('app').textContent = 'Add to cart' })"
    for number, replies in enumerate(
        ({"/p": shell(wall), "/q": page("")}, {"/p": shell(refusing), "/data": http(b"", "429 No"), "/q": page("")})
    ):
        with serving(dict(replies)) as server:
            first, second = rendered(tmp_path / f"case{number}" / "run", server, "/p", "/q").captures
        assert first.outcome == Outcome.FETCHED
        assert second.outcome == Outcome.NOT_ALLOWED
        assert second.reason.startswith("host_paused")


def test_a_rendered_look_is_read_again_from_its_dom(tmp_path: Path, sqlite_store: Store) -> None:
    offer = (
        '{"@context": "https://schema.org", "@type": "Product", "name": "A lamp", "offers": {"@type": "Offer",'
        ' "price": "9.90", "priceCurrency": "USD", "availability": "https://schema.org/OutOfStock"}}'
    )
    script = f"const e = document.createElement('script'); e.type = 'application/ld+json'; e.textContent = '{offer}';"
    with serving({"/p": shell(script + "document.head.append(e)")}) as server:
        folder = planned(
            tmp_path / "runs" / "one",
            [slot(1, server.url("/p"), marketplace="shop", listing_id="p")],
            server,
            QUICK,
            allowed_marketplaces=("shop",),
            marketplaces_dir=str(shop_folder(tmp_path / "marketplaces", server)),
        )
        (result,) = crawl_in_child([folder])
    assert result.sealed, result.error
    (capture,) = captures(folder)
    assert capture.reading is not None
    assert capture.reading.judgement.state == State.OUT_OF_STOCK
    ingest_run(sqlite_store, folder, CLOCK.now())
    rebuilt = rebuild(sqlite_store, tmp_path / "runs", load_registry(tmp_path / "marketplaces"), Confirmation())
    assert (rebuilt.looks, rebuilt.reread) == (1, 1)
    assert not rebuilt.states
    assert not rebuilt.problems
