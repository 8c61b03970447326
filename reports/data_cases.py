"""Confirmed cases with their episodes, looks and what their page last said."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.marketplaces.states import Standing
from monitor.store.decision_tables import CaseStepRow, ReviewRow
from monitor.store.ledger_tables import (
    EpisodeRow,
    JudgementRow,
    ListingRow,
    LookRow,
    ReadingRow,
    SearchRow,
    SightingRow,
)
from reports.records import Case, Episode, Listing, Look, Recall

CLEARED = "cleared"
WITHDRAWN = "withdrawn"
_CHUNK = 500

T = TypeVar("T")


def cases_of(
    session: Session, at: datetime, vantage: str, matches: Sequence[ReviewRow], recalls: Mapping[str, Recall]
) -> Iterator[Case]:
    """One case for each confirmed match, ordered by notice and listing; everything in it happened by `at`."""
    keys = sorted({match.listing_key for match in matches})
    looks = _looks(session, at, vantage, keys)
    episodes = _episodes(session, at, vantage, keys)
    listings = _listings(session, at, keys)
    cleared, replies = _steps(session, at)
    for match in matches:
        key = match.listing_key
        if key not in listings:
            continue
        seen = looks.get(key, ())
        yield Case(
            recall=recalls[match.notice_id],
            listing=listings[key],
            tier=match.tier,
            episodes=episodes.get(key, ()),
            last_seen=next((look for look in reversed(seen) if look.standing is not Standing.UNKNOWN), None),
            looks=seen,
            cleared_by=cleared.get((key, match.notice_id), ""),
            reply=replies.get((key, match.notice_id), ""),
        )


def _looks(session: Session, at: datetime, vantage: str, keys: Sequence[str]) -> dict[str, tuple[Look, ...]]:
    found: dict[str, list[Look]] = defaultdict(list)
    for some in _chunks(keys):
        rows = (
            select(LookRow, JudgementRow)
            .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
            .where(LookRow.listing_key.in_(some), LookRow.vantage == vantage, LookRow.looked_at <= at)
            .order_by(LookRow.listing_key, LookRow.looked_at, LookRow.look_id)
        )
        for row, judged in session.execute(rows):
            found[row.listing_key].append(_look(row, judged))
    return {key: tuple(looks) for key, looks in found.items()}


def _look(row: LookRow, judged: JudgementRow) -> Look:
    return Look(
        look_id=row.look_id,
        listing_key=row.listing_key,
        vantage=row.vantage,
        looked_at=row.looked_at,
        state=judged.state,
        rule=judged.rule,
        says=judged.says,
        quarantined=judged.quarantined,
        method=row.method,
        run_id=row.run_id,
        warc_record_id=row.warc_record_id,
        body_sha256=row.body_sha256,
        http_status=row.http_status,
    )


def _episodes(session: Session, at: datetime, vantage: str, keys: Sequence[str]) -> dict[str, tuple[Episode, ...]]:
    """The folded spells that had begun by `at`; the fold itself is told the instant by whoever rebuilds it."""
    found: dict[str, list[Episode]] = defaultdict(list)
    for some in _chunks(keys):
        rows = (
            select(EpisodeRow)
            .where(EpisodeRow.listing_key.in_(some), EpisodeRow.vantage == vantage, EpisodeRow.first_on_sale_at <= at)
            .order_by(EpisodeRow.listing_key, EpisodeRow.ordinal)
        )
        for row in session.scalars(rows):
            found[row.listing_key].append(_episode(row))
    return {key: tuple(episodes) for key, episodes in found.items()}


def _episode(row: EpisodeRow) -> Episode:
    return Episode(**{one.name: getattr(row, one.name) for one in fields(Episode)})


def _listings(session: Session, at: datetime, keys: Sequence[str]) -> dict[str, Listing]:
    listings: dict[str, Listing] = {}
    for some in _chunks(keys):
        facts = {**_cards(session, at, some), **_facts(session, at, some)}
        for row in session.scalars(select(ListingRow).where(ListingRow.listing_key.in_(some))):
            says = facts.get(row.listing_key, {})
            listings[row.listing_key] = Listing(
                listing_key=row.listing_key,
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
    return listings


def _facts(session: Session, at: datetime, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What the newest page with a title said of each listing."""
    rows = (
        select(LookRow.listing_key, ReadingRow.reading)
        .join(ReadingRow, ReadingRow.reading_sha256 == LookRow.reading_sha256)
        .where(LookRow.listing_key.in_(keys), LookRow.looked_at <= at)
        .order_by(LookRow.looked_at, LookRow.look_id)
    )
    found = {}
    for key, reading in session.execute(rows):
        facts = reading.get("facts") or {}
        if facts.get("title"):
            found[key] = facts
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
