"""Which listings a person is asked to look at: what is due where no crawler may look, and a live and a dead control."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from crawler.marketplaces.registry import Registry
from crawler.plan import Slot, Vantage
from monitor.capture.saved import is_web_address
from monitor.config import Settings
from monitor.schedule.planner import allowed, look_slots


def person_slots(
    session: Session,
    registry: Registry,
    settings: Settings,
    vantage: Vantage,
    at: datetime,
    marketplaces: Collection[str] = (),
    most: int | None = None,
) -> list[Slot]:
    """The due looks for a person at one vantage, the longest overdue first, one marketplace after the other.

    Without `marketplaces`: those that the operator has not allowed automated looks at. `most` bounds the listings;
    controls come on top, before the first listing of their marketplace.
    """
    named = set(marketplaces) or {one.name for one in registry} - set(allowed(settings))
    slots = look_slots(session, registry, settings, [vantage], at, marketplaces=named)
    due = [slot for slot in slots if slot.purpose != "control" and is_web_address(slot.url)][:most]
    ordered: list[Slot] = []
    for name in dict.fromkeys(slot.marketplace for slot in due):
        ordered += _controls([slot for slot in slots if slot.purpose == "control" and slot.marketplace == name])
        ordered += [slot for slot in due if slot.marketplace == name]
    return ordered


def _controls(slots: Sequence[Slot]) -> list[Slot]:
    """One live and one dead control, where there are any with an address."""
    usable = [slot for slot in slots if is_web_address(slot.url)]
    live = [slot for slot in usable if slot.control == "live"]
    dead = [slot for slot in usable if slot.control == "dead"] or [
        slot for slot in usable if slot.control == "never_existed"
    ]
    return [*live[:1], *dead[:1]]
