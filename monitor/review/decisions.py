"""What people decided about proposed matches: append-only rows; the newest decision of each reviewer counts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.errors import BadInput
from monitor.matching.propose import known_listings, listing_as_proposed
from monitor.matching.records import Tier
from monitor.store.decision_tables import MatchRow, ReviewRow
from monitor.store.register_tables import NoticeRow

DECISIONS = ("confirmed", "rejected", "unsure")
TIER_ORDER = {tier.value: place for place, tier in enumerate(Tier)}


@dataclass(frozen=True, slots=True)
class Opinions:
    """What each reviewer says of a proposal now; settled where `needed` of them confirm it, or any rejects it."""

    decisions: dict[str, str]
    needed: int

    @property
    def confirmations(self) -> int:
        return sum(decision == "confirmed" for decision in self.decisions.values())

    @property
    def settled(self) -> bool:
        return self.confirmations >= self.needed or "rejected" in self.decisions.values()


@dataclass(frozen=True, slots=True)
class Waiting(Opinions):
    """A proposed match with the opinions about it."""

    match: MatchRow


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A pair that enough people confirmed: `tier` as the newest of them set it."""

    match_id: int
    listing_key: str
    notice_id: str
    tier: str
    reviewers: tuple[str, ...]
    confirmed_at: datetime


def decide(
    session: Session, match_id: int, decision: str, reviewer: str, at: datetime, *, tier: str = "", comment: str = ""
) -> ReviewRow:
    """Append one decision with what the reviewer was shown.

    Raises BadInput for an unknown match, decision or tier, or where no reviewer is named.
    """
    match = session.get(MatchRow, match_id)
    if match is None:
        raise BadInput(f"no match has the number {match_id}; see `stillforsale review list`")
    if decision not in DECISIONS:
        raise BadInput(f"decision {decision!r} is none of {', '.join(DECISIONS)}")
    if tier and tier not in TIER_ORDER:
        raise BadInput(f"tier {tier!r} is none of {', '.join(TIER_ORDER)}")
    if not reviewer.strip():
        raise BadInput("a decision needs the name of who decided (--reviewer)")
    row = ReviewRow(
        match_id=match_id, listing_key=match.listing_key, notice_id=match.notice_id, decision=decision,
        tier=tier or match.tier, reviewer=reviewer.strip(), comment=comment, shown=_shown(session, match),
        decided_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def waiting(session: Session, reviewers_needed: int, *, settled: bool = False) -> list[Waiting]:
    """Proposals that still need a person (all of them with `settled`), the strongest tier and likeliest first.

    Of several proposals for one listing and notice the newest stands for all.
    """
    newest: dict[tuple[str, str], MatchRow] = {}
    for match in session.scalars(select(MatchRow).order_by(MatchRow.match_id)):
        newest[match.listing_key, match.notice_id] = match
    opinions = _newest_decisions(session.scalars(select(ReviewRow)).all())
    found = []
    for pair, match in newest.items():
        said = {name: row.decision for name, row in opinions.get(pair, {}).items()}
        found.append(Waiting(said, reviewers_needed, match))
    found = [one for one in found if settled or not one.settled]
    return sorted(found, key=lambda one: (TIER_ORDER[one.match.tier], -one.match.probability, one.match.match_id))


def confirmed_matches(session: Session, reviewers_needed: int, at: datetime | None = None) -> list[Confirmed]:
    """Pairs that `reviewers_needed` different people confirmed and nobody rejects now (by decisions up to `at`).

    Somebody who turned to `unsure` or `rejected` no longer confirms.
    """
    rows = [row for row in session.scalars(select(ReviewRow)).all() if at is None or row.decided_at <= at]
    found = []
    for (listing_key, notice_id), by_reviewer in sorted(_newest_decisions(rows).items()):
        agreed = sorted((row for row in by_reviewer.values() if row.decision == "confirmed"), key=_order)
        if len(agreed) < reviewers_needed or any(row.decision == "rejected" for row in by_reviewer.values()):
            continue
        last = agreed[-1]
        names = tuple(sorted(row.reviewer for row in agreed))
        found.append(Confirmed(last.match_id, listing_key, notice_id, last.tier, names, last.decided_at))
    return found


def _newest_decisions(rows: Sequence[ReviewRow]) -> dict[tuple[str, str], dict[str, ReviewRow]]:
    newest: dict[tuple[str, str], dict[str, ReviewRow]] = defaultdict(dict)
    for row in sorted(rows, key=_order):
        newest[row.listing_key, row.notice_id][row.reviewer.strip().casefold()] = row
    return newest


def _order(row: ReviewRow) -> tuple[datetime, int]:
    return row.decided_at, row.review_id


def _shown(session: Session, match: MatchRow) -> dict[str, Any]:
    """What the reviewer had before them: the proposal, the listing's facts, the notice's headline."""
    notice = session.get(NoticeRow, match.notice_id)
    newest = next(iter(known_listings(session, match.listing_key)), None)
    listing = listing_as_proposed(session, match.listing_key, match.facts_sha256) or newest
    names = ("title", "brand", "model", "gtin", "seller", "price", "currency", "description")
    return {
        "tier": match.tier, "relation": match.relation, "probability": match.probability, "reasons": match.reasons,
        "matcher_version": match.matcher_version, "model_version": match.model_version,
        "features": match.features, "feature_table": match.feature_table, "second_opinion": match.second_opinion,
        "disagree": match.disagree, "says": match.says, "facts_sha256": match.facts_sha256,
        "listing": {name: getattr(listing, name) for name in names} if listing else {},
        "notice": {"title": notice.title, "content_sha256": notice.content_sha256} if notice else {},
    }  # fmt: skip
