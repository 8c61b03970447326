"""Waiting and stopping: one request at a time per host, a pause after each, and an end within seconds.

Within a run a gate per host keeps order; between the runs of an archive, which may go on at the same moment in other
processes, a lease does (`crawler.leases`).
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from crawler.clock import Clock, SystemClock
from crawler.leases import LeaseBusy, Leases

STOP_SWITCH = "stop_switch"
INTERRUPTED = "interrupted"
WATCH_EVERY_S = 0.5
LONGEST_WAIT_S = 3600.0
"""A host that asks for more is no work for one run."""


class Stopped(Exception):
    """The run ends here; the message is the reason."""


class TooLong(Exception):
    """The wait for this host is no work for one run; the message says how long it is."""


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
    """One gate per host over all slots of a run. Times are on the clock's stopwatch, which no clock change moves.

    `leases` keep the pace with other runs; without them there are none.
    """

    def __init__(self, clock: Clock, min_delay_s: float, stop: Stop, leases: Leases | None = None) -> None:
        self.clock, self._min_delay_s, self._stop, self._leases = clock, min_delay_s, stop, leases
        self._gates: dict[str, _Gate] = {}

    def slow_down(self, host: str, delay_s: float) -> None:
        """Never go faster on `host` than one request in `delay_s` seconds."""
        gate = self._gate(host)
        gate.delay_s = max(gate.delay_s, delay_s)

    def hold(self, host: str, seconds: float) -> None:
        """No request to `host` for so many seconds from now."""
        gate = self._gate(host)
        gate.free_at_s = max(gate.free_at_s, self.clock.monotonic_s() + seconds)

    def wait_s(self, host: str) -> float:
        """How long the next request to `host` has to wait, in seconds."""
        return self._gate(host).free_at_s - self.clock.monotonic_s()

    def delays(self) -> dict[str, float]:
        """What each host still has to wait, where that is something."""
        return {host: wait for host in self._gates if (wait := self.wait_s(host)) > 0}

    @asynccontextmanager
    async def turn(self, host: str, *, at_once: bool = False) -> AsyncIterator[None]:
        """One request to `host`: waits for its turn, and starts the pause when the request is over.

        `at_once` waits for nobody's pause, only for whoever asks just now: a page that a browser shows asks for the
        rest of what was fetched. Raises TooLong, Stopped or DiskFull.
        """
        gate = self._gate(host)
        async with gate.lock, self._leased(host, gate):
            if not at_once:
                await self._sleep(self._bounded(host))
            self._stop.check()
            yield

    @asynccontextmanager
    async def _leased(self, host: str, gate: _Gate) -> AsyncIterator[None]:
        """The host's lease over the turn. What the pause will be is noted before the request, in case we are killed."""
        if self._leases is None:
            try:
                yield
            finally:
                self._pause(gate)
            return
        try:
            async with self._leases.held(host, self._stop, LONGEST_WAIT_S) as lease:
                gate.free_at_s = max(gate.free_at_s, lease.free_at_s())
                lease.note(max(gate.free_at_s, self.clock.monotonic_s()) + gate.delay_s)
                try:
                    yield
                finally:
                    self._pause(gate)
                    lease.note(gate.free_at_s)
        except LeaseBusy as busy:
            raise TooLong(str(busy)) from busy

    def _pause(self, gate: _Gate) -> None:
        gate.free_at_s = max(gate.free_at_s, self.clock.monotonic_s() + gate.delay_s)

    def _bounded(self, host: str) -> float:
        wait_s = self.wait_s(host)
        if wait_s > LONGEST_WAIT_S:
            raise TooLong(f"the next request would have to wait {wait_s:.0f} s")
        return wait_s

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
