"""A file into the register: one transaction, one result in numbers and words."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.feeds.bytes import read_bytes
from crawler.feeds.registry import read_data
from monitor.register.register import ImportResult, Origin, import_notices
from monitor.store.session import Store, lock_writers


def import_file(store: Store, path: Path, source: str | None, *, seen_at: datetime, now: datetime) -> ImportResult:
    """Read a list and write it in one transaction. Raises BadInput (not what it claims) and NeedsPerson (empty)."""
    return import_data(store, read_bytes(path), str(path), source, seen_at=seen_at, now=now)


def import_data(
    store: Store, data: bytes, name: str, source: str | None, *, seen_at: datetime, now: datetime
) -> ImportResult:
    """As `import_file`, from bytes that somebody fetched."""
    result = read_data(data, name, source)
    origin = Origin(Path(name).name, hashlib.sha256(data).hexdigest(), now)
    with store.session() as session:
        lock_writers(session)
        return import_notices(session, result, result.source, seen_at, origin)


def result_json(done: ImportResult) -> dict[str, Any]:
    """The result as the command prints it."""
    return {
        "source": done.source,
        "records": done.records,
        "new": done.new,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "refused": [{"record": one.record, "reason": one.reason} for one in done.refused],
        "flagged": [{"record": one.record, "flag": one.flag, "says": one.says} for one in done.flagged],
    }


def result_words(done: ImportResult) -> str:
    """The result in one sentence."""
    if not done.new + done.changed and done.unchanged:
        tail = f", {len(done.refused)} refused" if done.refused else ""
        return f"nothing changed: {done.unchanged} records as they were{tail}"
    parts = [
        f"{done.new} new",
        f"{done.changed} changed",
        f"{done.unchanged} unchanged",
        f"{len(done.refused)} refused",
    ]
    flagged = f"; {len(done.flagged)} oddities flagged" if done.flagged else ""
    return f"{done.records} records of {done.source}: {', '.join(parts)}{flagged}"


def problems_of(done: ImportResult) -> list[str]:
    """What of an import needs a person: records left out, dates in the future."""
    problems = []
    if done.refused:
        first = done.refused[0]
        more = f", and {len(done.refused) - 1} more" if len(done.refused) > 1 else ""
        problems.append(f"{len(done.refused)} of {done.records} records refused: {first.record} ({first.reason}){more}")
    future = [one.record for one in done.flagged if one.flag == "future-date"]
    if future:
        problems.append(f"{len(future)} dated in the future, kept and flagged: {', '.join(future[:5])}")
    return problems
