"""Which listings are under watch, and what the ledger last saw of each: the schedule's one question to the store."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.marketplaces.states import STANDING, Standing, State
from crawler.record import Outcome
from monitor.relisting.decisions import links
from monitor.schedule.policy import Absence, Watched
from monitor.store.decision_tables import MatchRow, ReviewRow
from monitor.store.hand_tables import HandListingRow
from monitor.store.ledger_tables import EpisodeRow, JudgementRow, ListingRow, LookRow

WATCHED_TIERS = ("identifier", "line", "regulated_kind", "lookalike")
LATEST_LOOKS = 6


def suspects(session: Session) -> set[str]:
    """Listings under watch: those that a person confirmed, or that a match of a watched tier points to and nobody
    rejected; those that only a lead points to until their first look; those that may be the return of one that went;
    those that a person added by hand.
    """
    decided = _decisions(session)
    looked = set(session.scalars(select(LookRow.listing_key).distinct()))
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
    latest = _latest_looks(session, vantage)
    absences = _absences(session, vantage)
    return [_watched(key, at, vantage, latest.get(key, []), absences) for key, at in sorted(first_seen.items())]


def _watched(
    key: str,
    first_seen_at: datetime,
    vantage: str,
    looks: list[tuple[datetime, Standing]],
    absences: dict[str, Absence],
) -> Watched:
    unknown = 0
    for _, standing in looks:
        if standing is not Standing.UNKNOWN:
            break
        unknown += 1
    return Watched(
        listing_key=key,
        vantage=vantage,
        first_seen_at=first_seen_at,
        last_look_at=looks[0][0] if looks else None,
        last_standing=looks[0][1] if looks else Standing.UNKNOWN,
        unknown_in_a_row=unknown,
        absence=absences.get(key, Absence.NONE),
        last_clear_at=next((at for at, standing in looks if standing is not Standing.UNKNOWN), None),
    )


def _latest_looks(session: Session, vantage: str) -> dict[str, list[tuple[datetime, Standing]]]:
    """The newest few looks of each listing, newest first. A slot that its run never came to is no look."""
    rank = func.row_number().over(partition_by=LookRow.listing_key, order_by=LookRow.looked_at.desc()).label("rank")
    newest = (
        select(LookRow.listing_key, LookRow.looked_at, JudgementRow.state, JudgementRow.quarantined, rank)
        .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        .where(LookRow.vantage == vantage, LookRow.outcome != str(Outcome.NOT_LOOKED))
        .subquery()
    )
    statement = select(newest).where(newest.c.rank <= LATEST_LOOKS).order_by(newest.c.listing_key, newest.c.rank)
    looks: dict[str, list[tuple[datetime, Standing]]] = defaultdict(list)
    for key, looked_at, state, quarantined, _ in session.execute(statement):
        looks[key].append((looked_at, Standing.UNKNOWN if quarantined else STANDING[State(state)]))
    return looks


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
