"""What looks and searches tell around the cases: when listings began, other vantages, the background."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.marketplaces.states import STANDING, Standing
from monitor.store.bulk import chunks
from monitor.store.decision_tables import PhraseRow
from monitor.store.ledger_tables import EpisodeRow, ListingRow, LookRow, ReadingRow, SearchRow, SightingRow
from monitor.store.verification_tables import BackgroundRow
from monitor.verification.vantages import Compared, compare_vantages
from reports.context import Dated, Elsewhere, Twin
from reports.data_standings import listed_on
from reports.records import Case, Episode, Listing, Observed

ANSWERED = ("searched", "no_results")
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}")
_KEYS_AT_ONCE = 500


def dated(session: Session, observed: Observed) -> Iterator[Dated]:
    """For each listing with a case, the earliest day that its page ever gave, and when a search missed it before."""
    keys = sorted({case.listing.listing_key for case in observed.cases})
    listed = dict(_listed_on(session, keys, observed.at))
    absent = _absent_at(session, keys, observed)
    for key in keys:
        if key in listed or key in absent:
            yield Dated(key, listed.get(key), absent.get(key))


def _listed_on(session: Session, keys: Sequence[str], at: datetime) -> Iterator[tuple[str, date]]:
    says = ReadingRow.reading["facts"]["listed_on"].as_string()
    known = dict(listed_on(session, at, keys))
    yield from ((key, day) for key, text in known.items() if (day := _day(text)) is not None)
    for some in chunks([key for key in keys if key not in known], _KEYS_AT_ONCE):
        # Looks that saw the same point at one reading: each pair once, before any JSON is opened.
        pairs = select(LookRow.listing_key, LookRow.reading_sha256).distinct()
        seen = pairs.where(LookRow.listing_key.in_(some), LookRow.looked_at <= at).subquery()
        rows = (
            select(seen.c.listing_key, func.min(says))
            .join(ReadingRow, ReadingRow.reading_sha256 == seen.c.reading_sha256)
            .where(says != "")
            .group_by(seen.c.listing_key)
        )
        for key, text in session.execute(rows):
            day = _day(text or "")
            if day is not None:
                yield key, day


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if _DAY.match(text) else None
    except ValueError:
        return None


def _absent_at(session: Session, keys: Sequence[str], observed: Observed) -> dict[str, datetime]:
    """By listing, the last answered search of the phrase that found it first, before it found it."""
    found: dict[str, tuple[datetime, str, str]] = {}
    for some in chunks(keys, _KEYS_AT_ONCE):
        rows = (
            select(SightingRow.listing_key, SearchRow.searched_at, SearchRow.phrase_id, SearchRow.marketplace)
            .join(SearchRow, SearchRow.search_id == SightingRow.search_id)
            .where(SightingRow.listing_key.in_(some), SearchRow.vantage == observed.vantage)
            .where(SearchRow.searched_at <= observed.at)
            .order_by(SearchRow.searched_at.desc(), SearchRow.search_id.desc())
        )
        found.update((key, (at, phrase, place)) for key, at, phrase, place in session.execute(rows))
    answered = _answered(session, observed)
    absent = {}
    for key, (at, phrase, place) in found.items():
        earlier = [one for one in answered.get((phrase, place), ()) if one < at]
        if earlier:
            absent[key] = max(earlier)
    return absent


def _answered(session: Session, observed: Observed) -> dict[tuple[str, str], list[datetime]]:
    phrases = [str(one) for one in session.scalars(select(PhraseRow.phrase_id))]
    answered: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for some in chunks(phrases, _KEYS_AT_ONCE):
        rows = select(SearchRow.phrase_id, SearchRow.marketplace, SearchRow.searched_at).where(
            SearchRow.phrase_id.in_(some),
            SearchRow.vantage == observed.vantage,
            SearchRow.state.in_(ANSWERED),
            SearchRow.page == 1,
        )
        for phrase, place, at in session.execute(rows):
            answered[phrase, place].append(at)
    return answered


def elsewhere(session: Session, observed: Observed, there: str) -> Iterator[Elsewhere]:
    """What the other vantage says of each listing with a case."""
    keys = {case.listing.listing_key for case in observed.cases if "#" not in case.listing.listing_key}
    compared = compare_vantages(session, observed.vantage, there, keys, observed.at)
    for key, one in sorted(compared.items()):
        yield _elsewhere(key, there, one)


def _elsewhere(key: str, there: str, one: Compared) -> Elsewhere:
    live = None if one.there is None else STANDING[one.there.state] is not Standing.OFF_SALE
    return Elsewhere(
        listing_key=key,
        there=there,
        verdict=str(one.verdict),
        live_there=live,
        here_state=str(one.here.state) if one.here else "",
        here_at=one.here.at if one.here else None,
        there_state=str(one.there.state) if one.there else "",
        there_at=one.there.at if one.there else None,
    )


def twins(session: Session, observed: Observed) -> Iterator[Twin]:
    """The background of the cases' listings, as cases of their suspects' recalls."""
    cases: dict[str, Case] = {}
    for case in observed.cases:
        cases.setdefault(case.listing.listing_key, case)
    rows = session.execute(
        select(BackgroundRow.listing_key, BackgroundRow.stands_for)
        .where(BackgroundRow.chosen_at <= observed.at)
        .order_by(BackgroundRow.background_id)
    )
    pairs = [(key, stands_for) for key, stands_for in rows if stands_for in cases]
    keys = sorted({key for key, _ in pairs})
    listings = {row.listing_key: row for row in _listings(session, keys)}
    episodes = _episodes(session, observed, keys)
    for key, stands_for in pairs:
        if key in listings:
            suspect = cases[stands_for]
            case = Case(suspect.recall, _listing(listings[key]), "background", episodes.get(key, ()))
            yield Twin(stands_for, case)


def _listings(session: Session, keys: Sequence[str]) -> Iterator[ListingRow]:
    for some in chunks(keys, _KEYS_AT_ONCE):
        yield from session.scalars(select(ListingRow).where(ListingRow.listing_key.in_(some)))


def _listing(row: ListingRow) -> Listing:
    return Listing(row.listing_key, row.marketplace, row.listing_id, row.url, row.first_seen_at, row.found_by)


def _episodes(session: Session, observed: Observed, keys: Sequence[str]) -> Mapping[str, tuple[Episode, ...]]:
    found: dict[str, list[Episode]] = defaultdict(list)
    for some in chunks(keys, _KEYS_AT_ONCE):
        rows = (
            select(EpisodeRow)
            .where(EpisodeRow.listing_key.in_(some), EpisodeRow.vantage == observed.vantage)
            .where(EpisodeRow.first_on_sale_at <= observed.at)
            .order_by(EpisodeRow.listing_key, EpisodeRow.ordinal)
        )
        for row in session.scalars(rows):
            found[row.listing_key].append(Episode(**{one.name: getattr(row, one.name) for one in fields(Episode)}))
    return {key: tuple(episodes) for key, episodes in found.items()}
