"""Writes docs/reference/ledger.md from the tables as they are declared: `python tools/write_ledger.py`."""

import inspect
from pathlib import Path

from sqlalchemy import Column, Table, UniqueConstraint

from monitor.store.base import Base
from monitor.store.tables import APPEND_ONLY, all_tables

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "ledger.md"

HEAD = """# The ledger: tables and columns

One database, SQLite (`ledger.sqlite` in the data folder) or PostgreSQL (`database_url` in the settings). Written by
`tools/write_ledger.py` from the tables themselves; a test keeps the two in step.

- Names: `_at` is an instant (UTC), `_on` a day; `_ms`, `_bytes` are units, `_sha256` a hash in hex, `_id`, `_key` keys.
- **Only grows**: triggers in the database refuse to change or delete a row, whoever holds the connection.
- Everything else is *derived* (`judgements`, `run_controls`, `episodes`, `matches`, ...) or kept up to date: it can be
  made again, and carries the id and version of the rule that made it.

## Versions

`open_store` creates the database or brings it to the version of the code, in one transaction; a newer one is refused.
The revisions lie in `monitor/store/migrations/versions` and are found without an ini file, from an installed wheel too.

Until the first release there is one revision. Whoever changes a table rewrites it with
`python -m monitor.store.revise` (ledgers made before are thrown away), then this page. After the release:
`python -m monitor.store.revise --next "add notes" --url sqlite:///OLD_LEDGER`, and read what it wrote.
"""


def ledger_page() -> str:
    """The page: each table with the docstring of its class, and its columns."""
    tables = all_tables().tables
    about = {str(one.class_.__tablename__): inspect.cleandoc(one.class_.__doc__ or "") for one in Base.registry.mappers}
    parts = [HEAD]
    for name in sorted(tables):
        grows = "\n**Only grows.**\n" if name in APPEND_ONLY else ""
        rows = "\n".join(_row(tables[name], column) for column in tables[name].columns)
        parts.append(f"## `{name}`\n{grows}\n{about[name]}\n\n| column | type | notes |\n| --- | --- | --- |\n{rows}\n")
    return "\n".join(parts)


def _row(table: Table, column: Column[object]) -> str:
    return f"| `{column.name}` | {_type(column)} | {', '.join(_notes(table, column))} |"


def _type(column: Column[object]) -> str:
    names = {"UtcInstant": "instant", "String": "text", "Integer": "integer", "Boolean": "yes or no", "Date": "day"}
    name = type(column.type).__name__
    return names.get(name, name.lower())


def _notes(table: Table, column: Column[object]) -> list[str]:
    notes = ["key"] if column.primary_key else []
    notes += [f"of `{key.target_fullname}`" for key in column.foreign_keys]
    for one in table.constraints:
        if isinstance(one, UniqueConstraint) and column.name in one.columns:
            others = [f"`{other.name}`" for other in one.columns if other.name != column.name]
            notes.append(f"unique with {', '.join(others)}" if others else "unique")
    return notes + (["may be empty"] if column.nullable else [])


if __name__ == "__main__":
    PAGE.write_text(ledger_page(), encoding="utf-8")
    print(PAGE)
