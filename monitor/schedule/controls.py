"""Which listings prove that a run could see: known live, known dead, never existed. Chosen at run time.

They renew themselves from ordinary unrecalled listings: one that was seen on sale serves as the live control until
it goes; it is looked at once more, and once it was seen gone twice, it serves as the dead one. Where a site's ends are
not verified, `unverified` is how it shows them: enough for a control, never for a takedown.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.marketplaces.base import Marketplace
from crawler.marketplaces.states import State
from monitor.schedule.watched import not_folded
from monitor.store.decision_tables import MatchRow
from monitor.store.ledger_tables import JudgementRow, ListingRow, LookRow
from monitor.store.standing_tables import StandingRow

LIVE_CONTROLS = 2
GONE_LOOKS = 2
LIVE = {State.AVAILABLE, State.AVAILABLE_B2B}
GONE = {State.REMOVED, State.REMOVED_POLICY, State.ENDED, State.SELLER_GONE, State.UNVERIFIED}
UNKNOWN = {State.UNCLEAR, State.REDIRECTED, State.BLOCKED, State.FAILED, State.NOT_ALLOWED}
LATEST_CLEAR = 20
"""Whether one was ever seen on sale is told from so many clear looks."""


@dataclass(frozen=True, slots=True)
class Controls:
    """Listing ids with their URLs, by what they are known to be; `never` are ids that the site never gave out.

    `fading` was on sale and was seen gone once: it is looked at again, and proves nothing yet.
    """

    live: tuple[tuple[str, str], ...]
    dead: tuple[tuple[str, str], ...]
    never: tuple[str, ...]
    fading: tuple[tuple[str, str], ...] = ()


def choose_controls(session: Session, marketplace: Marketplace, vantage: str, suspects: set[str]) -> Controls:
    """Controls of one marketplace and vantage for the next run.

    Candidates are listings that are no suspects, in an order that no person chose (by hash): first those that nothing
    points to, then those whose matches a person rejected or that are mere leads. One that was seen on sale lately comes
    before one that was never looked at.
    """
    of_site = select(ListingRow).where(ListingRow.marketplace == marketplace.name)
    pointed_to = set(session.scalars(select(MatchRow.listing_key).distinct()))
    candidates = [row for row in session.scalars(of_site) if row.listing_key not in suspects]
    candidates.sort(key=lambda row: (row.listing_key in pointed_to, hashlib.sha256(row.listing_key.encode()).digest()))
    seen = _clear_states(session, [row.listing_key for row in candidates], vantage)
    live, untried, dead, fading = [], [], [], []
    for row in candidates:
        recent = seen.get(row.listing_key, [])
        if not recent:
            untried.append((row.listing_id, row.url))
        elif recent[0] in LIVE:
            live.append((row.listing_id, row.url))
        elif len(recent) >= GONE_LOOKS and all(one in GONE for one in recent[:GONE_LOOKS]):
            dead.append((row.listing_id, row.url))
        elif recent[0] in GONE and any(one in LIVE for one in recent):
            fading.append((row.listing_id, row.url))
    never = marketplace.site.controls.never_existed
    return Controls(
        live=tuple((live + untried)[:LIVE_CONTROLS]),
        dead=tuple(dead[:1]),
        never=(never,) if never else (),
        fading=tuple(fading[:1]),
    )


def _clear_states(session: Session, keys: list[str], vantage: str) -> dict[str, list[State]]:
    """What the newest looks at each of `keys` said, newest first, unknown ones left out; a control may have many."""
    looked = set(session.scalars(select(StandingRow.listing_key).where(StandingRow.vantage == vantage)))
    looked |= not_folded(session)
    seen: dict[str, list[State]] = {}
    for key in keys:
        if key in looked:
            statement = (
                select(JudgementRow.state)
                .join(LookRow, LookRow.look_id == JudgementRow.look_id)
                .where(LookRow.listing_key == key, LookRow.vantage == vantage)
                .where(JudgementRow.state.not_in([str(state) for state in UNKNOWN]))
                .order_by(LookRow.looked_at.desc(), LookRow.look_id.desc())
                .limit(LATEST_CLEAR)
            )
            found = [State(text) for text in session.scalars(statement)]
            seen.update({key: found} if found else {})
    return seen
