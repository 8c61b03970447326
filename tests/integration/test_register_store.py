"""The hazard register on real databases: SQLite and PostgreSQL."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from crawler.feeds.registry import read_any, read_data
from monitor.register.history import history
from monitor.register.register import current_notices, import_notices
from monitor.register.search import Query, search
from monitor.store.register_tables import NoticeVersionRow
from monitor.store.session import Store, open_store
from tests.unit.feeds.records import api, recall

DAY = datetime(2025, 2, 10, tzinfo=UTC)


@pytest.fixture
def store(ledger_url: str) -> Iterator[Store]:
    opened = open_store(ledger_url)
    yield opened
    opened.close()


def brought(store: Store, *records: object, days: int = 0) -> tuple[int, int, int]:
    result = read_data(api(*records), "x", "cpsc")
    with store.session() as session:
        done = import_notices(session, result, "cpsc", DAY + timedelta(days=days))
    return done.new, done.changed, done.unchanged


def test_versions_history_and_search(store: Store) -> None:
    assert brought(store, recall(), recall("24001")) == (2, 0, 0)
    assert brought(store, recall(Description="Changed.")) == (0, 1, 0)
    assert brought(store, recall(Description="Changed again."), days=9) == (0, 1, 0)
    assert brought(store, recall(Description="Between."), days=5) == (0, 1, 0)
    with store.reader() as session:
        told = [[change.after for change in one.changes] for one in history(session, "us-cpsc:24999")]
        assert told == [[], ["Changed."], ["Between."], ["Changed again."]]
        assert [one.number for one in search(session, Query(identifier="AK-1700"))] == ["24001"]
        assert [one.number for one in search(session, Query(words="again."))] == ["24999"]


def test_versions_are_never_changed_or_deleted(store: Store) -> None:
    brought(store, recall())
    with pytest.raises(DBAPIError, match="only grows"), store.session() as session:
        session.execute(delete(NoticeVersionRow))


def test_what_no_database_keeps_is_taken_out(store: Store) -> None:
    odd = json.dumps([recall(Title="Acme\0 Kettles \ud800 24999")]).encode()
    with store.session() as session:
        import_notices(session, read_data(odd, "x", "cpsc"), "cpsc", DAY)
    with store.reader() as session:
        assert [notice.title for notice in current_notices(session)] == ["Acme Kettles ? 24999"]


def test_a_failure_half_way_leaves_nothing(store: Store) -> None:
    result = read_data(api(recall()), "x", "cpsc")
    with pytest.raises(IndexError), store.session() as session:
        _ = import_notices(session, result, "cpsc", DAY).refused[0]
    with store.reader() as session:
        assert list(current_notices(session)) == []


@pytest.mark.shared
def test_the_union_is_imported_in_under_ten_seconds(store: Store, shared: Path) -> None:
    """Seconds of the processor, so that other work on the machine does not decide."""
    started_s = process_time()
    result = read_any(shared / "data/recalls/cpsc/recalls_union.jsonl")
    with store.session() as session:
        done = import_notices(session, result, "jsonl", DAY)
    took_s = process_time() - started_s
    assert (done.records, done.new) == (5867, 5867)
    print(f"{took_s:.1f} s")
    assert took_s < 10
    with store.session() as session:
        again = import_notices(session, result, "jsonl", DAY + timedelta(days=7))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 5867)
