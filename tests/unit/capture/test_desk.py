"""The desk itself: one listing after the other, honest times, nothing older than the question."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.archive.reader import Archive
from crawler.clock import SimulatedClock, instant
from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.states import State
from crawler.plan import Identity, Plan, Slot, Vantage, write_plan
from crawler.record import MANIFEST_FILE, PAGES_FILE, PLAN_FILE, Outcome
from monitor.capture.desk import Desk, NotTaken
from monitor.capture.folder import OPEN_SUFFIX, open_folder, open_folders, seal_folder
from monitor.capture.saved import parse_saved
from monitor.looks.judge import look_judgement
from monitor.store.archive import captures, open_run
from tests.conftest import NOON
from tests.unit.capture.pages import SHOT, sent

LISTING = "https://shop.example/p/{}"
PRODUCT = b"""<html><head><title>A kettle</title><script type="application/ld+json">
{"@context": "https://schema.org", "@type": "Product", "name": "A kettle", "offers": {"@type": "Offer",
"price": "25.00", "priceCurrency": "USD", "availability": "https://schema.org/InStock"}}</script></head>
<body><h1>A kettle</h1></body></html>"""


@pytest.fixture
def clock(tmp_path: Path) -> SimulatedClock:
    return SimulatedClock(tmp_path / "clock", NOON)


@pytest.fixture
def desk(tmp_path: Path, clock: SimulatedClock) -> Desk:
    """A desk with three listings of a shop that nobody described. Clock and stopwatch are one."""
    folder = tmp_path / f".run-1{OPEN_SUFFIX}"
    folder.mkdir()
    slots = [_slot(number) for number in range(3)]
    plan = Plan(
        run_id="run-1",
        made_at=instant(NOON),
        identity=Identity(operator="Test Watch", contact="watch@example.org"),
        vantages={"us": Vantage(name="us", country="US")},
    )
    write_plan(folder / PLAN_FILE, plan, slots)
    opened = open_folder(folder, clock)
    assert opened is not None
    return Desk(opened, load_registry(), clock, clock, "Reviewer One")


def _slot(number: int) -> Slot:
    return Slot(
        slot_id=f"look-{number}",
        purpose="look",
        marketplace="generic",
        url=LISTING.format(number),
        listing_id=f"shop.example/p/{number}",
        vantage="us",
    )


def page(number: int, html: bytes = PRODUCT, png: bytes = SHOT, **about: Any) -> Any:
    return parse_saved(sent(html, png, **{"url": LISTING.format(number), **about}))


def test_times_are_those_of_the_page_not_of_the_lunch(desk: Desk, clock: SimulatedClock) -> None:
    """The reviewer opened the listing, had lunch, loaded it anew and saved it three seconds later."""
    desk.open()
    clock.sleep(3600)
    following = desk.save(page(0, loaded_ms_ago=3000.0))
    assert following is not None
    assert following.slot_id == "look-1"
    folder = seal_folder(desk.folder, desk.left(), "ended", "Reviewer One")
    saved, *left = [one.capture for one in captures(open_run(folder))]
    assert saved.finished_at == instant(NOON + timedelta(seconds=3600))
    assert saved.started_at == instant(NOON + timedelta(seconds=3597))
    assert (saved.elapsed_ms, saved.method, saved.reason) == (3000, "person", "")
    assert look_judgement(saved)[0] is State.SHIPPING_UNKNOWN
    assert [one.outcome for one in left] == [Outcome.NOT_LOOKED] * 2
    assert [one.reason for one in left] == ["opened, neither saved nor skipped", "never opened"]


def test_a_page_older_than_the_question_is_not_taken(desk: Desk, clock: SimulatedClock) -> None:
    """The key was pressed twice: the second time the old listing still stood in the tab."""
    desk.open()
    clock.sleep(5)
    desk.save(page(0, loaded_ms_ago=4000.0))
    clock.sleep(0.2)
    with pytest.raises(NotTaken, match="before the desk asked") as refused:
        desk.save(page(0, loaded_ms_ago=4200.0))
    assert refused.value.again == "open"
    assert desk.finished == 1


def test_a_cached_page_is_asked_for_anew_once_then_noted(desk: Desk) -> None:
    desk.open()
    with pytest.raises(NotTaken, match="cache") as refused:
        desk.save(page(0, from_cache=True))
    assert refused.value.again == "reload"
    desk.save(page(0, from_cache=True))
    assert desk.done[0].reason == "from the browser's cache, also when loaded anew"


def test_another_listing_is_noted_and_left_to_the_ladder(desk: Desk) -> None:
    desk.open()
    desk.save(page(0, url="https://shop.example/"))
    assert desk.done[0].reason == "shows shop.example instead of shop.example/p/0"
    assert (desk.done[0].says, desk.done[0].rule) == (State.REDIRECTED, "ladder.other_item")


def test_what_was_missing_is_said(desk: Desk) -> None:
    desk.open()
    desk.save(page(0, png=b"", no_shot="the window was minimised", ready_state="interactive"))
    says = "no screenshot: the window was minimised; saved while it was still loading (interactive)"
    assert desk.done[0].reason == says


def test_half_a_page_is_not_taken(desk: Desk) -> None:
    desk.open()
    with pytest.raises(NotTaken, match="not whole"):
        desk.save(page(0, PRODUCT[:200], ready_state="loading"))
    assert desk.done == []


def test_skipping_says_why_and_never_off_sale(desk: Desk) -> None:
    desk.open()
    for number, (why, state) in enumerate(
        [("wall", State.BLOCKED), ("could_not_tell", State.FAILED), ("did_not_load", State.FAILED)]
    ):
        desk.skip(f"look-{number}", why)
        assert desk.done[number].says == state
    assert desk.current is None
    with pytest.raises(NotTaken, match="done"):
        desk.skip("", "wall")


def test_nothing_is_taken_before_it_was_opened(desk: Desk) -> None:
    with pytest.raises(NotTaken, match="open the listing"):
        desk.save(page(0))


def test_the_browsers_status_counts_but_none_is_never_two_hundred(desk: Desk) -> None:
    desk.open()
    for number, told in enumerate((404, 0, 304)):
        desk.save(page(number, b"<html><body>Nothing here</body></html>", status=told))
    assert [one.says for one in desk.done] == [State.UNVERIFIED, State.UNCLEAR, State.UNCLEAR]


def test_the_archive_says_how_the_page_was_saved(desk: Desk) -> None:
    desk.open()
    desk.save(page(0, user_agent="A Browser\r\nWARC-Type: response", viewport="800x600@1"))
    folder = seal_folder(desk.folder, desk.left(), "ended", "Reviewer One")
    run = open_run(folder)
    assert run.manifest.user_agent.startswith("A Browser")
    assert run.manifest.settings["reviewer"] == "Reviewer One"
    with Archive(folder / PAGES_FILE) as archive:
        (only,) = archive.pages()
        assert (only.body, only.content_type, only.status) == (PRODUCT, "text/html; charset=utf-8", 0)
        assert len(archive) == 3


def test_a_session_that_was_sealed_but_not_named_gets_its_name(desk: Desk, clock: SimulatedClock) -> None:
    """Killed between the seal and the name: nothing is written twice."""
    desk.open()
    desk.save(page(0))
    shown = seal_folder(desk.folder, desk.left(), "ended", "Reviewer One")
    seal = (shown / MANIFEST_FILE).read_bytes()
    hidden = shown.rename(shown.parent / f".run-1{OPEN_SUFFIX}")
    (hidden / ".room").write_bytes(b"left over")
    assert open_folders(shown.parent) == [hidden]
    assert open_folder(hidden, clock) is None
    assert (shown / MANIFEST_FILE).read_bytes() == seal
    assert open_run(shown).strangers == ()


def test_a_killed_session_goes_on_where_it_was(desk: Desk, clock: SimulatedClock) -> None:
    desk.open()
    desk.save(page(0))
    desk.folder.close()
    folder = open_folder(desk.folder.path, clock)
    assert folder is not None
    again = Desk(folder, load_registry(), clock, clock, "Reviewer One")
    assert (again.finished, again.total) == (1, 3)
    slot = again.open()
    assert slot is not None
    assert slot.slot_id == "look-1"
    again.save(page(1))
    run = open_run(seal_folder(folder, again.left(), "ended", "Reviewer One"))
    assert [one.capture.attempt for one in captures(run)] == [1, 2, 1]
