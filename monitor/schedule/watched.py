"""Which listings are under watch, and what the ledger last saw of each: the schedule's one question to the store."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.marketplaces.states import STANDING, Standing, State
from crawler.record import Outcome
from monitor.looks.derive import folded_up_to
from monitor.relisting.decisions import links
from monitor.schedule.policy import Absence, Watched
from monitor.store.bulk import chunks
from monitor.store.decision_tables import MatchRow, ReviewRow
from monitor.store.hand_tables import HandListingRow
from monitor.store.ledger_tables import EpisodeRow, JudgementRow, ListingRow, LookRow
from monitor.store.standing_tables import StandingRow

WATCHED_TIERS = ("identifier", "line", "regulated_kind", "lookalike")
LATEST_LOOKS = 6
"""Unknown looks in a row beyond these make no difference."""
_KEYS_AT_ONCE = 500


def suspects(session: Session) -> set[str]:
    """Listings under watch: those that a person confirmed, or that a match of a watched tier points to and nobody
    rejected; those that only a lead points to until their first look; those that may be the return of one that went;
    those that a person added by hand.
    """
    decided = _decisions(session)
    looked = set(session.scalars(select(StandingRow.listing_key))) | not_folded(session)
    watched = set()
    for key, notice_id, tier in session.execute(select(MatchRow.listing_key, MatchRow.notice_id, MatchRow.tier)):
        said = decided.get((key, notice_id), set())
        if "confirmed" in said or ("rejected" not in said and (tier in WATCHED_TIERS or key not in looked)):
            watched.add(key)
    returned = {link.new_listing_key for link in links(session, 1)}
    return watched | returned | set(session.scalars(select(HandListingRow.listing_key)))


def watched_listings(session: Session, keys: Iterable[str], vantage: str) -> list[Watched]:
    """The schedule's view of `keys` at one vantage."""
    wanted = set(keys)
    first_seen: dict[str, datetime] = {
        key: at
        for key, at in session.execute(select(ListingRow.listing_key, ListingRow.first_seen_at))
        if key in wanted
    }
    latest = _newest_looks(session, vantage)
    absences = _absences(session, vantage)
    return [_watched(key, at, vantage, latest.get(key), absences) for key, at in sorted(first_seen.items())]


class _Newest(NamedTuple):
    """What the newest looks at a listing said; see `Watched`."""

    look_at: datetime | None
    standing: Standing
    unknown_in_a_row: int
    clear_at: datetime | None


def _watched(
    key: str, first_seen_at: datetime, vantage: str, newest: _Newest | None, absences: dict[str, Absence]
) -> Watched:
    if newest is None:
        return Watched(key, vantage, first_seen_at)
    return Watched(
        listing_key=key,
        vantage=vantage,
        first_seen_at=first_seen_at,
        last_look_at=newest.look_at,
        last_standing=newest.standing,
        unknown_in_a_row=min(newest.unknown_in_a_row, LATEST_LOOKS),
        absence=absences.get(key, Absence.NONE),
        last_clear_at=newest.clear_at,
    )


def _newest_looks(session: Session, vantage: str) -> dict[str, _Newest]:
    """By listing, from the standings; from the looks where some of them are in no standing yet."""
    rows = select(
        StandingRow.listing_key,
        StandingRow.last_look_at,
        StandingRow.last_standing,
        StandingRow.unknown_in_a_row,
        StandingRow.last_clear_at,
    ).where(StandingRow.vantage == vantage)
    found = {
        key: _Newest(look_at, Standing(standing), unknown, clear_at)
        for key, look_at, standing, unknown, clear_at in session.execute(rows)
    }
    for some in chunks(sorted(not_folded(session)), _KEYS_AT_ONCE):
        found.update(_from_looks(session, vantage, some))
    return found


def not_folded(session: Session) -> set[str]:
    """Listings with looks that nothing has derived yet: none after an ordinary ingest."""
    new = select(LookRow.listing_key).where(LookRow.look_id > folded_up_to(session))
    return set(session.scalars(new.distinct()))


def _from_looks(session: Session, vantage: str, keys: Sequence[str]) -> Iterator[tuple[str, _Newest]]:
    """The same from all looks of each listing. A slot that its run never came to is no look."""
    rows = (
        select(LookRow.listing_key, LookRow.looked_at, JudgementRow.state, JudgementRow.quarantined)
        .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        .where(LookRow.vantage == vantage, LookRow.listing_key.in_(keys))
        .where(LookRow.outcome != str(Outcome.NOT_LOOKED))
        .order_by(LookRow.listing_key, LookRow.looked_at)
    )
    for key, looks in groupby(session.execute(rows), key=lambda row: row.listing_key):
        newest = _Newest(None, Standing.UNKNOWN, 0, None)
        for _, at, state, quarantined in looks:
            standing = Standing.UNKNOWN if quarantined else STANDING[State(state)]
            unclear = standing is Standing.UNKNOWN
            in_a_row, clear_at = (newest.unknown_in_a_row + 1, newest.clear_at) if unclear else (0, at)
            newest = _Newest(at, standing, in_a_row, clear_at)
        yield key, newest


def _absences(session: Session, vantage: str) -> dict[str, Absence]:
    """How sure the newest episode's end is, by listing."""
    statement = (
        select(EpisodeRow.listing_key, EpisodeRow.first_off_at, EpisodeRow.confirmed_at)
        .where(EpisodeRow.vantage == vantage)
        .order_by(EpisodeRow.listing_key, EpisodeRow.ordinal)
    )
    found: dict[str, Absence] = {}
    for key, first_off_at, confirmed_at in session.execute(statement):
        if confirmed_at is not None:
            found[key] = Absence.CONFIRMED
        else:
            found[key] = Absence.UNCONFIRMED if first_off_at is not None else Absence.NONE
    return found


def _decisions(session: Session) -> dict[tuple[str, str], set[str]]:
    """The newest decision of each reviewer on each pair of listing and notice."""
    newest: dict[tuple[str, str, str], str] = {}
    rows = select(ReviewRow.listing_key, ReviewRow.notice_id, ReviewRow.reviewer, ReviewRow.decision)
    for key, notice_id, reviewer, decision in session.execute(rows.order_by(ReviewRow.review_id)):
        newest[key, notice_id, reviewer] = decision
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (key, notice_id, _), decision in newest.items():
        said[key, notice_id].add(decision)
    return said
