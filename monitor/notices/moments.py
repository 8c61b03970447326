"""Days and instants as people write them in lists of notices."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
EARLIEST = date(1990, 1, 1)
"""No marketplace was told anything before; an older day is a slip of the pen."""


@dataclass(frozen=True)
class Moment:
    """A day as written, and the instant (UTC) where a time with its zone was given."""

    on: date
    at: datetime | None = None

    def not_before(self, other: "Moment") -> bool:
        """False only where it was certainly earlier: two instants, or days that differ by more than zones can."""
        if self.at and other.at:
            return self.at >= other.at
        return (other.on - self.on).days <= 1 if self.at or other.at else self.on >= other.on


def read_moment(text: str) -> Moment:
    """`2026-04-30`, or ISO 8601 with a zone (`2026-04-30T09:15+09:00`). Raises ValueError with one sentence."""
    written = text.strip()
    try:
        if _DAY.match(written):
            moment = Moment(date.fromisoformat(written))
        else:
            at = datetime.fromisoformat(written)
            moment = Moment(at.date(), at)
    except ValueError:
        raise ValueError(f"{written!r} is neither a day (2026-04-30) nor an instant (2026-04-30T09:15+09:00)") from None
    if moment.at is not None and moment.at.tzinfo is None:
        raise ValueError(f"{written!r} has a time but no zone; write Z or an offset after it, or the day alone")
    if moment.on < EARLIEST:
        raise ValueError(f"{written!r} is before {EARLIEST.year}")
    return Moment(moment.on, moment.at.astimezone(UTC) if moment.at else None)
