"""Waiting and stopping: one request at a time per host, a pause after each, and an end within seconds."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from crawler.clock import Clock, SystemClock

STOP_SWITCH = "stop_switch"
INTERRUPTED = "interrupted"
WATCH_EVERY_S = 0.5


class Stopped(Exception):
    """The run ends here; the message is the reason."""


class Stop:
    """Whether the run has been told to end, and why: a stop file, a signal, a full disk. The first reason stays."""

    def __init__(self, stop_file: str = "", parent_pid: int = 0) -> None:
        """`parent_pid` is the process that waits for us: without it nobody would take the run in."""
        self._file = Path(stop_file) if stop_file else None
        self._parent_pid = parent_pid
        self._event = asyncio.Event()
        self.reason = ""

    def now(self, reason: str) -> None:
        """End the run."""
        self.reason = self.reason or reason
        self._event.set()

    def check(self) -> None:
        """Raises Stopped where the run is over."""
        if not self.reason and self._file is not None and self._file.exists():
            self.now(STOP_SWITCH)
        if self._parent_pid and os.getppid() != self._parent_pid:
            self.now(INTERRUPTED)
        if self.reason:
            raise Stopped(self.reason)

    async def wait(self, seconds: float | None = None) -> None:
        """Wait so many real seconds, or for ever. Raises Stopped as soon as the run is told to end."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return
        raise Stopped(self.reason)


class _Gate:
    def __init__(self, delay_s: float) -> None:
        self.lock = asyncio.Lock()
        self.delay_s = delay_s
        self.free_at_s = 0.0


class Pace:
    """One gate per host over all slots of a run. Times are on the clock's stopwatch, which no clock change moves."""

    def __init__(self, clock: Clock, min_delay_s: float, stop: Stop) -> None:
        self.clock, self._min_delay_s, self._stop = clock, min_delay_s, stop
        self._gates: dict[str, _Gate] = {}

    def slow_down(self, host: str, delay_s: float) -> None:
        """Never go faster on `host` than one request in `delay_s` seconds."""
        gate = self._gate(host)
        gate.delay_s = max(gate.delay_s, delay_s)

    def hold(self, host: str, seconds: float) -> None:
        """No request to `host` for so many seconds from now."""
        gate = self._gate(host)
        gate.free_at_s = max(gate.free_at_s, self.clock.monotonic_s() + seconds)

    def again(self, host: str) -> None:
        """Start the pause after the latest request to `host` anew: a browser has just asked it for more."""
        self.hold(host, self._gate(host).delay_s)

    def wait_s(self, host: str) -> float:
        """How long the next request to `host` has to wait, in seconds."""
        return self._gate(host).free_at_s - self.clock.monotonic_s()

    def delays(self) -> dict[str, float]:
        """What each host still has to wait, where that is something."""
        return {host: wait for host in self._gates if (wait := self.wait_s(host)) > 0}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """One request to `host`: waits for its turn, and starts the pause when the request is over."""
        gate = self._gate(host)
        async with gate.lock:
            await self._sleep(self.wait_s(host))
            self._stop.check()
            try:
                yield
            finally:
                gate.free_at_s = max(gate.free_at_s, self.clock.monotonic_s() + gate.delay_s)

    async def _sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        if isinstance(self.clock, SystemClock):
            await self._stop.wait(seconds)
        else:
            self.clock.sleep(seconds)

    def _gate(self, host: str) -> _Gate:
        if host not in self._gates:
            self._gates[host] = _Gate(self._min_delay_s)
        return self._gates[host]
