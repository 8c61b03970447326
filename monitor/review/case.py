"""One proposal as a reviewer sees it: the listing and the notice side by side, the reasons for and against.

What other reviewers said is not part of it: two people who must agree each decide for themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from crawler.archive.shots import shot_name
from crawler.errors import BadInput
from crawler.feeds.notice import Notice
from crawler.marketplaces.states import STANDING, Standing
from monitor.matching.foreign import gloss
from monitor.matching.propose import known_listings, listing_as_proposed
from monitor.matching.records import Listing
from monitor.register.register import get_notice
from monitor.relisting.decisions import waiting_relistings
from monitor.review.queue import queue
from monitor.store.decision_tables import MatchRow, ReviewRow
from monitor.store.ledger_tables import JudgementRow, ListingRow, LookRow, RunRow
from monitor.store.relisting_tables import RelistingReviewRow, RelistingRow

_OFFERED = [state.value for state, standing in STANDING.items() if standing is Standing.ON_SALE]


@dataclass(frozen=True, slots=True)
class Seen:
    """One look from any vantage; `has_shot` where a screenshot lies beside its page."""

    look_id: int
    looked_at: datetime
    vantage: str
    state: str
    has_shot: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the explanation; `weight` is its part of the log-odds."""

    says: str
    weight: float
    outcome: str
    recall: str
    listing: str


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """All that a reviewer is shown of one proposal. `mine` is this reviewer's newest decision, "" before the first.

    `last` is the newest look; `offer` the newest one with a page that still offered the item, else with any page.
    `gloss` says in English what a title in another language holds, "" where none is needed; `now_titled` is the title
    that the id has now, where it is another than the one that was matched.
    """

    match: MatchRow
    row: ListingRow
    listing: Listing
    notice: Notice
    gloss: str
    now_titled: str
    last: Seen | None
    offer: Seen | None
    speaks_for: tuple[Compared, ...]
    speaks_against: tuple[Compared, ...]
    mine: str


@dataclass(frozen=True, slots=True)
class Offered:
    """One side of a proposed return: what the listing said."""

    listing_key: str
    url: str
    version: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReturnCase:
    """A proposed return: what went, and what may be its return. `mine` is this reviewer's newest decision."""

    relisting: RelistingRow
    old: Offered
    new: Offered
    mine: str


def open_case(session: Session, match_id: int, reviewer: str, runs_dir: Path) -> ReviewCase:
    """The proposal with everything around it. Raises BadInput for an unknown one."""
    match = session.get(MatchRow, match_id)
    if match is None:
        raise BadInput(f"no match has the number {match_id}; see `stillforsale review list`")
    notice = get_notice(session, match.notice_id)
    if notice is None:
        raise BadInput(f"the register holds no notice {match.notice_id!r}")
    row = session.get_one(ListingRow, match.listing_key)
    newest = next(iter(known_listings(session, match.listing_key)), Listing(match.listing_key))
    listing = listing_as_proposed(session, match.listing_key, match.facts_sha256) or newest
    compared = [_compared(reason) for reason in match.reasons]
    return ReviewCase(
        match=match,
        row=row,
        listing=listing,
        notice=notice,
        gloss=gloss(listing.title),
        now_titled=newest.title if newest.title != listing.title else "",
        last=_seen(session, runs_dir, match.listing_key),
        offer=_seen(
            session, runs_dir, match.listing_key, LookRow.warc_record_id != "", JudgementRow.state.in_(_OFFERED)
        )
        or _seen(session, runs_dir, match.listing_key, LookRow.warc_record_id != ""),
        speaks_for=tuple(sorted((one for one in compared if one.weight >= 0), key=lambda one: -one.weight)),
        speaks_against=tuple(sorted((one for one in compared if one.weight < 0), key=lambda one: one.weight)),
        mine=_mine(session, match, reviewer),
    )


def open_return(session: Session, relisting_id: int, reviewer: str) -> ReturnCase:
    """The proposed return with both versions. Raises BadInput for an unknown one."""
    row = session.get(RelistingRow, relisting_id)
    if row is None:
        raise BadInput(f"no relisting has the number r{relisting_id}; see `stillforsale review list`")
    urls = dict(
        session.execute(
            select(ListingRow.listing_key, ListingRow.url).where(
                ListingRow.listing_key.in_((row.old_listing_key, row.new_listing_key))
            )
        ).all()
    )
    old = Offered(row.old_listing_key, urls.get(row.old_listing_key, ""), row.old_version)
    new = Offered(row.new_listing_key, urls.get(row.new_listing_key, ""), row.new_version)
    asked = select(RelistingReviewRow).where(
        RelistingReviewRow.old_listing_key == old.listing_key, RelistingReviewRow.new_listing_key == new.listing_key
    )
    return ReturnCase(row, old, new, _newest_of(session.scalars(asked).all(), reviewer))


@dataclass(frozen=True, slots=True)
class Due:
    """What waits for one reviewer: `17` of a match, `r17` of a return. `eyes` need a person, `rest` are leads that can
    be left."""

    eyes: tuple[str, ...]
    rest: tuple[str, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        return self.eyes + self.rest


def due_to(session: Session, reviewer: str, reviewers_needed: int) -> Due:
    """What waits for this reviewer, most worth first: matches that need eyes, returns, then the rest.

    What they decided already is left out.
    """
    name = reviewer.strip().casefold()
    matches = [one for one in queue(session, reviewers_needed) if name not in one.waiting.decisions]
    returns = [
        f"r{one.relisting.relisting_id}"
        for one in waiting_relistings(session, reviewers_needed)
        if name not in one.decisions
    ]
    eyes = [f"{one.waiting.match.match_id}" for one in matches if one.needs_eyes]
    rest = [f"{one.waiting.match.match_id}" for one in matches if not one.needs_eyes]
    return Due((*eyes, *returns), tuple(rest))


def _compared(reason: dict[str, object]) -> Compared:
    texts = {name: str(reason.get(name) or "") for name in ("says", "outcome", "recall", "listing")}
    return Compared(weight=float(str(reason.get("weight") or 0)), **texts)


def _seen(session: Session, runs_dir: Path, listing_key: str, *only: ColumnElement[bool]) -> Seen | None:
    found = session.execute(
        select(LookRow, JudgementRow.state, RunRow.folder)
        .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        .join(RunRow, RunRow.run_id == LookRow.run_id)
        .where(LookRow.listing_key == listing_key, *only)
        .order_by(LookRow.looked_at.desc(), LookRow.look_id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    look, state, folder = found
    shot = runs_dir / folder / shot_name(look.slot_id, 1)
    return Seen(look.look_id, look.looked_at, look.vantage, state, shot.is_file())


def _mine(session: Session, match: MatchRow, reviewer: str) -> str:
    asked = select(ReviewRow).where(ReviewRow.listing_key == match.listing_key, ReviewRow.notice_id == match.notice_id)
    return _newest_of(session.scalars(asked).all(), reviewer)


def _newest_of(rows: Sequence[ReviewRow] | Sequence[RelistingReviewRow], reviewer: str) -> str:
    name = reviewer.strip().casefold()
    own = [row for row in rows if row.reviewer.strip().casefold() == name]
    newest = max(own, key=lambda row: (row.decided_at, row.review_id), default=None)
    return newest.decision if newest else ""
