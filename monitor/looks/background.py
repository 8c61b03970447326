"""The background: unrecalled listings that are looked at in the way of the suspects they stand for.

A recalled listing's end counts against (or for) a platform only as the excess over theirs: listings come and go on
their own. Each is of the same site and kind as its suspect and, where there is a choice, of like price and age.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from monitor.store.bulk import chunks
from monitor.store.decision_tables import MatchRow, ReviewRow
from monitor.store.hand_tables import HandListingRow
from monitor.store.ledger_tables import ListingRow, LookRow, ReadingRow, SearchRow, SightingRow
from monitor.store.verification_tables import BackgroundRow

BACKGROUND_VERSION = 1
BACKGROUND_RULE = "background.matched"
BACKGROUND_RULES = {
    BACKGROUND_RULE: "An unrecalled listing of the same site and kind, nearest in price band and age, drawn by hash.",
}
"""Rule id with what it says (docs/reference/verification.md)."""

PER_SUSPECT = 0.5
"""Background listings for each suspect of a site, rounded up: a third of its looks go to them."""
RESERVED = 6
"""Unrecalled listings of a site that are left to serve as controls."""
ALIKE_DAYS = 7
_ROLE = "background"
_KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Traits:
    """What a listing is matched by. `kinds`: categories that its page named and searches that brought it up;
    `price_band` is the price's power of two in its currency, None where no price is known."""

    listing_key: str
    marketplace: str
    kinds: frozenset[str]
    price_band: tuple[str, int] | None
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Chosen:
    """A background listing, the suspect it stands for, what both have in common, and from how many it was drawn."""

    listing_key: str
    stands_for: str
    kind: str
    alike: str
    candidates: int


def choose(suspects: Sequence[Traits], candidates: Sequence[Traits], seed: str, wanted: int) -> list[Chosen]:
    """Up to `wanted` background listings for the suspects of one site: a pure function, the same for the same seed.

    Suspects are served in an order by hash. A candidate must share a kind; among those, the ones that are alike in
    both price band and age come first, then in age, then in price, then the rest; within each, the hash draws.
    """
    free = {one.listing_key: one for one in candidates}
    found: list[Chosen] = []
    for suspect in sorted(suspects, key=lambda one: _draw(seed, one.listing_key)):
        if len(found) >= wanted:
            break
        pools: dict[str, list[Traits]] = {}
        for one in free.values():
            if suspect.kinds & one.kinds:
                pools.setdefault(_alike(suspect, one), []).append(one)
        alike = next((name for name in _ALIKE if name in pools), None)
        if alike is None:
            continue
        drawn = min(pools[alike], key=lambda one: _draw(seed, suspect.listing_key, one.listing_key))
        kind = min(suspect.kinds & drawn.kinds)
        found.append(Chosen(drawn.listing_key, suspect.listing_key, kind, alike, len(pools[alike])))
        del free[drawn.listing_key]
    return found


_ALIKE = ("site, kind, price, age", "site, kind, age", "site, kind, price", "site, kind")


def _alike(suspect: Traits, one: Traits) -> str:
    price = suspect.price_band is not None and suspect.price_band == one.price_band
    age = abs(suspect.first_seen_at - one.first_seen_at) <= timedelta(days=ALIKE_DAYS)
    return ", ".join(["site", "kind", *(["price"] if price else []), *(["age"] if age else [])])


def _draw(*parts: str) -> bytes:
    return hashlib.sha256("|".join(parts).encode()).digest()


def renew_background(session: Session, suspects: Iterable[str], at: datetime, seed: str = "1") -> list[BackgroundRow]:
    """Choose what is missing of the background of these suspects, remember it, and give the new rows."""
    wanted_by_site: dict[str, list[str]] = {}
    for key in sorted(suspects):
        wanted_by_site.setdefault(key.partition(":")[0], []).append(key)
    standing = standing_background(session, suspects)
    rows = []
    for marketplace, keys in wanted_by_site.items():
        served = {stands_for for key, stands_for in standing.items() if key.partition(":")[0] == marketplace}
        missing = math.ceil(len(keys) * PER_SUSPECT) - len(served)
        if missing <= 0:
            continue
        free = _free(session, marketplace)
        open_suspects = [key for key in keys if key not in served]
        traits = _traits(session, marketplace, [*open_suspects, *free])
        chosen = choose(
            [traits[key] for key in open_suspects if key in traits],
            [traits[key] for key in free if key in traits],
            seed,
            missing,
        )
        rows += [_row(one, marketplace, seed, at) for one in chosen]
    session.add_all(rows)
    for some in chunks([row.listing_key for row in rows], _KEYS_AT_ONCE):
        session.execute(update(ListingRow).where(ListingRow.listing_key.in_(some)).values(role=_ROLE))
    session.flush()
    return rows


def standing_background(session: Session, suspects: Iterable[str]) -> dict[str, str]:
    """Background listings that are to be looked at, each with its suspect: the suspect is under watch still, and
    nothing points to the listing itself."""
    wanted = set(suspects)
    pointed_to = _pointed_to(session) | wanted
    rows = select(BackgroundRow.listing_key, BackgroundRow.stands_for).order_by(BackgroundRow.background_id)
    return {
        key: stands_for for key, stands_for in session.execute(rows) if stands_for in wanted and key not in pointed_to
    }


def _pointed_to(session: Session) -> set[str]:
    """Listings that any match points to, unless people rejected it and nobody ever said otherwise; those added by
    hand."""
    matched = {(key, notice_id) for key, notice_id in session.execute(select(MatchRow.listing_key, MatchRow.notice_id))}
    said: dict[tuple[str, str], set[str]] = {}
    for key, notice_id, decision in session.execute(
        select(ReviewRow.listing_key, ReviewRow.notice_id, ReviewRow.decision)
    ):
        said.setdefault((key, notice_id), set()).add(decision)
    pointed_to = {key for key, notice_id in matched if said.get((key, notice_id)) != {"rejected"}}
    return pointed_to | set(session.scalars(select(HandListingRow.listing_key)))


def _free(session: Session, marketplace: str) -> list[str]:
    """Unrecalled listings of a site that neither serve already nor are left for controls."""
    keys = set(session.scalars(select(ListingRow.listing_key).where(ListingRow.marketplace == marketplace)))
    taken = _pointed_to(session) | set(session.scalars(select(BackgroundRow.listing_key)))
    controls = select(LookRow.listing_key).where(LookRow.marketplace == marketplace, LookRow.purpose == "control")
    unused = keys - taken - set(session.scalars(controls.distinct()))
    # Controls are taken in the order of this hash (monitor.schedule.controls): the first of it stay theirs.
    return sorted(unused, key=lambda key: hashlib.sha256(key.encode()).digest())[RESERVED:]


def _traits(session: Session, marketplace: str, keys: Sequence[str]) -> dict[str, Traits]:
    found: dict[str, Traits] = {}
    for some in chunks(keys, _KEYS_AT_ONCE):
        kinds, facts = _kinds(session, some), _facts(session, some)
        rows = select(ListingRow.listing_key, ListingRow.first_seen_at).where(ListingRow.listing_key.in_(some))
        for key, first_seen_at in session.execute(rows):
            said = facts.get(key, {})
            named = {f"category: {said['category']}"} if said.get("category") else set()
            found[key] = Traits(
                key, marketplace, frozenset(kinds.get(key, set()) | named), _price_band(said), first_seen_at
            )
    return found


def _kinds(session: Session, keys: Sequence[str]) -> dict[str, set[str]]:
    """The searches that brought each listing up: what one search finds is of one kind."""
    rows = (
        select(SightingRow.listing_key, SearchRow.query)
        .join(SearchRow, SearchRow.search_id == SightingRow.search_id)
        .where(SightingRow.listing_key.in_(keys))
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for key, query in session.execute(rows):
        found.setdefault(key, set()).add(f"search: {query}")
    return found


def _facts(session: Session, keys: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """The newest card of each listing, and over it what its own page said when it first stated a price."""
    newest = (
        select(func.max(SightingRow.sighting_id))
        .where(SightingRow.listing_key.in_(keys))
        .group_by(SightingRow.listing_key)
    )
    cards = select(SightingRow.listing_key, SightingRow.card).where(SightingRow.sighting_id.in_(newest))
    found: dict[str, Mapping[str, Any]] = {key: card for key, card in session.execute(cards)}  # noqa: C416
    first = (
        select(func.min(LookRow.look_id))
        .join(ReadingRow, ReadingRow.reading_sha256 == LookRow.reading_sha256)
        .where(LookRow.listing_key.in_(keys), ReadingRow.reading["facts"]["title"].as_string() != "")
        .group_by(LookRow.listing_key)
    )
    pages = (
        select(LookRow.listing_key, ReadingRow.reading["facts"])
        .join(ReadingRow, ReadingRow.reading_sha256 == LookRow.reading_sha256)
        .where(LookRow.look_id.in_(first))
    )
    for key, said in session.execute(pages):
        found[key] = {**found.get(key, {}), **{name: value for name, value in (said or {}).items() if value}}
    return found


def _price_band(said: Mapping[str, Any]) -> tuple[str, int] | None:
    try:
        price = Decimal(str(said.get("price") or ""))
    except InvalidOperation:
        return None
    return (str(said.get("currency") or ""), math.floor(math.log2(price))) if price.is_finite() and price > 0 else None


def _row(one: Chosen, marketplace: str, seed: str, at: datetime) -> BackgroundRow:
    return BackgroundRow(
        listing_key=one.listing_key,
        stands_for=one.stands_for,
        marketplace=marketplace,
        kind=one.kind,
        alike=one.alike,
        candidates=one.candidates,
        seed=seed,
        chosen_at=at,
        rule=BACKGROUND_RULE,
        rules_version=BACKGROUND_VERSION,
    )
