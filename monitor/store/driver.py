"""Rows into the database by the driver's own means: executemany on SQLite, COPY on PostgreSQL.

A statement that is built anew for every row costs more than the row itself. The caller's transaction holds all of it.
"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Connection, Table
from sqlalchemy.exc import OperationalError

from monitor.store.base import UtcInstant

Converter = Callable[[Any], Any]


class JsonText(str):
    """JSON that is already text: the store writes it as it is, without parsing and printing it again."""

    __slots__ = ()


def json_text(value: Any) -> str:
    """A value as the store writes it into a column of JSON."""
    return value if isinstance(value, JsonText) else json.dumps(value, ensure_ascii=False)


def write_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], on_conflict: str = "") -> None:
    """Append rows, all with the same keys; `on_conflict` is what follows INSERT where a key is there already."""
    if not rows:
        return
    names, values = _values(connection, table, rows)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        into = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks}) {on_conflict}"
        connection.exec_driver_sql(into, values)
    elif not on_conflict:
        _copy(connection, table.name, names, values)
    else:
        beside, columns = f"new_{table.name}", ", ".join(names)
        create = f"CREATE TEMP TABLE IF NOT EXISTS {beside} (LIKE {table.name}) ON COMMIT DROP"
        connection.exec_driver_sql(create)
        _copy(connection, beside, names, values)
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {beside} {on_conflict}")
        connection.exec_driver_sql(f"DELETE FROM {beside}")


def _values(
    connection: Connection, table: Table, rows: Sequence[dict[str, Any]]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names, and each row as the driver takes it; columns that no row names have their default."""
    defaults = {
        column.name: _default(column.default)
        for column in table.columns
        if column.name not in rows[0] and column.default is not None
    }
    names = [*rows[0], *defaults]
    instant = _naive_text if connection.dialect.name == "sqlite" else _aware
    converters: list[tuple[int, Converter]] = []
    for place, name in enumerate(names):
        kind = table.columns[name].type
        if isinstance(kind, UtcInstant):
            converters.append((place, instant))
        elif isinstance(kind, JSON):
            converters.append((place, json_text))
    given, rest = list(rows[0]), list(defaults.values())
    found = []
    for row in rows:
        values = [*[row[name] for name in given], *rest]
        for place, convert in converters:
            if values[place] is not None:
                values[place] = convert(values[place])
        found.append(tuple(values))
    return names, found


def _default(default: Any) -> Any:
    """What a column holds where nothing is said: a value, or what makes one."""
    return default.arg(None) if default.is_callable else default.arg


def _aware(value: datetime) -> datetime:
    """An aware instant in UTC. Raises ValueError for a naive one: nobody can say which instant that is."""
    if value.tzinfo is None:
        raise ValueError(f"instant {value} has no time zone")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _naive_text(value: datetime) -> str:
    """An instant in the text in which SQLAlchemy keeps it on SQLite."""
    return _aware(value).isoformat(" ", "microseconds")[:-6]


def _copy(connection: Connection, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    from psycopg import OperationalError as DriverError

    driver: Any = connection.connection.driver_connection
    statement = f"COPY {table} ({', '.join(names)}) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except DriverError as error:
        raise OperationalError(statement, None, error) from error
