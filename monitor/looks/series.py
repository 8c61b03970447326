"""A series of looks that agree on an absence: what joins it, what breaks it, when it is confirmed.

The table of docs/reference/episodes.md, as code. What a quarantined look showed counts as unknown, with one
exception that can only make us wait longer: where it showed the listing alive, it breaks a series like any other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

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


class Seen(NamedTuple):
    """What a series keeps of a look: its `number` within the episode, when it was made, what it showed, in which run.

    `clear`: the run's controls passed. Looks that are not clear can't confirm, so those of one state in a row are kept
    as the first of them and how many `times` it was shown: a series stays short however long nobody can confirm it.
    """

    number: int
    looked_at: datetime
    read_by: datetime
    state: State
    run_id: str
    clear: bool
    times: int = 1


@dataclass(slots=True)
class Series:
    """Looks in a row that agree on an absence, each with its number within the episode."""

    looks: list[Seen] = field(default_factory=list)

    def add(self, number: int, look: LookFact) -> None:
        last = self.looks[-1] if self.looks else None
        if last is not None and not look.controls_passed and not last.clear and last.state is look.state:
            self.looks[-1] = last._replace(times=last.times + 1)
            return
        clear = look.controls_passed
        self.looks.append(Seen(number, look.looked_at, look.read_by, look.state, look.run_id, clear))

    def drop(self, contradicted: Callable[[State], bool]) -> None:
        """Forget everything up to the newest look that is contradicted."""
        for position in range(len(self.looks) - 1, -1, -1):
            if contradicted(self.looks[position].state):
                del self.looks[: position + 1]
                return

    def confirming(self, rule: Confirmation) -> tuple[list[Seen], bool]:
        """The looks that confirm the absence as of the last one added, and whether the platform's word did it.

        Only looks in runs whose controls passed count, and those of one run count once. Empty: not confirmed.
        """
        clear = [seen for seen in self.looks if seen.clear]
        if _enough(clear, rule.looks, rule.span_hours):
            return clear, False
        start = len(clear)
        while start and clear[start - 1].state is State.REMOVED_POLICY:
            start -= 1
        said = clear[start:]
        return (said, True) if _enough(said, rule.platform_looks, rule.platform_span_hours) else ([], False)


def _enough(looks: Sequence[Seen], count: int, span_hours: float) -> bool:
    if len(looks) < count or looks[-1].looked_at - looks[0].looked_at < hours(span_hours):
        return False
    return len({seen.run_id for seen in looks}) >= count


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
