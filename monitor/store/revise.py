"""Writes revisions from the tables as they are declared: `python -m monitor.store.revise`.

Until the first release there is one revision, `0001`, and this rewrites it (a ledger made before is thrown away).
After it, pass `--next WORDS` for a further revision, and read what it wrote before you commit it.
"""

import argparse
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import UpgradeOps
from sqlalchemy import create_engine

from monitor.store.base import UtcInstant
from monitor.store.tables import APPEND_ONLY, all_tables
from monitor.store.upgrade import MIGRATIONS, VERSIONS

_PAGE = '''"""{message}."""

import sqlalchemy as sa
from alembic import op
{imports}
revision = "{revision}"
down_revision: str | None = {down_revision!r}
branch_labels = None
depends_on = None
{guarded}

def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    {downgrade}
'''


def first_revision() -> str:
    """The text of revision 0001: every table as declared now, and the triggers on those that only grow."""
    metadata = all_tables()
    with create_engine("sqlite://").connect() as connection:
        script = produce_migrations(_context(connection), metadata)
    tables = [name for name in APPEND_ONLY if name in metadata.tables]
    return _page("The ledger, whole", "0001", None, script.upgrade_ops, script.downgrade_ops, tables)


def next_revision(message: str, url: str) -> str:
    """The text of the revision that brings the database at `url` (at the newest revision) to the declared tables."""
    with create_engine(url).connect() as connection:
        script = produce_migrations(_context(connection), all_tables())
    revision = f"{int(VERSIONS[-1]) + 1:04d}"
    return _page(message, revision, VERSIONS[-1], script.upgrade_ops, script.downgrade_ops, [])


def _page(message: str, revision: str, before: str | None, up: Any, down: Any, tables: list[str]) -> str:
    upgrade, downgrade = _code(up), _code(down)
    imports = "from sqlalchemy.dialects import postgresql\n" if "postgresql." in upgrade + downgrade else ""
    guarded = ""
    if tables:
        imports += "\nfrom monitor.store.guards import guard, unguard\n"
        guarded = "\nGUARDED = (\n" + "".join(f'    "{name}",\n' for name in tables) + ")\n"
        upgrade += "\n    guard(op.get_bind(), GUARDED)"
        downgrade = "unguard(op.get_bind(), GUARDED)\n    " + downgrade
    return _PAGE.format(
        message=message,
        imports=imports,
        revision=revision,
        down_revision=before,
        guarded=guarded,
        upgrade=upgrade,
        downgrade=downgrade,
    )


def _code(ops: UpgradeOps) -> str:
    text = str(render_python_code(ops, render_item=_render)).replace("astext_type=Text()", "")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("# ###")]
    return "\n".join(lines).strip()


def _render(kind: str, item: Any, _: Any) -> str | Literal[False]:
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcInstant) else False


def _context(connection: Any) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"compare_type": True})


def main() -> None:
    """Write the revision's file and say its path."""
    parser = argparse.ArgumentParser(prog="python -m monitor.store.revise", description=__doc__)
    parser.add_argument("--next", metavar="WORDS", help="write a further revision instead of rewriting the first")
    parser.add_argument("--url", default="sqlite:///ledger.sqlite", help="the database to compare with, for --next")
    given = parser.parse_args()
    if given.next:
        name = f"{int(VERSIONS[-1]) + 1:04d}_{'_'.join(given.next.lower().split())}.py"
        text = next_revision(given.next, given.url)
    else:
        name, text = "0001_the_ledger.py", first_revision()
    path: Path = MIGRATIONS / "versions" / name
    path.write_text(text, encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
