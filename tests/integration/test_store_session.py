"""The ledger on both databases: created, upgraded, guarded, refused where it is not ours."""

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DatabaseError

from crawler.errors import BadInput, NeedsPerson
from monitor.store import guards, upgrade
from monitor.store.session import Store, open_store
from monitor.store.tables import APPEND_ONLY, all_tables
from monitor.store.upgrade import VERSIONS


def execute(store: Store, *statements: str) -> None:
    with store.session() as session:
        for statement in statements:
            session.execute(text(statement))


def test_a_new_ledger_has_every_table_and_guard(store: Store) -> None:
    with store.engine.connect() as connection:
        assert set(all_tables().tables) <= set(inspect(connection).get_table_names())
        assert guards.guarded(connection) == set(guards.existing(connection, APPEND_ONLY)) == set(APPEND_ONLY)


def test_the_revision_is_what_the_tables_declare(store: Store) -> None:
    """What `alembic check` asks: would a new revision have anything to do?"""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, all_tables()) == [], "run `python -m monitor.store.revise`"


def test_the_newest_version_is_alembics_head(store: Store) -> None:
    from alembic.script import ScriptDirectory

    with store.engine.connect() as connection:
        script = ScriptDirectory.from_config(upgrade.alembic_config(connection))
    assert script.get_heads() == [VERSIONS[-1]]
    assert [revision.revision for revision in script.walk_revisions()] == list(reversed(VERSIONS))


def test_one_step_down_and_up_again(store: Store) -> None:
    with store.engine.begin() as connection:
        upgrade.downgrade(connection, "-1")
        assert not set(all_tables().tables) & set(inspect(connection).get_table_names())
    with store.engine.begin() as connection:
        upgrade.upgrade(connection)
        assert guards.guarded(connection) == set(APPEND_ONLY)


def test_opening_again_changes_nothing(ledger_url: str) -> None:
    for _ in range(2):
        store = open_store(ledger_url)
        with store.reader() as session:
            assert session.execute(text("SELECT version_num FROM alembic_version")).scalar() == VERSIONS[-1]
        store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE readings SET reading_sha256 = 'b'",
        "DELETE FROM readings",
        "INSERT INTO readings VALUES ('a', '{}') ON CONFLICT (reading_sha256) DO UPDATE SET reading = '[]'",
    ],
)
def test_facts_are_never_changed_or_deleted(store: Store, statement: str) -> None:
    execute(store, "INSERT INTO readings VALUES ('a', '{}')")
    with pytest.raises(DatabaseError, match="only grows"):
        execute(store, statement)
    with store.reader() as session:
        assert session.execute(text("SELECT reading_sha256 FROM readings")).all() == [("a",)]


def test_a_replace_is_a_change_too(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    execute(store, "INSERT INTO readings VALUES ('a', '{}')")
    with pytest.raises(DatabaseError, match="only grows"):
        execute(store, "REPLACE INTO readings VALUES ('a', '[]')")


def test_what_fails_half_way_is_undone(store: Store) -> None:
    with pytest.raises(DatabaseError):
        execute(store, "INSERT INTO readings VALUES ('a', '{}')", "INSERT INTO readings VALUES ('a', '{}')")
    with store.reader() as session:
        assert not session.execute(text("SELECT * FROM readings")).all()


def test_a_reader_can_not_write(store: Store) -> None:
    with pytest.raises(DatabaseError), store.reader() as session:
        session.execute(text("INSERT INTO readings VALUES ('a', '{}')"))
    execute(store, "INSERT INTO readings VALUES ('a', '{}')")


def test_a_reader_sees_one_state_while_others_write(store: Store) -> None:
    with store.reader() as reading:
        assert not reading.execute(text("SELECT * FROM readings")).all()
        execute(store, "INSERT INTO readings VALUES ('a', '{}')")
        assert not reading.execute(text("SELECT * FROM readings")).all()


def test_a_second_writer_waits_for_the_first(store: Store) -> None:
    """Read-then-write of two writers at once: neither loses its row, neither fails."""

    def write(name: str) -> None:
        with store.session() as session:
            count = session.execute(text("SELECT count(*) FROM readings")).scalar()
            session.execute(text("INSERT INTO readings VALUES (:name, '{}')"), {"name": f"{name}-{count}"})

    writers = [threading.Thread(target=write, args=(str(number),)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with store.reader() as session:
        assert session.execute(text("SELECT count(*) FROM readings")).scalar() == len(writers)


def test_sqlite_is_set_up_for_one_writer_and_many_readers(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with store.session() as session:
        asked = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "foreign_keys")}
    assert asked == {"journal_mode": "wal", "foreign_keys": 1}


def test_a_database_of_a_newer_version_is_refused(ledger_url: str) -> None:
    store = open_store(ledger_url)
    with store.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(BadInput, match=r"version 9999, newer than this stillforsale knows"):
        open_store(ledger_url)


def test_a_database_of_something_else_is_refused_and_left_alone(ledger_url: str) -> None:
    engine = create_engine(ledger_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE recipes (name TEXT)"))
    with pytest.raises(BadInput, match="no ledger of stillforsale"):
        open_store(ledger_url)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["recipes"]
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "no database URL"),
        ("mysql://host/name", "no database that we know"),
        ("sqlite:////nowhere/at/all/ledger.sqlite", "does not exist"),
        ("postgresql://nobody:secret@127.0.0.1:1/none", "can't be opened"),
    ],
)
def test_a_url_that_leads_nowhere_is_one_sentence(url: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        open_store(url)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database at all, but long enough to be looked at" * 50)
    with pytest.raises(BadInput, match="can't be opened"):
        open_store(f"sqlite:///{path}")


def test_a_database_that_can_not_be_written_needs_a_person(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    store = open_store(f"sqlite:///{path}")
    with store.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
    with pytest.raises(NeedsPerson, match="can't be written"):
        execute(store, f"PRAGMA max_page_count = {pages}", f"INSERT INTO readings VALUES ('a', '{'x' * 1_000_000}')")
    store.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
