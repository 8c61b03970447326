"""One listing from two places: gone for this vantage's buyer alone, or gone everywhere.

The agreement of 2015 promises to block sales to US buyers, so an offer that is live elsewhere and gone here is the
block at work; one that is gone at both places was removed. Nothing is said without clear looks from both, near in
time.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.marketplaces.states import STANDING, Standing, State
from monitor.store.bulk import chunks
from monitor.store.ledger_tables import JudgementRow, LookRow

NEAR = timedelta(hours=24)
VANTAGES_VERSION = 1
_KEYS_AT_ONCE = 500
_NO_BLOCK = frozenset({State.OUT_OF_STOCK, State.ENDED, State.REPLACED})
"""Off sale for a cause that is nobody's block: sold, over, sold out, another product."""


class Here(StrEnum):
    """What two vantages say together about one listing, as the first of them has it."""

    ON_SALE = "on_sale"
    """The newest clear look from here saw it for sale."""
    BLOCKED_HERE = "blocked_here"
    """Gone for this vantage's buyer while a clear look near in time saw it live from the other."""
    GONE_EVERYWHERE = "gone_everywhere"
    """Gone from both."""
    OTHER_CAUSE = "other_cause"
    """Off sale here for a cause that no platform made: sold, over, out of stock."""
    UNKNOWN = "unknown"
    """No clear look from here, or none from the other near enough in time."""


VANTAGE_RULES = {
    "vantages.on_sale": "The newest clear look from here saw the listing for sale.",
    "vantages.blocked_here": "Gone from here, and after that live from the other vantage, at clear looks within a day.",
    "vantages.gone_everywhere": "Gone from both vantages, at clear looks within a day of each other.",
    "vantages.other_cause": "Off sale here because it was sold, ended, replaced or out of stock.",
    "vantages.unknown": "No clear look from here, or none from the other vantage within a day of it.",
}
"""Rule ids with what they say (docs/reference/verification.md)."""


class Sight(NamedTuple):
    """One look, as the comparison sees it. A quarantined one counts as unknown."""

    at: datetime
    state: State
    quarantined: bool = False

    @property
    def standing(self) -> Standing:
        return Standing.UNKNOWN if self.quarantined else STANDING[self.state]


@dataclass(frozen=True, slots=True)
class Compared:
    """What came out, by which rule, and the two looks that showed it (None where there was none)."""

    verdict: Here
    here: Sight | None
    there: Sight | None

    @property
    def rule(self) -> str:
        return f"vantages.{self.verdict}"


def compare(here: Iterable[Sight], there: Iterable[Sight], near: timedelta = NEAR) -> Compared:
    """Compare the looks of two vantages at one listing: a pure function, the newest clear look from here decides.

    A live look from there counts only if it came after the first of the looks that saw the listing gone from here:
    one from before may have seen it before it was removed everywhere. Listed, shipping unknown, is live there.
    """
    clear = sorted((one for one in here if one.standing is not Standing.UNKNOWN), key=_order)
    if not clear:
        return Compared(Here.UNKNOWN, None, None)
    ours = clear[-1]
    near_ours = [one for one in there if one.standing is not Standing.UNKNOWN and abs(one.at - ours.at) <= near]
    if ours.standing is not Standing.OFF_SALE:
        verdict = Here.ON_SALE if ours.standing is Standing.ON_SALE else Here.UNKNOWN
        return Compared(verdict, ours, max(near_ours, key=_order, default=None))
    if ours.state in _NO_BLOCK:
        return Compared(Here.OTHER_CAUSE, ours, None)
    since = _gone_since(clear)
    telling = [one for one in near_ours if one.at >= since or one.standing is Standing.OFF_SALE]
    if not telling:
        return Compared(Here.UNKNOWN, ours, None)
    theirs = max(telling, key=_order)
    if theirs.standing is not Standing.OFF_SALE:
        return Compared(Here.BLOCKED_HERE, ours, theirs)
    verdict = Here.UNKNOWN if theirs.state in _NO_BLOCK else Here.GONE_EVERYWHERE
    return Compared(verdict, ours, theirs)


def _order(one: Sight) -> tuple[datetime, bool, bool, bool, str]:
    """In time. Of looks at one instant the one that claims least of a platform comes last: alive before gone, on sale
    before listed, sold or sold out before blocked or removed; the order in which they were stored decides nothing."""
    standing = one.standing
    alive, on_sale = standing is not Standing.OFF_SALE, standing is Standing.ON_SALE
    return one.at, alive, on_sale, one.state in _NO_BLOCK, one.state


def _gone_since(clear: Sequence[Sight]) -> datetime:
    """The first of the looks at the end of `clear` that all saw the listing off sale."""
    since = clear[-1].at
    for one in reversed(clear):
        if one.standing is not Standing.OFF_SALE:
            break
        since = one.at
    return since


def compare_vantages(
    session: Session, here: str, there: str, listing_keys: Iterable[str], at: datetime, near: timedelta = NEAR
) -> dict[str, Compared]:
    """The comparison for each of these listings, from the looks up to `at`; `here` and `there` name vantages.

    It tells of looks, not of confirmed ends: a figure asks it for listings whose end is confirmed.
    """
    found: dict[str, Compared] = {}
    for keys in chunks(sorted(set(listing_keys)), _KEYS_AT_ONCE):
        sights = _sights(session, (here, there), keys, at)
        found.update((key, compare(sights[key, here], sights[key, there], near)) for key in keys)
    return found


def _sights(
    session: Session, vantages: Sequence[str], keys: Sequence[str], at: datetime
) -> dict[tuple[str, str], list[Sight]]:
    rows = (
        select(LookRow.listing_key, LookRow.vantage, LookRow.looked_at, JudgementRow.state, JudgementRow.quarantined)
        .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        .where(LookRow.listing_key.in_(keys), LookRow.vantage.in_(vantages), LookRow.looked_at <= at)
        .order_by(LookRow.looked_at, LookRow.look_id)
    )
    found: dict[tuple[str, str], list[Sight]] = defaultdict(list)
    for key, vantage, looked_at, state, quarantined in session.execute(rows):
        found[key, vantage].append(Sight(looked_at, State(state), bool(quarantined)))
    return found
