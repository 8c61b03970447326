"""Which of the due looks are made now: the rules that must hold first, then the index, each marketplace within its day.

Pure: what the ledger says is in the `Watched` listings and the `Outlook` (monitor.schedule.learning reads both).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from crawler.marketplaces.states import Standing
from monitor.schedule.allocate import PIN_WINDOW_H, RESERVE_H, Claims, allocate, reserve
from monitor.schedule.hazard import Floats, Hazards, Ints, cells_at, hours_in_cells
from monitor.schedule.index import Worth, before_pin, worth
from monitor.schedule.policy import Absence, Due, Pace, Watched, next_look

WORTH_A_LOOK = 0.05
"""Before its usual pace a listing is looked at only where it is this likely to have gone since it was last seen."""

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Outlook:
    """Learned hazards of `marketplaces` (rows of `hazards.rates` in that order; the last row is for any other), the
    looks that each marketplace's budget allows now (one that is missing was not asked yet; None: no bound), and the
    budget a day."""

    marketplaces: tuple[str, ...]
    hazards: Hazards
    tokens: Mapping[str, float] | None
    looks_per_day: float

    def row(self, marketplace: str) -> int:
        return self.marketplaces.index(marketplace) if marketplace in self.marketplaces else len(self.marketplaces)


@dataclass(frozen=True)
class Expected:
    """By listing: its hazard survived, gathered since it was last seen clearly, its rate now, hours unseen."""

    survived: Floats
    since: Floats
    rate: Floats
    unseen_h: Floats

    @property
    def worth(self) -> Worth:
        return worth(self.survived, self.since, self.rate)


def expected(watched: Sequence[Watched], at: datetime, outlook: Outlook) -> Expected:
    """What the learned hazards say of each listing now. Ages run from its first sighting."""
    rows = np.array([outlook.row(one.marketplace) for one in watched], dtype=np.int64)
    rates = outlook.hazards.rates[rows]
    now = np.array([(at - one.first_seen_at) / HOUR for one in watched])
    last = np.array([((one.last_clear_at or one.first_seen_at) - one.first_seen_at) / HOUR for one in watched])
    notice = np.array([(one.notice_at - one.first_seen_at) / HOUR if one.notice_at else np.inf for one in watched])
    zero = np.zeros(len(watched))
    survived = (hours_in_cells(zero, notice, zero, last) * rates).sum(1)
    since = (hours_in_cells(zero, notice, last, np.maximum(now, last)) * rates).sum(1)
    rate = rates[np.arange(len(watched)), cells_at(now, now - notice)]
    return Expected(survived, since, rate, now - last)


def choose_looks(
    watched: Sequence[Watched], pace: Pace, at: datetime, outlook: Outlook, slack_hours: float = 0.0
) -> list[Due]:
    """The looks of a run at `at`, the most urgent first, with why each is there.

    First finds, absences that wait for their confirmation and deadlines in their window come first; then what was not
    seen for 72 hours; then the index. A marketplace's budget cuts each list where it ends.
    """
    if not watched:
        return []
    known = expected(watched, at, outlook)
    gone = known.worth.gone
    by_pace = [next_look(one, pace) for one in watched]
    pinned = np.array([_pinned(one, at) for one in watched])
    paced = np.array([due.due_at <= at + slack_hours * HOUR for due in by_pace])
    early = np.array([one.last_standing is Standing.ON_SALE for one in watched]) & (gone >= WORTH_A_LOOK)
    able = np.flatnonzero((paced | early | pinned) & _untried(watched, at, pace.floor_hours))
    must = pinned | np.array([paced[i] and _must(one) for i, one in enumerate(watched)])
    names = sorted({one.marketplace for one in watched})
    host = np.array([names.index(one.marketplace) for one in watched], dtype=np.int64)
    until = np.array([_hours_until_pin(one, at) for one in watched])
    priority = np.maximum(before_pin(known.worth.priority, known.unseen_h, until), 1e-12)
    claims = Claims(host[able], must[able], known.unseen_h[able], np.full(len(able), np.inf), priority[able])
    chosen = able[allocate(claims, _tokens(names, outlook), _reserved(host, until, names, outlook))]
    return [_due(by_pace[i], at, bool(pinned[i]), bool(must[i]), float(gone[i]), known.unseen_h[i]) for i in chosen]


def _tokens(names: Sequence[str], outlook: Outlook) -> Floats:
    if outlook.tokens is None:
        return np.full(len(names), np.inf)
    return np.array([outlook.tokens.get(name, outlook.looks_per_day) for name in names])


def _reserved(host: Ints, until: Floats, names: Sequence[str], outlook: Outlook) -> Floats:
    ahead = np.bincount(host[until <= RESERVE_H], minlength=len(names)).astype(float)
    return reserve(ahead, np.full(len(names), outlook.looks_per_day))


def _must(one: Watched) -> bool:
    return one.last_look_at is None or one.absence is Absence.UNCONFIRMED


def _untried(watched: Sequence[Watched], at: datetime, floor_hours: float) -> np.ndarray:
    return np.array([one.last_look_at is None or at - one.last_look_at >= floor_hours * HOUR for one in watched])


def _pinned(one: Watched, at: datetime) -> bool:
    seen = one.last_clear_at or one.first_seen_at
    return any(pin <= at <= pin + PIN_WINDOW_H * HOUR and seen < pin for pin in one.pins)


def _hours_until_pin(one: Watched, at: datetime) -> float:
    return min(((pin - at) / HOUR for pin in one.pins if pin > at), default=np.inf)


def _due(due: Due, at: datetime, pinned: bool, must: bool, gone: float, unseen_h: float) -> Due:
    """The slot with its reason in words."""
    why = due.why
    if pinned:
        why = "a deadline fell due within the hour: one look decides it"
    elif not must and unseen_h >= 72:
        why = f"{due.why}; not seen clearly for {unseen_h:.0f} hours"
    elif not must:
        why = f"{due.why}; {gone:.0%} likely gone since it was last seen"
    return Due(due.watched, min(due.due_at, at), why)
