"""Which promised pages are due: once a month, a page that could not be seen again after a week."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.clock import instant
from crawler.marketplaces.registry import Registry
from crawler.plan import Slot
from monitor.commitments.commitment import Commitment
from monitor.obligations.check import UNKNOWN
from monitor.store.page_tables import PageCheckRow

MONTH = timedelta(days=30)
AGAIN = timedelta(days=7)
ELSEWHERE = "generic"
"""Pages on a host that belongs to no marketplace that we know are visited under this name's terms."""


@dataclass(frozen=True, slots=True)
class Promised:
    """One promised page whose address is known, and the marketplace whose terms rule the visit."""

    commitment: str
    obligation: str
    marketplace: str
    url: str

    @property
    def name(self) -> str:
        """How a slot names it."""
        return f"{self.commitment}/{self.obligation}"


def promised_pages(commitments: Iterable[Commitment], registry: Registry) -> Iterator[Promised]:
    """Every promised page that can be looked for; where no address was ever published, only a person can."""
    for commitment in commitments:
        for one in commitment.obligations:
            if one.url:
                owner = registry.for_url(one.url)
                yield Promised(commitment.id, one.id, owner.name if owner else ELSEWHERE, one.url)


def page_slots(
    session: Session, pages: Iterable[Promised], allowed: Iterable[str], vantage: str, at: datetime
) -> list[Slot]:
    """Slots for the pages that are due, on marketplaces whose automated looks the operator allowed."""
    permitted = set(allowed)
    decided, tried = _last(session, vantage, decided=True), _last(session, vantage, decided=False)
    due = [page for page in pages if page.marketplace in permitted and _is_due(page, decided, tried, at)]
    return [
        Slot(
            slot_id=f"page-{number:05d}",
            purpose="obligation",
            marketplace=page.marketplace,
            url=page.url,
            vantage=vantage,
            due_at=instant(at),
            why="promised page: monthly check",
            route=page.name,
        )
        for number, page in enumerate(due)
    ]


def _is_due(page: Promised, decided: Mapping[str, datetime], tried: Mapping[str, datetime], at: datetime) -> bool:
    seen, asked = decided.get(page.name), tried.get(page.name)
    return (seen is None or at - seen >= MONTH) and (asked is None or at - asked >= AGAIN)


def _last(session: Session, vantage: str, *, decided: bool) -> dict[str, datetime]:
    """By page, when it was last looked for; with `decided`, when a look last told anything."""
    rows = select(PageCheckRow.commitment_id, PageCheckRow.obligation_id, func.max(PageCheckRow.checked_at)).where(
        PageCheckRow.vantage == vantage
    )
    if decided:
        rows = rows.where(PageCheckRow.state != UNKNOWN)
    grouped = rows.group_by(PageCheckRow.commitment_id, PageCheckRow.obligation_id)
    return {f"{commitment}/{obligation}": at for commitment, obligation, at in session.execute(grouped)}
