"""One turn of the work: plan, crawl in a child process, ingest and derive, match. Each part can run alone.

What a killed run left behind is finished or set aside first, so that nothing is lost and nothing counted twice.
"""

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from crawler.child import ChildResult, crawl_in_child
from crawler.clock import Clock
from crawler.errors import NeedsPerson
from crawler.marketplaces.registry import Registry
from crawler.plan import Slot
from crawler.record import MANIFEST_FILE, PLAN_FILE
from monitor.commitments.load import load_commitments
from monitor.config import Settings
from monitor.discovery.budget import captures_in, due_searches, unsearched
from monitor.discovery.coverage import coverage, found_in
from monitor.discovery.keys import keys_handed_over
from monitor.discovery.route import Outlook
from monitor.looks.background import renew_background
from monitor.matching.propose import propose_matches
from monitor.obligations.plan import page_slots, promised_pages
from monitor.pictures.plan import picture_slots
from monitor.protocol import protocol_digest
from monitor.reach import registry_of
from monitor.relisting.propose import propose_relistings
from monitor.schedule.planner import allowed, look_slots, make_plan_folder
from monitor.schedule.watched import suspects
from monitor.store.ingest import ingest_all
from monitor.store.session import Store, open_store

Crawl = Callable[[Sequence[Path]], Sequence[ChildResult]]


@dataclass(slots=True)
class TurnResult:
    """What one turn did: slots planned, looks and searches ingested, matches and relistings proposed; `problems` need a
    person.

    Of a search: `left_out` counts the searches that did not fit the budget, by route and marketplace, `unsearched`
    names those that were not carried to their end, `coverage` says how much was found at most.
    """

    part: str
    slots: int = 0
    looks: int = 0
    searches: int = 0
    proposed: int = 0
    relistings: int = 0
    problems: list[str] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    unsearched: list[dict[str, Any]] = field(default_factory=list)
    coverage: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Monitor:
    """What a turn works with: settings, the ledger, the clock, the marketplaces, and how a run is crawled."""

    settings: Settings
    store: Store
    clock: Clock
    registry: Registry
    crawl: Crawl = crawl_in_child

    @classmethod
    def open(cls, settings: Settings, clock: Clock, crawl: Crawl = crawl_in_child) -> "Monitor":
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        return cls(settings, open_store(settings.ledger_url), clock, registry_of(settings), crawl)


def discover(monitor: Monitor, slack_hours: float = 0.0) -> TurnResult:
    """Search by every route for what is due, from the default vantage, within the budget; what it left is said."""
    with _only_one(monitor.settings):
        result = TurnResult("discover")
        _finish_leftovers(monitor, result)
        vantage = monitor.settings.vantages[monitor.settings.default_vantage]
        with monitor.store.session() as session:
            at = monitor.clock.now()
            outlook = Outlook(session, monitor.registry, monitor.settings, vantage, at, slack_hours)
            chosen = due_searches(outlook)
        result.left_out = chosen.left_out
        _crawl_and_ingest(monitor, chosen.slots, result)
        with monitor.store.reader() as session:
            result.coverage = [asdict(one) for one in coverage(found_in(session))]
        return result


def look(monitor: Monitor, slack_hours: float = 0.0) -> TurnResult:
    """Look at every listing that is due, from every vantage, between controls."""
    with _only_one(monitor.settings):
        result = TurnResult("look")
        _finish_leftovers(monitor, result)
        with monitor.store.session() as session:
            renew_background(session, suspects(session), monitor.clock.now())
            slots = look_slots(
                session,
                monitor.registry,
                monitor.settings,
                monitor.settings.vantages.values(),
                monitor.clock.now(),
                slack_hours=slack_hours,
            )
            slots += _promised(monitor, session)
            slots += picture_slots(session, monitor.settings, monitor.clock.now())
        return _crawl_and_ingest(monitor, slots, result)


def _promised(monitor: Monitor, session: Session) -> list[Slot]:
    """The pages that commitments promise, once a month, from the default vantage."""
    settings = monitor.settings
    commitments = load_commitments(settings.data_dir).commitments.values()
    pages = promised_pages(commitments, monitor.registry)
    return page_slots(session, pages, allowed(settings), settings.default_vantage, monitor.clock.now())


def take_in(monitor: Monitor) -> TurnResult:
    """Ingest what lies finished in the archive: runs of a person's browser, folders from other machines."""
    with _only_one(monitor.settings):
        result = TurnResult("ingest")
        _ingest(monitor, result)
        _propose(monitor, result)
        return result


def _crawl_and_ingest(monitor: Monitor, slots: list[Slot], result: TurnResult) -> TurnResult:
    result.slots = len(slots)
    if slots and monitor.settings.stop_file.exists():
        result.problems.append(f"stopped by {monitor.settings.stop_file}: nothing was looked at")
    elif slots:
        digest = protocol_digest(monitor.settings)
        with monitor.store.session() as session:
            folder = make_plan_folder(
                session, monitor.settings, slots, result.part, monitor.clock.now(), digest, result.left_out
            )
        _crawl(monitor, [folder], result)
        if result.part == "discover" and (folder / MANIFEST_FILE).exists():
            result.unsearched = [asdict(one) for one in unsearched(slots, captures_in(folder))]
        _ingest(monitor, result)
    _propose(monitor, result)
    return result


def _crawl(monitor: Monitor, folders: list[Path], result: TurnResult) -> None:
    with keys_handed_over(monitor.settings):
        results = monitor.crawl(folders)
    for one in results:
        if one.error or not one.sealed:
            result.problems.append(f"{one.folder.name}: {one.status} {one.error}".rstrip())


def _finish_leftovers(monitor: Monitor, result: TurnResult) -> None:
    """Runs that were killed are finished by a new child; whatever is whole is ingested."""
    runs = monitor.settings.runs_dir
    if not runs.is_dir():
        return
    unfinished = [
        folder
        for folder in sorted(runs.iterdir())
        if (folder / PLAN_FILE).exists() and not (folder / MANIFEST_FILE).exists() and not folder.name.startswith(".")
    ]
    if unfinished:
        _crawl(monitor, unfinished, result)
    _ingest(monitor, result)


def _ingest(monitor: Monitor, result: TurnResult) -> None:
    settings = monitor.settings
    for one in ingest_all(monitor.store, settings.runs_dir, monitor.clock.now(), settings.confirmation):
        result.looks += one.looks
        result.searches += one.searches
        result.problems.extend(one.problems)


def _propose(monitor: Monitor, result: TurnResult) -> None:
    with monitor.store.session() as session:
        result.proposed += propose_matches(session, monitor.clock.now(), keep_in=monitor.settings.index_dir)
        reviewers = monitor.settings.reviewers_needed
        result.relistings += propose_relistings(session, monitor.clock.now(), reviewers)


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Two turns at once would plan the same looks twice: the second is refused."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / "cycle.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NeedsPerson(f"another run works in {settings.data_dir}; wait for it or stop it first") from None
        yield
