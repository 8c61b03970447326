"""When a listing is looked at next: a pure function of what was last seen.

Waiting costs nothing in truth, only in width: the interval of a removal ends at the first look of the series that is
later confirmed. So fresh finds are seen often, an unconfirmed absence in time to be confirmed, an unknown soon again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from crawler.marketplaces.states import Standing


@dataclass(frozen=True, slots=True)
class Pace:
    """Hours between looks. `hour_floor` is the least time between two looks at one listing."""

    fresh_hours: float = 6.0
    fresh_for_hours: float = 72.0
    settled_hours: float = 24.0
    confirming_hours: float = 18.0
    unknown_hours: float = 6.0
    gone_hours: float = 72.0
    floor_hours: float = 1.0


class Absence(StrEnum):
    """Whether the listing's last clear look was an absence, and how sure it is."""

    NONE = "none"
    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Watched:
    """One listing at one vantage as the schedule sees it.

    `last_clear_at` is the last look that could tell; `notice_at` the newest notice about it; `pins` are the deadlines
    after each of which one look decides what was met.
    """

    listing_key: str
    vantage: str
    first_seen_at: datetime
    last_look_at: datetime | None = None
    last_standing: Standing = Standing.UNKNOWN
    unknown_in_a_row: int = 0
    absence: Absence = Absence.NONE
    last_clear_at: datetime | None = None
    notice_at: datetime | None = None
    pins: tuple[datetime, ...] = ()

    @property
    def marketplace(self) -> str:
        return self.listing_key.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Due:
    """When a listing is due, and why: the words stand in the plan and in `stillforsale due --explain`."""

    watched: Watched
    due_at: datetime
    why: str


def next_look(watched: Watched, pace: Pace) -> Due:
    """When `watched` is due. A look that said nothing resets nothing but brings the next one forward."""
    if watched.last_look_at is None:
        return Due(watched, watched.first_seen_at, "first look at a new find")
    hours, why = _gap(watched, pace)
    return Due(watched, watched.last_look_at + timedelta(hours=max(hours, pace.floor_hours)), why)


def _gap(watched: Watched, pace: Pace) -> tuple[float, str]:
    if watched.last_standing is Standing.UNKNOWN:
        waited = pace.unknown_hours * 2 ** max(0, watched.unknown_in_a_row - 1)
        return min(waited, pace.settled_hours), "the last look could not tell"
    if watched.absence is Absence.UNCONFIRMED:
        return pace.confirming_hours, "an absence to be confirmed"
    if watched.absence is Absence.CONFIRMED:
        return pace.gone_hours, "gone: it may come back under its id"
    age = (watched.last_look_at or watched.first_seen_at) - watched.first_seen_at
    if age < timedelta(hours=pace.fresh_for_hours):
        return pace.fresh_hours, "on sale, found lately"
    return pace.settled_hours, "on sale"
