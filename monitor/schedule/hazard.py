"""Learned rates of removal: a cell for each marketplace, age band and whether a notice was sent in the last 72 hours.

Rates are per hour of a listing of ordinary frailty (monitor.schedule.index). A thin cell borrows from the pooled rate
of its age and notice, times its marketplace's multiplier; both are shrunk themselves. Pure; times are hours.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

AGE_BANDS_H = (0.0, 6.0, 24.0, 48.0, 96.0, 168.0, 336.0)
NOTICE_H = 72.0
BANDS = len(AGE_BANDS_H)
CELLS = BANDS * 2
"""Cells of one marketplace: band * 2 + (1 where a notice is recent)."""

PRIOR_RATE = 1 / (6 * 24.0)
PSEUDO_EVENTS = 10.0
SHRINKAGE_EVENTS = 8.0


@dataclass(frozen=True)
class Hazards:
    """`rates`: removals per hour, marketplaces by CELLS; `events` and `exposure` (hours) are what they rest on."""

    rates: Floats
    events: Floats
    exposure: Floats

    @classmethod
    def unknown(cls, marketplaces: int) -> "Hazards":
        """Before anything was learned: one rate for all."""
        return fit(np.zeros((marketplaces, CELLS)), np.zeros((marketplaces, CELLS)))


def fit(events: Floats, exposure: Floats) -> Hazards:
    """Rates from removals and hours under watch, each marketplaces by CELLS."""
    pooled = (events.sum() + SHRINKAGE_EVENTS) / (exposure.sum() + SHRINKAGE_EVENTS / PRIOR_RATE)
    by_cell = (events.sum(0) + SHRINKAGE_EVENTS) / (exposure.sum(0) + SHRINKAGE_EVENTS / pooled)
    expected = (exposure * by_cell).sum(1)
    multiplier = (events.sum(1) + SHRINKAGE_EVENTS) / (expected + SHRINKAGE_EVENTS)
    prior = multiplier[:, None] * by_cell[None, :]
    return Hazards((events + PSEUDO_EVENTS) / (exposure + PSEUDO_EVENTS / prior), events, exposure)


def cells_at(age_h: Floats, since_notice_h: Floats) -> Ints:
    """The cell within a marketplace of each listing now; a notice never sent is minus infinity hours ago."""
    band = np.clip(np.searchsorted(AGE_BANDS_H, age_h, side="right") - 1, 0, BANDS - 1)
    recent = (since_notice_h >= 0) & (since_notice_h < NOTICE_H)
    return np.asarray(band * 2 + recent, dtype=np.int64)


def hours_in_cells(start_h: Floats, notice_h: Floats, low_h: Floats, high_h: Floats) -> Floats:
    """How many hours of (low, high] each listing spent in each cell: listings by CELLS.

    `start_h` is when its age began, `notice_h` when a notice was sent (infinity: never).
    """
    bands = np.array(AGE_BANDS_H)
    begins = np.maximum(start_h[:, None] + bands, low_h[:, None])
    begins[:, 0] = low_h
    ends = np.minimum(start_h[:, None] + np.append(bands[1:], np.inf), high_h[:, None])
    told = np.clip(np.minimum(ends, notice_h[:, None] + NOTICE_H) - np.maximum(begins, notice_h[:, None]), 0, None)
    hours = np.empty((len(start_h), CELLS))
    hours[:, 1::2] = told
    hours[:, 0::2] = np.clip(ends - begins, 0, None) - told
    return np.clip(hours, 0, None)


class Tally:
    """Removals and hours under watch by cell, as looks bring them in."""

    def __init__(self, marketplaces: int) -> None:
        self.events: Floats = np.zeros((marketplaces, CELLS))
        self.exposure: Floats = np.zeros((marketplaces, CELLS))

    def add(self, marketplace: Ints, hours: Floats, rates: Floats, gone: NDArray[np.bool_], frailty: Floats) -> None:
        """Intervals between looks: `hours` by cell, `gone` where the second look saw the removal.

        A survivor's hours count by its expected `frailty`; a removed one's half, for it was there about half of them,
        and its removal is shared over the cells by where it was likely.
        """
        share = hours * rates
        total = share.sum(1, keepdims=True)
        share = np.divide(share, total, out=np.zeros_like(share), where=total > 0)
        np.add.at(self.events, marketplace, share * gone[:, None])
        np.add.at(self.exposure, marketplace, hours * (frailty * np.where(gone, 0.5, 1.0))[:, None])

    def hazards(self) -> Hazards:
        return fit(self.events, self.exposure)
