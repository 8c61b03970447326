"""Writing many rows at once, the same way on SQLite and PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from monitor.store.driver import write_rows

T = TypeVar("T")

CHUNK = 5000


def take_ids(session: Session, table: Table, count: int) -> Sequence[int]:
    """`count` fresh ids for a table with one integer key. The caller holds the writers' lock (`lock_writers`)."""
    (column,) = table.primary_key.columns
    if session.get_bind().dialect.name == "sqlite":
        newest = session.execute(select(func.max(column))).scalar() or 0
        return range(newest + 1, newest + 1 + count)
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    rows = select(func.nextval(sequence)).select_from(func.generate_series(1, count).alias("n"))
    return list(session.scalars(rows))


def insert_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Append rows; every row has the same keys."""
    write_rows(session.connection(), table, rows)


def insert_new(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Append those rows whose key the table does not have yet."""
    write_rows(session.connection(), table, rows, "ON CONFLICT DO NOTHING")


def put_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows of a derived table: in the place of those that have their key, or as new ones."""
    if rows:
        keys = [column.name for column in table.primary_key.columns]
        values = ", ".join(f"{name} = excluded.{name}" for name in rows[0] if name not in keys)
        write_rows(session.connection(), table, rows, f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {values}")


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """`items` in lists of at most `size`."""
    chunk: list[T] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
