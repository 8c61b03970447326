"""Pictures and relistings through the ledger: runs ingested, decisions made, returns as intervals."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from crawler.errors import BadInput
from crawler.marketplaces.states import State
from crawler.pictures.facts import PictureFacts
from crawler.reading import ListingFacts
from monitor.config import Confirmation, Settings, Terms
from monitor.pictures.plan import identity, picture_slots, web_address
from monitor.relisting.decisions import decide_relisting, links, waiting_relistings
from monitor.relisting.lineage import Return, chains, repeat_sellers, returns
from monitor.relisting.propose import propose_relistings
from monitor.review.decisions import decide
from monitor.schedule.watched import suspects
from monitor.store.decision_tables import MatchRow
from monitor.store.ingest import ingest_run
from monitor.store.picture_tables import PictureRow
from monitor.store.relisting_tables import RelistingRow, RememberedRow
from monitor.store.session import Store, open_store
from stillforsale import build_app
from tests.builders import SHOP, START, Searched, Seen, write_run

DAY = timedelta(days=1)
NOTICE = "us-cpsc:24001"
OLD = ListingFacts(
    title="Acme baby walker AB-120", brand="Acme", model="AB-120", seller="Tom", price="25.00", currency="USD",
    images=("http://shop.test/p/1.jpg",),
)  # fmt: skip
NEW = ListingFacts(
    title="Norlo walker, clearance", seller="Eve", price="24.00", currency="USD", images=("http://shop.test/p/2.jpg",)
)
HASHES = {"full": "a5" * 32}


@dataclass
class Play:
    """A ledger that is filled day by day; each day is a run, chained to the one before."""

    store: Store
    runs: Path
    before: Path | str = ""
    day: int = 0

    def add(self, *seen: Seen | Searched) -> None:
        at = START + self.day * DAY
        folder = write_run(self.runs, f"run-{self.day:02d}", seen, started_at=at, previous=self.before)
        ingest_run(self.store, folder, at + DAY / 2, Confirmation())
        self.before, self.day = folder, self.day + 1

    @property
    def at(self) -> datetime:
        return START + self.day * DAY

    def picture(self, session: Session, listing_id: str, url: str) -> None:
        shown = PictureFacts(format="JPEG", width=9, height=9, quality=90, hashes=HASHES)
        session.add(
            PictureRow(
                run_id="run-00", slot_id=f"p{listing_id}", listing_key=f"{SHOP}:{listing_id}", notice_id="", url=url,
                fetched_at=self.at, outcome="fetched", reason="", http_status=200, body_sha256="0" * 64, body_bytes=9,
                warc_record_id="", **shown.model_dump(),
            )
        )  # fmt: skip

    def confirm(self, session: Session, listing_id: str) -> None:
        match = MatchRow(
            listing_key=f"{SHOP}:{listing_id}", notice_id=NOTICE, tier="identifier", relation="same_product",
            probability=0.9, reasons=[], matcher_version="t", facts_sha256=listing_id, proposed_at=self.at,
        )  # fmt: skip
        session.add(match)
        session.flush()
        decide(session, match.match_id, "confirmed", "A. Vega", self.at)


@pytest.fixture
def play(tmp_path: Path, store: Store) -> Play:
    (tmp_path / "runs").mkdir()
    return Play(store, tmp_path / "runs")


def gone(listing_id: str) -> Seen:
    return Seen(listing_id, State.REMOVED, status=404)


def played(play: Play) -> Play:
    """Four days: 1 is on sale, then gone for three; 2 is found on the fourth, by a search that missed it before."""
    play.add(Seen("1", facts=OLD), Searched(["1"]))
    with play.store.session() as session:
        play.confirm(session, "1")
        play.picture(session, "1", OLD.images[0])
    for _ in range(3):
        play.add(gone("1"), Searched(["1"]))
    play.add(gone("1"), Searched(["1", "2"]), Seen("2", facts=NEW))
    with play.store.session() as session:
        play.picture(session, "2", NEW.images[0])
        assert propose_relistings(session, play.at) == 1
    return play


def proposal(session: Session) -> RelistingRow:
    return session.scalars(select(RelistingRow)).one()


def test_the_return_is_proposed_with_both_versions_side_by_side(play: Play) -> None:
    with played(play).store.reader() as session:
        row = proposal(session)
        assert (row.old_listing_key, row.new_listing_key) == (f"{SHOP}:1", f"{SHOP}:2")
        assert row.rule == "reappeared.picture"
        assert [one["name"] for one in row.agreements] == ["picture", "price"]
        assert (row.old_version["title"], row.new_version["title"]) == (OLD.title, NEW.title)
        assert row.old_version["pictures"] == [HASHES]


def test_it_is_proposed_once_and_watched_from_then_on(play: Play) -> None:
    with played(play).store.session() as session:
        assert propose_relistings(session, play.at + DAY) == 0
        assert f"{SHOP}:2" in suspects(session)
        decide_relisting(session, proposal(session).relisting_id, "rejected", "A. Vega", play.at)
        assert f"{SHOP}:2" not in suspects(session)


def test_nothing_is_remembered_that_nobody_confirmed(play: Play) -> None:
    play.add(Seen("1", facts=OLD))
    for _ in range(3):
        play.add(gone("1"))
    with play.store.session() as session:
        assert propose_relistings(session, play.at) == 0
        assert session.scalars(select(RememberedRow)).all() == []


def test_who_takes_a_confirmation_back_takes_the_memory_back(play: Play) -> None:
    with played(play).store.session() as session:
        decide(session, 1, "rejected", "A. Vega", play.at + DAY)
        propose_relistings(session, play.at + DAY)
        assert session.scalars(select(RememberedRow)).all() == []


def test_people_decide_and_the_newest_decision_of_each_counts(play: Play) -> None:
    with played(play).store.session() as session:
        number = proposal(session).relisting_id
        assert [one.confirmations for one in waiting_relistings(session, 2)] == [0]
        decide_relisting(session, number, "confirmed", "A. Vega", play.at)
        decide_relisting(session, number, "confirmed", "a. vega", play.at)
        assert not links(session, 2)[0].confirmed
        decide_relisting(session, number, "confirmed", "B. Ode", play.at)
        assert links(session, 2)[0].confirmed
        assert waiting_relistings(session, 2) == []
        decide_relisting(session, number, "rejected", "B. Ode", play.at + DAY)
        assert links(session, 2) == []
        assert [link.confirmed for link in links(session, 2, play.at)] == [True]


@pytest.mark.parametrize(
    ("number", "decision", "reviewer"), [(99, "confirmed", "x"), (1, "perhaps", "x"), (1, "confirmed", " ")]
)
def test_bad_decisions_are_refused(play: Play, number: int, decision: str, reviewer: str) -> None:
    with played(play).store.session() as session, pytest.raises(BadInput):
        decide_relisting(session, number, decision, reviewer, play.at)


@pytest.mark.parametrize("table", ["pictures", "relisting_reviews"])
def test_facts_and_decisions_only_grow(play: Play, table: str) -> None:
    with played(play).store.session() as session:
        decide_relisting(session, 1, "unsure", "A. Vega", play.at)
    with pytest.raises(DatabaseError, match="only grows"), play.store.engine.begin() as connection:
        connection.execute(text(f"DELETE FROM {table}"))


def first(found: list[Return], how: str) -> Return:
    return next(one for one in found if one.how == how)


def test_a_return_by_another_seller_is_an_interval_between_two_searches(play: Play) -> None:
    with played(play).store.session() as session:
        waits = first(returns(session, play.at), "other_seller")
        decide_relisting(session, 1, "confirmed", "A. Vega", play.at)
        back = first(returns(session, play.at), "other_seller")
    assert not waits.confirmed_by_person
    assert (back.back_listing_key, back.confirmed_by_person) == (f"{SHOP}:2", True)
    assert back.back_after_at is not None
    assert back.back_by_at is not None
    assert START + 3 * DAY <= back.back_after_at < START + 3 * DAY + DAY / 2
    assert START + 4 * DAY <= back.back_by_at < START + 4 * DAY + DAY / 2
    assert START <= back.ended_after_at < back.ended_by_at < START + DAY + DAY / 2


def test_who_is_not_back_is_censored_at_the_last_look_or_search(play: Play) -> None:
    with played(play).store.session() as session:
        found = returns(session, play.at)
    assert [one.how for one in found] == ["same_id", "same_seller", "other_seller"]
    for how in ("same_id", "same_seller"):
        one = first(found, how)
        assert (one.back_listing_key, one.back_by_at) == ("", None)
        assert one.watched_until_at is not None
        assert one.watched_until_at >= START + 4 * DAY


def test_the_same_id_comes_back_after_the_last_look_without_it(play: Play) -> None:
    played(play).add(Seen("1", facts=OLD))
    with play.store.session() as session:
        back = first(returns(session, play.at), "same_id")
    assert back.back_after_at is not None
    assert back.back_by_at is not None
    assert START + 4 * DAY <= back.back_after_at < back.back_by_at
    assert back.back_by_at >= START + 5 * DAY


def test_a_seller_s_other_id_for_the_same_recall_is_a_return_without_any_link(play: Play) -> None:
    played(play).add(Searched(["3"]), Seen("3", facts=replace_facts(NEW, seller="TOM", images=())))
    with play.store.session() as session:
        play.confirm(session, "3")
        back = first(returns(session, play.at), "same_seller")
        (seller,) = repeat_sellers(session, play.at)
    assert (back.back_listing_key, back.confirmed_by_person) == (f"{SHOP}:3", True)
    assert (seller.listing_keys, seller.returns) == ((f"{SHOP}:1", f"{SHOP}:3"), 1)


def replace_facts(facts: ListingFacts, **changes: Any) -> ListingFacts:
    return facts.model_copy(update=changes)


def test_names_stand_side_by_side_in_a_chain(play: Play) -> None:
    with played(play).store.session() as session:
        assert chains(session, play.at) == []
        assert [one.confirmed for one in chains(session, play.at, only_confirmed=False)] == [False]
        decide_relisting(session, 1, "confirmed", "A. Vega", play.at)
        (chain,) = chains(session, play.at)
    assert chain.lineage_id == f"{SHOP}:1"
    assert [name.title for name in chain.names] == [OLD.title, NEW.title]


SETTINGS = Settings(terms={SHOP: Terms(automation=True)}, clock="simulated:x")


def test_the_commands_list_both_versions_and_take_decisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("runs", "stillforsale-data"):
        (tmp_path / name).mkdir()
    store = open_store("sqlite:///stillforsale-data/ledger.sqlite")
    played(Play(store, tmp_path / "runs"))
    store.close()
    app = build_app()
    listed = CliRunner().invoke(app, ["review", "list", "--json"], catch_exceptions=False)
    (row,) = [json.loads(line) for line in listed.stdout.splitlines()]
    assert (row["relisting"], row["old"]["title"], row["new"]["title"]) == ("r1", OLD.title, NEW.title)
    assert "pictures" not in row["old"]
    shown = CliRunner().invoke(app, ["review", "list"], catch_exceptions=False).stdout
    assert f"was: {OLD.title}" in shown
    assert f"now: {NEW.title}" in shown
    decide = ["review", "decide", "r1", "confirmed", "--reviewer", "A. Vega"]
    assert CliRunner().invoke(app, decide, catch_exceptions=False).exit_code == 0
    assert CliRunner().invoke(app, ["review", "list", "--json"], catch_exceptions=False).stdout == ""
    for bad in (["rx", "confirmed"], ["r9", "confirmed"], ["17x", "confirmed"], ["r1", "confirmed", "--tier", "line"]):
        refused = CliRunner().invoke(app, ["review", "decide", *bad, "--reviewer", "x"])
        assert isinstance(refused.exception, BadInput), bad


def test_pictures_are_planned_once_and_those_of_findings_are_kept(play: Play) -> None:
    play.add(Seen("1", facts=OLD), Seen("2", facts=NEW))
    with play.store.session() as session:
        play.confirm(session, "1")
        assert [(slot.url, slot.keep) for slot in picture_slots(session, SETTINGS, play.at)] == [(OLD.images[0], True)]
        play.picture(session, "1", OLD.images[0] + "?size=small")
        (again,) = picture_slots(session, SETTINGS, play.at)
        assert again.keep


def test_pictures_of_a_marketplace_that_is_not_allowed_are_not_planned(play: Play) -> None:
    play.add(Seen("1", facts=OLD))
    with play.store.session() as session:
        play.confirm(session, "1")
        assert picture_slots(session, Settings(clock="simulated:x"), play.at) == []


HOSTILE = ("http://[", "data:image/png;base64,AAAA", "javascript:x()", "//", "ftp://x.test/1.jpg", "/fine.jpg")


def test_addresses_that_are_none_are_passed_over(play: Play) -> None:
    play.add(Seen("1", facts=OLD.model_copy(update={"images": HOSTILE[3:]})), Seen("2", facts=NEW))
    play.add(Seen("1", facts=OLD.model_copy(update={"images": (HOSTILE[1], HOSTILE[2], HOSTILE[5])})))
    with play.store.session() as session:
        play.confirm(session, "1")
        assert [slot.url for slot in picture_slots(session, SETTINGS, play.at)] == ["http://shop.test/fine.jpg"]
    assert [web_address(url, "http://shop.test/item/1") for url in HOSTILE] == [
        "", "", "", "", "", "http://shop.test/fine.jpg",
    ]  # fmt: skip
    assert all(identity(url) for url in HOSTILE if url != "//")


def test_a_picture_that_never_comes_is_given_up(play: Play) -> None:
    play.add(Seen("1", facts=OLD))
    with play.store.session() as session:
        play.confirm(session, "1")
        for attempt in range(3):
            at = play.at + attempt * DAY
            assert len(picture_slots(session, SETTINGS, at)) == 1
            row = PictureRow(
                run_id="run-00", slot_id=f"a{attempt}", listing_key=f"{SHOP}:1", notice_id="", url=OLD.images[0],
                fetched_at=at, outcome="failed", reason="timeout", http_status=None, body_sha256="", body_bytes=0,
                warc_record_id="", **PictureFacts().model_dump(),
            )  # fmt: skip
            session.add(row)
            session.flush()
            assert picture_slots(session, SETTINGS, at + DAY / 4) == []
        assert picture_slots(session, SETTINGS, play.at + 9 * DAY) == []
