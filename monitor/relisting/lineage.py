"""How what was taken off sale comes back: by the same id, by the same seller, by another seller.

An offer is one listing id; a lineage is a chain of offers that people linked. Data for the figures of relisting.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.marketplaces.states import STANDING, Standing
from monitor.relisting.appearance import Appearance, appearances
from monitor.relisting.chains import Lineage, Name, lineages
from monitor.relisting.decisions import links
from monitor.relisting.others import How, Others, Place
from monitor.relisting.prints import seller_of
from monitor.relisting.versions import versions
from monitor.review.decisions import confirmed_matches
from monitor.store.bulk import chunks
from monitor.store.ledger_tables import EpisodeRow, JudgementRow, LookRow, SearchRow

_AT_ONCE = 500
_OFF_SALE = tuple(str(state) for state, standing in STANDING.items() if standing is Standing.OFF_SALE)


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
class _End:
    """One confirmed end, as its episode has it."""

    listing_key: str
    last_on_sale_at: datetime
    first_off_at: datetime | None
    returned_at: datetime | None
    last_look_at: datetime
    vantage: str


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
    others, ends = Others(pairs, found, sellers), _ends(session, {key for key, _ in pairs}, vantage, at)
    for key, recall_id in sorted(pairs):
        for end in ends.get(key, ()):
            ways = [*_same_id(session, end), *_by_others(end, others.of(key, recall_id), seen)]
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
        seller = seller_of(said[key])
        if seller:
            offers[said[key].marketplace, seller].append(key)
    seen = appearances(session, recalls, vantage, at)
    gone = {key: min(end.last_on_sale_at for end in some) for key, some in _ends(session, recalls, vantage, at).items()}
    made = [
        RepeatSeller(
            marketplace, said[keys[-1]].seller, tuple(keys),
            tuple(sorted({recall for key in keys for recall in recalls[key]})), _returned(keys, seen, gone),
        )
        for (marketplace, _), keys in offers.items()
        if len(keys) > 1
    ]  # fmt: skip
    return sorted(made, key=lambda one: (-one.returns, -len(one.listing_keys), one.marketplace, one.seller))


def _returned(keys: Sequence[str], seen: dict[str, Appearance], gone: dict[str, datetime]) -> int:
    """How many of one seller's offers were first seen after another one of them had gone."""
    ended = sorted((gone[key], key) for key in keys if key in gone)[:2]
    return sum(
        any(other != key and seen[key].by_at > ended_at for ended_at, other in ended) for key in keys if key in seen
    )


def _ends(session: Session, keys: Iterable[str], vantage: str, at: datetime) -> dict[str, list[_End]]:
    """The confirmed ends of each listing, in order."""
    found: dict[str, list[_End]] = defaultdict(list)
    columns = (
        EpisodeRow.listing_key,
        EpisodeRow.last_on_sale_at,
        EpisodeRow.first_off_at,
        EpisodeRow.returned_at,
        EpisodeRow.last_look_at,
    )
    for some in chunks(sorted(keys), _AT_ONCE):
        rows = (
            select(*columns)
            .where(EpisodeRow.listing_key.in_(some), EpisodeRow.vantage == vantage)
            .where(EpisodeRow.confirmed_at.is_not(None), EpisodeRow.confirmed_at <= at)
            .order_by(EpisodeRow.listing_key, EpisodeRow.ordinal)
        )
        for row in session.execute(rows):
            found[row.listing_key].append(_End(*row, vantage))
    return found


def _sellers(session: Session, keys: Iterable[str]) -> dict[str, Place]:
    """Marketplace and folded seller of each listing; those that name none are left out."""
    found = {key: (version.marketplace, seller_of(version)) for key, version in versions(session, keys).items()}
    return {key: place for key, place in found.items() if place[1]}


def _same_id(session: Session, end: _End) -> list[_Back]:
    """Back after the last look that saw it off sale, by the first that saw it on sale again."""
    if end.returned_at is None or end.first_off_at is None:
        return []
    absent = session.scalar(
        select(func.max(LookRow.looked_at))
        .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        .where(LookRow.listing_key == end.listing_key, LookRow.vantage == end.vantage)
        .where(
            LookRow.looked_at >= end.last_on_sale_at,
            LookRow.looked_at < end.returned_at,
            JudgementRow.state.in_(_OFF_SALE),
            JudgementRow.quarantined == "",
        )
    )
    return [_Back("same_id", end.listing_key, absent or end.first_off_at, end.returned_at, True)]


def _by_others(end: _End, others: dict[str, tuple[How, bool]], seen: dict[str, Appearance]) -> list[_Back]:
    """Offers that were first seen after this one was last seen on sale; none can have been its return before that."""
    return [
        _Back(how, key, max(seen[key].after_at or end.last_on_sale_at, end.last_on_sale_at), seen[key].by_at, confirmed)
        for key, (how, confirmed) in others.items()
        if key in seen and seen[key].by_at > end.last_on_sale_at
    ]


def _return(end: _End, key: str, recall_id: str, how: How, ways: Sequence[_Back], until: datetime | None) -> Return:
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
