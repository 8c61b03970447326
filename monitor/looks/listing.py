"""One listing at one vantage while its looks are taken in: its fold, its newest looks, and its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from crawler.marketplaces.states import STANDING, Standing, State
from monitor.config import Confirmation
from monitor.looks.facts import Fingerprint, LookFact
from monitor.looks.fold import Fold, order
from monitor.looks.newest import Newest
from monitor.verification.blind import Void

_STATES = {str(state): state for state in State}
_STANDINGS = {str(state): standing for state, standing in STANDING.items()}
Voided = Mapping[str, Sequence[Void]]


class Page(NamedTuple):
    """What a page's reading says of which product it shows; `titled`: whether it states a title at all;
    `listed_on`: the day from which on it says it was listed, where it does."""

    reading_sha256: str
    fingerprint: Fingerprint
    titled: bool
    listed_on: str


class Look(NamedTuple):
    """One look as it comes out of the ledger; `verdict` is that of its run's controls, None where there were none."""

    listing_key: str
    vantage: str
    look_id: int
    run_id: str
    looked_at: datetime
    took_ms: int
    state: str
    quarantined: str
    verdict: str | None
    reading_sha256: str | None
    purpose: str
    outcome: str


@dataclass(slots=True)
class Listing:
    """What is kept of a listing at a vantage: all that its next look needs to know of those before.

    `episode_id` is the row of the episode that was open when this was taken up, `page_text` the page as it was laid
    down.
    """

    fold: Fold = field(default_factory=Fold)
    newest: Newest | None = None
    page: Page | None = None
    page_text: str = ""
    episode_id: int | None = None

    def is_late(self, looks: Sequence[Look], voided: Voided) -> bool:
        """Whether any of these looks, in order of time, belongs before one that was taken in already."""
        seen_to = self.fold.seen_to
        if seen_to is None or looks[0].looked_at > seen_to[0]:
            return False
        return any(order(_fact(look, None, voided)) < seen_to for look in looks)

    def see(self, looks: Sequence[Look], pages: Mapping[str, Page], rule: Confirmation, voided: Voided) -> None:
        """Take in further looks, in order of time and id. `pages` has the readings that are not the one kept."""
        facts, kept = [], self.page
        for look in looks:
            page = None
            if look.reading_sha256 is not None:
                known = kept is not None and kept.reading_sha256 == look.reading_sha256
                self.page = page = kept if known else pages[look.reading_sha256]
            facts.append(_fact(look, page, voided))
            self.newest = self.newest or Newest(look.looked_at)
            self.newest.see(
                look.look_id,
                look.looked_at,
                _STATES[look.state],
                quarantined=bool(look.quarantined),
                purpose=look.purpose,
                outcome=look.outcome,
            )
            if page is not None:
                self.newest.see_page(look.look_id, look.looked_at, titled=page.titled, listed_on=page.listed_on)
        for fact in sorted(facts, key=order) if len(facts) > 1 else facts:
            self.fold.see(fact, rule)


def _fact(look: Look, page: Page | None, voided: Voided) -> LookFact:
    quarantined = bool(look.quarantined)
    if voided and not quarantined and _STANDINGS[look.state] is Standing.OFF_SALE:
        weeks = voided.get(look.listing_key.partition(":")[0], ())
        quarantined = any(week.since <= look.looked_at < week.until for week in weeks)
    return LookFact(
        look.look_id,
        look.run_id,
        look.looked_at,
        _STATES[look.state],
        look.looked_at + timedelta(milliseconds=look.took_ms) if look.took_ms else None,
        quarantined,
        look.verdict == "passed",
        page.fingerprint if page is not None else None,
    )
