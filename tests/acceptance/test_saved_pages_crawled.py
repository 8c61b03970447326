"""Real saved pages, served from loopback under their own names, through the real spiders into the ledger."""

import csv
import gzip
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from crawler.clock import SimulatedClock, instant
from crawler.marketplaces.reader import read_page
from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.states import STANDING, Standing, State
from crawler.plan import Identity, Plan, Slot, Vantage, write_plan
from crawler.reading import FetchedPage
from crawler.record import PLAN_FILE
from monitor.store.ingest import ingest_run
from monitor.store.session import open_store
from tests.conftest import NOON

MARKETPLACES = ("amazon", "craigslist", "ebay", "shopify", "walmart")
US = Vantage(name="us", country="US", postal_code="10001")
WALLS = {
    "amazon": "https://www.amazon.com/dp/B000000001",
    "ebay": "https://www.ebay.com/itm/100000000001",
    "walmart": "https://www.walmart.com/ip/1000001",
}

CHILD = """
import socket, sys
real = socket.getaddrinfo
def to_loopback(host, port, *rest, **more):
    return real("127.0.0.1", port, *rest, **more)
socket.getaddrinfo = to_loopback
from crawler.run import main
sys.exit(main(sys.argv[1:]))
"""
"""The crawl's child with every name on loopback: the guard still checks what it dials."""


class _Pages(BaseHTTPRequestHandler):
    """Serves each saved page as it lies there, gzipped, under the host and path that it was saved from."""

    protocol_version = "HTTP/1.1"
    pages: ClassVar[dict[tuple[str, str], Path]] = {}

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").partition(":")[0]
        page = self.pages.get((host, urlsplit(self.path).path))
        body = page.read_bytes() if page else b""
        self.send_response(200 if page else 404)
        if page:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(pages: dict[tuple[str, str], Path]) -> Iterator[int]:
    _Pages.pages = pages
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def on_loopback(url: str, port: int) -> str:
    parts = urlsplit(url)
    return parts._replace(scheme="http", netloc=f"{parts.hostname}:{port}").geturl()


def saved(shared: Path) -> dict[str, tuple[str, str, Path]]:
    """Address -> marketplace, truth and file of the listing pages and walls of the five marketplaces."""
    folder = shared / "data" / "pages"
    found: dict[str, tuple[str, str, Path]] = {}
    with (folder / "MANIFEST.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            url = row["url"] or (WALLS.get(row["marketplace"], "") if row["kind"] == "botwall" else "")
            is_page = row["kind"] in {"product", "product-degraded", "outofstock", "noship", "removed", "botwall"}
            if row["marketplace"] in MARKETPLACES and is_page and url and url not in found:
                found[url] = (row["marketplace"], row["truth_status"], folder / row["file"])
    return found


@pytest.mark.shared
def test_a_crawl_of_real_pages_ends_in_the_ledger_with_the_states_that_a_reader_gives(
    shared: Path, tmp_path: Path
) -> None:
    registry = load_registry()
    pages = saved(shared)
    routes = {(urlsplit(url).hostname or "", urlsplit(url).path): file for url, (_, _, file) in pages.items()}
    clock = SimulatedClock(tmp_path / "clock", NOON)
    with serving(routes) as port:
        slots = [
            Slot(
                slot_id=f"look-{number:05d}",
                purpose="look",
                marketplace=marketplace,
                vantage="us",
                url=on_loopback(url, port),
                listing_id=registry.get(marketplace).listing_id(url),
            )
            for number, (url, (marketplace, _, _)) in enumerate(pages.items())
        ]
        plan = Plan(
            run_id="saved", made_at=instant(NOON), identity=Identity(operator="Test", contact="test@example.org"),
            vantages={"us": US}, clock=clock.spec(), allowed_marketplaces=MARKETPLACES,
            allowed_hosts=tuple({f"{urlsplit(url).hostname}:{port}" for url in pages}),
        )  # fmt: skip
        folder = tmp_path / "runs" / "saved"
        folder.mkdir(parents=True)
        write_plan(folder / PLAN_FILE, plan, slots)
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(folder)], capture_output=True, text=True, check=False, timeout=120
        )
    assert done.returncode == 0, done.stderr
    store = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    result = ingest_run(store, folder, NOON + timedelta(days=1))
    assert result.looks == len(pages)
    with store.reader() as session:
        rows = session.execute(
            text("SELECT slot_id, outcome, reason, state FROM looks JOIN judgements USING (look_id) ORDER BY slot_id")
        ).all()
    store.close()
    wrong = []
    paused = 0
    for (slot_id, outcome, reason, state), (url, (marketplace, truth, file)) in zip(rows, pages.items(), strict=True):
        if outcome == "not_allowed":
            # A wall rests its host: the pages after it are not asked for.
            assert reason.startswith("host_paused: wall")
            paused += 1
            continue
        page = FetchedPage(url=url, requested_url=url, body=gzip.decompress(file.read_bytes()), status=200)
        read = read_page(page, marketplace=marketplace, kind="listing", vantage=US, registry=registry)
        if state != read.judgement.state:
            wrong.append((slot_id, url, truth, state, read.judgement.state))
        if truth in {"blocked", "in_stock"}:
            assert STANDING[State(state)] is not Standing.OFF_SALE
    assert not wrong
    assert len(rows) - paused >= 20
