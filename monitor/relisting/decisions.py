"""What people decided about proposed relistings: append-only rows; the newest decision of each reviewer counts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.errors import BadInput
from monitor.review.decisions import DECISIONS, Opinions
from monitor.store.relisting_tables import RelistingReviewRow, RelistingRow

Pair = tuple[str, str]
"""The key of what went and of what may be its return."""


@dataclass(frozen=True, slots=True)
class WaitingRelisting(Opinions):
    """A proposed return with the opinions about it."""

    relisting: RelistingRow


@dataclass(frozen=True, slots=True)
class Link:
    """Two listings that a proposal ties; `confirmed`: enough people say so and nobody rejects it."""

    relisting_id: int
    old_listing_key: str
    new_listing_key: str
    confirmed: bool
    linked_at: datetime


def decide_relisting(
    session: Session, relisting_id: int, decision: str, reviewer: str, at: datetime, *, comment: str = ""
) -> RelistingReviewRow:
    """Append one decision with what the reviewer was shown.

    Raises BadInput for an unknown proposal or decision, or where no reviewer is named.
    """
    row = session.get(RelistingRow, relisting_id)
    if row is None:
        raise BadInput(f"no relisting has the number r{relisting_id}; see `stillforsale review list`")
    if decision not in DECISIONS:
        raise BadInput(f"decision {decision!r} is none of {', '.join(DECISIONS)}")
    if not reviewer.strip():
        raise BadInput("a decision needs the name of who decided (--reviewer)")
    decided = RelistingReviewRow(
        relisting_id=relisting_id, old_listing_key=row.old_listing_key, new_listing_key=row.new_listing_key,
        decision=decision, reviewer=reviewer.strip(), comment=comment, decided_at=at,
        shown={
            "rule": row.rule, "rules_version": row.rules_version, "facts_sha256": row.facts_sha256,
            "agreements": row.agreements, "conflicts": row.conflicts,
            "old": row.old_version, "new": row.new_version,
        },
    )  # fmt: skip
    session.add(decided)
    session.flush()
    return decided


def waiting_relistings(session: Session, reviewers_needed: int, *, settled: bool = False) -> list[WaitingRelisting]:
    """Proposals that still need a person (all of them with `settled`), oldest first. Of several proposals for one pair
    the newest stands for all."""
    newest: dict[Pair, RelistingRow] = {}
    for row in session.scalars(select(RelistingRow).order_by(RelistingRow.relisting_id)):
        newest[row.old_listing_key, row.new_listing_key] = row
    opinions = _opinions(session)
    found = []
    for pair, row in newest.items():
        said = dict(opinions.get(pair, {}))
        found.append(WaitingRelisting(said, reviewers_needed, row))
    return [one for one in found if settled or not one.settled]


def links(session: Session, reviewers_needed: int, at: datetime | None = None) -> list[Link]:
    """Every proposed pair that nobody rejects, by proposals and decisions up to `at`, in the order of proposal."""
    opinions = _opinions(session, at)
    found: dict[Pair, Link] = {}
    row = RelistingRow
    proposals = select(row.relisting_id, row.old_listing_key, row.new_listing_key, row.proposed_at)
    for number, old, new, proposed_at in session.execute(proposals.order_by(row.relisting_id)):
        said = opinions.get((old, new), {}).values()
        if (at is not None and proposed_at > at) or "rejected" in said:
            continue
        agreed = sum(decision == "confirmed" for decision in said)
        found.setdefault((old, new), Link(number, old, new, agreed >= reviewers_needed, proposed_at))
    return list(found.values())


def _opinions(session: Session, at: datetime | None = None) -> dict[Pair, dict[str, str]]:
    """The newest decision of each reviewer about each pair."""
    row = RelistingReviewRow
    columns = select(row.old_listing_key, row.new_listing_key, row.reviewer, row.decision, row.decided_at)
    newest: dict[Pair, dict[str, str]] = defaultdict(dict)
    for old, new, reviewer, decision, decided_at in session.execute(columns.order_by(row.decided_at, row.review_id)):
        if at is None or decided_at <= at:
            newest[old, new][reviewer.casefold()] = decision
    return newest
