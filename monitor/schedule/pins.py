"""Deadlines that one look decides: what commitments and our own thresholds make of notices and recalls. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from monitor.commitments.commitment import Commitment
from monitor.notices.due import due_at
from monitor.notices.moments import Moment

WITHIN_HOURS = (6, 24, 48)
"""DOMAIN.md, K3: "within hours" is asked as these."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """What started a clock (A0, A2, A3) for one listing, as an instant or only a day; a notice's act, and its sender's
    country where it is known."""

    listing_key: str
    clock: str
    on: date
    at: datetime | None = None
    act: str = ""
    country: str = ""


def pins_of(
    triggers: Iterable[Trigger], commitments: Mapping[str, Commitment], country: str
) -> dict[str, tuple[datetime, ...]]:
    """The deadlines of each listing, in order: of every commitment that binds its marketplace for buyers in `country`
    and runs on that clock, and the hours of K3 after a notice whose instant is known."""
    found: dict[str, set[datetime]] = {}
    known: dict[tuple[str, Trigger], set[datetime]] = {}
    for one in triggers:
        marketplace = one.listing_key.partition(":")[0]
        same = (marketplace, replace(one, listing_key=""))
        if same not in known:
            known[same] = set(_deadlines(one, marketplace, commitments.values(), country))
        found.setdefault(one.listing_key, set()).update(known[same])
    return {key: tuple(sorted(pins)) for key, pins in found.items()}


def _deadlines(one: Trigger, marketplace: str, commitments: Iterable[Commitment], country: str) -> Iterable[datetime]:
    if one.at is not None and one.clock != "A0":
        yield from (one.at.astimezone(UTC) + timedelta(hours=hours) for hours in WITHIN_HOURS)
    for commitment in commitments:
        if commitment.binds(marketplace, country, one.on):
            due = due_at(commitment, Moment(one.on, one.at), clock=one.clock, act=one.act, country=one.country)
            if due is not None:
                yield due
