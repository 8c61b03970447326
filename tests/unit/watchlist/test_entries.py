"""Entries of the watchlist: how they were chosen stays known, and nothing is ever deleted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from crawler.errors import BadInput
from crawler.feeds.notice import Firm, Notice, Product
from monitor.store.decision_tables import WatchRow
from monitor.store.tables import all_tables
from monitor.watchlist.drawing import add_sample, samples
from monitor.watchlist.entries import active, add, remove, too_many_first
from monitor.watchlist.filters import Filters, passing
from monitor.watchlist.phrasebook import add_by_hand, add_derived, phrases_of, remove_phrase

AT = datetime(2026, 3, 2, tzinfo=UTC)


def notice(number: int, name: str = "Zibbo Bed Rails", **more: object) -> Notice:
    given = {"id": f"us-cpsc:{number}", "kind": "recall", "authority": "us-cpsc", "number": str(number)}
    return Notice.model_validate(given | {"products": (Product(name=name),)} | more)


REGISTER = [notice(number, published_on=f"2026-01-{number - 26000:02}") for number in range(26001, 26031)]


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    all_tables().create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def test_added_by_hand_stays_out_of_rates(session: Session) -> None:
    added = add(session, REGISTER[:2], at=AT, by="ann", priority=1)
    assert added.new == ["us-cpsc:26001", "us-cpsc:26002"]
    entries = active(session)
    assert [(one.priority, one.chosen_by, one.in_rates, one.added_by) for one in entries] == [
        (1, "hand", False, "ann")
    ] * 2
    assert entries[0].phrases[0].text == "Zibbo Bed Rails"


def test_adding_again_changes_nothing(session: Session) -> None:
    add(session, REGISTER[:1], at=AT, by="ann", priority=1)
    before = active(session)
    assert add(session, REGISTER[:1], at=AT + timedelta(days=1), by="bob").already == ["us-cpsc:26001"]
    assert active(session) == before


def test_first_priority_comes_first(session: Session) -> None:
    add(session, REGISTER[:2], at=AT, by="ann")
    assert add(session, REGISTER[1:2], at=AT, by="ann", priority=1).changed == ["us-cpsc:26002"]
    assert [one.notice_id for one in active(session)] == ["us-cpsc:26002", "us-cpsc:26001"]


def test_a_removal_leaves_its_history(session: Session) -> None:
    add(session, REGISTER[:1], at=AT, by="ann")
    assert remove(session, ["us-cpsc:26001", "us-cpsc:99999"], at=AT + timedelta(days=1), by="bob") == ["us-cpsc:99999"]
    assert active(session) == []
    add(session, REGISTER[:1], at=AT + timedelta(days=2), by="ann")
    rows = session.scalars(select(WatchRow).order_by(WatchRow.watch_id)).all()
    assert [(row.added_at, row.removed_at, row.removed_by) for row in rows] == [
        (AT, AT + timedelta(days=1), "bob"),
        (AT + timedelta(days=2), None, ""),
    ]


def test_no_notice_is_watched_twice_at_once(session: Session) -> None:
    add(session, REGISTER[:1], at=AT, by="ann")
    session.add(
        WatchRow(notice_id="us-cpsc:26001", priority=1, chosen_by="hand", added_at=AT, added_by="x", removed_at=None)
    )
    with pytest.raises(IntegrityError):
        session.flush()


def sample(session: Session, size: int, seed: str = "s", **filters: object) -> list[str]:
    drawn, _ = add_sample(session, REGISTER, Filters(**filters), size=size, seed=seed, at=AT, by="ann")  # type: ignore[arg-type]
    return list(drawn.notice_ids)


def test_a_sample_may_carry_rates_and_is_written_down_once(session: Session) -> None:
    ids = sample(session, 5, since=date(2026, 1, 11))
    assert ids == sample(session, 5, since=date(2026, 1, 11))
    assert all(one.in_rates and one.chosen_by == "sample:s" for one in active(session))
    assert {one.notice_id for one in active(session)} == set(ids)
    (row,) = samples(session)
    assert (row.population, row.size, row.filters, row.notice_ids) == (20, 5, {"since": "2026-01-11"}, ids)


def test_what_a_sample_draws_counts_though_a_hand_had_picked_it(session: Session) -> None:
    add(session, REGISTER, at=AT, by="ann", priority=1)
    ids = sample(session, 5)
    assert {one.notice_id for one in active(session) if one.in_rates} == set(ids)
    assert {one.priority for one in active(session)} == {1}
    add(session, REGISTER, at=AT, by="ann")
    assert {one.notice_id for one in active(session) if one.in_rates} == set(ids)


def test_more_than_fifteen_first_are_counted(session: Session) -> None:
    add(session, REGISTER[:15], at=AT, by="ann", priority=1)
    assert too_many_first(session) == 0
    add(session, REGISTER[15:16], at=AT, by="ann", priority=1)
    assert too_many_first(session) == 16


def test_a_notice_that_no_phrase_fits_is_named(session: Session) -> None:
    assert add(session, [notice(26099, "Toys")], at=AT, by="ann").without_phrase == ["us-cpsc:26099"]
    assert add_by_hand(session, "us-cpsc:26099", "painted toy drum", "en", AT)
    assert add(session, [notice(26099, "Toys")], at=AT, by="ann").without_phrase == []


def test_a_phrase_that_was_taken_off_is_not_derived_again(session: Session) -> None:
    add(session, REGISTER[:1], at=AT, by="ann")
    first, *rest = phrases_of(session, "us-cpsc:26001")
    assert remove_phrase(session, first.phrase_id, AT)
    assert not remove_phrase(session, first.phrase_id, AT)
    assert not remove_phrase(session, "none", AT)
    assert add_derived(session, REGISTER[0], "en", AT) == []
    assert phrases_of(session, "us-cpsc:26001") == rest
    assert add_by_hand(session, "us-cpsc:26001", first.text, "en", AT), "a person may put it back"


def test_a_hand_phrase_counts_for_no_family_and_is_never_bare(session: Session) -> None:
    assert add_by_hand(session, "us-cpsc:26001", "  zibbo   rail ", "en", AT)
    assert not add_by_hand(session, "us-cpsc:26001", "zibbo rail", "en", AT)
    (phrase,) = phrases_of(session)
    assert (phrase.text, phrase.strategy, phrase.family) == ("zibbo rail", "hand", "")
    with pytest.raises(BadInput, match="bare"):
        add_by_hand(session, "us-cpsc:26001", "Toys", "en", AT)


def test_phrases_are_derived_for_each_language(session: Session) -> None:
    add(session, REGISTER[:1], at=AT, by="ann", languages=("en", "zh"))
    found = {(one.language, one.text) for one in phrases_of(session)}
    assert {("en", "Zibbo Bed Rails"), ("zh", "Zibbo 床护栏")} <= found


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (Filters(authority="us-cpsc"), {"a", "b"}),
        (Filters(kind="warning"), {"b", "c"}),
        (Filters(since=date(2026, 1, 2)), {"b"}),
        (Filters(until=date(2026, 1, 1)), {"a"}),
        (Filters(category="CRIB"), {"a"}),
        (Filters(category="kettle"), {"b"}),
        (Filters(hazard="burn"), {"b"}),
        (Filters(country="china"), {"a"}),
        (Filters(seller="temu"), {"b", "c"}),
        (Filters(authority="us-cpsc", country="china", kind="warning"), set()),
        (Filters(), {"a", "b", "c"}),
    ],
)
def test_filters_must_all_hold(filters: Filters, wanted: set[str]) -> None:
    register = [
        notice(1, id="a", published_on="2026-01-01", categories=("Cribs",), countries=("China",)),
        notice(
            2, "Zibbo Kettles", id="b", kind="warning", published_on="2026-01-02", hazards=("Burns",), sold_at="at Temu"
        ),
        notice(3, id="c", kind="warning", authority="uk-opss", firms=(Firm(name="Temu Ltd", role="Seller"),)),
    ]
    assert {one.id for one in passing(register, filters)} == wanted


def test_rows_are_only_ended(session: Session) -> None:
    add(session, REGISTER[:3], at=AT, by="ann")
    remove(session, [one.id for one in REGISTER[:3]], at=AT, by="ann")
    assert session.scalar(select(func.count()).select_from(WatchRow)) == 3
