"""When an offer appeared, as an interval: after a search that should have shown it and did not, by its first sight."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from crawler.marketplaces.states import SearchState
from monitor.store.bulk import chunks
from monitor.store.ledger_tables import EpisodeRow, ListingRow, LookRow, ReadingRow, SearchRow, SightingRow
from monitor.store.standing_tables import StandingRow

_AT_ONCE = 500

_Search = tuple[str, str, str]
"""Marketplace, vantage and phrase of a search."""


@dataclass(frozen=True, slots=True)
class Appearance:
    """It appeared in (`after_at`, `by_at`]. `after_at` None: nothing says that it was not there long before."""

    after_at: datetime | None
    by_at: datetime


def appearances(session: Session, keys: Iterable[str], vantage: str, at: datetime) -> dict[str, Appearance]:
    """When each listing was first there, by what was seen up to `at`; an empty `vantage` asks nobody's in particular.

    `by_at` is the first sight of it, on a search page or its own, at `vantage` where it was seen on sale there.
    `after_at` is the newest of: the day that its page names as the day of listing, and the last time before that the
    search that found it first was made whole and did not show it.
    """
    found: dict[str, Appearance] = {}
    searches = _searches(session)
    for some in chunks(sorted(set(keys)), _AT_ONCE):
        first_seen = select(ListingRow.listing_key, ListingRow.first_seen_at).where(
            ListingRow.listing_key.in_(some), ListingRow.first_seen_at <= at
        )
        by = dict(session.execute(first_seen).all())
        on_sale = _first_on_sale(session, some, vantage)
        listed, missed = _listed(session, some), _missed(session, some, searches)
        for key, seen_at in by.items():
            by_at = max(seen_at, on_sale.get(key, seen_at))
            after = [one for one in (listed.get(key), missed.get(key)) if one is not None and one < by_at]
            found[key] = Appearance(max(after, default=None), by_at)
    return found


def _first_on_sale(session: Session, keys: list[str], vantage: str) -> dict[str, datetime]:
    rows = session.execute(
        select(EpisodeRow.listing_key, func.min(EpisodeRow.first_on_sale_at))
        .where(EpisodeRow.listing_key.in_(keys), EpisodeRow.vantage == vantage)
        .group_by(EpisodeRow.listing_key)
    )
    return dict(rows.all())


def _listed(session: Session, keys: list[str]) -> dict[str, datetime]:
    """The start of the day before the one on which it was listed by its own word: the page's zone is not known.

    By the standings, which keep the earliest day that any page gave; by the pages where a listing has none.
    """
    days: dict[str, str] = {}
    standing = set()
    for key, day in session.execute(
        select(StandingRow.listing_key, StandingRow.listed_on).where(StandingRow.listing_key.in_(keys))
    ):
        standing.add(key)
        if day:
            days[key] = min(day, days.get(key, day))
    said = ReadingRow.reading["facts"]["listed_on"].as_string()
    rows = session.execute(
        select(LookRow.listing_key, func.min(said))
        .join(ReadingRow, ReadingRow.reading_sha256 == LookRow.reading_sha256)
        .where(LookRow.listing_key.in_([key for key in keys if key not in standing]), said != "")
        .group_by(LookRow.listing_key)
    )
    days.update(rows.all())
    return {key: before for key, day in days.items() if (before := _day_before(day)) is not None}


def _day_before(day: str) -> datetime | None:
    try:
        listed_on = date.fromisoformat(day)
    except ValueError:
        return None
    return datetime.combine(date.fromordinal(listed_on.toordinal() - 1), time(), UTC)


def _missed(session: Session, keys: list[str], made: Mapping[_Search, Sequence[datetime]]) -> dict[str, datetime]:
    """The last whole search before the first sighting, of the same phrase, marketplace and vantage."""
    sightings = session.execute(
        select(
            SightingRow.listing_key,
            SearchRow.marketplace,
            SearchRow.vantage,
            SearchRow.phrase_id,
            func.min(SearchRow.searched_at),
        )
        .join(SearchRow, SearchRow.search_id == SightingRow.search_id)
        .where(SightingRow.listing_key.in_(keys))
        .group_by(SightingRow.listing_key, SearchRow.marketplace, SearchRow.vantage, SearchRow.phrase_id)
    ).all()
    first: dict[str, datetime] = {}
    for key, _, _, _, at in sightings:
        first[key] = min(at, first.get(key, at))
    found: dict[str, datetime] = {}
    for key, marketplace, vantage, phrase_id, _ in sightings:
        times = made.get((marketplace, vantage, phrase_id), ())
        before = bisect_left(times, first[key])
        if before:
            found[key] = max(found.get(key, times[before - 1]), times[before - 1])
    return found


def _searches(session: Session) -> dict[_Search, list[datetime]]:
    """When each search began, in order, those of which a page was not read left out."""
    unread = case((SearchRow.state.in_((str(SearchState.SEARCHED), str(SearchState.NO_RESULTS))), 0), else_=1)
    rows = session.execute(
        select(SearchRow.marketplace, SearchRow.vantage, SearchRow.phrase_id, func.min(SearchRow.searched_at))
        .group_by(SearchRow.marketplace, SearchRow.vantage, SearchRow.phrase_id, SearchRow.run_id, SearchRow.slot_id)
        .having(func.sum(unread) == 0)
    )
    found: dict[_Search, list[datetime]] = defaultdict(list)
    for marketplace, vantage, phrase_id, at in rows:
        found[marketplace, vantage, phrase_id].append(at)
    return {search: sorted(times) for search, times in found.items()}
