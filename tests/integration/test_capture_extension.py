"""Person looks in a real Chromium with the unpacked extension: a key is pressed, a sealed run lies in the ledger."""

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright
from sqlalchemy import select

from crawler.archive.reader import Archive
from crawler.archive.shots import PNG
from crawler.marketplaces.states import State
from crawler.record import PAGES_FILE, Outcome
from monitor.capture.app import WEB
from monitor.capture.byhand import TYPED, Wanted, add_by_hand
from monitor.capture.session import Asked
from monitor.store.ledger_tables import JudgementRow, LookRow, RunRow
from monitor.store.reread import rebuild
from tests.integration.desk import US, Market, market, session
from tests.integration.loopback import PAGE, http, serving

CHROMIUM = shutil.which("chromium")
EXTENSION = WEB.parent / "extension"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not on this machine"),
]

ALT = 1


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Market]:
    with market(tmp_path) as open_market:
        yield open_market


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[BrowserContext]:
    """A Chromium as a reviewer has it: a profile of its own, the extension loaded from its folder."""
    arguments = ["--headless=new", f"--disable-extensions-except={EXTENSION}", f"--load-extension={EXTENSION}"]
    with sync_playwright() as started:
        context = started.chromium.launch_persistent_context(
            tmp_path / "profile", executable_path=CHROMIUM, headless=False, args=arguments
        )
        yield context
        context.close()


def press(page: Page, key: str) -> None:
    """A key with Alt as the keyboard sends it: with a native code, the browser itself sees it, not only the page."""
    page.bring_to_front()
    code = ord(key.upper())
    keys = {"modifiers": ALT, "key": key, "code": f"Key{key.upper()}"}
    codes = {"windowsVirtualKeyCode": code, "nativeVirtualKeyCode": code}
    devtools = page.context.new_cdp_session(page)
    for kind in ("rawKeyDown", "keyUp"):
        devtools.send("Input.dispatchKeyEvent", {"type": kind, **keys, **codes})


def begin(browser: BrowserContext, url: str, *, whole: bool = True) -> Page:
    """Press Enter on the desk's page, where Begin waits; the tab with the first listing."""
    desk = browser.new_page()
    desk.goto(url)
    desk.wait_for_selector("html[data-extension] #begin")
    with browser.expect_page() as opened:
        desk.keyboard.press("Enter")
    page: Page = opened.value
    if whole:
        page.wait_for_load_state()
    return page


def served_for_us(browser: BrowserContext, shop: Market) -> None:
    """What a reviewer does once: tell the market where the parcels go."""
    browser.add_cookies([{"name": "ship_to", "value": "US", "url": shop.base_url}])


def press_and_wait(page: Page, key: str) -> None:
    """Press the key in the listing's tab; what comes next is open when this returns."""
    before = page.url
    press(page, key)
    page.wait_for_url(lambda url: url != before)
    page.wait_for_load_state()


def test_one_key_a_listing_to_the_ledger(shop: Market, browser: BrowserContext) -> None:
    live, gone = shop.listing(State.AVAILABLE), shop.listing(State.REMOVED)
    shop.name(live, gone)
    served_for_us(browser, shop)
    states = {live: State.AVAILABLE, gone: State.REMOVED, shop.story.never_existed[0]: State.REMOVED}
    with session(shop) as running:
        page = begin(browser, running.door.url)
        expected = [slot.listing_id for slot in running.desk.folder.slots]
        for _ in expected:
            press_and_wait(page, "s")
        assert "All listings are done" in page.content()
        result = running.result()
    assert (result.slots, result.saved, result.looks, result.problems) == (3, 3, 3, [])
    folder = shop.monitor.settings.runs_dir / result.run_id
    with Archive(folder / PAGES_FILE) as archive:
        for capture, listing_id in zip(shop.captures(result.run_id), expected, strict=True):
            assert (capture.method, capture.outcome, capture.reason) == ("person", Outcome.FETCHED, "")
            assert capture.final_url == shop.url(listing_id)
            assert capture.reading is not None
            assert capture.reading.judgement.state == states[listing_id]
            assert (folder / capture.shot).read_bytes().startswith(PNG)
            assert b"<html" in archive.page(capture.warc_record_id).body
    with shop.monitor.store.reader() as ledger:
        run = ledger.get(RunRow, result.run_id)
        assert run is not None
        assert run.method == "person"
        judged = select(LookRow.listing_key, JudgementRow.state).join(JudgementRow)
        assert {row.listing_key: row.state for row in ledger.execute(judged)} == {
            f"demo-market:{one}": str(states[one]) for one in states
        }
    again = rebuild(
        shop.monitor.store, shop.monitor.settings.runs_dir, shop.monitor.registry, shop.monitor.settings.confirmation
    )
    assert (again.reread, sum(again.states.values()), again.problems) == (3, 0, [])


def test_only_the_listings_tab_and_only_once(shop: Market, browser: BrowserContext) -> None:
    """A key in another tab saves nothing; two quick presses save one listing; the desk leads."""
    shop.name(*(shop.listing(State.AVAILABLE, number) for number in range(3)))
    served_for_us(browser, shop)
    with session(shop) as running:
        page = begin(browser, running.door.url)
        mail = browser.new_page()
        mail.goto(f"{shop.base_url}/account")
        press(mail, "s")
        worker = browser.service_workers[0]
        mail.wait_for_timeout(300)
        assert "not the listing's tab" in worker.evaluate("chrome.action.getTitle({})")
        assert running.desk.done == []
        before = page.url
        press(page, "s")
        press(page, "s")
        page.wait_for_url(lambda url: url != before)
        page.wait_for_load_state()
        assert len(running.desk.done) == 1
        running.desk.skip("", "did_not_load")  # on the desk's page, while the listing's tab stays where it is
        press_and_wait(page, "s")
        assert running.desk.current is not None
        assert page.url == running.desk.current.url
        assert len(running.desk.done) == 2
        press_and_wait(page, "w")
        press_and_wait(page, "u")
        result = running.result()
    assert (result.saved, result.skipped) == (1, 3)
    *_, wall, unsure = shop.captures(result.run_id)
    assert (wall.outcome, wall.reason) == (Outcome.FAILED, "person: wall")
    assert (unsure.outcome, unsure.reason) == (Outcome.FAILED, "person: could not tell")
    with shop.monitor.store.reader() as ledger:
        states = list(ledger.scalars(select(JudgementRow.state).order_by(JudgementRow.look_id)))
    assert states[2:] == [State.BLOCKED, State.FAILED]


def test_a_page_for_another_place_is_unclear(shop: Market, browser: BrowserContext) -> None:
    shop.name(shop.listing(State.AVAILABLE))
    with session(shop, Asked(US, most=1)) as running:
        page = begin(browser, running.door.url)
        for _ in running.desk.folder.slots:
            press_and_wait(page, "s")
        result = running.result()
    readings = [capture.reading for capture in shop.captures(result.run_id)]
    assert {one.judgement.rule for one in readings if one} == {"ladder.other_place"}


def test_a_page_from_the_browsers_cache_is_loaded_anew(shop: Market, browser: BrowserContext) -> None:
    page_of_a_shop = http(PAGE, "200 OK", "Cache-Control: max-age=3600")
    with serving({"/lamp": page_of_a_shop}) as server:
        address = server.url("/lamp").replace("127.0.0.1", "localhost")
        with shop.monitor.store.session() as ledger:
            add_by_hand(ledger, shop.monitor.registry, [Wanted(address)], TYPED, "tester", shop.at)
        browser.new_page().goto(address)
        with session(shop) as running:
            page = begin(browser, running.door.url)
            assert server.hits["/lamp"] == 1
            with page.expect_navigation():
                press(page, "s")
            assert server.hits["/lamp"] == 2
            assert running.desk.done == []
            press_and_wait(page, "s")
            result = running.result()
    (capture,) = shop.captures(result.run_id)
    assert (capture.final_url, capture.status, capture.reason) == (address, 200, "")


def test_a_page_that_never_ends_is_never_saved_by_halves(shop: Market, browser: BrowserContext) -> None:
    """Its script never comes, so the offer below it never does: no half of it is a look, and the desk goes on."""
    half = b"<html><body><h1>Kettle</h1><script src='/never.js'></script><button>Add to cart</button></body></html>"
    waiting = threading.Event()

    def never(connection: socket.socket, head: bytes) -> None:
        waiting.wait(60)

    with serving({"/kettle": http(half), "/never.js": never}) as server:
        address = server.url("/kettle").replace("127.0.0.1", "localhost")
        with shop.monitor.store.session() as ledger:
            add_by_hand(ledger, shop.monitor.registry, [Wanted(address)], TYPED, "tester", shop.at)
        with session(shop) as running:
            page = begin(browser, running.door.url, whole=False)
            page.wait_for_selector("h1")
            with page.expect_event("dialog") as refused:
                press(page, "s")
            assert "not whole yet" in refused.value.message
            refused.value.dismiss()
            assert running.desk.done == []
            press(page, "u")
            result = running.result()
        waiting.set()
    assert (result.saved, result.skipped) == (0, 1)
