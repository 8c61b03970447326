"""Controls that renew themselves, and unrecalled listings that stand for suspects: chosen, remembered, looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.states import State
from crawler.plan import Slot, Vantage
from monitor.config import Confirmation, Settings, Terms
from monitor.looks.background import PER_SUSPECT, RESERVED, Traits, choose, renew_background, standing_background
from monitor.looks.derive import derive_episodes
from monitor.review.decisions import decide
from monitor.schedule.controls import Controls, choose_controls
from monitor.schedule.planner import look_slots
from monitor.schedule.watched import suspects
from monitor.store.decision_tables import MatchRow
from monitor.store.hand_tables import HandListingRow
from monitor.store.ingest import ingest_all
from monitor.store.ledger_tables import RunControlRow
from monitor.store.session import Store
from monitor.store.verification_tables import BackgroundRow
from monitor.verification.vantages import Here, compare_vantages
from tests.builders import START, Searched, Seen, write_run

LATER = START + timedelta(days=30)
MARKET = "demo-market"
REGISTRY = load_registry()


@dataclass
class Ledger:
    """A ledger that takes one run a day."""

    store: Store
    runs: Path
    day: int = 0
    before: Path | str = ""

    def see(self, *seen: Seen | Searched, with_controls: bool = False) -> None:
        at = START + timedelta(days=self.day)
        self.before = write_run(
            self.runs, f"run-{self.day}", seen, started_at=at, previous=self.before, with_controls=with_controls
        )
        self.day += 1
        assert not [one.problems for one in ingest_all(self.store, self.runs, at) if one.problems]
        derive_episodes(self.store, Confirmation())

    def controls(self, vantage: str = "us", taken: Iterable[str] = ()) -> Controls:
        with self.store.reader() as session:
            return choose_controls(session, REGISTRY.get(MARKET), vantage, set(taken))

    def watch(self, *listings: str) -> None:
        with self.store.session() as session:
            for one in listings:
                session.add(
                    HandListingRow(
                        listing_key=f"{MARKET}:{one}", url="", note="", source="typed", added_by="T", added_at=START
                    )
                )

    def renew(self) -> list[BackgroundRow]:
        with self.store.session() as session:
            return renew_background(session, suspects(session), LATER)

    def slots(self, *vantages: str) -> list[Slot]:
        settings = Settings(
            operator="T", contact="t@example.org", data_dir=self.runs, terms={MARKET: Terms(automation=True)}
        )
        places = [Vantage(name=name, country="US" if name == "us" else "CA") for name in vantages]
        with self.store.reader() as session:
            return look_slots(session, REGISTRY, settings, places, LATER)


@pytest.fixture
def ledger(sqlite_store: Store, tmp_path: Path) -> Ledger:
    return Ledger(sqlite_store, tmp_path / "runs")


def look(listing: str, state: State | None, vantage: str = "us") -> Seen:
    return Seen(listing, state, purpose="control", control="live", marketplace=MARKET, vantage=vantage)


def found(*listings: str, query: str = "kettle") -> Searched:
    return Searched(listings, query=query, marketplace=MARKET)


def ids(found: tuple[tuple[str, str], ...]) -> list[str]:
    return [listing_id for listing_id, _ in found]


@pytest.mark.parametrize("gone", [State.REMOVED, State.ENDED, State.UNVERIFIED])
def test_a_live_control_that_goes_is_looked_at_again_and_becomes_the_dead_one(ledger: Ledger, gone: State) -> None:
    ledger.see(look("1", State.AVAILABLE))
    assert (ids(ledger.controls().live), ledger.controls().dead) == (["1"], ())
    ledger.see(look("1", gone))
    controls = ledger.controls()
    assert (controls.live, controls.dead, ids(controls.fading)) == ((), (), ["1"])
    ledger.see(look("1", gone))
    controls = ledger.controls()
    assert (controls.live, ids(controls.dead), controls.fading) == ((), ["1"], ())
    ledger.see(look("1", State.AVAILABLE))
    assert (ids(ledger.controls().live), ledger.controls().dead) == (["1"], ())


def test_a_wall_neither_retires_a_control_nor_makes_it_a_dead_one(ledger: Ledger) -> None:
    ledger.see(look("1", State.AVAILABLE))
    ledger.see(look("1", State.BLOCKED))
    ledger.see(look("1", State.FAILED))
    assert (ids(ledger.controls().live), ledger.controls().dead, ledger.controls().fading) == (["1"], (), ())


def test_what_was_never_seen_on_sale_is_tried_and_never_a_fading_control(ledger: Ledger) -> None:
    ledger.see(found("1"))
    assert ids(ledger.controls().live) == ["1"]
    ledger.see(look("1", State.REMOVED))
    assert ledger.controls() == Controls((), (), ("999000001",))


def test_what_anything_points_to_serves_as_no_control(ledger: Ledger) -> None:
    ledger.see(look("1", State.AVAILABLE), look("2", State.AVAILABLE))
    assert ids(ledger.controls(taken=[f"{MARKET}:1"]).live) == ["2"]


def test_each_vantage_has_controls_of_its_own(ledger: Ledger) -> None:
    for _ in range(2):
        ledger.see(look("1", State.REMOVED), look("1", State.AVAILABLE, "ca"))
    assert (ledger.controls("us").live, ids(ledger.controls("us").dead)) == ((), ["1"])
    assert (ids(ledger.controls("ca").live), ledger.controls("ca").dead) == (["1"], ())


def test_a_run_without_a_dead_control_confirms_nothing(ledger: Ledger) -> None:
    ledger.see(look("1", State.AVAILABLE))
    with ledger.store.reader() as session:
        assert session.scalars(select(RunControlRow.verdict)).all() == ["missing"]


def test_the_plan_looks_again_at_a_control_that_faded_and_proves_nothing_by_it(ledger: Ledger) -> None:
    ledger.see(look("1", State.AVAILABLE), found("2", "3"))
    ledger.see(look("1", State.REMOVED))
    ledger.watch("2")
    slots = [one for one in ledger.slots("us") if one.listing_id == "1"]
    assert [(one.purpose, one.control) for one in slots] == [("control", None)]


def test_the_background_is_chosen_remembered_and_looked_at_like_its_suspects(ledger: Ledger) -> None:
    ledger.see(found(*(str(number) for number in range(1, 31))))
    ledger.watch("1", "2", "3", "4")
    rows = ledger.renew()
    assert len(rows) == 4 * PER_SUSPECT
    assert {row.stands_for for row in rows} <= {f"{MARKET}:{number}" for number in range(1, 5)}
    assert {row.kind for row in rows} == {"search: kettle"}
    assert not {row.listing_key for row in rows} & {f"{MARKET}:{number}" for number in range(1, 5)}
    assert ledger.renew() == []
    purposes = {f"{MARKET}:{one.listing_id}": one.purpose for one in ledger.slots("us", "ca")}
    background = {key for key, purpose in purposes.items() if purpose == "background"}
    assert background == {row.listing_key for row in rows}
    assert sum(purpose == "look" for purpose in purposes.values()) == 4
    controls = [f"{MARKET}:{one}" for one in ids(ledger.controls(taken=background).live)]
    assert not background & set(controls)


def test_a_background_listing_leaves_with_its_suspect_or_when_something_points_to_it(ledger: Ledger) -> None:
    ledger.see(found(*(str(number) for number in range(1, 31))))
    ledger.watch("1", "2")
    (row,) = ledger.renew()
    with ledger.store.reader() as session:
        assert standing_background(session, {row.stands_for}) == {row.listing_key: row.stands_for}
        assert standing_background(session, set()) == {}
    ledger.watch(row.listing_key.partition(":")[2])
    with ledger.store.reader() as session:
        assert standing_background(session, suspects(session)) == {}


def test_the_last_unrecalled_listings_stay_for_the_controls(ledger: Ledger) -> None:
    ledger.see(found(*(str(number) for number in range(RESERVED + 1))))
    ledger.watch("0")
    assert ledger.renew() == []


def test_nothing_of_another_kind_stands_for_a_suspect(ledger: Ledger) -> None:
    ledger.see(found("1"), found(*(str(number) for number in range(2, 30)), query="magnet"))
    ledger.watch("1")
    assert ledger.renew() == []


def traits(key: str, kind: str = "kettle", band: int | None = 4, day: int = 0) -> Traits:
    price = ("USD", band) if band is not None else None
    return Traits(f"shop:{key}", "shop", frozenset({kind}), price, START + timedelta(days=day))


def test_the_most_alike_are_drawn_first_and_by_hash_alone() -> None:
    near, far, old = traits("near"), traits("far", band=9), traits("old", day=90)
    (one,) = choose([traits("s")], [far, old, near, traits("x", kind="lamp")], "1", 5)
    assert (one.listing_key, one.alike) == ("shop:near", "site, kind, price, age")
    assert choose([traits("s")], [far, old], "1", 1)[0].alike == "site, kind, age"
    assert choose([traits("s")], [old], "1", 1)[0].alike == "site, kind, price"
    assert choose([traits("s", band=None)], [old], "1", 1)[0].alike == "site, kind"
    pool = [traits(str(number)) for number in range(50)]
    drawn = {seed: choose([traits("s")], pool, seed, 1)[0].listing_key for seed in ("1", "2", "3", "4")}
    assert choose([traits("s")], pool[::-1], "1", 1)[0].listing_key == drawn["1"]
    assert len(set(drawn.values())) > 1


def test_no_listing_stands_for_two_and_no_more_are_chosen_than_wanted() -> None:
    suspects_of = [traits(f"s{number}") for number in range(10)]
    pool = [traits(str(number)) for number in range(7)]
    chosen = choose(suspects_of, pool, "1", 20)
    assert len({one.listing_key for one in chosen}) == len({one.stands_for for one in chosen}) == len(chosen) == 7
    assert len(choose(suspects_of, pool, "1", 3)) == 3


def test_two_vantages_are_compared_out_of_the_ledger(ledger: Ledger) -> None:
    def seen(listing: str, here: State, there: State) -> list[Seen]:
        return [
            Seen(listing, state, marketplace=MARKET, vantage=vantage)
            for vantage, state in (("us", here), ("ca", there))
        ]

    for _ in range(2):
        ledger.see(
            *seen("1", State.GEO_BLOCKED, State.AVAILABLE),
            *seen("2", State.REMOVED, State.REMOVED),
            *seen("3", State.REMOVED, State.BLOCKED),
        )
    keys = [f"{MARKET}:{number}" for number in range(1, 5)]
    with ledger.store.reader() as session:
        compared = compare_vantages(session, "us", "ca", keys, LATER)
        early = compare_vantages(session, "us", "ca", keys, START)
    assert [compared[key].verdict for key in keys] == [
        Here.BLOCKED_HERE,
        Here.GONE_EVERYWHERE,
        Here.UNKNOWN,
        Here.UNKNOWN,
    ]
    assert {one.verdict for one in early.values()} == {Here.UNKNOWN}


def test_what_people_rejected_may_stand_for_a_suspect_and_what_is_only_proposed_may_not(ledger: Ledger) -> None:
    ledger.see(found(*(str(number) for number in range(1, 31))))
    ledger.watch("1")
    with ledger.store.session() as session:
        for number in range(2, 31):
            match = MatchRow(
                listing_key=f"{MARKET}:{number}", notice_id="us-cpsc:1", tier="lead", relation="", probability=0.1,
                reasons=[], matcher_version="1", facts_sha256="", proposed_at=START,
            )  # fmt: skip
            session.add(match)
            session.flush()
            if number % 2:
                decide(session, match.match_id, "rejected", "A. Vega", START)
    rows = ledger.renew()
    assert rows
    assert all(int(row.listing_key.partition(":")[2]) % 2 for row in rows)
