"""The demo market over real HTTP on loopback: time from a shared file, country from a cookie, many visitors at once."""

import http.client
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.clock import SimulatedClock
from crawler.marketplaces.registry import load_registry
from crawler.shop.recalled import DEMO_PRODUCTS
from crawler.shop.script import build_story
from crawler.shop.server import running_shop
from crawler.shop.stall import write_marketplace
from crawler.shop.story import Story
from monitor import __file__ as monitor_file

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Shop:
    """A running market and what a visitor does there."""

    def __init__(self, story: Story, clock: SimulatedClock, base_url: str) -> None:
        self.story, self.clock, self.base_url = story, clock, base_url

    def get(self, path: str, cookie: str = "ship_to=US", method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        connection = self.connect()
        try:
            connection.request(method, path, headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=10)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    clock = SimulatedClock(tmp_path / "clock", START)
    story = build_story(DEMO_PRODUCTS, START, seed=1)
    with running_shop(story, clock) as base_url:
        yield Shop(story, clock, base_url)


def test_the_clock_turns_the_pages(shop: Shop) -> None:
    offer = next(one for one in shop.story.offers if one.scene == "taken_down_after_48_hours")
    ((gone, _),) = shop.story.takedowns(offer.listing_id)
    path = f"/item/{offer.listing_id}"
    shop.clock.set(gone - timedelta(seconds=1))
    assert b"Add to basket" in shop.get(path)[2]
    shop.clock.set(gone)
    assert b"Add to basket" not in shop.get(path)[2]


def test_another_process_turns_the_clock(shop: Shop) -> None:
    shop.clock.set(START)
    program = "import sys; from crawler.clock import clock_from; clock_from(sys.argv[1]).sleep(86400)"
    subprocess.run([sys.executable, "-c", program, shop.clock.spec()], check=True)
    assert shop.get("/")[1]["Date"] == "Tue, 03 Mar 2026 12:00:00 GMT"


def test_a_clock_that_another_process_turns_is_never_read_half_turned(tmp_path: Path) -> None:
    clock = SimulatedClock(tmp_path / "clock", START)
    program = "import sys; from crawler.clock import clock_from; c = clock_from(sys.argv[1])\nwhile True: c.sleep(0.7)"
    with subprocess.Popen([sys.executable, "-c", program, clock.spec()]) as turning:
        try:
            while clock.now() == START:
                time.sleep(0.01)
            seen = [clock.now() for _ in range(60_000)]
        finally:
            turning.kill()
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    ("cookie", "served"),
    [("ship_to=US", "US"), ("a=b; ship_to=DE", "DE"), ("", "GB"), ("ship_to=usa", "GB"), ("ship_to=<b>", "GB")],
)
def test_the_cookie_names_the_buyers_country(cookie: str, served: str, shop: Shop) -> None:
    body = shop.get(f"/item/{shop.story.controls().live[0]}", cookie)[2].decode()
    assert re.search(r'id="deliver-to" data-country="(\w+)"', body).group(1) == served  # type: ignore[union-attr]


def test_a_redirect_is_a_302_to_the_category(shop: Shop) -> None:
    offer = next(one for one in shop.story.offers if one.scene == "redirects_away")
    shop.clock.set(offer.phases[1].from_at)
    status, headers, body = shop.get(f"/item/{offer.listing_id}")
    assert (status, headers["Location"], body) == (302, "/category/family-and-leisure", b"")


def test_a_whole_night_of_errors(shop: Shop) -> None:
    fault = next(one for one in shop.story.faults() if one.kind == "server_error")
    shop.clock.set(fault.from_at)
    assert {shop.get(path)[0] for path in ("/", "/robots.txt", "/search?q=a", "/item/1")} == {503}
    shop.clock.set(fault.until_at)
    assert shop.get("/")[0] == 200


def test_head_and_post(shop: Shop) -> None:
    status, headers, body = shop.get("/", method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 0
    assert shop.get("/cart", method="POST")[0] == 405


def test_hundreds_of_pages_a_second_on_one_connection(shop: Shop) -> None:
    """The best of three rounds, so that a busy machine does not decide."""
    connection = shop.connect()
    paths = [f"/item/{offer.listing_id}" for offer in shop.story.offers]
    best = 0.0
    for _ in range(3):
        started = time.perf_counter()
        for path in paths:
            connection.request("GET", path)
            connection.getresponse().read()
        best = max(best, len(paths) / (time.perf_counter() - started))
    connection.close()
    assert best > 200


def test_many_visitors_at_once_see_the_same(shop: Shop) -> None:
    path = f"/item/{shop.story.controls().live[0]}"
    with ThreadPoolExecutor(8) as pool:
        bodies = list(pool.map(lambda _: shop.get(path)[2], range(60)))
    assert len(set(bodies)) == 1


def test_a_closed_market_answers_nobody(tmp_path: Path) -> None:
    clock = SimulatedClock(tmp_path / "clock", START)
    with running_shop(build_story(DEMO_PRODUCTS, START, 1), clock) as base_url:
        kept = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=10)
        kept.request("GET", "/robots.txt")
        kept.getresponse().read()
        sock = kept.sock
    assert sock.recv(1) == b""
    kept.close()
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=10).connect()


def test_a_visitor_who_hangs_up_disturbs_nobody(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(5):
        connection = shop.connect()
        connection.request("GET", "/")
        connection.close()
    assert shop.get("/")[0] == 200
    assert capfd.readouterr().err == ""


def test_the_written_adapter_leads_to_this_market(shop: Shop, tmp_path: Path) -> None:
    write_marketplace(tmp_path / "marketplaces", shop.base_url)
    adapter = load_registry(tmp_path / "marketplaces").get("demo-market")
    listing_id = shop.story.controls().live[0]
    assert adapter.listing_url(listing_id) == f"{shop.base_url}/item/{listing_id}"
    assert adapter.site.search_url.startswith(f"{shop.base_url}/search?")
    assert adapter.pages.listing.__name__ == "Listing"
    assert adapter.pages.listing.__module__ != "crawler.marketplaces.listing"


def test_the_demo_offers_products_of_the_sample_alone() -> None:
    """Every recalled product of the market stands in the sample of recalls that ships with the monitor."""
    data = Path(monitor_file).parent / "data"
    recalls = (data / "sample_recalls.json").read_text()
    warnings = (data / "sample_warnings.csv").read_text()
    assert len(DEMO_PRODUCTS) >= 12
    for product in DEMO_PRODUCTS:
        source, _, number = product.recall_id.partition(":")
        text = warnings if source == "us-cpsc-warning" else recalls
        wanted = f'"RecallNumber": "{number}"' if source == "us-cpsc" else f"\n{number},"
        assert wanted in text, product.recall_id
        assert all(part in text for part in (product.brand, product.model, product.gtin)), product.recall_id


def test_it_can_be_looked_at_by_hand(tmp_path: Path) -> None:
    SimulatedClock(tmp_path / "clock", START)
    command = [sys.executable, "-m", "crawler.shop", "--clock", f"simulated:{tmp_path / 'clock'}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        base_url = first.split(" at ")[1].split("/ ")[0]
        connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().status == 200
        connection.close()
        running.send_signal(signal.SIGINT)
        assert running.stdout.read().endswith("Closed.\n")
    assert running.returncode == 0
