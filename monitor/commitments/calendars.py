"""When a deadline falls: business days by country through `holidays`, hours, time zones and their jumps.

A business day that is counted ends with the next day's first instant in the zone. Where only the day of the trigger is
known, its last instant is taken: nobody is called late for hours that may not have passed. With day 1 the business day
after the trigger, this is how Japan's Consumer Affairs Agency counts, and Regulation (EEC, Euratom) No 1182/71, Art. 3:
the day of the event is not counted, and the period ends with the last hour of its last day.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.commitments.commitment import AtOnce, BusinessDays, Commitment, Hours
from monitor.commitments.workdays import Calendar, nth_business_day

CALENDARS_RULE = "calendars/1"
"""Goes with every deadline; its number is raised whenever the same trigger gives another one than before."""

_ONE_DAY = timedelta(days=1)


def deadline(
    commitment: Commitment,
    *,
    trigger_at: datetime | None = None,
    trigger_on: date | None = None,
    act: str = "",
    zone: str = "",
    calendar: Calendar | None = None,
) -> datetime | None:
    """The instant (UTC) by which the commitment wants it done; None where it never gave a time.

    `act` picks the term (the first where it is empty). `zone` is an IANA name, the commitment's own where empty;
    `calendar` takes the place of the term's own, as where the notice came from another country's authority.
    Raises ValueError without exactly one trigger, for a naive instant, or for an act that it has no term for.
    """
    term = term_for(commitment, act)
    place = ZoneInfo(zone or commitment.zone)
    day, instant = _trigger(trigger_at, trigger_on, place)
    if term is None:
        return None
    if isinstance(term, BusinessDays):
        from_next_day = term.day_one == "next_business_day"
        return end_of_day(
            nth_business_day(day, term.days, calendar or term.calendar, from_next_day=from_next_day), place
        )
    return instant + timedelta(hours=term.hours) if isinstance(term, Hours) else instant


def term_for(commitment: Commitment, act: str = "") -> AtOnce | Hours | BusinessDays | None:
    """The term that an act starts: the first where none is named, None where the commitment has no terms."""
    if not commitment.terms:
        return None
    if not act:
        return commitment.terms[0]
    for term in commitment.terms:
        if term.on == act:
            return term
    raise ValueError(f"{commitment.id} has no deadline for a {act}; it has {', '.join(t.on for t in commitment.terms)}")


def end_of_day(day: date, place: ZoneInfo) -> datetime:
    """The first instant (UTC) of the next day there: a day that the clocks make 23 or 25 hours long ends with it, and a
    midnight that they leap over or strike twice is its first."""
    return datetime.combine(day + _ONE_DAY, time.min, tzinfo=place).astimezone(UTC)


def _trigger(trigger_at: datetime | None, trigger_on: date | None, place: ZoneInfo) -> tuple[date, datetime]:
    """The trigger's day there, and its instant: of a day its last."""
    if trigger_at is not None and trigger_on is None:
        if trigger_at.tzinfo is None:
            raise ValueError(f"instant {trigger_at} has no time zone")
        return trigger_at.astimezone(place).date(), trigger_at.astimezone(UTC)
    if trigger_on is not None and trigger_at is None:
        return trigger_on, end_of_day(trigger_on, place)
    raise ValueError("give either the instant of the trigger or its day")
