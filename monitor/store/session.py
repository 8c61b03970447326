"""The way into the ledger: one database, SQLite in the data folder or PostgreSQL by URL, upgraded when opened.

SQLite runs in WAL mode with foreign keys on, and every writing transaction starts with BEGIN IMMEDIATE: a second
writer waits (busy timeout) instead of failing half-way. On PostgreSQL the bulk writers take one advisory lock.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.orm import Session

from crawler.errors import BadInput, NeedsPerson
from monitor.store.driver import json_text
from monitor.store.tables import all_tables
from monitor.store.upgrade import VERSIONS, upgrade, version_of

BUSY_TIMEOUT_S = 60
WRITER_LOCK = 0x5F0E5A1E
"""The advisory lock of a bulk writer on PostgreSQL."""

_READ_ONLY = "stillforsale_read_only"


class Store:
    """An open ledger. `session` is one transaction: committed at its end, rolled back where an error leaves it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reader = engine.execution_options(**{_READ_ONLY: True})

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One writing transaction; on SQLite it holds the write lock from its first statement on.

        Raises NeedsPerson where the database can't be written: disk full, locked for long, gone.
        """
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except OperationalError as error:
            raise NeedsPerson(f"the database can't be written: {_first_line(error)}; nothing was changed") from error

    @contextmanager
    def reader(self) -> Iterator[Session]:
        """One transaction that only reads, beside any writer, from one state of the ledger. Writing in it fails."""
        with Session(self._reader, expire_on_commit=False) as session, session.begin():
            yield session

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        self.engine.dispose()


def open_store(url: str) -> Store:
    """The ledger at `url` (`sqlite:///PATH` or `postgresql://...`), created or upgraded where needed.

    Raises BadInput for a URL of another kind, a database that can't be reached or is no ledger, or one of a newer
    version.
    """
    engine = _engine(_parsed(url))
    try:
        with engine.execution_options(**{_READ_ONLY: True}).connect() as connection:
            version = version_of(connection)
        if version != VERSIONS[-1]:
            _upgrade(engine)
    except DatabaseError as error:
        engine.dispose()
        where = engine.url.render_as_string()
        raise BadInput(f"the database {where} can't be opened: {_first_line(error)}") from error
    except BadInput:
        engine.dispose()
        raise
    return Store(engine)


def lock_writers(session: Session) -> None:
    """Wait until no other bulk writer works on this ledger, and hold it until the transaction's end.

    SQLite needs nothing: BEGIN IMMEDIATE did it.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%(key)s)", {"key": WRITER_LOCK})


def _upgrade(engine: Engine) -> None:
    all_tables()
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%(key)s)", {"key": WRITER_LOCK})
        if version_of(connection) != VERSIONS[-1]:  # another process may have done it while we waited
            upgrade(connection)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadInput(f"{url!r} is no database URL; use sqlite:///PATH or postgresql://HOST/NAME") from error
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        raise BadInput(f"{parsed.drivername} is no database that we know; use sqlite:///PATH or postgresql://HOST/NAME")
    folder = Path(parsed.database or "").parent
    if parsed.database and not folder.is_dir():
        raise BadInput(f"the folder {folder} of the database does not exist")
    return parsed


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S}, json_serializer=json_text)
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, pool_pre_ping=True, json_serializer=json_text)
    event.listen(engine, "begin", _begin_postgres)
    return engine


def _on_sqlite_connect(connection: sqlite3.Connection, _: Any) -> None:
    # Python's driver would otherwise begin and commit on its own account, also around DDL.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "temp_store = MEMORY",
        "cache_size = -65536",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    read_only = bool(connection.get_execution_options().get(_READ_ONLY))
    connection.exec_driver_sql(f"PRAGMA query_only = {int(read_only)}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get(_READ_ONLY):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _first_line(error: DatabaseError) -> str:
    return str(error.orig or error).strip().splitlines()[0]
