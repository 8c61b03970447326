"""When a commitment wants it done after a notice: by the term of that act and the days of who sent it."""

from datetime import datetime

from monitor.commitments.calendars import deadline
from monitor.commitments.commitment import Commitment, Term
from monitor.commitments.workdays import Calendar
from monitor.commitments.zones import zone_of
from monitor.notices.moments import Moment


def due_at(commitment: Commitment, sent: Moment, *, clock: str, act: str = "", country: str = "") -> datetime | None:
    """The instant (UTC) by which it must be done; None where the commitment has no term on this clock.

    Where no term fits both act and clock, the latest of those that fit one of them counts. `country` is the sender's:
    its holidays take the place of the term's, and the days are those of its capital. Where the term's own calendar is
    of that country, it stays, for it says more (a subdivision, bank holidays).
    """
    if not any(term.clock == clock for term in commitment.terms):
        return None
    exact = [term for term in commitment.terms if term.clock == clock and (not act or term.on == act)][:1]
    fitting = exact or [term for term in commitment.terms if term.clock == clock or term.on == act]
    found = [due for term in fitting if (due := _due(commitment, term, sent, country))]
    return max(found, default=None)


def _due(commitment: Commitment, term: Term, sent: Moment, country: str) -> datetime | None:
    own = getattr(term, "calendar", None)
    theirs = bool(country) and own is not None and own.country != country
    return deadline(
        commitment,
        trigger_at=sent.at,
        trigger_on=None if sent.at else sent.on,
        act=term.on,
        zone=zone_of(country) if theirs else "",
        calendar=Calendar(country=country) if theirs else None,
    )
