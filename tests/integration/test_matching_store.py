"""Proposals from the ledger and decisions about them, on both kinds of database."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from crawler.errors import BadInput
from monitor.matching import propose
from monitor.matching.matcher import Matcher
from monitor.matching.propose import known_listings, propose_matches
from monitor.matching.records import Listing, Match
from monitor.review.decisions import confirmed_matches, decide, waiting
from monitor.review.queue import needs_eyes, queue, worth
from monitor.store.decision_tables import MatchRow
from monitor.store.ledger_tables import ListingRow, LookRow, ReadingRow, RunRow, SearchRow, SightingRow
from monitor.store.session import Store
from tests.unit.matching.register import REGISTER

AT = datetime(2026, 3, 2, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


@pytest.fixture
def market(store: Store) -> Store:
    """Two listings on a search page; of the first a look says more; a control that is never matched."""
    run = RunRow(
        run_id="r1", folder="r1", method="crawler", started_at=AT, finished_at=AT, finish_reason="done",
        manifest_sha256="a", previous_manifest_sha256="", protocol_sha256="", slots_planned=2, ingested_at=AT,
    )  # fmt: skip
    search = SearchRow(
        run_id="r1", slot_id="s1", page=1, marketplace="shop", vantage="us", phrase_id="1", query="vento",
        searched_at=AT,
        state="results", rule="x", hits=2, warc_record_id="",
    )  # fmt: skip
    with store.session() as session:
        session.add(run)
        session.flush()
        session.add(search)
        for number, role, title in (
            (1, "suspect", "Nice stroller"),
            (2, "suspect", "Zelpo power bank ZP1263"),
            (3, "control", "Zelpo power bank ZP1263"),
        ):
            session.add(
                ListingRow(
                    listing_key=f"shop:{number}", marketplace="shop", listing_id=str(number), url="", role=role,
                    found_by="search", first_seen_at=AT,
                )
            )  # fmt: skip
            session.flush()
            card = {"title": title, "price": "9.90", "seller": "Anna"}
            session.add(SightingRow(search_id=search.search_id, listing_key=f"shop:{number}", rank=1, card=card))
        _look(session, "s2", "shop:1", {"title": "Tavolino Vento Alto stroller", "price": "120.00", "brand": None})
        _look(session, "s3", "shop:1", None)
    return store


def _look(session: Any, slot: str, key: str, facts: dict[str, Any] | None) -> None:
    session.add(ReadingRow(reading_sha256=slot, reading={"facts": facts}))
    session.flush()
    session.add(
        LookRow(
            run_id="r1", slot_id=slot, purpose="look", listing_key=key, marketplace="shop", vantage="us",
            method="crawler", looked_at=AT, outcome="fetched", reason="", http_status=200, final_url="",
            body_sha256="", warc_record_id="", reading_sha256=slot,
        )
    )  # fmt: skip
    session.flush()


def test_the_newest_page_that_said_something_counts_before_the_card(market: Store) -> None:
    with market.reader() as session:
        found = {listing.listing_id: (listing.title, listing.price) for listing in known_listings(session)}
    assert found == {
        "shop:1": ("Tavolino Vento Alto stroller", "120.00"),
        "shop:2": ("Zelpo power bank ZP1263", "9.90"),
    }


def test_proposals_are_appended_once(market: Store) -> None:
    with market.session() as session:
        assert propose_matches(session, AT, REGISTER) >= 2
    with market.session() as session:
        assert propose_matches(session, LATER, REGISTER) == 0
        tiers = {
            row.listing_key: row.tier for row in session.scalars(select(MatchRow)) if row.tier in ("line", "identifier")
        }
    assert tiers == {"shop:1": "line", "shop:2": "identifier"}


def test_new_facts_are_proposed_again(market: Store) -> None:
    with market.session() as session:
        propose_matches(session, AT, REGISTER)
        _look(session, "s4", "shop:1", {"title": "Tavolino Vento Alto stroller, as new"})
    with market.session() as session:
        assert propose_matches(session, LATER, REGISTER) >= 1


def test_an_empty_register_proposes_nothing(market: Store) -> None:
    with market.session() as session:
        assert propose_matches(session, AT) == 0


def test_a_decision_counts_until_its_maker_decides_again(market: Store) -> None:
    with market.session() as session:
        propose_matches(session, AT, REGISTER)
        first = waiting(session, 1)[0].match
        assert first.tier == "identifier"
        decide(session, first.match_id, "confirmed", "ann", AT, comment="same plate")
        (confirmed,) = confirmed_matches(session, 1)
        assert (confirmed.listing_key, confirmed.tier, confirmed.reviewers) == ("shop:2", "identifier", ("ann",))
        assert first.match_id not in {one.match.match_id for one in waiting(session, 1)}
        decide(session, first.match_id, "unsure", "Ann ", LATER)
        assert confirmed_matches(session, 1) == []
        assert len(confirmed_matches(session, 1, at=AT)) == 1


def test_two_people_where_two_are_needed_and_one_rejection_undoes(market: Store) -> None:
    with market.session() as session:
        propose_matches(session, AT, REGISTER)
        match_id = waiting(session, 2)[0].match.match_id
        decide(session, match_id, "confirmed", "ann", AT)
        decide(session, match_id, "confirmed", "ann", AT)
        assert confirmed_matches(session, 2) == []
        decide(session, match_id, "confirmed", "bob", LATER, tier="line")
        (confirmed,) = confirmed_matches(session, 2)
        assert (confirmed.tier, confirmed.reviewers) == ("line", ("ann", "bob"))
        decide(session, match_id, "rejected", "cyd", LATER)
        assert confirmed_matches(session, 2) == []


def test_what_was_shown_is_kept_with_the_decision(market: Store) -> None:
    with market.session() as session:
        propose_matches(session, AT, REGISTER)
        row = decide(session, waiting(session, 1)[0].match.match_id, "rejected", "ann", AT)
        assert row.shown["listing"]["title"] == "Zelpo power bank ZP1263"
        assert row.shown["reasons"]
    with pytest.raises(DatabaseError), market.session() as session:
        session.execute(text("UPDATE reviews SET decision = 'confirmed'"))


@pytest.mark.parametrize(
    ("match_id", "decision", "reviewer", "tier", "says"),
    [
        (999, "confirmed", "ann", "", "no match has the number 999"),
        (0, "maybe", "ann", "", "none of confirmed, rejected, unsure"),
        (0, "confirmed", " ", "", "--reviewer"),
        (0, "confirmed", "ann", "sure", "tier 'sure' is none of"),
    ],
)
def test_a_decision_that_can_not_be(
    market: Store, match_id: int, decision: str, reviewer: str, tier: str, says: str
) -> None:
    with market.session() as session:
        propose_matches(session, AT, REGISTER)
        first = waiting(session, 1)[0].match.match_id
        with pytest.raises(BadInput, match=says):
            decide(session, match_id or first, decision, reviewer, AT, tier=tier)


def test_a_second_turn_compares_only_what_is_new(market: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    plain = Matcher.match

    def counted(self: Matcher, listings: Iterable[Listing], top: int = 5) -> Iterator[Match]:
        given = list(listings)
        compared.extend(listing.listing_id for listing in given)
        return plain(self, given, top)

    monkeypatch.setattr(Matcher, "match", counted)
    monkeypatch.setattr(propose, "_matcher_of", lambda session, keep_in: ("register", Matcher(REGISTER)))
    with market.session() as session:
        propose_matches(session, AT)
        session.rollback()
    with market.session() as session:
        assert propose_matches(session, AT) >= 2
        _look(session, "s5", "shop:1", {"title": "Tavolino Vento Alto stroller, boxed"})
    with market.session() as session:
        assert propose_matches(session, LATER) >= 1
    assert compared == ["shop:1", "shop:2", "shop:1", "shop:2", "shop:1"]


def test_one_listing_is_read_without_the_others(market: Store) -> None:
    with market.reader() as session:
        assert [one.listing_id for one in known_listings(session, "shop:2")] == ["shop:2"]
        assert known_listings(session, "shop:2") == [
            one for one in known_listings(session) if one.listing_id == "shop:2"
        ]


def test_the_queue_puts_first_what_a_decision_is_worth(market: Store) -> None:
    with market.session() as session:
        _look(session, "s6", "shop:1", {"title": "Tavolino Vento Alto 婴儿推车 正品"})
        propose_matches(session, AT, REGISTER)
        found = queue(session, 1)
    first = [one for one in found if one.needs_eyes]
    assert [one.waiting.match.tier for one in first][:2] == ["identifier", "line"]
    assert found[: len(first)] == first
    assert {one.gloss for one in found if one.waiting.match.listing_key == "shop:1"} == {
        "Tavolino Vento Alto stroller genuine"
    }
    leads = [one for one in first if one.waiting.match.tier == "lead"]
    assert len({one.waiting.match.listing_key for one in leads}) == len(leads)


def test_doubt_and_disagreement_raise_what_a_decision_is_worth() -> None:
    assert worth("lead", 0.5, 0.5, False) > worth("lead", 0.01, 0.01, False)
    assert worth("line", 0.9, 0.9, False) > worth("lead", 0.9, 0.9, False)
    assert worth("lead", 0.8, 0.2, True) > worth("lead", 0.5, 0.5, False)
    assert needs_eyes("lead", 0.05, 0.4, True)
    assert not needs_eyes("lead", 0.2, 0.2, False)
