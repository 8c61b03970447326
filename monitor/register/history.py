"""What changed in a notice from one version to the next, derived from the versions that were kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.store.register_tables import NoticeVersionRow


@dataclass(frozen=True)
class FieldChange:
    """One field: what it said before and after; None where it was absent."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Version:
    """What a source said from `seen_at` on; `changes` against its version before, empty for the first."""

    source: str
    seen_at: datetime
    content_sha256: str
    changes: tuple[FieldChange, ...]


def history(session: Session, notice_id: str) -> list[Version]:
    """The versions of a notice, source by source and oldest first; the same content twice in a row is one version."""
    query = (
        select(NoticeVersionRow)
        .where(NoticeVersionRow.notice_id == notice_id)
        .order_by(NoticeVersionRow.source, NoticeVersionRow.seen_at, NoticeVersionRow.version_id)
    )
    by_source = groupby(session.scalars(query), key=lambda row: row.source)
    return [version for _, rows in by_source for version in _versions(list(rows))]


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> tuple[FieldChange, ...]:
    """The fields in which two contents differ, by name."""
    names = sorted(before.keys() | after.keys())
    return tuple(
        FieldChange(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )


def _versions(rows: list[NoticeVersionRow]) -> Iterator[Version]:
    before: NoticeVersionRow | None = None
    for row in rows:
        if before is not None and before.content_sha256 == row.content_sha256:
            continue
        changes = changed_fields(before.content, row.content) if before is not None else ()
        yield Version(row.source, row.seen_at, row.content_sha256, changes)
        before = row
