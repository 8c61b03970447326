"""What the ledger knows of listings as versions to compare: newest facts, with the pictures that were read of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from crawler.pictures.facts import HASHING_VERSION
from monitor.looks.titled import titled_looks
from monitor.pictures.plan import identity
from monitor.relisting.prints import Picture, Version
from monitor.store.bulk import chunks
from monitor.store.ledger_tables import ListingRow, LookRow, ReadingRow, SightingRow
from monitor.store.picture_tables import PictureRow

_TEXTS = ("title", "description", "brand", "model", "gtin", "seller", "currency")
_AT_ONCE = 500

Marks = tuple[str, int, int]
Column = InstrumentedAttribute[Any]


def versions(session: Session, keys: Iterable[str]) -> dict[str, Version]:
    """What each listing said last: on its page, or on its card where no page was read. Without a title: left out."""
    found: dict[str, Version] = {}
    for some in chunks(sorted(keys)):
        for part in chunks(some, _AT_ONCE):
            pictures = _pictures(session, part)
            facts = _cards(session, part) | _facts(session, part, None)
            found |= {key: _version(key, said, pictures[key]) for key, said in facts.items() if said.get("title")}
    return found


def marks(session: Session) -> dict[str, Marks]:
    """A mark of the newest page, card and pictures of every listing: another mark may mean another version."""
    pages = titled_looks(session, session.scalars(select(ListingRow.listing_key)).all())
    cards = _newest(session, SightingRow.listing_key, SightingRow.sighting_id, SightingRow.listing_key != "")
    pictures = _newest(session, PictureRow.listing_key, PictureRow.picture_id, PictureRow.format != "")
    readings: dict[int, str] = {}
    for some in chunks(sorted(pages.values()), _AT_ONCE):
        rows = session.execute(select(LookRow.look_id, LookRow.reading_sha256).where(LookRow.look_id.in_(some)))
        readings |= {look_id: digest or "" for look_id, digest in rows}
    return {
        key: (readings[pages[key]], 0, pictures.get(key, 0)) if key in pages else ("", cards[key], pictures.get(key, 0))
        for key in pages.keys() | cards.keys()
    }


def _newest(session: Session, key: Column, number: Column, where: ColumnElement[bool]) -> dict[str, int]:
    return dict(session.execute(select(key, func.max(number)).where(where).group_by(key)).all())


def version_until(session: Session, key: str, until: datetime) -> Version | None:
    """What a listing said on its page up to `until`; None where no page was read by then."""
    said = _facts(session, [key], until).get(key)
    return _version(key, said, _pictures(session, [key])[key]) if said else None


def _version(key: str, said: Mapping[str, Any], pictures: Mapping[str, Picture]) -> Version:
    images = tuple(said.get("images") or ([said["image"]] if said.get("image") else []))
    texts = {name: str(said.get(name) or "") for name in _TEXTS}
    shown = tuple(pictures[identity(image)] for image in images if identity(image) in pictures)
    return Version(key, price=str(said.get("price") or ""), images=images, pictures=shown, **texts)


def _facts(session: Session, keys: list[str], until: datetime | None) -> dict[str, dict[str, Any]]:
    """What the newest page with a title said, up to `until` where one is given."""
    if until is None:
        found: dict[str, dict[str, Any]] = {}
        for some in chunks(sorted(titled_looks(session, keys).values()), _AT_ONCE):
            found |= _said(session, LookRow.look_id.in_(some))
        return found
    newest = (
        select(func.max(LookRow.look_id))
        .join(ReadingRow, ReadingRow.reading_sha256 == LookRow.reading_sha256)
        .where(LookRow.listing_key.in_(keys), LookRow.looked_at <= until)
        .where(ReadingRow.reading["facts"]["title"].as_string() != "")
        .group_by(LookRow.listing_key)
    )
    return _said(session, LookRow.look_id.in_(newest))


def _said(session: Session, where: ColumnElement[bool]) -> dict[str, dict[str, Any]]:
    rows = session.execute(
        select(LookRow.listing_key, ReadingRow.reading)
        .join(ReadingRow, ReadingRow.reading_sha256 == LookRow.reading_sha256)
        .where(where)
    )
    return {key: reading["facts"] for key, reading in rows if reading.get("facts")}


def _cards(session: Session, keys: list[str]) -> dict[str, dict[str, Any]]:
    newest = select(func.max(SightingRow.sighting_id)).where(SightingRow.listing_key.in_(keys))
    newest = newest.group_by(SightingRow.listing_key)
    rows = session.execute(select(SightingRow.listing_key, SightingRow.card).where(SightingRow.sighting_id.in_(newest)))
    return dict(rows.all())


def _pictures(session: Session, keys: list[str]) -> dict[str, dict[str, Picture]]:
    """The hashes of the pictures that were read of each listing, by the picture's identity."""
    rows = session.execute(
        select(PictureRow.listing_key, PictureRow.url, PictureRow.hashes)
        .where(PictureRow.listing_key.in_(keys), PictureRow.format != "")
        .where(PictureRow.hashing_version == HASHING_VERSION)
        .order_by(PictureRow.picture_id)
    )
    found: dict[str, dict[str, Picture]] = defaultdict(dict)
    for key, url, hashes in rows:
        if hashes:
            found[key][identity(url)] = hashes
    return found
