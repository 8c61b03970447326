"""Folding on from where a listing stood gives what folding everything from the first look gives."""

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select, update

from crawler.marketplaces.states import State
from crawler.reading import ListingFacts
from crawler.record import Outcome
from monitor.config import Confirmation
from monitor.looks import derive
from monitor.looks.derive import derive_episodes, derive_in, derive_new, folded_up_to
from monitor.store.base import Base
from monitor.store.ingest import ingest_run
from monitor.store.ledger_tables import EpisodeRow, JudgementRow, LookRow, RunRow
from monitor.store.session import Store
from monitor.store.standing_tables import FoldProgressRow, LookCountRow, StandingRow
from monitor.verification.blind import draw, judge, week_of
from tests.builders import START, Seen, controls, write_run

RULE = Confirmation()
LATER = START + timedelta(days=90)
PAGES = (
    ListingFacts(title="Acme steel kettle", seller="Acme", images=("http://img.test/1.jpg",)),
    ListingFacts(title="Acme steel kettle, sale", seller="Acme", images=("http://img.test/1.jpg",)),
    ListingFacts(title="Framed poster of a lake", seller="Wall Art", images=("http://img.test/9.jpg",)),
    ListingFacts(title="Framed poster of a lake", seller="Acme", images=("http://img.test/8.jpg",)),
    ListingFacts(),
)
Derived = dict[str, list[tuple[Any, ...]]]


def derived(store: Store) -> Derived:
    """Everything that the fold wrote, but for the numbers that rows were given."""
    found = {}
    with store.reader() as session:
        for row in (EpisodeRow, StandingRow, FoldProgressRow):
            columns = [column for column in _table(row).columns if column.name != "episode_id"]
            found[row.__tablename__] = [tuple(one) for one in session.execute(select(*columns).order_by(*columns))]
        count = (
            select(func.count())
            .select_from(StandingRow)
            .join(EpisodeRow, EpisodeRow.episode_id == StandingRow.episode_id)
        )
        found["open"] = [(session.scalar(count),)]
    return found


def _table(row: type[Base]) -> Table:
    table = row.__table__
    assert isinstance(table, Table)
    return table


def story(runs_dir: Path, chance: random.Random, runs: int) -> list[Path]:
    """Runs over four listings from two vantages: any states and pages, some runs that could not see, some crowded."""
    folders: list[Path] = []
    at, palette = START, [State.AVAILABLE, *chance.sample(list(State), 3)]
    shown = chance.sample(PAGES, 3)
    for number in range(runs):
        at += timedelta(hours=chance.choice([1, 13, 24, 48]))
        seen = [
            Seen(
                chance.choice("ABCD"),
                chance.choice(palette),
                at + timedelta(minutes=chance.choice([0, 1, 2])),
                vantage=chance.choice(["us", "ca"]),
                facts=chance.choice(shown),
            )
            for _ in range(chance.randint(1, 6))
        ]
        seen.append(Seen("E", None, outcome=chance.choice(list(Outcome)[1:]), status=None))
        bad = [*controls(live=State.REMOVED), *seen] if chance.random() < 0.15 else seen
        kwargs: dict[str, Any] = {"started_at": at, "with_controls": chance.random() < 0.85}
        folders.append(write_run(runs_dir, f"run-{number:03d}", bad, **kwargs))
    return folders


def out_of_order(folders: Sequence[Path], chance: random.Random) -> list[Path]:
    """The folders as they may come in: some late by a few runs, some by many."""
    places = [(number + chance.choice([0, 0, 0, 0, 2, 20]), folder) for number, folder in enumerate(folders)]
    return [folder for _, folder in sorted(places)]


@pytest.mark.parametrize("seed", range(6))
def test_what_comes_in_bit_by_bit_is_derived_as_if_it_had_come_at_once(store: Store, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for folder in out_of_order(story(tmp_path, chance, 30), chance):
        ingest_run(store, folder, LATER, RULE if chance.random() < 0.7 else None)
        if chance.random() < 0.1:
            change_judgements(store, chance)
    with store.session() as session:
        derive_new(session, RULE)
    bit_by_bit = derived(store)
    derive_episodes(store, RULE)
    assert derived(store) == bit_by_bit
    assert len(bit_by_bit["episodes"]) > 3


def change_judgements(store: Store, chance: random.Random) -> None:
    """As a rebuild after a page was confirmed: the looks stay, what they say is another state now."""
    with store.session() as session:
        some = select(LookRow.look_id).where(LookRow.look_id % 5 == chance.randrange(5))
        session.execute(
            update(JudgementRow)
            .where(JudgementRow.look_id.in_(some))
            .values(state=str(chance.choice(list(State))))
            .execution_options(synchronize_session=False)
        )
        derive_in(session, RULE)


@pytest.mark.parametrize("seed", range(3))
def test_a_voided_week_is_folded_again_and_so_is_another_rule(sqlite_store: Store, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    gone = [Seen(name, State.REMOVED, page=b"gone", status=404) for name in "AB"]
    folders = [write_run(tmp_path, "run-0", [Seen(name) for name in "AB"], started_at=START)]
    for day in range(1, 6):
        folders.append(write_run(tmp_path, f"run-{day}", gone, started_at=START + timedelta(days=day)))
    for folder in folders[:4]:
        ingest_run(sqlite_store, folder, LATER, RULE)
    confirmed = confirmed_ends(sqlite_store)
    with sqlite_store.session() as session:
        for sample in draw(session, week_of(START + timedelta(days=2)), "ann", LATER, seed=str(chance.random())):
            judge(session, sample.look_id, "available", "ann", LATER, page_sha256="")
    for folder in folders[4:]:
        ingest_run(sqlite_store, folder, LATER, RULE)
    assert (confirmed, confirmed_ends(sqlite_store)) == (2, 0)
    bit_by_bit = derived(sqlite_store)
    derive_episodes(sqlite_store, RULE)
    assert derived(sqlite_store) == bit_by_bit
    stricter = Confirmation(looks=4)
    with sqlite_store.session() as session:
        derive_new(session, stricter)
    bit_by_bit = derived(sqlite_store)
    derive_episodes(sqlite_store, stricter)
    assert derived(sqlite_store) == bit_by_bit


def confirmed_ends(store: Store) -> int:
    with store.reader() as session:
        ended = select(func.count()).select_from(EpisodeRow).where(EpisodeRow.confirmed_at.is_not(None))
        return session.scalar(ended) or 0


def test_looks_are_counted_by_run_and_every_one_is_folded(store: Store, tmp_path: Path) -> None:
    for folder in story(tmp_path, random.Random(11), 12):
        ingest_run(store, folder, LATER, RULE)
    with store.reader() as session:
        kinds = (
            *(LookRow.run_id, LookRow.marketplace, LookRow.vantage, LookRow.purpose, LookRow.outcome),
            *(JudgementRow.state, JudgementRow.quarantined),
        )
        by_hand = select(*kinds, func.count()).join(JudgementRow).group_by(*kinds)
        assert set(session.execute(by_hand)) == set(session.execute(select(LookCountRow.__table__)))
        assert folded_up_to(session) == session.scalar(select(func.max(LookRow.look_id)))
        assert session.scalar(select(func.count()).select_from(RunRow)) == 12


def test_no_look_of_before_is_read_again(sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes a look cost the same however long its history is: only a late one has its listing read anew."""
    read: list[int] = []

    def all_looks(session: Any, keys: Any) -> Any:
        read.append(len(list(keys)))
        return anew(session, keys)

    anew = derive._all_looks
    monkeypatch.setattr(derive, "_all_looks", all_looks)
    days = [write_run(tmp_path, f"run-{day}", [Seen("A")], started_at=START + timedelta(days=day)) for day in range(8)]
    for folder in [*days[:3], *days[4:]]:
        ingest_run(sqlite_store, folder, LATER, RULE)
    assert read == []
    ingest_run(sqlite_store, days[3], LATER, RULE)
    assert read == [3]


def test_folding_what_is_new_walks_no_index_of_all_looks(sqlite_store: Store) -> None:
    """A ledger of ten million looks paid three milliseconds a look for a sort that it did not need."""
    statement = derive._looks_after(7).compile(sqlite_store.engine, compile_kwargs={"literal_binds": True})
    with sqlite_store.engine.connect() as connection:
        steps = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    assert [step for step in steps if "rowid>" in step]
    assert not [step for step in steps if step.startswith("SCAN")]
