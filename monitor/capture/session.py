"""A session from plan to ledger: plan what is due, serve the desk until the reviewer is done, seal, ingest."""

import fcntl
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from crawler.clock import SystemClock
from crawler.errors import NeedsPerson
from crawler.folder import FolderBusy
from crawler.plan import Vantage
from crawler.record import Outcome
from monitor.capture.app import build_app
from monitor.capture.desk import Desk
from monitor.capture.folder import new_folder, open_folder, open_folders, seal_folder
from monitor.capture.slots import person_slots
from monitor.config import Settings
from monitor.localweb.guard import Door
from monitor.localweb.server import LocalServer
from monitor.protocol import protocol_digest
from monitor.schedule.cycle import Monitor, take_in

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


def hold_session(monitor: Monitor, asked: Asked, port: int, announce: Callable[[Desk, Door], None]) -> SessionResult:
    """Plan, serve, seal and ingest one session; what a killed one left is sealed first. Raises FolderBusy, BadInput."""
    with _only_one(monitor.settings):
        return _held(monitor, asked, port, announce)


def _held(monitor: Monitor, asked: Asked, port: int, announce: Callable[[Desk, Door], None]) -> SessionResult:
    result = SessionResult()
    _seal_leftovers(monitor, asked.reviewer)
    _ingest(monitor, result)
    desk = _new_desk(monitor, asked)
    if desk is None:
        return result
    result.run_id, result.slots = desk.plan.run_id, desk.total
    reason = INTERRUPTED
    try:
        server = LocalServer(lambda door, stop: build_app(desk, door, stop), port)
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


def _served(server: LocalServer, desk: Desk) -> str:
    """Serve until the end; why it ended."""
    if not server.run():
        return INTERRUPTED
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


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Each session's plan names the session before it, so a second one can't begin before the first is sealed."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "capture.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderBusy(f"another session is open in {settings.data_dir}; end it first") from None
        yield
