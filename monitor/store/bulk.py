"""Writing many rows at once, the same way on SQLite and PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Table, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

T = TypeVar("T")

CHUNK = 5000


class JsonText(str):
    """JSON that is already text: the store writes it as it is, without parsing and printing it again."""

    __slots__ = ()


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
    if rows:
        session.execute(insert(table), rows)


def insert_new(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Append those rows whose key the table does not have yet."""
    if not rows:
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def put_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows of a derived table: in the place of those that have their key, or as new ones."""
    if not rows:
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key.columns]
    values = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    session.connection().execute(statement.on_conflict_do_update(index_elements=keys, set_=values), rows)


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
