"""How what was taken off sale comes back: by the same id, by the same seller, by another seller.

An offer is one listing id; a lineage is a chain of offers that people linked. Data for the figures of relisting.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.marketplaces.states import STANDING, Standing
from monitor.relisting.appearance import Appearance, appearances
from monitor.relisting.chains import Lineage, Name, lineages, roots
from monitor.relisting.decisions import Link, links
from monitor.relisting.prints import prints_of
from monitor.relisting.versions import versions
from monitor.review.decisions import confirmed_matches
from monitor.store.ledger_tables import EpisodeRow, JudgementRow, LookRow, SearchRow

_OFF_SALE = tuple(str(state) for state, standing in STANDING.items() if standing is Standing.OFF_SALE)

How = Literal["same_id", "same_seller", "other_seller"]


@dataclass(frozen=True, slots=True)
class Return:
    """The first return of one kind after one confirmed end; one row for each `how`, back or not.

    The offer ended in (`ended_after_at`, `ended_by_at`] and was back in (`back_after_at`, `back_by_at`], so the time to
    relisting lies in (`back_after_at` - `ended_by_at`, `back_by_at` - `ended_after_at`], never below 0. `back_by_at`
    None: not back by `watched_until_at` (right-censored there), and `back_listing_key` is empty. Instants are aware
    UTC. `confirmed_by_person`: a person's decision links the two; False for a proposal that still waits.
    """

    listing_key: str
    recall_id: str
    ended_after_at: datetime
    ended_by_at: datetime
    how: How
    back_listing_key: str
    back_after_at: datetime | None
    back_by_at: datetime | None
    confirmed_by_person: bool
    watched_until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RepeatSeller:
    """A seller with two offers or more of recalled products that people confirmed; `returns` counts those that were
    first seen after an earlier one of the same seller had gone. `seller` is as the newest page writes it."""

    marketplace: str
    seller: str
    listing_keys: tuple[str, ...]
    recall_ids: tuple[str, ...]
    returns: int


@dataclass(frozen=True, slots=True)
class _Back:
    """One way in which an end was followed by an offer."""

    how: How
    key: str
    after_at: datetime
    by_at: datetime
    confirmed: bool


def returns(session: Session, at: datetime, reviewers_needed: int = 1, vantage: str = "us") -> list[Return]:
    """Three rows (`same_id`, `same_seller`, `other_seller`) for every end of a confirmed listing that is confirmed at
    `vantage`, by what was seen, proposed and decided up to `at`.

    Same seller: another id of one marketplace that the same seller offers and that people confirmed for the same
    recall, or that a link ties to it. Other seller: a link ties them. Links reach over a whole lineage.
    """
    pairs = [(one.listing_key, one.notice_id) for one in confirmed_matches(session, reviewers_needed, at)]
    found = links(session, reviewers_needed, at)
    keys = {key for key, _ in pairs} | {link.new_listing_key for link in found}
    seen = appearances(session, keys, vantage, at)
    sellers = _sellers(session, keys)
    searched_until = session.scalar(select(func.max(SearchRow.searched_at)).where(SearchRow.searched_at <= at))
    made: list[Return] = []
    for key, recall_id in sorted(pairs):
        others = _others(key, recall_id, pairs, found, sellers)
        for end in _ends(session, key, vantage, at):
            ways = [*_same_id(session, end), *_by_others(end, others, seen)]
            for how in ("same_id", "same_seller", "other_seller"):
                until = end.last_look_at if how == "same_id" else searched_until
                made.append(_return(end, key, recall_id, how, [way for way in ways if way.how == how], until))
    return made


def chains(session: Session, at: datetime, reviewers_needed: int = 1, *, only_confirmed: bool = True) -> list[Lineage]:
    """Every lineage with its names side by side, by decisions up to `at`; proposals that wait count where asked for."""
    found = links(session, reviewers_needed, at)
    keys = {key for link in found for key in (link.old_listing_key, link.new_listing_key)}
    said, seen = versions(session, keys), appearances(session, keys, "", at)
    names = {
        key: Name(key, seen[key].by_at, said[key].title, said[key].seller)
        for key in keys
        if key in said and key in seen
    }
    return lineages(found, names, only_confirmed=only_confirmed)


def repeat_sellers(
    session: Session, at: datetime, reviewers_needed: int = 1, vantage: str = "us"
) -> list[RepeatSeller]:
    """Sellers of two offers or more of recalled products, those with the most returns first."""
    pairs = [(one.listing_key, one.notice_id) for one in confirmed_matches(session, reviewers_needed, at)]
    recalls: dict[str, set[str]] = defaultdict(set)
    for key, recall_id in pairs:
        recalls[key].add(recall_id)
    said = versions(session, recalls)
    offers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key in sorted(said):
        seller = prints_of(said[key]).seller
        if seller:
            offers[said[key].marketplace, seller].append(key)
    seen = appearances(session, recalls, vantage, at)
    ends = {key: [end.last_on_sale_at for end in _ends(session, key, vantage, at)] for key in recalls}
    made = [
        RepeatSeller(
            marketplace, said[keys[-1]].seller, tuple(keys),
            tuple(sorted({recall for key in keys for recall in recalls[key]})), _returned(keys, seen, ends),
        )
        for (marketplace, _), keys in offers.items()
        if len(keys) > 1
    ]  # fmt: skip
    return sorted(made, key=lambda one: (-one.returns, -len(one.listing_keys), one.marketplace, one.seller))


def _returned(keys: Sequence[str], seen: dict[str, Appearance], ends: dict[str, list[datetime]]) -> int:
    gone = {key: min(ends[key]) for key in keys if ends[key]}
    return sum(
        any(other != key and seen[key].by_at > ended_at for other, ended_at in gone.items())
        for key in keys
        if key in seen
    )


def _ends(session: Session, key: str, vantage: str, at: datetime) -> list[EpisodeRow]:
    return list(
        session.scalars(
            select(EpisodeRow)
            .where(EpisodeRow.listing_key == key, EpisodeRow.vantage == vantage)
            .where(EpisodeRow.confirmed_at.is_not(None), EpisodeRow.confirmed_at <= at)
            .order_by(EpisodeRow.ordinal)
        )
    )


def _sellers(session: Session, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Marketplace and folded seller of each listing; those that name none are left out."""
    found = {key: (version.marketplace, prints_of(version).seller) for key, version in versions(session, keys).items()}
    return {key: place for key, place in found.items() if place[1]}


def _others(
    key: str,
    recall_id: str,
    pairs: Sequence[tuple[str, str]],
    found: Sequence[Link],
    sellers: dict[str, tuple[str, str]],
) -> dict[str, tuple[How, bool]]:
    """Other offers that may be this one's return, each with how and whether people said so."""
    own = sellers.get(key)
    sure, maybe = roots(found), roots(found, only_confirmed=False)
    others: dict[str, tuple[How, bool]] = {}
    for other in {other for other, _ in pairs} | maybe.keys():
        if other == key:
            continue
        same: How = "same_seller" if own is not None and sellers.get(other) == own else "other_seller"
        if sure.get(key, key) == sure.get(other, other) or (same == "same_seller" and (other, recall_id) in pairs):
            others[other] = (same, True)
        elif maybe.get(key, key) == maybe.get(other, other):
            others[other] = (same, False)
    return others


def _same_id(session: Session, end: EpisodeRow) -> list[_Back]:
    """Back after the last look that saw it off sale, by the first that saw it on sale again."""
    if end.returned_at is None or end.first_off_at is None:
        return []
    absent = session.scalar(
        select(func.max(LookRow.looked_at))
        .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        .where(LookRow.listing_key == end.listing_key, LookRow.vantage == end.vantage)
        .where(LookRow.looked_at < end.returned_at, JudgementRow.state.in_(_OFF_SALE), JudgementRow.quarantined == "")
    )
    return [_Back("same_id", end.listing_key, absent or end.first_off_at, end.returned_at, True)]


def _by_others(end: EpisodeRow, others: dict[str, tuple[How, bool]], seen: dict[str, Appearance]) -> list[_Back]:
    """Offers that were first seen after this one was last seen on sale; none can have been its return before that."""
    return [
        _Back(how, key, max(seen[key].after_at or end.last_on_sale_at, end.last_on_sale_at), seen[key].by_at, confirmed)
        for key, (how, confirmed) in others.items()
        if key in seen and seen[key].by_at > end.last_on_sale_at
    ]


def _return(
    end: EpisodeRow, key: str, recall_id: str, how: How, ways: Sequence[_Back], until: datetime | None
) -> Return:
    first = min(ways, key=lambda way: (not way.confirmed, way.by_at, way.key), default=None)
    return Return(
        listing_key=key,
        recall_id=recall_id,
        ended_after_at=end.last_on_sale_at,
        ended_by_at=end.first_off_at or end.last_look_at,
        how=how,
        back_listing_key=first.key if first else "",
        back_after_at=first.after_at if first else None,
        back_by_at=first.by_at if first else None,
        confirmed_by_person=first.confirmed if first else False,
        watched_until_at=until,
    )
