"""Keeps the table of what went: every listing that people confirmed and whose absence is confirmed, with its prints."""

import hashlib
from collections import defaultdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from monitor.relisting.memory import Gone
from monitor.relisting.prints import Prints, Version, as_stored, prints_of, version_of
from monitor.relisting.rules import RELISTING_VERSION
from monitor.relisting.versions import version_until
from monitor.review.decisions import confirmed_matches
from monitor.store.bulk import chunks
from monitor.store.ledger_tables import EpisodeRow
from monitor.store.picture_tables import PictureRow
from monitor.store.relisting_tables import RememberedRow

RULE = "remember.confirmed_and_gone"
"""A person confirmed the match, and the absence is confirmed at some vantage; the newest such end counts."""

_AT_ONCE = 500


class _End(NamedTuple):
    vantage: str
    after_at: datetime
    by_at: datetime
    pictures: int


class _Held(NamedTuple):
    """What a row rests on: its listing's newest confirmed end, the pictures read by then, what people said it is."""

    vantage: str
    after_at: datetime
    by_at: datetime
    pictures: int
    notice_ids: list[str]


def remember(session: Session, reviewers_needed: int) -> str:
    """Bring the table to what the ledger says now: rows that no longer hold go, others are made.

    A listing's row is made again where its newest confirmed end, its pictures or the rules are others than before.
    Gives a digest of what is remembered, empty where nothing is.
    """
    notices: dict[str, list[str]] = defaultdict(list)
    for one in confirmed_matches(session, reviewers_needed):
        notices[one.listing_key].append(one.notice_id)
    wanted = {key: _Held(*end, sorted(notices[key])) for key, end in _ends(session).items() if key in notices}
    stored = _stored_rows(session)
    stale = [key for key, held in stored.items() if wanted.get(key) != held]
    for some in chunks(stale, _AT_ONCE):
        session.execute(delete(RememberedRow).where(RememberedRow.listing_key.in_(some)))
    made = [_row(session, key, wanted[key]) for key in sorted(wanted) if stored.get(key) != wanted[key]]
    session.add_all([row for row in made if row is not None])
    session.flush()
    now = sorted(_stored_rows(session).items())
    return hashlib.sha256(repr((RELISTING_VERSION, now)).encode()).hexdigest() if now else ""


def remembered(session: Session) -> list[Gone]:
    """Everything that is remembered, with its fingerprints."""
    rows = session.scalars(select(RememberedRow).order_by(RememberedRow.listing_key).execution_options(yield_per=1000))
    return [_gone(row) for row in rows]


def _stored_rows(session: Session) -> dict[str, _Held | None]:
    """What the rows of today's rules rest on; None for those of other rules."""
    row = RememberedRow
    columns = (row.vantage, row.ended_after_at, row.ended_by_at, row.pictures_read, row.notice_ids)
    rows = session.execute(select(row.listing_key, row.rules_version, *columns)).all()
    return {key: _Held(*held) if version == RELISTING_VERSION else None for key, version, *held in rows}


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


def _row(session: Session, key: str, end: _Held) -> RememberedRow | None:
    """None where no page of it was read while it was on sale: then there is nothing to recognise it by."""
    version = version_until(session, key, end.after_at)
    if version is None:
        return None
    return RememberedRow(
        listing_key=key,
        notice_ids=end.notice_ids,
        vantage=end.vantage,
        ended_after_at=end.after_at,
        ended_by_at=end.by_at,
        version=as_stored(version),
        prints=_stored(prints_of(version)),
        pictures_read=end.pictures,
        rule=RULE,
        rules_version=RELISTING_VERSION,
    )


def _stored(prints: Prints) -> dict[str, Any]:
    """The fingerprints for people to see; comparing makes them anew from the version, so that they can't drift."""
    return {
        "shingles": list(prints.shingles), "shingles_whole": prints.whole, "title_words": list(prints.title_words),
        "models": sorted(prints.models), "packs": sorted(prints.packs), "brand": prints.brand, "seller": prints.seller,
        "price": str(prints.price or ""), "currency": prints.currency,
    }  # fmt: skip


def _gone(row: RememberedRow) -> Gone:
    version: Version = version_of(row.version)
    return Gone(version, prints_of(version), row.ended_after_at, row.ended_by_at)
