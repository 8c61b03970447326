"""Plays a story of the demo market without a network: plans are answered from the story's truth, everything after the
run folder is the monitor's own.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from crawler.archive.warc import WarcPacker
from crawler.child import ChildResult
from crawler.clock import SimulatedClock, instant
from crawler.folder import read_manifest
from crawler.marketplaces.states import SearchState, State
from crawler.plan import Slot, Vantage, read_plan
from crawler.reading import Judgement, ListingFacts, Reading, SearchHit
from crawler.record import CAPTURES_FILE, PAGES_FILE, PLAN_FILE, Capture, Manifest, Outcome
from crawler.shop.answers import PAGE_SIZE
from crawler.shop.recalled import DEMO_PRODUCTS
from crawler.shop.schema_org import picture_urls
from crawler.shop.script import build_story
from crawler.shop.story import Offer, Phase, Story
from monitor.config import Settings, Terms
from monitor.schedule.cycle import Monitor, discover, look
from reports.demo.people import Reviewer
from reports.demo.register import import_sample, watch_products
from tests.builders import seal

START_AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
STEP_HOURS = 8.0
MARKETPLACE = "demo-market"
SLOT_S = 2.0
BASE = "http://127.0.0.1:8765"
_SAYS_ITEM = {
    State.AVAILABLE,
    State.AVAILABLE_B2B,
    State.SHIPPING_UNKNOWN,
    State.NOT_SHIPPED,
    State.OUT_OF_STOCK,
    State.ENDED,
}


class Teller:
    """Answers plans as the market's pages would be read, on a clock that goes on two seconds a slot."""

    def __init__(self, story: Story, clock: SimulatedClock) -> None:
        self.story, self.clock = story, clock

    def crawl(self, folders: Sequence[Path]) -> list[ChildResult]:
        """Fill and seal each planned folder."""
        for folder in folders:
            plan, slots = read_plan(folder / PLAN_FILE)
            started_at = self.clock.now()
            captures: list[Capture] = []
            for slot in slots:
                captures += self._answers(plan.run_id, slot, plan.vantages[slot.vantage])
            text = "".join(capture.model_dump_json() + "\n" for capture in captures)
            (folder / CAPTURES_FILE).write_text(text, encoding="utf-8")
            (folder / PAGES_FILE).write_bytes(WarcPacker().info({"software": "tests"}, started_at))
            seal(folder, _manifest(plan.run_id, started_at, self.clock.now(), plan.previous_manifest_sha256, captures))
        return [ChildResult(folder, "finished", read_manifest(folder)) for folder in folders]

    def _answers(self, run_id: str, slot: Slot, vantage: Vantage) -> Iterator[Capture]:
        if slot.purpose != "search":
            yield self._answer(run_id, slot, self._listing(slot.listing_id, vantage.country, self.clock.now()))
            return
        for page in range(slot.page, slot.page + slot.max_pages):
            reading = self._search(slot, vantage.country, page)
            yield self._answer(run_id, slot, reading, page)
            if reading is None or not reading.next_page_url:
                return

    def _answer(self, run_id: str, slot: Slot, reading: Reading | None, page: int = 1) -> Capture:
        at = self.clock.now()
        self.clock.sleep(SLOT_S)
        return Capture(
            run_id=run_id,
            slot_id=slot.slot_id,
            page=page,
            outcome=Outcome.FAILED if reading is None else Outcome.FETCHED,
            reason="timeout" if reading is None else "",
            requested_url=slot.url,
            final_url=slot.url,
            status=None if reading is None else 200,
            started_at=instant(at),
            finished_at=instant(at + timedelta(seconds=1)),
            reading=reading,
        )

    def _listing(self, listing_id: str, country: str, at: datetime) -> Reading | None:
        state = self.story.expected_state(listing_id, country, at)
        if state is State.FAILED:
            return None
        offer = self.story.by_id.get(listing_id)
        phase = offer.phase_at(at) if offer else None
        facts = ListingFacts(listing_id=listing_id)
        if offer is not None and phase is not None and state in _SAYS_ITEM:
            facts = _facts(offer, phase, country)
        judgement = Judgement(state=state, rule=f"ladder.{state}", version=1)
        return Reading(marketplace=MARKETPLACE, kind="listing", facts=facts, judgement=judgement)

    def _search(self, slot: Slot, country: str, page: int) -> Reading | None:
        at = self.clock.now()
        fault = self.story.fault_at("", at)
        if fault is not None:
            return None
        if "/seller/" in slot.url:
            found = [one for one in self.story.shown(country, at) if one[1].seller.seller_id in slot.url]
        else:
            found = self.story.found(slot.query, country, at)
        some = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        state = SearchState.SEARCHED if some else SearchState.NO_RESULTS
        return Reading(
            marketplace=MARKETPLACE,
            kind="search",
            hits=tuple(_hit(offer, phase) for offer, phase in some),
            next_page_url=f"{slot.url}#{page + 1}" if len(found) > page * PAGE_SIZE else "",
            judgement=Judgement(state=state, rule=f"search.{state}", version=1),
        )


def _facts(offer: Offer, phase: Phase, country: str) -> ListingFacts:
    goods = phase.goods
    return ListingFacts(
        listing_id=offer.listing_id,
        title=goods.title,
        price=Decimal(goods.price_cents) / 100,
        currency="USD",
        seller=phase.seller.name,
        seller_id=phase.seller.seller_id,
        brand=goods.brand,
        model=goods.model,
        gtin=goods.gtin,
        description=goods.description,
        category=goods.category,
        images=tuple(picture_urls(BASE, offer, phase)),
        served_country=country,
        listed_on=date.fromordinal(offer.phases[0].from_at.toordinal()).isoformat(),
    )


def _hit(offer: Offer, phase: Phase) -> SearchHit:
    return SearchHit(
        listing_id=offer.listing_id,
        url=f"{BASE}/item/{offer.listing_id}",
        title=phase.goods.title,
        price=Decimal(phase.goods.price_cents) / 100,
        currency="USD",
        seller=phase.seller.name,
        image=picture_urls(BASE, offer, phase)[0],
    )


def _manifest(run_id: str, began: datetime, ended: datetime, before: str, captures: Sequence[Capture]) -> Manifest:
    return Manifest(
        run_id=run_id,
        started_at=instant(began),
        finished_at=instant(ended),
        finish_reason="finished",
        previous_manifest_sha256=before,
        protocol_sha256="",
        identity={},
        user_agent="tests",
        vantages={},
        software={},
        settings={},
        slots=len({capture.slot_id for capture in captures}),
        captures=len(captures),
        counts={},
        files=(),
    )


def play(folder: Path, seed: int, step_hours: float = STEP_HOURS) -> tuple[Story, Monitor]:
    """Thirty days of the story of `seed`: what the monitor makes of it, up to the last review."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = SimulatedClock(folder / "clock", START_AT)
    story = build_story(DEMO_PRODUCTS, START_AT - timedelta(hours=1), seed)
    settings = Settings(
        operator="Tests",
        contact="tests@example.org",
        data_dir=folder / "data",
        clock=f"simulated:{folder / 'clock'}",
        vantages={"us": Vantage(name="us", country="US", postal_code="10001")},
        terms={MARKETPLACE: Terms(automation=True, decided_by="tests", decided_on="2026-03-02")},
    )
    monitor = Monitor.open(settings, clock, Teller(story, clock).crawl)
    import_sample(monitor)
    watch_products(monitor, DEMO_PRODUCTS)
    reviewer = Reviewer(story)
    for turn in range(int(story.days * 24 / step_hours)):
        clock.set(max(clock.now(), START_AT + timedelta(hours=turn * step_hours)))
        for part in (discover, look):
            part(monitor, step_hours / 2)
            reviewer.decide_all(monitor.store, clock.now())
    return story, monitor
