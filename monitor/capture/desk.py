"""The desk: hands out one listing after the other and takes in what the reviewer saved of it. Knows no HTTP."""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from crawler.archive.shots import write_shot
from crawler.archive.warc import RENDERED_TYPE, Resource
from crawler.clock import Clock, instant
from crawler.errors import BadInput
from crawler.marketplaces.address import host_of
from crawler.marketplaces.reader import read_page
from crawler.marketplaces.registry import Registry
from crawler.marketplaces.search_ladder import WALL_MET
from crawler.plan import Slot
from crawler.reading import FetchedPage
from crawler.record import Capture, Outcome
from monitor.capture.folder import PersonFolder
from monitor.capture.notes import about_fields, reason_of
from monitor.capture.saved import About, SavedPage
from monitor.looks.judge import look_judgement

SKIPS = {
    "wall": WALL_MET,
    "could_not_tell": "person: could not tell",
    "did_not_load": "person: did not load",
}
"""What a reviewer can say of a listing instead of saving it, and the reason of its capture."""

NEVER_OPENED = "never opened"
NEITHER = "opened, neither saved nor skipped"

_EARLY_S = 1.0
"""A page may have begun to load this long before the desk heard that it was opened."""


Again = Literal["", "open", "reload"]


class NotTaken(BadInput):
    """The page was not taken. `again`: what would help, to `open` the listing anew or to `reload` the page."""

    def __init__(self, words: str, again: Again = "") -> None:
        self.again = again
        super().__init__(words)


@dataclass(frozen=True)
class Done:
    """A listing that is done: `says` is the state that the ladder read, with its rule in `rule`."""

    slot: Slot
    says: str
    rule: str
    reason: str


@dataclass
class _Opened:
    """When the current listing was handed out, and whether a reload was asked for already."""

    at: datetime
    watch_s: float
    reloads: int = 0
    attempt: int = 1


@dataclass
class Desk:
    """One session at an open folder. `watch` is a stopwatch that runs at the browser's speed, whatever `clock` says."""

    folder: PersonFolder
    registry: Registry
    clock: Clock
    watch: Clock
    reviewer: str
    done: list[Done] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plan = self.folder.plan
        self._queue = [slot for slot in self.folder.slots if slot.slot_id not in self.folder.last]
        self._before = len(self.folder.slots) - len(self._queue)
        self._opened: _Opened | None = None
        self._lock = threading.Lock()

    @property
    def current(self) -> Slot | None:
        """The listing that is to be looked at now, None when all are done."""
        return self._queue[0] if self._queue else None

    @property
    def finished(self) -> int:
        """How many listings of the plan are done, in this session and before it."""
        return self._before + len(self.done)

    @property
    def total(self) -> int:
        return len(self.folder.slots)

    def open(self) -> Slot | None:
        """Hand out the current listing: from now on its page may be loaded. None when all are done."""
        with self._lock:
            return self._open()

    def save(self, page: SavedPage, origin: str = "") -> Slot | None:
        """Take in the page of the current listing; gives the next one, opened. `origin`: whose page script sent it.

        Raises NotTaken with the reason, or DiskFull; the listing is then still the current one.
        """
        with self._lock:
            slot, opened = self._expected(page.about.slot_id)
            self._refuse_foreign(slot, page.about, origin)
            if page.about.ready_state == "loading":
                raise NotTaken("the page is not whole yet: press again when it is, or say that it did not load")
            age_s = self._age_s(opened, page.about)
            now = self.clock.now()
            started_at = max(opened.at, now - timedelta(seconds=age_s))
            capture = self._captured(slot, opened, page, min(started_at, now), now)
            self._finish(slot, capture)
            return self._open()

    def skip(self, slot_id: str, why: str) -> Slot | None:
        """Note that the reviewer could not look; gives the next listing, opened. Raises NotTaken."""
        with self._lock:
            if why not in SKIPS:
                raise NotTaken(f"{why!r} is none of {', '.join(SKIPS)}")
            slot, opened = self._expected(slot_id)
            now = self.clock.now()
            started_at = min(opened.at, now)
            capture = self._capture(slot, Outcome.FAILED, SKIPS[why], started_at, now, {"attempt": opened.attempt})
            self._finish(slot, capture)
            return self._open()

    def left(self) -> list[Capture]:
        """A line for each listing that was not looked at."""
        with self._lock:
            now = self.clock.now()
            lines = []
            for number, slot in enumerate(self._queue):
                was_opened = number == 0 and self._opened is not None
                reason = NEITHER if was_opened or self.folder.attempts_of(slot.slot_id, 1) else NEVER_OPENED
                lines.append(self._capture(slot, Outcome.NOT_LOOKED, reason, now, now, {}))
            return lines

    def _open(self) -> Slot | None:
        slot = self.current
        if slot is not None and self._opened is None:
            attempt = self.folder.attempt(slot.slot_id, 1)
            self._opened = _Opened(self.clock.now(), self.watch.monotonic_s(), attempt=attempt)
        return slot

    def _expected(self, slot_id: str) -> tuple[Slot, _Opened]:
        slot = self.current
        if slot is None:
            raise NotTaken("all listings are done")
        if slot_id and slot_id != slot.slot_id:
            raise NotTaken("that listing is done already; the one that the desk waits for opens", "open")
        if self._opened is None:
            raise NotTaken("open the listing from the desk first")
        return slot, self._opened

    def _age_s(self, opened: _Opened, about: About) -> float:
        """How long ago the page began to load. Raises NotTaken for a page older than the question."""
        age_s = about.loaded_ms_ago / 1000
        if age_s > self.watch.monotonic_s() - opened.watch_s + _EARLY_S:
            raise NotTaken("this page was loaded before the desk asked for the listing: it opens anew", "open")
        if about.from_cache and not opened.reloads:
            opened.reloads += 1
            raise NotTaken("this page came from the browser's own cache, not from the site: it loads anew", "reload")
        return age_s

    def _refuse_foreign(self, slot: Slot, about: About, origin: str) -> None:
        """A bookmarklet runs on whatever page is in front: one of another site is no business of ours."""
        if not origin:
            return
        asked, shown = host_of(slot.url), host_of(about.url)
        sites = (self.registry.get(slot.marketplace).hosts if slot.marketplace in self.registry else ()) or (asked,)
        if shown != asked and not any(shown == one or shown.endswith(f".{one}") for one in sites):
            raise NotTaken(f"this page is of {shown}, the listing of {asked}: it was not saved")

    def _captured(self, slot: Slot, opened: _Opened, page: SavedPage, started_at: datetime, now: datetime) -> Capture:
        """Write the evidence down and read it. Raises DiskFull."""
        about = page.about
        status = about.status if about.status >= 100 and about.status != 304 else None
        fetched = FetchedPage(
            url=about.url,
            body=page.html,
            status=status,
            requested_url=slot.url,
            content_type=RENDERED_TYPE,
            listing_id=slot.listing_id,
        )
        vantage = self.plan.vantages.get(slot.vantage)
        reading = read_page(
            fetched, marketplace=slot.marketplace, kind="listing", vantage=vantage, registry=self.registry
        )
        shot = write_shot(self.folder.path, slot.slot_id, 1, page.png) if page.png else ""
        fields = about_fields(about, self.reviewer, instant(now), shot)
        record_id = self.folder.archive_saved(Resource(about.url, now, page.html, fields))
        self.folder.note_browser({"user_agent": about.user_agent, "by": about.by})
        reason = reason_of(slot, about, self.registry, reloads=opened.reloads, shot=bool(shot))
        evidence = {
            "final_url": about.url,
            "status": status,
            "attempt": opened.attempt,
            "warc_record_id": record_id,
            "body_sha256": hashlib.sha256(page.html).hexdigest(),
            "body_bytes": len(page.html),
            "shot": shot,
            "reading": reading,
        }
        return self._capture(slot, Outcome.FETCHED, reason, started_at, now, evidence)

    def _capture(
        self,
        slot: Slot,
        outcome: Outcome,
        reason: str,
        started_at: datetime,
        finished_at: datetime,
        evidence: Mapping[str, object],
    ) -> Capture:
        return Capture.model_validate(
            {
                "run_id": self.plan.run_id,
                "slot_id": slot.slot_id,
                "method": "person",
                "outcome": outcome,
                "reason": reason,
                "requested_url": slot.url,
                "started_at": instant(started_at),
                "finished_at": instant(finished_at),
                "elapsed_ms": round((finished_at - started_at).total_seconds() * 1000),
                **evidence,
            }
        )

    def _finish(self, slot: Slot, capture: Capture) -> None:
        self.folder.append_now([capture])
        self._queue.pop(0)
        self._opened = None
        state, judgement = look_judgement(capture)
        self.done.append(Done(slot, str(state), judgement.rule, capture.reason))
