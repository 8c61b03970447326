"""Which listings show a picture of a notice: handed to the matcher with the listing's other facts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from crawler.pictures.facts import ASKED_VIEWS, HASHING_VERSION, KNOWN_VIEWS
from monitor.matching.records import Listing, PicturedListing
from monitor.pictures.index import PictureIndex
from monitor.pictures.likeness import WEAK, views_of
from monitor.store.picture_tables import PictureRow


def with_pictures(session: Session, listings: Sequence[Listing]) -> list[Listing]:
    """The listings, each with the notices that one of its pictures agrees with, the nearest first. A picture that
    several notices show ties the listing to each of them."""
    hashes: list[str] = []
    notices: list[str] = []
    for notice_id, views in session.execute(_read(PictureRow.notice_id)):
        found = views_of(views, KNOWN_VIEWS)
        hashes += [digest for _, digest in found]
        notices += [notice_id] * len(found)
    if not hashes:
        return list(listings)
    agreeing = _agreeing(session, PictureIndex(hashes), notices)
    return [_pictured(one, agreeing[one.listing_id]) if one.listing_id in agreeing else one for one in listings]


def _pictured(one: Listing, nearest: dict[str, int]) -> Listing:
    said = {field.name: getattr(one, field.name) for field in fields(Listing)}
    return PicturedListing(**said, pictures=tuple(sorted(nearest.items(), key=lambda pair: (pair[1], pair[0]))))


def _agreeing(session: Session, index: PictureIndex, notices: Sequence[str]) -> dict[str, dict[str, int]]:
    asked: list[str] = []
    keys: list[str] = []
    for key, views in session.execute(_read(PictureRow.listing_key)):
        found = views_of(views, ASKED_VIEWS)
        asked += [digest for _, digest in found]
        keys += [key] * len(found)
    nearest: dict[str, dict[str, int]] = defaultdict(dict)
    rows, places, apart = index.within(asked, WEAK)
    for row, place, bits in zip(rows.tolist(), places.tolist(), apart.tolist(), strict=True):
        of_key = nearest[keys[row]]
        of_key[notices[place]] = min(bits, of_key.get(notices[place], bits))
    return nearest


def _read(column: InstrumentedAttribute[str]) -> Select[tuple[str, dict[str, Any]]]:
    """Whose each readable picture is, and its hashes."""
    return select(column, PictureRow.hashes).where(
        column != "", PictureRow.format != "", PictureRow.hashing_version == HASHING_VERSION
    )
