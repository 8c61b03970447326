"""Matches for the listings that the ledger knows, appended as proposals for people to decide."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from crawler.feeds.notice import Notice
from monitor.looks.titled import titled_looks
from monitor.matching.features import TABLE
from monitor.matching.matcher import Matcher
from monitor.matching.prepared import keep, kept_path, load, prepare
from monitor.matching.records import MATCHER_VERSION, Listing
from monitor.matching.training import live_model
from monitor.pictures.of_notices import with_pictures
from monitor.store.bulk import chunks
from monitor.store.decision_tables import MatchRow
from monitor.store.ledger_tables import ListingRow, LookRow, ReadingRow, SightingRow
from monitor.store.register_tables import NoticeRow

_TEXTS = ("title", "brand", "model", "gtin", "description", "seller", "currency")
_AT_ONCE = 500
_READINGS = 200
"""So many different readings of one listing are looked through for what a proposal was made from."""

_KEPT: dict[str, Matcher] = {}
"""The matcher over one state of the register: building it takes seconds, and the register changes rarely."""

_Facts = tuple[str, str]
_MATCHED: dict[tuple[str, str], set[_Facts]] = {}
"""By ledger and state of the register: which listings with which facts this process has compared with it."""


def propose_matches(
    session: Session, at: datetime, notices: Sequence[Notice] | None = None, keep_in: Path | None = None
) -> int:
    """Match what each suspect listing's newest facts say against `notices` (the register's where none are given).

    A listing whose facts this process has already compared with this state of the register is not compared again, so
    a turn costs in proportion to what is new. Facts come from the newest reading, or from the card of the newest
    sighting where no look read the page yet. What was proposed before for the same listing, notice, facts and matcher
    is not written again. The prepared register is kept in `keep_in` where that is given. Returns how many rows were
    appended.
    """
    listings = with_pictures(session, known_listings(session))
    if not listings:
        return 0
    if notices is not None:
        return _append(
            session,
            at,
            Matcher(notices, live_model(session)),
            {one.listing_id: (one, facts_digest(one)) for one in listings},
        )
    kept = _matcher_of(session, keep_in)
    if kept is None:
        return 0
    matched = _MATCHED.setdefault((str(session.get_bind().engine.url), kept[0]), set())
    asked = {one.listing_id: (one, facts_digest(one)) for one in listings}
    new = {key: found for key, found in asked.items() if (key, found[1]) not in matched}
    _remember_at_commit(session, matched, {(key, digest) for key, (_, digest) in new.items()})
    return _append(session, at, kept[1], new)


def _remember_at_commit(session: Session, matched: set[_Facts], new: set[_Facts]) -> None:
    """What a transaction that is rolled back proposed counts as never compared."""
    event.listen(session, "after_rollback", lambda _: new.clear(), once=True)
    event.listen(session, "after_commit", lambda _: matched.update(new), once=True)


def _append(session: Session, at: datetime, matcher: Matcher, asked: dict[str, tuple[Listing, str]]) -> int:
    if not asked:
        return 0
    written = select(MatchRow.listing_key, MatchRow.notice_id, MatchRow.facts_sha256)
    rows_known = session.execute(
        written.where(MatchRow.matcher_version == MATCHER_VERSION, MatchRow.model_version == matcher.model.version)
    )
    known = {(key, notice_id, digest) for key, notice_id, digest in rows_known}
    listings = [listing for listing, _ in asked.values()]
    digests = {key: digest for key, (_, digest) in asked.items()}
    rows = [
        MatchRow(
            listing_key=match.listing_id, notice_id=match.recall_id, tier=match.tier.value,
            relation=match.relation.value, probability=round(match.probability, 6),
            reasons=[reason.as_dict() for reason in match.reasons], matcher_version=MATCHER_VERSION,
            says=match.says, features=dict(match.features), feature_table=TABLE, model_version=match.model,
            second_opinion=round(match.second, 6), disagree=match.disagree, rival_id=match.rival,
            facts_sha256=digests[match.listing_id], proposed_at=at,
        )
        for match in matcher.match(listings)
        if (match.listing_id, match.recall_id, digests[match.listing_id]) not in known
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return len(rows)


def known_listings(session: Session, listing_key: str | None = None) -> list[Listing]:
    """Every suspect listing (or the one named) with its newest facts, by listing key; those of which nothing was read
    are left out."""
    asked = select(ListingRow.listing_key).where(ListingRow.role == "suspect").order_by(ListingRow.listing_key)
    if listing_key is not None:
        asked = asked.where(ListingRow.listing_key == listing_key)
    keys = session.scalars(asked).all()
    found = _read_facts(session, keys)
    found |= _cards(session, [key for key in keys if key not in found])
    return [_listing(key, found[key]) for key in keys if key in found and found[key].get("title")]


def listing_as_proposed(session: Session, listing_key: str, facts_sha256: str) -> Listing | None:
    """The listing with the facts that a proposal was made from, out of what its pages ever said; None where they came
    from a search card or were matched with pictures."""
    said = (
        select(ReadingRow.reading["facts"])
        .where(
            ReadingRow.reading_sha256.in_(
                select(LookRow.reading_sha256).where(LookRow.listing_key == listing_key).distinct()
            )
        )
        .limit(_READINGS)
    )
    made = (_listing(listing_key, facts) for facts in session.scalars(said) if facts)
    return next((one for one in made if facts_digest(one) == facts_sha256), None)


def facts_digest(listing: Listing) -> str:
    """SHA-256 over what the matcher was shown: the same facts are proposed once. A changed price is no new fact."""
    shown = {name: getattr(listing, name) for name in _TEXTS if name != "currency"}
    if listing.shown():
        shown["pictures"] = listing.shown()
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _read_facts(session: Session, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for some in chunks(sorted(titled_looks(session, keys).values()), _AT_ONCE):
        rows = session.execute(
            select(LookRow.listing_key, ReadingRow.reading)
            .join(ReadingRow, ReadingRow.reading_sha256 == LookRow.reading_sha256)
            .where(LookRow.look_id.in_(some))
        )
        found |= {key: reading["facts"] for key, reading in rows if reading.get("facts")}
    return found


def _cards(session: Session, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for some in chunks(keys, _AT_ONCE):
        newest = (
            select(func.max(SightingRow.sighting_id))
            .where(SightingRow.listing_key.in_(some))
            .group_by(SightingRow.listing_key)
        )
        rows = select(SightingRow.listing_key, SightingRow.card).where(SightingRow.sighting_id.in_(newest))
        found |= dict(session.execute(rows).all())
    return found


def _listing(key: str, facts: dict[str, Any]) -> Listing:
    texts = {name: str(facts.get(name) or "") for name in _TEXTS}
    return Listing(listing_id=key, price=str(facts.get("price") or ""), **texts)


def _matcher_of(session: Session, keep_in: Path | None) -> tuple[str, Matcher] | None:
    """The digest of the register as it stands, and the matcher over it: from memory, `keep_in`, or built and kept."""
    rows = session.execute(select(NoticeRow.notice_id, NoticeRow.content_sha256).order_by(NoticeRow.notice_id)).all()
    if not rows:
        return None
    model = live_model(session)
    state = [f"{key} {content}" for key, content in rows]
    digest = hashlib.sha256("\n".join([model.version, *state]).encode()).hexdigest()
    if digest not in _KEPT:
        path = kept_path(keep_in, state) if keep_in else None
        prepared = load(path) if path else None
        if prepared is None:
            notices = session.scalars(select(NoticeRow.notice).order_by(NoticeRow.notice_id))
            prepared = prepare([Notice.model_validate(notice) for notice in notices])
            if keep_in and path:
                keep(keep_in, path, prepared)
        _KEPT.clear()
        _MATCHED.clear()
        _KEPT[digest] = Matcher(prepared, model)
    return digest, _KEPT[digest]
