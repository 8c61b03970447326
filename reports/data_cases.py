"""Confirmed cases with their episodes, looks and what their page last said."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from monitor.review.decisions import Confirmed
from monitor.store.decision_tables import CaseStepRow
from monitor.store.ledger_tables import (
    EpisodeRow,
    JudgementRow,
    ListingRow,
    LookRow,
    ReadingRow,
    SearchRow,
    SightingRow,
)
from reports.data_looks import LookReader, LooksOf, Span, base_key, looks_by_id, newest_clear
from reports.data_standings import standings
from reports.records import Case, Episode, Listing, Look, Recall

CLEARED = "cleared"
WITHDRAWN = "withdrawn"
_CHUNK = 500

T = TypeVar("T")


def cases_of(
    session: Session, at: datetime, vantage: str, matches: Sequence[Confirmed], recalls: Mapping[str, Recall]
) -> Iterator[Case]:
    """One case for each confirmed match, ordered by notice and listing; everything in it happened by `at`."""
    keys = sorted({match.listing_key for match in matches})
    spans = _spans(session, at, vantage, keys)
    known = standings(session, at, sorted({base_key(key) for key in keys}))
    reader = LookReader(session, at, vantage, spans)
    last_seen = _last_seen(session, reader, spans, known, vantage)
    episodes = _episodes(session, at, vantage, keys)
    shown_until = {key: of[-1].last_on_sale_at for key, of in episodes.items()}
    listings = _listings(session, at, spans, known, shown_until)
    cleared, replies = _steps(session, at)
    for match in matches:
        key = match.listing_key
        if key not in listings:
            continue
        yield Case(
            recall=recalls[match.notice_id],
            listing=listings[key],
            tier=match.tier,
            episodes=episodes.get(key, ()),
            last_seen=last_seen[key],
            looks=LooksOf(reader, key),
            cleared_by=cleared.get((key, match.notice_id), ""),
            reply=replies.get((key, match.notice_id), ""),
        )


def _spans(session: Session, at: datetime, vantage: str, keys: Sequence[str]) -> dict[str, Span]:
    """For each key, when its product stood there: an id may begin to show another product (DOMAIN: `replaced`)."""
    bases = {base_key(key) for key in keys}
    starts: dict[str, dict[int, datetime]] = defaultdict(dict)
    rows = (
        select(EpisodeRow.listing_key, EpisodeRow.entity, func.min(EpisodeRow.first_on_sale_at))
        .where(EpisodeRow.entity > 1, EpisodeRow.vantage == vantage, EpisodeRow.first_on_sale_at <= at)
        .group_by(EpisodeRow.listing_key, EpisodeRow.entity)
    )
    for key, entity, start in session.execute(rows):
        if base_key(key) in bases:
            starts[base_key(key)][entity] = start
    spans = {}
    for key in keys:
        of = starts[base_key(key)]
        number = 1 if key == base_key(key) else int(key.rpartition("#")[2])
        later = sorted(start for entity, start in of.items() if entity > number)
        spans[key] = Span(of.get(number), later[0] if later else None)
    return spans


def _last_seen(
    session: Session,
    reader: LookReader,
    spans: Mapping[str, Span],
    known: Mapping[str, list[Row[*tuple[Any, ...]]]],
    vantage: str,
) -> dict[str, Look | None]:
    """The newest clear look at each product: by the standing of its listing, else from its looks."""
    of_look: dict[int, str] = {}
    found: dict[str, Look | None] = {}
    for key, span in spans.items():
        if key in known and span == Span():
            ids = [row.last_clear_look_id for row in known[key] if row.vantage == vantage]
            found[key] = None
            of_look.update((look_id, key) for look_id in ids if look_id is not None)
        else:
            found[key] = newest_clear(reader.of(key))
    for some in _chunks(sorted(of_look)):
        found.update((of_look[look.look_id], look) for look in looks_by_id(session, some))
    return found


def _episodes(session: Session, at: datetime, vantage: str, keys: Sequence[str]) -> dict[str, tuple[Episode, ...]]:
    """The folded spells that had begun by `at`; the fold itself is told the instant by whoever rebuilds it."""
    found: dict[str, list[Episode]] = defaultdict(list)
    columns = [getattr(EpisodeRow, one.name) for one in fields(Episode)]
    for some in _chunks(keys):
        rows = (
            select(*columns)
            .where(EpisodeRow.listing_key.in_(some), EpisodeRow.vantage == vantage, EpisodeRow.first_on_sale_at <= at)
            .order_by(EpisodeRow.listing_key, EpisodeRow.ordinal)
        )
        for row in session.execute(rows):
            found[row.listing_key].append(Episode(*row))
    return {key: tuple(episodes) for key, episodes in found.items()}


def _listings(
    session: Session,
    at: datetime,
    spans: Mapping[str, Span],
    known: Mapping[str, list[Row[*tuple[Any, ...]]]],
    shown_until: Mapping[str, datetime],
) -> dict[str, Listing]:
    """Each listing with what its page said, by the newest page up to the last look that surely saw it on sale: what the
    id showed later may be another product."""
    listings: dict[str, Listing] = {}
    for some in _chunks(sorted(spans)):
        bases = sorted({base_key(key) for key in some})
        rows = {row.listing_key: row for row in session.scalars(_listing_rows(bases))}
        at_once = {key: known[key] for key in some if key in known and spans[key] == Span()}
        facts = _newest_facts(session, at_once)
        facts.update(
            _facts_until(session, {key: shown_until[key] for key in at_once if _is_later(key, at_once, shown_until)})
        )
        facts.update(_facts(session, at, {key: spans[key] for key in some if key not in at_once}))
        cards = _cards(session, at, sorted({base_key(key) for key in some if key not in facts}))
        for key in some:
            if base_key(key) in rows:
                listings[key] = _listing(key, rows[base_key(key)], facts.get(key) or cards.get(base_key(key), {}))
    return listings


def _newest_facts(session: Session, known: Mapping[str, list[Row[*tuple[Any, ...]]]]) -> dict[str, dict[str, Any]]:
    """What the newest page with a title said, by the standings of each listing from all vantages."""
    of_look: dict[int, str] = {}
    for key, standing in known.items():
        titled = [(row.titled_at, row.titled_look_id) for row in standing if row.titled_look_id is not None]
        if titled:
            of_look[max(titled)[1]] = key
    reading = func.coalesce(JudgementRow.reading_sha256, LookRow.reading_sha256)
    rows = (
        select(LookRow.look_id, ReadingRow.reading["facts"])
        .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        .join(ReadingRow, ReadingRow.reading_sha256 == reading)
        .where(LookRow.look_id.in_(sorted(of_look)))
    )
    return {of_look[look_id]: facts for look_id, facts in session.execute(rows)}


def _is_later(key: str, known: Mapping[str, list[Row[*tuple[Any, ...]]]], shown_until: Mapping[str, datetime]) -> bool:
    """Whether a page with a title came after the last look that surely saw the product on sale."""
    titled = [row.titled_at for row in known[key] if row.titled_at is not None]
    return key in shown_until and bool(titled) and max(titled) > shown_until[key]


def _facts_until(session: Session, until: Mapping[str, datetime]) -> dict[str, dict[str, Any]]:
    """What the newest page with a title said of each listing up to an instant: one short question a listing."""
    reading = func.coalesce(JudgementRow.reading_sha256, LookRow.reading_sha256)
    facts = ReadingRow.reading["facts"]
    found = {}
    for key, at in until.items():
        rows = (
            select(facts)
            .join_from(LookRow, JudgementRow, JudgementRow.look_id == LookRow.look_id)
            .join(ReadingRow, ReadingRow.reading_sha256 == reading)
            .where(LookRow.listing_key == key, LookRow.looked_at <= at, facts["title"].as_string() != "")
            .order_by(LookRow.looked_at.desc(), LookRow.look_id.desc())
            .limit(1)
        )
        if (says := session.scalar(rows)) is not None:
            found[key] = says
    return found


def _listing_rows(keys: Sequence[str]) -> Select[ListingRow]:
    return select(ListingRow).where(ListingRow.listing_key.in_(keys))


def _listing(key: str, row: ListingRow, says: Mapping[str, Any]) -> Listing:
    return Listing(
        listing_key=key,
        marketplace=row.marketplace,
        listing_id=row.listing_id,
        url=row.url,
        first_seen_at=row.first_seen_at,
        found_by=row.found_by,
        title=str(says.get("title") or ""),
        price=str(says.get("price") or ""),
        currency=str(says.get("currency") or ""),
        seller=str(says.get("seller") or ""),
    )


def _facts(session: Session, at: datetime, spans: Mapping[str, Span]) -> dict[str, dict[str, Any]]:
    """What the newest page with a title said of each key's own product."""
    keys_of: dict[str, list[str]] = defaultdict(list)
    for key in spans:
        keys_of[base_key(key)].append(key)
    rows = (
        select(LookRow.listing_key, LookRow.looked_at, ReadingRow.reading)
        .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        .join(
            ReadingRow, ReadingRow.reading_sha256 == func.coalesce(JudgementRow.reading_sha256, LookRow.reading_sha256)
        )
        .where(LookRow.listing_key.in_(sorted(keys_of)), LookRow.looked_at <= at)
        .order_by(LookRow.looked_at, LookRow.look_id)
    )
    found = {}
    for base, looked_at, reading in session.execute(rows):
        facts = reading.get("facts") or {}
        if facts.get("title"):
            found.update({key: facts for key in keys_of[base] if spans[key].holds(looked_at)})
    return found


def _cards(session: Session, at: datetime, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the newest search result said of each listing, for those whose own page was never read."""
    rows = (
        select(SightingRow.listing_key, SightingRow.card)
        .join(SearchRow, SearchRow.search_id == SightingRow.search_id)
        .where(SightingRow.listing_key.in_(keys), SearchRow.searched_at <= at)
        .order_by(SearchRow.searched_at, SightingRow.sighting_id)
    )
    return {key: card for key, card in session.execute(rows)}  # noqa: C416 - a Result is no mapping's source


def _steps(session: Session, at: datetime) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    """Who cleared each case (the newest of cleared and withdrawn counts), and the answers that came back."""
    cleared: dict[tuple[str, str], str] = {}
    replies: dict[tuple[str, str], str] = {}
    rows = select(CaseStepRow).where(CaseStepRow.taken_at <= at).order_by(CaseStepRow.taken_at, CaseStepRow.step_id)
    for row in session.scalars(rows):
        case = (row.listing_key, row.notice_id)
        if row.step == CLEARED:
            cleared[case] = row.by
        elif row.step == WITHDRAWN:
            cleared.pop(case, None)
        elif row.step == "reply":
            replies[case] = row.comment
    return cleared, replies


def _chunks(keys: Sequence[T]) -> Iterable[Sequence[T]]:
    return (keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK))
