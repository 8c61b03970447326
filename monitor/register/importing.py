"""A file into the register: one transaction, one result in numbers and words."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.errors import BadInput
from crawler.feeds.bytes import read_bytes
from crawler.feeds.registry import read_data, read_data_mapped
from monitor.register.register import ImportResult, Origin, import_notices
from monitor.register.updating import Updated
from monitor.store.session import Store, lock_writers


def import_file(
    store: Store, path: Path, source: str | None, *, seen_at: datetime, now: datetime, columns: Path | None = None
) -> ImportResult:
    """Read a list and write it in one transaction; `columns` is a column map, for a CSV of any form.

    Raises BadInput (not what it claims) and NeedsPerson (empty).
    """
    data, name = read_bytes(path), str(path)
    if columns is not None and source not in (None, "csv"):
        raise BadInput("--columns belongs to --source csv", field="--columns")
    result = read_data_mapped(data, name, columns) if columns is not None else read_data(data, name, source)
    origin = Origin(path.name, hashlib.sha256(data).hexdigest(), now)
    with store.session() as session:
        lock_writers(session)
        return import_notices(session, result, result.source, seen_at, origin)


def update_json(updated: Updated) -> dict[str, Any]:
    """What `recalls update` prints of one source."""
    found = {"source": updated.source, "outcome": updated.outcome, "reason": updated.reason}
    return found | (result_json(updated.done) if updated.done else {})


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
