"""The demo market crawled by the real spiders in a child process: looks end in the states that the story expects."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.clock import SimulatedClock, instant, read_instant
from crawler.marketplaces.states import STANDING, SearchState, Standing, State
from crawler.plan import Identity, Plan, Slot, Vantage, write_plan
from crawler.record import CAPTURES_FILE, PLAN_FILE, Capture
from crawler.run import crawl_in_child
from crawler.shop.conditions import FaultKind
from crawler.shop.recalled import DEMO_PRODUCTS
from crawler.shop.script import build_story
from crawler.shop.server import running_shop
from crawler.shop.stall import write_marketplace
from crawler.shop.story import Story

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
US = Vantage(name="us", country="US")


@dataclass(frozen=True)
class Crawl:
    """One run at one instant: what was asked, and what came back."""

    story: Story
    slots: dict[str, Slot]
    captures: list[Capture]
    took_s: float

    def looks(self) -> list[tuple[str, Capture]]:
        found = [(self.slots[capture.slot_id], capture) for capture in self.captures]
        return [(slot.listing_id, capture) for slot, capture in found if slot.purpose == "look"]

    def searches(self) -> list[Capture]:
        return [capture for capture in self.captures if self.slots[capture.slot_id].purpose == "search"]


def crawl(folder: Path, seed: int, moment: FaultKind | timedelta) -> Crawl:
    """Look at every listing once and search for one word, at an instant of the story or within a fault of the site."""
    story = build_story(DEMO_PRODUCTS, START, seed)
    if isinstance(moment, FaultKind):
        at = next(one.from_at for one in story.faults() if one.kind is moment and one.listing_ids is None)
    else:
        at = START + moment
    clock = SimulatedClock(folder / "clock", at)
    with running_shop(story, clock) as base_url:
        write_marketplace(folder / "marketplaces", base_url)
        slots = _slots(story, base_url)
        plan = Plan(
            run_id="one",
            made_at=instant(at),
            identity=Identity(operator="Demo Watch", contact="demo@example.org"),
            vantages={"us": US},
            clock=clock.spec(),
            allowed_marketplaces=("demo-market",),
            allowed_hosts=(base_url.removeprefix("http://"),),
            marketplaces_dir=str(folder / "marketplaces"),
        )
        (folder / "one").mkdir()
        write_plan(folder / "one" / PLAN_FILE, plan, slots)
        (result,) = crawl_in_child([folder / "one"])
    assert result.sealed, result.error
    lines = (folder / "one" / CAPTURES_FILE).read_text().splitlines()
    captures = [Capture.model_validate_json(line) for line in lines]
    return Crawl(story, {slot.slot_id: slot for slot in slots}, captures, (clock.now() - at).total_seconds())


def _slots(story: Story, base_url: str) -> list[Slot]:
    looks = [
        Slot(
            slot_id=f"look-{listing_id}",
            purpose="look",
            marketplace="demo-market",
            url=f"{base_url}/item/{listing_id}",
            listing_id=listing_id,
            vantage="us",
        )
        for listing_id in (*story.by_id, *story.never_existed)
    ]
    url = f"{base_url}/search?q=baby+toy+set"
    search = Slot(
        slot_id="search", purpose="search", marketplace="demo-market", url=url, vantage="us", query="x", max_pages=9
    )
    return [*looks, search]


@pytest.mark.parametrize(("seed", "days"), [(1, 12.2), (2, 26.0)])
def test_every_look_and_search_of_a_run(seed: int, days: float, tmp_path: Path) -> None:
    run = crawl(tmp_path, seed, timedelta(days=days))
    wrong = {}
    for listing_id, capture in run.looks():
        assert capture.reading is not None
        expected = run.story.expected_state(listing_id, "US", read_instant(capture.started_at))
        if capture.reading.judgement.state is not expected:
            wrong[listing_id] = (capture.reading.judgement, expected)
    assert wrong == {}
    assert run.took_s >= len(run.captures) - 1, "robots.txt asks for a second between two requests"
    readings = [capture.reading for capture in run.searches() if capture.reading]
    assert {reading.judgement.state for reading in readings} == {SearchState.SEARCHED}
    hits = [hit.listing_id for reading in readings for hit in reading.hits]
    assert len(readings) > 1
    found = run.story.found("baby toy set", "US", read_instant(run.searches()[0].started_at))
    assert hits == [offer.listing_id for offer, _ in found]


@pytest.mark.parametrize("kind", [FaultKind.WALL, FaultKind.SERVER_ERROR])
def test_nothing_is_known_of_a_run_behind_a_wall_or_in_an_outage(kind: FaultKind, tmp_path: Path) -> None:
    run = crawl(tmp_path, 1, kind)
    assert {capture.slot_id for capture in run.captures} == run.slots.keys()
    for _, capture in run.looks():
        if capture.reading is not None:
            state = capture.reading.judgement.state
            assert isinstance(state, State)
            assert STANDING[state] is Standing.UNKNOWN
    assert all(not capture.reading.hits for capture in run.searches() if capture.reading)
