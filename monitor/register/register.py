"""The hazard register: lists of authorities go in as versions, and the newest of each notice comes out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from crawler.errors import NeedsPerson
from crawler.feeds.notice import Notice
from crawler.feeds.registry import feeds
from crawler.feeds.result import ReadResult, Refusal, Remark
from monitor.register.content import content_of, digest
from monitor.register.late import later_sightings
from monitor.register.projection import identifier_rows, link_rows, notice_row
from monitor.register.ties import resolve
from monitor.store.register_tables import (
    NoticeIdentifierRow,
    NoticeImportRow,
    NoticeLinkRow,
    NoticeRow,
    NoticeVersionRow,
)

_LAST_RANK = 99
_CHUNK = 500
Item = TypeVar("Item")


@dataclass(frozen=True)
class ImportResult:
    """What an import did. `records` is new + changed + unchanged + refused: nothing is dropped silently."""

    source: str
    records: int
    new: int
    changed: int
    unchanged: int
    refused: tuple[Refusal, ...]
    flagged: tuple[Remark, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Version:
    notice: Notice
    content: dict[str, Any]
    sha256: str


@dataclass(frozen=True)
class Origin:
    """Where a list came from: the file's name and the SHA-256 of its bytes, and when it is imported."""

    file_name: str = ""
    file_sha256: str = ""
    imported_at: datetime | None = None


def import_notices(
    session: Session, result: ReadResult, source: str, seen_at: datetime, origin: Origin | None = None
) -> ImportResult:
    """Write what a list says as versions of its source, seen at `seen_at` (aware); what it lacks stays as it was.

    Importing the same list again changes nothing. Raises NeedsPerson for a list without any record.
    """
    if not result.records:
        raise NeedsPerson(f"the list of {source} holds no records: the register is kept as it is")
    result = _with_future_flags(result, seen_at)
    known = _known_versions(session, source)
    counts = {"new": 0, "changed": 0, "unchanged": len(result.repeated)}
    fresh: list[_Version] = []
    same: list[str] = []
    for notice in result.notices:
        content = content_of(notice)
        version = _Version(notice, content, digest(content))
        verdict, to_write = _compare(version, known.get(notice.id, []), seen_at)
        counts[verdict] += 1
        if to_write:
            fresh.append(version)
        else:
            same.append(notice.id)
    done = ImportResult(
        source,
        result.records,
        new=counts["new"],
        changed=counts["changed"],
        unchanged=counts["unchanged"],
        refused=result.refused,
        flagged=result.flagged,
        notes=result.notes,
    )
    _write(session, done, fresh, same, seen_at, origin or Origin())
    return done


def current_notices(session: Session, *, kind: str = "", authority: str = "") -> Iterator[Notice]:
    """The newest version of every notice by its best source, ordered by id; filters are exact, empty means any."""
    query = select(NoticeRow.notice).order_by(NoticeRow.notice_id)
    if kind:
        query = query.where(NoticeRow.kind == kind)
    if authority:
        query = query.where(NoticeRow.authority == authority)
    for content in session.scalars(query):
        yield Notice.model_validate(content)


def get_notice(session: Session, notice_id: str) -> Notice | None:
    """One notice as it stands now, None where the register has none of this id."""
    content = session.scalar(select(NoticeRow.notice).where(NoticeRow.notice_id == notice_id))
    return None if content is None else Notice.model_validate(content)


def _with_future_flags(result: ReadResult, seen_at: datetime) -> ReadResult:
    """The authority's day may be ahead of UTC by one; a later one than that is flagged and kept."""
    last = (seen_at.astimezone(UTC) + timedelta(days=1)).date().isoformat()
    notices = []
    for notice in result.notices:
        if notice.published_on > last:
            flag = f"future-date: published on {notice.published_on}, seen on {seen_at.date().isoformat()}"
            notice = notice.model_copy(update={"flags": (*notice.flags, flag)})
        notices.append(notice)
    return replace(result, notices=tuple(notices))


def _known_versions(session: Session, source: str) -> dict[str, list[tuple[datetime, str]]]:
    query = (
        select(NoticeVersionRow.notice_id, NoticeVersionRow.seen_at, NoticeVersionRow.content_sha256)
        .where(NoticeVersionRow.source == source)
        .order_by(NoticeVersionRow.seen_at, NoticeVersionRow.version_id)
    )
    found: dict[str, list[tuple[datetime, str]]] = {}
    for notice_id, seen_at, sha256 in session.execute(query):
        found.setdefault(notice_id, []).append((seen_at, sha256))
    return found


def _compare(version: _Version, history: list[tuple[datetime, str]], seen_at: datetime) -> tuple[str, bool]:
    """(new, changed or unchanged, whether to write it), against what the source said at that time.

    An older capture than all that we have moves the first sight back: it is written, also where nothing differs.
    """
    if not history:
        return "new", True
    if (seen_at, version.sha256) in history:
        return "unchanged", False
    before = [sha256 for at, sha256 in history if at <= seen_at]
    if before:
        same = before[-1] == version.sha256
        return ("unchanged", False) if same else ("changed", True)
    return ("unchanged" if history[0][1] == version.sha256 else "changed"), True


def _write(
    session: Session, done: ImportResult, fresh: list[_Version], same: list[str], seen_at: datetime, origin: Origin
) -> None:
    if not fresh and _imported_before(session, done, seen_at, origin):
        return
    row = NoticeImportRow(
        source=done.source,
        file_name=origin.file_name,
        file_sha256=origin.file_sha256,
        seen_at=seen_at,
        imported_at=origin.imported_at or seen_at,
        records=done.records,
        new=done.new,
        changed=done.changed,
        unchanged=done.unchanged,
        refused=[{"record": one.record, "reason": one.reason} for one in done.refused],
        unchanged_ids=same,
    )
    session.add(row)
    session.flush()
    if fresh:
        seen_again = later_sightings(session, done.source, {one.notice.id for one in fresh}, seen_at)
        ours = [
            {
                "notice_id": one.notice.id,
                "source": done.source,
                "seen_at": seen_at,
                "content_sha256": one.sha256,
                "content": one.content,
                "import_id": row.import_id,
            }
            for one in fresh
        ]
        session.execute(insert(NoticeVersionRow), [*ours, *seen_again])
        overtaken = {again["notice_id"] for again in seen_again}
        for again in seen_again:
            shown = (NoticeRow.notice_id == again["notice_id"]) & (NoticeRow.source == done.source)
            session.execute(update(NoticeRow).where(shown).values(seen_at=again["seen_at"]))
        newest = [one for one in fresh if one.notice.id not in overtaken]
        _project(session, _leading(session, newest, done.source, seen_at), done.source, seen_at)
        resolve(session)


def _imported_before(session: Session, done: ImportResult, seen_at: datetime, origin: Origin) -> bool:
    """Whether the same bytes were imported from this source, as seen on the same day."""
    query = select(NoticeImportRow.seen_at).where(
        NoticeImportRow.source == done.source, NoticeImportRow.file_sha256 == origin.file_sha256
    )
    return any(at.date() == seen_at.date() for at in session.scalars(query))


def _leading(session: Session, fresh: list[_Version], source: str, seen_at: datetime) -> list[_Version]:
    """Those that are now the newest version of their notice by its best source."""
    query = select(NoticeRow.notice_id, NoticeRow.source, NoticeRow.seen_at)
    shown = {notice_id: (other, at) for notice_id, other, at in session.execute(query)}
    ours = _rank(source)

    def leads(one: _Version) -> bool:
        other, at = shown.get(one.notice.id, ("", seen_at))
        return not other or ours < _rank(other) or (source == other and seen_at >= at)

    return [one for one in fresh if leads(one)]


def _rank(source: str) -> int:
    known = feeds().get(source)
    return known.info.rank if known else _LAST_RANK


def _project(session: Session, versions: list[_Version], source: str, seen_at: datetime) -> None:
    ids = [one.notice.id for one in versions]
    for table in (NoticeIdentifierRow, NoticeLinkRow, NoticeRow):
        for chunk in _chunks(ids):
            session.execute(delete(table).where(table.notice_id.in_(chunk)))
    notices = [one.notice for one in versions]
    rows: list[tuple[type[Any], Iterable[dict[str, Any]]]] = [
        (NoticeRow, (notice_row(one.notice, source, seen_at, one.sha256) for one in versions)),
        (NoticeIdentifierRow, (row for notice in notices for row in identifier_rows(notice))),
        (NoticeLinkRow, (row for notice in notices for row in link_rows(notice))),
    ]
    for row_table, found in rows:
        if values := list(found):
            session.execute(insert(row_table), values)


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
