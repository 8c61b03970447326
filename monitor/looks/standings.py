"""Standings and episodes on their way into the ledger and out of it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Row, Table, delete, select
from sqlalchemy.orm import Session

from monitor.looks.episode import FOLD_VERSION, Episode
from monitor.looks.facts import fingerprint
from monitor.looks.kept import lay_down, page_down, page_up, take_up
from monitor.looks.listing import Listing, Look, Page
from monitor.looks.newest import Newest
from monitor.store.bulk import chunks, put_rows, take_ids
from monitor.store.ledger_tables import EpisodeRow, ReadingRow
from monitor.store.standing_tables import StandingRow

_EPISODES = cast("Table", EpisodeRow.__table__)
_STANDINGS = cast("Table", StandingRow.__table__)
_KEYS_AT_ONCE = 500
_NEWEST = tuple(Newest.__slots__)


class Written(NamedTuple):
    """A listing at a vantage whose standing and episodes are to be written."""

    listing_key: str
    vantage: str
    listing: Listing


def entity_key(listing_key: str, entity: int) -> str:
    """The name under which a product is derived: that of the listing, with `#2` and so on for what replaced it."""
    return listing_key if entity == 1 else f"{listing_key}#{entity}"


def standing_of(row: Row[*tuple[Any, ...]]) -> Listing:
    """A listing as its standing was laid down."""
    kept = json.loads(row.page) if row.page else None
    page = None if kept is None else Page(kept[0], page_up(kept[1]), *kept[2:])
    newest = Newest(*(getattr(row, name) for name in _NEWEST))
    return Listing(take_up(row.fold), newest, page, row.page, row.episode_id)


def forget(session: Session, listings: Sequence[tuple[tuple[str, str], Listing]]) -> None:
    """Delete the episodes of these listings at these vantages, and of whatever replaced them under the same id."""
    for (listing_key, vantage), listing in listings:
        keys = [entity_key(listing_key, number) for number in range(1, listing.fold.entity + 1)]
        session.execute(delete(EpisodeRow).where(EpisodeRow.listing_key.in_(keys), EpisodeRow.vantage == vantage))


def write(session: Session, written: Sequence[Written]) -> int:
    """Write what became of these listings: their standings, and the episodes that are new or other than before."""
    new: list[tuple[Listing, bool, dict[str, Any]]] = []
    changed: list[dict[str, Any]] = []
    for listing_key, vantage, listing in written:
        over, still = listing.fold.over, listing.fold.open_episode()
        known, listing.episode_id = listing.episode_id, None
        for number, episode in enumerate([*over, *still]):
            row, is_open = _episode_row(listing_key, vantage, episode), number == len(over)
            if number == 0 and known is not None:
                changed.append({"episode_id": known, **row})
                listing.episode_id = known if is_open else None
            else:
                new.append((listing, is_open, row))
    ids = take_ids(session, _EPISODES, len(new))
    for episode_id, (listing, is_open, row) in zip(ids, new, strict=True):
        changed.append({"episode_id": episode_id, **row})
        if is_open:
            listing.episode_id = episode_id
    put_rows(session, _EPISODES, changed)
    put_rows(session, _STANDINGS, [_standing_row(*one) for one in written])
    return len(changed)


def pages_of(session: Session, groups: Sequence[tuple[Listing, Sequence[Look]]]) -> Mapping[str, Page]:
    """What the pages of these looks show, by reading; without those that a listing's standing has."""
    wanted: set[str] = set()
    for listing, looks in groups:
        kept = listing.page.reading_sha256 if listing.page else None
        wanted |= {digest for look in looks if (digest := look.reading_sha256) is not None and digest != kept}
    facts = ReadingRow.reading["facts"]
    columns = (facts["title"].as_string(), facts["images"], facts["seller"].as_string(), facts["listed_on"].as_string())
    found = {}
    for some in chunks(sorted(wanted), _KEYS_AT_ONCE):
        rows = select(ReadingRow.reading_sha256, *columns).where(ReadingRow.reading_sha256.in_(some))
        for digest, title, images, seller, listed_on in session.execute(rows):
            shows = fingerprint(title or "", images or (), seller or "")
            found[digest] = Page(digest, shows, bool(title), listed_on or "")
    return found


def _episode_row(listing_key: str, vantage: str, episode: Episode) -> dict[str, Any]:
    row = {name: getattr(episode, name) for name in Episode.__slots__}
    row["status"] = str(episode.status)
    return {"listing_key": entity_key(listing_key, episode.entity), "vantage": vantage, **row}


def _standing_row(listing_key: str, vantage: str, listing: Listing) -> dict[str, Any]:
    page = listing.page
    if page is None or page.reading_sha256 not in listing.page_text:
        listing.page_text = "" if page is None else json.dumps([page[0], page_down(page.fingerprint), *page[2:]])
    return {
        "listing_key": listing_key,
        "vantage": vantage,
        **{name: getattr(listing.newest, name) for name in _NEWEST},
        "episode_id": listing.episode_id,
        "page": listing.page_text,
        "fold": lay_down(listing.fold),
        "rules_version": FOLD_VERSION,
    }
