"""Keeps the table of what went: every listing that people confirmed and whose absence is confirmed, with its prints."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from monitor.relisting.memory import Gone
from monitor.relisting.prints import Prints, Version, as_stored, prints_of, version_of
from monitor.relisting.rules import RELISTING_VERSION
from monitor.relisting.versions import version_until
from monitor.review.decisions import confirmed_matches
from monitor.store.ledger_tables import EpisodeRow
from monitor.store.picture_tables import PictureRow
from monitor.store.relisting_tables import RememberedRow

RULE = "remember.confirmed_and_gone"
"""A person confirmed the match, and the absence is confirmed at some vantage; the newest such end counts."""


@dataclass(frozen=True, slots=True)
class _End:
    vantage: str
    after_at: datetime
    by_at: datetime
    pictures: int


def remember(session: Session, reviewers_needed: int) -> list[Gone]:
    """Bring the table to what the ledger says now, and give it: rows that no longer hold go, others are made.

    A listing's row is made again where its newest confirmed end, its pictures or the rules are others than before.
    """
    notices: dict[str, list[str]] = defaultdict(list)
    for one in confirmed_matches(session, reviewers_needed):
        notices[one.listing_key].append(one.notice_id)
    ends = {key: end for key, end in _ends(session).items() if key in notices}
    rows = {row.listing_key: row for row in session.scalars(select(RememberedRow))}
    stale = [key for key, row in rows.items() if key not in ends or not _holds(row, ends[key], notices[key])]
    if stale:
        session.execute(delete(RememberedRow).where(RememberedRow.listing_key.in_(stale)))
        session.expire_all()
    kept = {key: row for key, row in rows.items() if key not in set(stale)}
    made = [_row(session, key, ends[key], notices[key]) for key in sorted(ends.keys() - kept.keys())]
    new = [row for row in made if row is not None]
    session.add_all(new)
    session.flush()
    return [_gone(row) for row in sorted((*kept.values(), *new), key=lambda row: row.listing_key)]


def _ends(session: Session) -> dict[str, _End]:
    """The newest confirmed end of each listing. What replaced a product under its id is no listing of people's."""
    read = select(PictureRow.listing_key, func.count()).where(PictureRow.format != "").group_by(PictureRow.listing_key)
    pictures = dict(session.execute(read).all())
    rows = session.execute(
        select(EpisodeRow.listing_key, EpisodeRow.vantage, EpisodeRow.last_on_sale_at, EpisodeRow.first_off_at)
        .where(EpisodeRow.confirmed_at.is_not(None), EpisodeRow.entity == 1)
        .order_by(EpisodeRow.first_off_at, EpisodeRow.vantage)
    )
    return {
        key: _End(vantage, after_at, by_at, pictures.get(key, 0))
        for key, vantage, after_at, by_at in rows
        if by_at is not None
    }


def _holds(row: RememberedRow, end: _End, notice_ids: list[str]) -> bool:
    return (
        row.rules_version == RELISTING_VERSION
        and (row.ended_after_at, row.ended_by_at, row.vantage) == (end.after_at, end.by_at, end.vantage)
        and row.notice_ids == sorted(notice_ids)
        and row.prints["pictures_read"] == end.pictures
    )


def _row(session: Session, key: str, end: _End, notice_ids: list[str]) -> RememberedRow | None:
    """None where no page of it was read while it was on sale: then there is nothing to recognise it by."""
    version = version_until(session, key, end.after_at)
    if version is None:
        return None
    return RememberedRow(
        listing_key=key,
        notice_ids=sorted(notice_ids),
        vantage=end.vantage,
        ended_after_at=end.after_at,
        ended_by_at=end.by_at,
        version=as_stored(version),
        prints=_stored(prints_of(version), end.pictures),
        rule=RULE,
        rules_version=RELISTING_VERSION,
    )


def _stored(prints: Prints, pictures_read: int) -> dict[str, Any]:
    """The fingerprints for people to see; comparing makes them anew from the version, so that they can't drift."""
    return {
        "shingles": list(prints.shingles), "shingles_whole": prints.whole, "title_words": list(prints.title_words),
        "models": sorted(prints.models), "packs": sorted(prints.packs), "brand": prints.brand, "seller": prints.seller,
        "price": str(prints.price or ""), "currency": prints.currency, "pictures_read": pictures_read,
    }  # fmt: skip


def _gone(row: RememberedRow) -> Gone:
    version: Version = version_of(row.version)
    return Gone(version, prints_of(version), row.ended_after_at, row.ended_by_at)
