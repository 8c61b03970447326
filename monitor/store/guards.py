"""Triggers that refuse UPDATE and DELETE: the ledger only grows, whoever holds the connection."""

from collections.abc import Iterable

from sqlalchemy import Connection, inspect

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'table % only grows: rows are never changed or deleted', TG_TABLE_NAME; END $$
"""


def guard(connection: Connection, tables: Iterable[str]) -> None:
    """Put the triggers on `tables`. On SQLite a REPLACE is refused too, where `recursive_triggers` is on (ours is)."""
    if connection.dialect.name == "sqlite":
        for table in tables:
            for event in ("update", "delete"):
                connection.exec_driver_sql(
                    f"CREATE TRIGGER {table}_no_{event} BEFORE {event.upper()} ON {table} BEGIN "
                    f"SELECT RAISE(ABORT, 'table {table} only grows: rows are never changed or deleted'); END"
                )
        return
    connection.exec_driver_sql(_FUNCTION.replace("%", "%%"))
    for table in tables:
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def unguard(connection: Connection, tables: Iterable[str]) -> None:
    """Take the triggers off `tables`: for a downgrade only."""
    if connection.dialect.name == "sqlite":
        for table in tables:
            for event in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{event}")
        return
    for table in tables:
        for trigger in ("no_change", "no_truncate"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_{trigger} ON {table}")
    connection.exec_driver_sql("DROP FUNCTION IF EXISTS refuse_change()")


def guarded(connection: Connection) -> set[str]:
    """The tables that carry the triggers now."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
        names = {(table, name) for table, name in rows}
        return {
            table for table, _ in names if {(table, f"{table}_no_{event}") for event in ("update", "delete")} <= names
        }
    query = "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgenabled = 'O'"
    names = {(table, name) for table, name in connection.exec_driver_sql(query)}
    return {table for table, _ in names if {(table, f"{table}_no_{what}") for what in ("change", "truncate")} <= names}


def existing(connection: Connection, tables: Iterable[str]) -> list[str]:
    """Those of `tables` that the database has."""
    present = set(inspect(connection).get_table_names())
    return [table for table in tables if table in present]
