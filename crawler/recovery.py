"""Makes the folder of a killed run whole again: torn ends are set aside, finished slots are kept.

Nothing is thrown away: what is cut off goes to `torn/`, and lies in the manifest with its size and SHA-256.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from crawler.archive.append import sync_folder, write_whole
from crawler.archive.members import TornMember
from crawler.archive.reader import record_ids
from crawler.policy import host_key
from crawler.record import CAPTURES_FILE, PAGES_FILE, Capture, Outcome

ATTEMPTS_FILE = ".attempts.jsonl"
TORN_DIR = "torn"
DISK_FULL = "disk_full"


@dataclass(frozen=True, slots=True)
class LastCapture:
    """The latest page of a slot: its number, the URL of the next page where there is one, and those that wait for
    their turn after it."""

    page: int
    next_page_url: str
    waiting: tuple[str, ...] = ()


_DONE = LastCapture(1, "")
"""What most slots leave: one object for all of them, for a run may have very many."""


@dataclass
class Recovered:
    """What an earlier session of the run left: the last capture of each slot, attempts begun, the first start."""

    last: dict[str, LastCapture] = field(default_factory=dict)
    attempts: dict[tuple[str, int], int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    robots: list[dict[str, str]] = field(default_factory=list)
    browser: dict[str, str] = field(default_factory=dict)
    sessions: int = 0
    first_started_at: str = ""


def last_capture(capture: Capture, before: LastCapture | None = None) -> LastCapture:
    """What a capture leaves to be known of its slot, after what its earlier pages left. A page on another host, or
    the same again, is none."""
    reading = capture.reading
    here = (capture.requested_url, capture.final_url)
    named = (reading.next_page_url, *reading.more) if reading else ()
    following = [url for url in named if url and url not in here and _host(url) == _host(capture.final_url)]
    waiting = tuple(dict.fromkeys((*following, *(before.waiting if before else ()))))
    if capture.page == 1 and not waiting:
        return _DONE
    return LastCapture(capture.page, waiting[0] if waiting else "", waiting[1:])


def recover(folder: Path) -> Recovered:
    """Cut torn ends off the archive and the captures, and say what is done already. Safe to be killed in, too."""
    known = _whole_records(folder)
    found = Recovered()
    _read_attempts(folder, found)
    path = folder / CAPTURES_FILE
    if not path.exists():
        return found
    kept, torn, dropped = _sift(path, known, found)
    if torn:
        _set_aside(folder, f"captures-{len(kept)}.part", torn)
    if torn or dropped:
        write_whole(path, kept)
    return found


def _whole_records(folder: Path) -> set[str]:
    """The ids of the archive's whole records; a torn end is set aside."""
    path = folder / PAGES_FILE
    known: set[str] = set()
    if not path.exists():
        return known
    whole = 0
    with path.open("r+b") as file:
        try:
            for span, record_id in record_ids(file):
                known.add(record_id)
                whole = span.offset + span.length
        except TornMember:
            file.seek(whole)
            _set_aside(folder, f"pages-{whole}.part", file.read())
            file.truncate(whole)
            os.fsync(file.fileno())
    return known


def _sift(path: Path, known: set[str], found: Recovered) -> tuple[bytes, bytes, bool]:
    """The lines to keep, the torn ones, and whether slots that a full disk left out are to be tried again."""
    known = {*known, ""}
    kept: list[bytes] = []
    torn: list[bytes] = []
    dropped = False
    for line in path.read_bytes().splitlines(keepends=True):
        capture = _capture(line)
        if capture is None or not {capture.warc_record_id, capture.rendered_record_id} <= known:
            torn.append(line)
        elif capture.outcome == Outcome.NOT_LOOKED and capture.reason == DISK_FULL:
            dropped = True
        else:
            kept.append(line)
            found.last[capture.slot_id] = last_capture(capture, found.last.get(capture.slot_id))
            found.counts[capture.outcome] = found.counts.get(capture.outcome, 0) + 1
    return b"".join(kept), b"".join(torn), dropped


def _capture(line: bytes) -> Capture | None:
    if not line.endswith(b"\n"):
        return None
    try:
        return Capture.model_validate_json(line)
    except ValidationError:
        return None


def _read_attempts(folder: Path, found: Recovered) -> None:
    path = folder / ATTEMPTS_FILE
    lines = path.read_bytes().splitlines() if path.exists() else []
    for line in lines:
        try:
            note = json.loads(line)
        except ValueError:
            continue
        if "slot_id" in note:
            key = (str(note["slot_id"]), int(note["page"]))
            found.attempts[key] = max(found.attempts.get(key, 0), int(note["attempt"]))
        elif "robots" in note:
            found.robots.append(note["robots"])
        elif "browser" in note:
            found.browser = note["browser"]
        elif "started_at" in note:
            found.sessions += 1
            found.first_started_at = found.first_started_at or str(note["started_at"])


def _host(url: str) -> str:
    try:
        return host_key(url)
    except ValueError:
        return ""


def _set_aside(folder: Path, name: str, content: bytes) -> None:
    torn = folder / TORN_DIR
    torn.mkdir(exist_ok=True)
    write_whole(torn / name, content)
    sync_folder(torn)
