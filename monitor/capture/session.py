"""A session from plan to ledger: plan what is due, serve the desk until the reviewer is done, seal, ingest."""

import asyncio
import signal
import socket
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

import uvicorn

from crawler.clock import SystemClock
from crawler.errors import BadInput, NeedsPerson
from crawler.plan import Vantage
from crawler.record import Outcome
from monitor.capture.app import build_app
from monitor.capture.desk import Desk
from monitor.capture.folder import new_folder, open_folder, open_folders, seal_folder
from monitor.capture.guard import Door
from monitor.capture.slots import person_slots
from monitor.protocol import protocol_digest
from monitor.schedule.cycle import Monitor, take_in

LOOPBACK = "127.0.0.1"
LAST_PAGE_S = 2.0
"""The desk answers so long after its end, for the page that says so."""

FINISHED, ENDED, INTERRUPTED, KILLED = "finished", "ended by the reviewer", "interrupted", "killed"


@dataclass(slots=True)
class SessionResult:
    """What a session did. `slots` planned listings and controls, of which `saved`, `skipped` and `not_looked`."""

    run_id: str = ""
    slots: int = 0
    saved: int = 0
    skipped: int = 0
    not_looked: int = 0
    looks: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """What a session is to be about."""

    vantage: Vantage
    marketplaces: Collection[str] = ()
    most: int | None = None
    reviewer: str = ""


class DeskServer:
    """The desk on a port of 127.0.0.1, in this thread, until it is stopped."""

    def __init__(self, desk: Desk, port: int = 0) -> None:
        try:
            self._socket = socket.create_server((LOOPBACK, port))
        except OSError as error:
            raise BadInput(f"port {port} of {LOOPBACK} can't be had ({error.strerror})", field="port") from error
        self.door = Door(self._socket.getsockname()[1])
        config = uvicorn.Config(
            build_app(desk, self.door, self.stop),
            log_level="error",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)

    def run(self) -> None:
        """Serve until `stop` is called or the process is interrupted. Raises KeyboardInterrupt."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()

    def stop(self) -> None:
        """End soon: called from a request's handler, whose answer still goes out."""
        asyncio.get_running_loop().call_later(LAST_PAGE_S, self.stop_now)

    def stop_now(self) -> None:
        self._server.should_exit = True


def hold_session(monitor: Monitor, asked: Asked, port: int, announce: Callable[[Desk, Door], None]) -> SessionResult:
    """Plan, serve, seal and ingest one session; what a killed one left is sealed first. Raises FolderBusy, BadInput."""
    result = SessionResult()
    _seal_leftovers(monitor, asked.reviewer)
    _ingest(monitor, result)
    desk = _new_desk(monitor, asked)
    if desk is None:
        return result
    result.run_id, result.slots = desk.plan.run_id, desk.total
    reason = INTERRUPTED
    try:
        server = DeskServer(desk, port)
        announce(desk, server.door)
        reason = _served(server, desk)
    finally:
        seal_folder(desk.folder, desk.left(), reason, asked.reviewer)
    counts = desk.folder.counts
    result.saved = counts.get(Outcome.FETCHED, 0)
    result.skipped = counts.get(Outcome.FAILED, 0)
    result.not_looked = counts.get(Outcome.NOT_LOOKED, 0)
    _ingest(monitor, result)
    return result


def _new_desk(monitor: Monitor, asked: Asked) -> Desk | None:
    at = monitor.clock.now()
    protocol = protocol_digest(monitor.settings)
    with monitor.store.session() as session:
        slots = person_slots(
            session, monitor.registry, monitor.settings, asked.vantage, at, asked.marketplaces, asked.most
        )
        if not slots:
            return None
        path = new_folder(session, monitor.settings, slots, at, protocol)
    folder = open_folder(path, monitor.clock)
    return Desk(folder, monitor.registry, monitor.clock, SystemClock(), asked.reviewer) if folder else None


def _served(server: DeskServer, desk: Desk) -> str:
    """Serve until the end; why it ended. SIGTERM ends a session in order, as Ctrl-C does."""

    def told(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = None
    with suppress(ValueError):
        before = signal.signal(signal.SIGTERM, told)
    try:
        server.run()
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)
    return FINISHED if desk.current is None else ENDED


def _seal_leftovers(monitor: Monitor, reviewer: str) -> None:
    """Give the sessions that were killed their end. Their rest is planned anew: nothing of it was looked at."""
    for path in open_folders(monitor.settings.runs_dir):
        folder = open_folder(path, monitor.clock)
        if folder is not None:
            desk = Desk(folder, monitor.registry, monitor.clock, SystemClock(), reviewer)
            seal_folder(folder, desk.left(), KILLED, reviewer)


def _ingest(monitor: Monitor, result: SessionResult) -> None:
    """Into the ledger, or, where a cycle works in it just now, by that cycle."""
    try:
        taken = take_in(monitor)
    except NeedsPerson as error:
        result.problems.append(f"sealed, but not yet in the ledger: {error}; the next run takes it in")
        return
    result.looks += taken.looks
    result.problems.extend(taken.problems)
