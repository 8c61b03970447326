"""The bookmarklet on pages of other people, in a Chromium without the extension."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from crawler.marketplaces.states import State
from crawler.record import Outcome
from monitor.capture.byhand import TYPED, Wanted, add_by_hand
from tests.integration.desk import Market, market, session
from tests.integration.loopback import PAGE, http, serving

CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not on this machine"),
]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Market]:
    with market(tmp_path) as open_market:
        yield open_market


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


def click(page: Page, bookmarklet: str) -> None:
    """What the browser does when the bookmark is clicked."""
    code = unquote(bookmarklet.removeprefix("javascript:"))
    page.evaluate(f"() => {{ setTimeout(() => {{ {code} }}); }}")


def told(page: Page, bookmarklet: str) -> str:
    """Click, and read what the bookmarklet says in the end."""
    with page.expect_event("dialog") as dialog:
        click(page, bookmarklet)
    dialog.value.dismiss()
    return dialog.value.message


def opened(desk: Page) -> tuple[Page, str]:
    """The listing's tab as the desk's link opens it, and the bookmarklet."""
    bookmarklet = desk.get_attribute("#bookmarklet", "href") or ""
    assert bookmarklet.startswith("javascript:")
    with desk.context.expect_page() as found:
        desk.click("#open")
    found.value.wait_for_load_state()
    return found.value, bookmarklet


def test_a_bookmark_saves_the_page_and_opens_the_next(shop: Market, chromium: Browser) -> None:
    shop.name(shop.listing(State.AVAILABLE))
    context = chromium.new_context()
    context.add_cookies([{"name": "ship_to", "value": "US", "url": shop.base_url}])
    desk = context.new_page()
    with session(shop) as running:
        desk.goto(running.door.url)
        page, bookmarklet = opened(desk)
        first, second = (slot.url for slot in running.desk.folder.slots)
        assert page.url == first
        click(page, bookmarklet)
        page.wait_for_url(second)
        page.wait_for_load_state()
        assert "All listings are done" in told(page, bookmarklet)
        result = running.result()
    context.close()
    assert (result.saved, result.looks) == (2, 2)
    control, look = shop.captures(result.run_id)
    assert look.reading is not None
    assert look.reading.judgement.state == State.AVAILABLE
    assert (look.method, look.outcome, look.shot) == ("person", Outcome.FETCHED, "")
    assert look.reason == "no screenshot: a bookmarklet can't take one"
    assert control.status == 404


@pytest.mark.parametrize(
    "rule", ["Content-Security-Policy: default-src 'none'", "Cross-Origin-Opener-Policy: same-origin"]
)
def test_a_page_that_forbids_one_way_is_handed_in_by_the_other(shop: Market, chromium: Browser, rule: str) -> None:
    """A page may forbid to send anything, or cut itself off from windows that it opens: not both ways are closed."""
    strict = http(PAGE, "200 OK", rule)
    with serving({"/lamp": strict}) as server:
        address = server.url("/lamp").replace("127.0.0.1", "localhost")
        with shop.monitor.store.session() as ledger:
            add_by_hand(ledger, shop.monitor.registry, [Wanted(address)], TYPED, "tester", shop.at)
        context = chromium.new_context()
        desk = context.new_page()
        with session(shop) as running:
            desk.goto(running.door.url)
            page, bookmarklet = opened(desk)
            assert "All listings are done" in told(page, bookmarklet)
            result = running.result()
        context.close()
    (capture,) = shop.captures(result.run_id)
    assert (capture.outcome, capture.final_url) == (Outcome.FETCHED, address)


def test_a_page_of_another_site_is_not_taken(shop: Market, chromium: Browser) -> None:
    """The bookmark was clicked in the mail tab: what is there is no business of ours."""
    shop.name(shop.listing(State.AVAILABLE))
    with serving({"/inbox": http(b"<html><body>Dear Jane</body></html>")}) as mail:
        context = chromium.new_context()
        desk = context.new_page()
        with session(shop) as running:
            desk.goto(running.door.url)
            _, bookmarklet = opened(desk)
            other = context.new_page()
            other.goto(mail.url("/inbox").replace("127.0.0.1", "localhost"))
            assert "it was not saved" in told(other, bookmarklet)
            assert running.desk.done == []
            desk.click("#end")
            result = running.result()
        context.close()
    assert (result.saved, result.not_looked) == (0, result.slots)
    assert all(b"Dear Jane" not in path.read_bytes() for path in shop.monitor.settings.runs_dir.rglob("*.jsonl"))
