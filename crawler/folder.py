"""A run folder while it is being filled: evidence first, then the line that claims it, then the seal.

A capture's line is written after its WARC records are on the disk. Captures that come in while one sync is under
way share the next one, so the cost of syncing is spread where the disk is slow and small where it is quick.
"""

import asyncio
import errno
import fcntl
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Self

from crawler.archive.append import Appender, DiskFull
from crawler.archive.warc import FIDELITY_NOTE, Message, Resource, WarcPacker
from crawler.clock import Clock, instant
from crawler.errors import BadInput, NeedsPerson
from crawler.plan import Plan, Slot, read_plan
from crawler.record import CAPTURES_FILE, MANIFEST_FILE, PAGES_FILE, PLAN_FILE, Capture, Manifest
from crawler.recovery import ATTEMPTS_FILE, Recovered, last_capture, recover
from crawler.vantage import our_version, user_agent

ROOM_FILE = ".room"
_ROOM_BYTES = 64 * 1024
_ROOM_PER_SLOT_BYTES = 768


class FolderBusy(NeedsPerson):
    """Another process is filling this run folder."""


def read_manifest(folder: Path) -> Manifest | None:
    """The seal of a finished run, None for one that is not finished. Raises BadInput where it can't be read."""
    path = folder / MANIFEST_FILE
    if not path.exists():
        return None
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValueError as error:
        raise BadInput("is not a manifest of this version", file=str(path)) from error


class RunFolder:
    """An open, locked run folder. Raises BadInput for a bad plan, FolderBusy, or DiskFull."""

    def __init__(self, path: Path, clock: Clock, plan: Plan, slots: list[Slot], lock: int) -> None:
        self.path, self.clock, self.plan, self.slots = path, clock, plan, slots
        self._lock = lock
        self.before: Recovered = recover(path)
        self.counts = dict(self.before.counts)
        self.last = self.before.last
        self.robots = list(self.before.robots)
        self.browser = dict(self.before.browser)
        self._keep_room()
        self._pages = Appender(path / PAGES_FILE)
        self._captures = Appender(path / CAPTURES_FILE)
        self._notes = Appender(path / ATTEMPTS_FILE)
        self._packer = WarcPacker()
        self._queue: list[bytes] = []
        self._queued = self._written = 0
        self._committing = asyncio.Lock()
        self.started_at = self.before.first_started_at or instant(clock.now())
        self._note({"started_at": instant(clock.now())})
        if self._pages.size == 0:
            self._pages.append(self._packer.info(self._info(), clock.now()))

    @classmethod
    def open(cls, path: Path, clock: Clock) -> Self:
        """Lock the folder, make a killed run whole again, and go on where it stopped."""
        plan, slots = read_plan(path / PLAN_FILE)
        lock = lock_folder(path)
        try:
            return cls(path, clock, plan, slots, lock)
        except BaseException:
            os.close(lock)
            raise

    def archive(self, message: Message) -> str:
        """Append one exchange to the archive; the id of the answer's record. Raises DiskFull."""
        archived = self._packer.exchange(message)
        self._pages.append(archived.data)
        return archived.record_id

    def keep_rendered(self, url: str, dom: bytes, refers_to: str) -> str:
        """Append the DOM that a browser made of an archived page; the id of its record. Raises DiskFull."""
        archived = self._packer.conversion(url, self.clock.now(), dom, refers_to)
        self._pages.append(archived.data)
        return archived.record_id

    def archive_saved(self, resource: Resource) -> str:
        """Append a page that was saved from a browser; the id of its record. Raises DiskFull."""
        archived = self._packer.resource(resource)
        self._pages.append(archived.data)
        return archived.record_id

    def attempt(self, slot_id: str, page: int) -> int:
        """Note that a request for this slot begins; says which attempt it is, over all sessions of the run."""
        number = self.before.attempts.get((slot_id, page), 0) + 1
        self.before.attempts[slot_id, page] = number
        self._note({"slot_id": slot_id, "page": page, "attempt": number})
        return number

    def attempts_of(self, slot_id: str, page: int) -> int:
        """How many requests for this page of a slot have begun so far."""
        return self.before.attempts.get((slot_id, page), 0)

    def note_robots(self, note: dict[str, str]) -> None:
        """Keep what was read of a robots.txt for the manifest."""
        self.robots.append(note)
        self._note({"robots": note})

    def note_browser(self, note: dict[str, str]) -> None:
        """Keep for the manifest which browser renders pages."""
        if note != self.browser:
            self.browser = note
            self._note({"browser": note})

    async def append(self, capture: Capture) -> None:
        """Write the capture's line once its evidence is on the disk. Raises DiskFull."""
        self._queue.append(capture.model_dump_json().encode() + b"\n")
        self._queued += 1
        mine = self._queued
        async with self._committing:
            self._count(capture)
            if self._written >= mine:
                return
            ready = len(self._queue)
            await asyncio.get_running_loop().run_in_executor(None, self._pages.sync)
            self._write(ready)

    def append_now(self, captures: list[Capture]) -> None:
        """Write lines at the end of a session, without waiting for anybody. Raises DiskFull."""
        self._pages.sync()
        self._write(len(self._queue))
        for capture in captures:
            self._captures.append(capture.model_dump_json().encode() + b"\n")
            self._count(capture)
        self._captures.sync()

    def give_room(self) -> None:
        """Free the bytes that were kept for the lines of slots which a full disk leaves out."""
        (self.path / ROOM_FILE).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what only an unfinished run needs."""
        self.give_room()
        (self.path / ATTEMPTS_FILE).unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the files and the lock."""
        for file in (self._pages, self._captures, self._notes):
            file.close()
        os.close(self._lock)

    def _write(self, ready: int) -> None:
        if ready:
            self._captures.append(b"".join(self._queue[:ready]))
            del self._queue[:ready]
            self._written += ready

    def _count(self, capture: Capture) -> None:
        self.counts[capture.outcome] = self.counts.get(capture.outcome, 0) + 1
        self.last[capture.slot_id] = last_capture(capture, self.last.get(capture.slot_id))

    def _note(self, note: dict[str, object]) -> None:
        self._notes.append(json.dumps(note).encode() + b"\n")

    def _keep_room(self) -> None:
        size = _ROOM_BYTES + _ROOM_PER_SLOT_BYTES * len(self.slots)
        try:
            with (self.path / ROOM_FILE).open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:
            self.give_room()
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise DiskFull(f"{self.path} has no room for a run: {error.strerror}") from error

    def _info(self) -> dict[str, str]:
        return {
            "software": f"stillforsale/{our_version()}",
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "operator": self.plan.identity.operator,
            "http-header-user-agent": user_agent(self.plan.identity),
            "robots": "obey",
            "isPartOf": self.plan.run_id,
            "description": FIDELITY_NOTE,
        }


def lock_folder(path: Path) -> int:
    """Lock a run folder for this process; the handle that holds the lock. Raises FolderBusy."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise FolderBusy(f"{path} is being filled by another process") from error
    except BaseException:
        with suppress(OSError):
            os.close(handle)
        raise
    return handle
