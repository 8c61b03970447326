"""One request at a time per host over all runs of an archive: a lease per host, in a small file beside the runs.

Whoever asks a host holds its lease from before the request until the pause after it is noted. The lease is a lock that
the kernel takes back from a process that dies, so a killed run blocks nobody, and the pause that it owed is kept.
"""

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from crawler.archive.append import DiskFull
from crawler.clock import Clock

LEASES_DIR = ".hosts"
ASK_EVERY_S = 0.02
_LONGEST_NOTE = 1024


class Waits(Protocol):
    """How to wait for another process: `crawler.pace.Stop` is one. Both raise Stopped where the run is over."""

    def check(self) -> None: ...

    async def wait(self, seconds: float | None = None) -> None: ...


class LeaseBusy(Exception):
    """Another run has been asking this host for too long."""


class Lease:
    """The lease of one host, while it is held. Instants are on the clock's stopwatch, which all processes share."""

    def __init__(self, handle: int, clock: Clock, host: str) -> None:
        self._handle, self._clock, self._host = handle, clock, host

    def free_at_s(self) -> float:
        """When the host may be asked next, by what the holders before have noted; 0 where nothing counts."""
        try:
            note = json.loads(os.pread(self._handle, _LONGEST_NOTE, 0))
            noted_s, free_at_s = float(note["noted_s"]), float(note["free_at_s"])
        except (ValueError, KeyError, TypeError):
            return 0.0
        # A stopwatch that stands before the note was started anew: the machine has booted since.
        return free_at_s if noted_s <= self._clock.monotonic_s() else 0.0

    def note(self, free_at_s: float) -> None:
        """Note when the host may be asked next. Raises DiskFull."""
        note = {"host": self._host, "noted_s": self._clock.monotonic_s(), "free_at_s": free_at_s}
        content = json.dumps(note).encode()[: _LONGEST_NOTE - 1] + b"\n"
        try:
            os.pwrite(self._handle, content, 0)
            os.ftruncate(self._handle, len(content))
        except OSError as error:
            raise _full(error, self._host) from error


class Leases:
    """The leases of one archive; `folder` is where its runs lie."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder / LEASES_DIR, clock

    @asynccontextmanager
    async def held(self, host: str, waits: Waits, longest_s: float) -> AsyncIterator[Lease]:
        """The host's lease, once whoever holds it lets go. Raises LeaseBusy after `longest_s` real seconds, DiskFull,
        or Stopped."""
        handle = self._open(host)
        try:
            await _locked(handle, waits, longest_s)
            yield Lease(handle, self._clock, host)
        finally:
            os.close(handle)

    def _open(self, host: str) -> int:
        path = self._folder / hashlib.sha256(host.encode()).hexdigest()[:32]
        try:
            with suppress(FileNotFoundError):
                return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            self._folder.mkdir(parents=True, exist_ok=True)
            return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise _full(error, host) from error


async def _locked(handle: int, waits: Waits, longest_s: float) -> None:
    for _ in range(max(1, int(longest_s / ASK_EVERY_S))):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waits.check()
            await waits.wait(ASK_EVERY_S)
        else:
            return
    raise LeaseBusy(f"another run has been asking this host for {longest_s:.0f} s")


def _full(error: OSError, host: str) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"no room to note the pace of {host}: {error.strerror}")
    return error
