"""Who is looked at now: pins, then what was not seen for too long, then the index; each host within its budget.

Pure. An attempt that failed takes its token and keeps the listing for an hour, and resets nothing else: the hours
since the last look that could tell, and with them the index, go on growing.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from monitor.schedule.hazard import Floats, Ints

PIN_WINDOW_H = 1.0
FLOOR_H = 72.0
LEAST_GAP_H = 1.0
RESERVE_H = 6.0


class Rank(IntEnum):
    """What goes before what."""

    PIN = 0
    FLOOR = 1
    INDEX = 2


@dataclass(frozen=True)
class Claims:
    """One entry a listing. `host` numbers the hosts from 0; `pinned` marks a deadline in its window now; `unseen_h`
    hours since a look could tell; `untried_h` hours since any attempt; `priority` the index, not above zero: no wish.
    """

    host: Ints
    pinned: NDArray[np.bool_]
    unseen_h: Floats
    untried_h: Floats
    priority: Floats


def allocate(claims: Claims, tokens: Floats, reserved: Floats | None = None, floor_h: float = FLOOR_H) -> Ints:
    """The entries to look at now, in order. `tokens` is what each host allows; `reserved` of them wait for pins."""
    order, rank = _in_order(claims, floor_h)
    host = claims.host[order]
    allowed = np.floor(tokens)
    spare = allowed if reserved is None else np.floor(np.clip(tokens - reserved, 0, None))
    place = _place_in_host(host)
    fits = place < np.where(rank[order] == Rank.PIN, allowed[host], np.minimum(allowed, spare)[host])
    return order[fits]


def refill(tokens: Floats, looks_per_day: Floats, hours: float, bucket_h: float = 24.0) -> Floats:
    """The token bucket after `hours`: it fills at the day's rate and holds `bucket_h` hours of it."""
    return np.minimum(tokens + looks_per_day * hours / 24.0, np.maximum(looks_per_day * bucket_h / 24.0, 1.0))


def reserve(pins_ahead: Floats, looks_per_day: Floats, hours: float = RESERVE_H) -> Floats:
    """Tokens to keep back for the pins of the next `hours` that will not have come in by then."""
    return np.clip(pins_ahead - looks_per_day * hours / 24.0, 0, None)


def _in_order(claims: Claims, floor_h: float) -> tuple[Ints, Ints]:
    rank = np.where(claims.pinned, Rank.PIN, np.where(claims.unseen_h >= floor_h, Rank.FLOOR, Rank.INDEX))
    wish = np.where(rank == Rank.INDEX, claims.priority, claims.unseen_h)
    able = np.flatnonzero((claims.untried_h >= LEAST_GAP_H) & ((rank != Rank.INDEX) | (claims.priority > 0)))
    order = able[np.lexsort((able, -wish[able], rank[able]))]
    return np.asarray(order, dtype=np.int64), np.asarray(rank, dtype=np.int64)


def _place_in_host(host: Ints) -> Ints:
    """For each entry, how many before it have the same host."""
    by_host = np.argsort(host, kind="stable")
    first = np.searchsorted(host[by_host], host[by_host], side="left")
    place = np.empty(len(host), dtype=np.int64)
    place[by_host] = np.arange(len(host)) - first
    return place
