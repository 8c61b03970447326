"""The only module that asks what time it is. Every other one is handed a `Clock`.

A simulated clock lives in a small file, so that the demo market, the crawl's child process and the monitor
share one time: whoever sleeps on it moves it for all.
"""

import mmap
import struct
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

_MICROSECONDS = struct.Struct("=q")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """What time it is (aware, UTC), how to wait, and a stopwatch that no clock change disturbs."""

    def now(self) -> datetime: ...

    def sleep(self, seconds: float) -> None: ...

    def monotonic_s(self) -> float: ...

    def spec(self) -> str: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))

    def monotonic_s(self) -> float:
        return time.monotonic()

    def spec(self) -> str:
        """How a plan names this clock, for `clock_from`."""
        return "system"


class SimulatedClock:
    """A clock in a file of eight bytes (microseconds since 1970, the machine's byte order), shared by processes.

    It stands still until somebody sleeps on it or sets it.
    """

    def __init__(self, path: Path, start_at: datetime | None = None) -> None:
        """Open the clock at `path`; with `start_at`, create or reset it. Raises FileNotFoundError without either."""
        self.path = path
        if start_at is not None:
            path.write_bytes(_MICROSECONDS.pack(_to_microseconds(start_at)))
        with path.open("r+b") as file:
            shared = mmap.mmap(file.fileno(), _MICROSECONDS.size)
        # One aligned store of eight bytes: struct.pack_into clears them first, and another process would read 1970.
        self._microseconds = memoryview(shared).cast("q")

    def now(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self._microseconds[0])

    def set(self, at: datetime) -> None:
        self._microseconds[0] = _to_microseconds(at)

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.set(self.now() + timedelta(seconds=seconds))

    def monotonic_s(self) -> float:
        return (self.now() - _EPOCH).total_seconds()

    def spec(self) -> str:
        """How a plan names this clock, for `clock_from`."""
        return f"simulated:{self.path}"


def clock_from(spec: str) -> Clock:
    """The clock that a plan names: `system`, or `simulated:PATH`. Raises ValueError for anything else."""
    kind, _, rest = spec.partition(":")
    if kind == "system" and not rest:
        return SystemClock()
    if kind == "simulated" and rest:
        return SimulatedClock(Path(rest))
    raise ValueError(f"clock {spec!r} is neither `system` nor `simulated:PATH`")


def instant(at: datetime) -> str:
    """ISO 8601 in UTC with `Z`, microseconds only where there are any: the one form written to files."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_instant(text: str) -> datetime:
    """The instant that `instant` wrote. Raises ValueError where the text has no zone or is no instant."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"instant {text!r} has no time zone")
    return at.astimezone(UTC)


def _to_microseconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)
