"""A series of looks that agree on an absence: what joins it, what breaks it, when it is confirmed.

The table of docs/reference/episodes.md, as code. What a quarantined look showed counts as unknown, with one
exception that can only make us wait longer: where it showed the listing alive, it breaks a series like any other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from crawler.marketplaces.states import STANDING, TAKEDOWNS, Standing, State
from monitor.config import Confirmation
from monitor.looks.facts import LookFact, hours

_HERE_ONLY = frozenset({State.NOT_SHIPPED, State.GEO_BLOCKED})
"""Off sale for this vantage alone: a live offer somewhere says nothing against them."""

UP = frozenset({State.AVAILABLE, State.AVAILABLE_B2B, State.SHIPPING_UNKNOWN, State.OUT_OF_STOCK, State.NOT_SHIPPED})
"""The listing's own page was there: it was not taken down then."""

OTHER_ENDS = frozenset({State.ENDED, State.SELLER_GONE, State.REPLACED})
"""Ends of another cause. A page that is cleared away after one of them is no takedown of an offer."""

_PAGE_GONE = frozenset({State.REMOVED, State.REMOVED_POLICY, State.SELLER_GONE})
"""The listing's own page was not there."""

_PAGE_THERE = frozenset({State.OUT_OF_STOCK, State.NOT_SHIPPED, State.GEO_BLOCKED, State.ENDED, State.VARIANT_GONE})
"""Off sale, on a page that is there: whoever read it as gone before may have misread a page that was on sale."""


@dataclass(slots=True)
class Series:
    """Looks in a row that agree on an absence, each with its number within the episode."""

    looks: list[tuple[int, LookFact]] = field(default_factory=list)

    def add(self, number: int, look: LookFact) -> None:
        self.looks.append((number, look))

    def drop(self, contradicted: Callable[[State], bool]) -> None:
        """Forget everything up to the newest look that is contradicted."""
        for position in range(len(self.looks) - 1, -1, -1):
            if contradicted(self.looks[position][1].state):
                del self.looks[: position + 1]
                return

    def confirming(self, rule: Confirmation) -> tuple[list[tuple[int, LookFact]], bool]:
        """The looks that confirm the absence as of the last one added, and whether the platform's word did it.

        Only looks in runs whose controls passed count, and those of one run count once. Empty: not confirmed.
        """
        clear = [(number, look) for number, look in self.looks if look.controls_passed]
        if _enough(clear, rule.looks, rule.span_hours):
            return clear, False
        start = len(clear)
        while start and clear[start - 1][1].state is State.REMOVED_POLICY:
            start -= 1
        said = clear[start:]
        return (said, True) if _enough(said, rule.platform_looks, rule.platform_span_hours) else ([], False)


def _enough(looks: list[tuple[int, LookFact]], count: int, span_hours: float) -> bool:
    if len(looks) < count or looks[-1][1].looked_at - looks[0][1].looked_at < hours(span_hours):
        return False
    return len({look.run_id for _, look in looks}) >= count


def feed_off_sale(series: Series, number: int, look: LookFact) -> bool:
    """Let one look act on a series of the `off_sale` endpoint. True: it joined as an absence.

    An ordinary look on sale is not handed here: it ends the series.
    """
    seen = STANDING[look.state]
    if seen is Standing.ON_SALE:
        series.looks.clear()
    elif seen is Standing.LISTED:
        series.drop(lambda state: state not in _HERE_ONLY)
    elif look.state in _PAGE_THERE and (look.state in UP or not look.quarantined):
        series.drop(lambda state: state in _PAGE_GONE)
    if seen is not Standing.OFF_SALE or look.quarantined:
        return False
    series.add(number, look)
    return True


def feed_takedown(series: Series, number: int, look: LookFact) -> bool:
    """Let one look act on a series of the `takedown` endpoint: every known state but a takedown breaks it.

    True: it joined as a takedown.
    """
    if look.state in UP:
        series.looks.clear()
    elif look.quarantined:
        return False
    elif look.state in TAKEDOWNS:
        if look.state is State.VARIANT_GONE:
            series.drop(lambda state: state in _PAGE_GONE)
        series.add(number, look)
        return True
    elif STANDING[look.state] is Standing.OFF_SALE:
        series.looks.clear()
    return False
