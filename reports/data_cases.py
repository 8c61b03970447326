"""Confirmed cases with their episodes, looks and what their page last said."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from crawler.marketplaces.states import Standing, State
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
from reports.records import Case, Episode, Listing, Look, Recall

CLEARED = "cleared"
WITHDRAWN = "withdrawn"
REPLACED_RULE = "fold.replaced"
_CHUNK = 500

T = TypeVar("T")


@dataclass(frozen=True)
class _Span:
    """When one product stood under a listing's id: from `start` (None: the beginning) until `end` (None: still)."""

    start: datetime | None
    end: datetime | None

    def holds(self, at: datetime) -> bool:
        return (self.start is None or at >= self.start) and (self.end is None or at < self.end)


def cases_of(
    session: Session, at: datetime, vantage: str, matches: Sequence[Confirmed], recalls: Mapping[str, Recall]
) -> Iterator[Case]:
    """One case for each confirmed match, ordered by notice and listing; everything in it happened by `at`."""
    keys = sorted({match.listing_key for match in matches})
    spans = _spans(session, at, vantage, keys)
    looks = _looks(session, at, vantage, spans)
    episodes = _episodes(session, at, vantage, keys)
    listings = _listings(session, at, spans)
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


def _base(key: str) -> str:
    """The listing under whose id a product stands: `demo:7#2` is the second product of `demo:7`."""
    base, mark, number = key.rpartition("#")
    return base if mark and number.isdigit() else key


def _spans(session: Session, at: datetime, vantage: str, keys: Sequence[str]) -> dict[str, _Span]:
    """For each key, when its product stood there: an id may begin to show another product (DOMAIN: `replaced`)."""
    bases = {_base(key) for key in keys}
    starts: dict[str, dict[int, datetime]] = defaultdict(dict)
    rows = (
        select(EpisodeRow.listing_key, EpisodeRow.entity, func.min(EpisodeRow.first_on_sale_at))
        .where(EpisodeRow.entity > 1, EpisodeRow.vantage == vantage, EpisodeRow.first_on_sale_at <= at)
        .group_by(EpisodeRow.listing_key, EpisodeRow.entity)
    )
    for key, entity, start in session.execute(rows):
        if _base(key) in bases:
            starts[_base(key)][entity] = start
    spans = {}
    for key in keys:
        of = starts[_base(key)]
        number = 1 if key == _base(key) else int(key.rpartition("#")[2])
        later = sorted(start for entity, start in of.items() if entity > number)
        spans[key] = _Span(of.get(number), later[0] if later else None)
    return spans


def _looks(session: Session, at: datetime, vantage: str, spans: Mapping[str, _Span]) -> dict[str, tuple[Look, ...]]:
    """The looks at each key's own product, and the first at what replaced it, as `replaced`."""
    found: dict[str, list[Look]] = defaultdict(list)
    for some in _chunks(sorted(spans)):
        rows = (
            select(LookRow, JudgementRow)
            .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
            .where(LookRow.listing_key.in_({_base(key) for key in some}))
            .where(LookRow.vantage == vantage, LookRow.looked_at <= at)
            .order_by(LookRow.listing_key, LookRow.looked_at, LookRow.look_id)
        )
        by_base: dict[str, list[Look]] = defaultdict(list)
        for row, judged in session.execute(rows):
            by_base[row.listing_key].append(_look(row, judged))
        for key in some:
            found[key] = _of_one_product(by_base[_base(key)], spans[key])
    return {key: tuple(looks) for key, looks in found.items()}


def _of_one_product(looks: Sequence[Look], span: _Span) -> list[Look]:
    own = [look for look in looks if span.holds(look.looked_at)]
    if span.end is not None:
        after = next((look for look in looks if look.looked_at >= span.end), None)
        if after is not None:
            own.append(replace(after, state=State.REPLACED.value, rule=REPLACED_RULE, says="another product"))
    return own


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


def _listings(session: Session, at: datetime, spans: Mapping[str, _Span]) -> dict[str, Listing]:
    listings: dict[str, Listing] = {}
    for some in _chunks(sorted(spans)):
        bases = sorted({_base(key) for key in some})
        rows = {row.listing_key: row for row in session.scalars(_listing_rows(bases))}
        cards, facts = _cards(session, at, bases), _facts(session, at, {key: spans[key] for key in some})
        for key in some:
            if _base(key) in rows:
                listings[key] = _listing(key, rows[_base(key)], facts.get(key) or cards.get(_base(key), {}))
    return listings


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


def _facts(session: Session, at: datetime, spans: Mapping[str, _Span]) -> dict[str, dict[str, Any]]:
    """What the newest page with a title said of each key's own product."""
    keys_of: dict[str, list[str]] = defaultdict(list)
    for key in spans:
        keys_of[_base(key)].append(key)
    rows = (
        select(LookRow.listing_key, LookRow.looked_at, ReadingRow.reading)
        .join(ReadingRow, ReadingRow.reading_sha256 == LookRow.reading_sha256)
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
