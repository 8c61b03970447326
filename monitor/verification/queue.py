"""Looks that wait for a person: an end by a signature that nobody has confirmed on this site, state and layout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.marketplaces.states import State
from monitor.store.ledger_tables import JudgementRow, LookRow, ReadingRow
from monitor.store.verification_tables import PageDecisionRow
from monitor.verification.decisions import REJECTED


@dataclass(frozen=True, slots=True)
class Waiting:
    """One look whose page waits for a person. `signature` is empty where only the HTTP status told of an end."""

    look_id: int
    listing_key: str
    marketplace: str
    vantage: str
    looked_at: datetime
    run_id: str
    warc_record_id: str
    http_status: int | None
    rule: str
    signature: str
    layout: str
    says: str
    final_url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Waiting looks of one kind: whoever decides about the newest page mostly decides about all of them."""

    newest: Waiting
    looks: int
    listings: int


def waiting(session: Session) -> list[Waiting]:
    """Every look that waits, oldest first.

    A page about which the newest word is a rejection waits no longer, nor does the same page seen by another look.
    """
    layout = ReadingRow.reading["layout"].as_string()
    rows = (
        select(LookRow, JudgementRow, layout)
        .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        .outerjoin(
            ReadingRow,
            ReadingRow.reading_sha256 == func.coalesce(JudgementRow.reading_sha256, LookRow.reading_sha256),
        )
        .where(JudgementRow.state == str(State.UNVERIFIED))
        .order_by(LookRow.looked_at, LookRow.look_id)
    )
    looks, pages = _rejected(session)
    return [
        Waiting(
            look_id=look.look_id,
            listing_key=look.listing_key,
            marketplace=look.marketplace,
            vantage=look.vantage,
            looked_at=look.looked_at,
            run_id=look.run_id,
            warc_record_id=look.warc_record_id,
            http_status=look.http_status,
            rule=judged.rule,
            signature=judged.signature,
            layout=said or "",
            says=judged.says,
            final_url=look.final_url,
        )
        for look, judged, said in session.execute(rows)
        if look.look_id not in looks and (look.marketplace, look.body_sha256) not in pages
    ]


def grouped(found: Sequence[Waiting]) -> list[Group]:
    """The same, by marketplace, rule, signature, layout and status; the most listings first."""
    by_kind: dict[tuple[object, ...], list[Waiting]] = {}
    for one in found:
        kind = (one.marketplace, one.rule, one.signature, one.layout, one.http_status if not one.signature else None)
        by_kind.setdefault(kind, []).append(one)
    groups = [Group(some[-1], len(some), len({one.listing_key for one in some})) for some in by_kind.values()]
    return sorted(groups, key=lambda group: (-group.listings, group.newest.look_id))


def _rejected(session: Session) -> tuple[set[int], set[tuple[str, str]]]:
    """Looks and pages (by the marketplace and the body's SHA-256) about which the newest decision is a rejection."""
    newest: dict[int, str] = {}
    rows = select(PageDecisionRow.look_id, PageDecisionRow.decision)
    for look_id, decision in session.execute(rows.order_by(PageDecisionRow.decided_at, PageDecisionRow.decision_id)):
        newest[look_id] = decision
    looks = {look_id for look_id, decision in newest.items() if decision == REJECTED}
    bodies = select(LookRow.marketplace, LookRow.body_sha256).where(LookRow.look_id.in_(looks))
    pages = {(marketplace, digest) for marketplace, digest in session.execute(bodies) if digest}
    return looks, pages
