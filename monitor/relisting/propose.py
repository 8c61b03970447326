"""Asks every suspect listing of the ledger against what went, and appends what may have reappeared."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from monitor.relisting.agree import same_spans
from monitor.relisting.chains import roots
from monitor.relisting.decisions import links
from monitor.relisting.memory import Asked, Found, Memory
from monitor.relisting.prints import as_stored, prints_of
from monitor.relisting.remember import remember, remembered
from monitor.relisting.rules import DESCRIPTIONS, RELISTING_VERSION, sentence
from monitor.relisting.versions import Marks, marks, versions
from monitor.store.ledger_tables import ListingRow
from monitor.store.relisting_tables import RelistingRow

_KEPT: dict[str, tuple[str, Memory, dict[str, Marks]]] = {}
"""By ledger: the digest of what is remembered, the index over it, and what each listing was like when it was asked."""


def propose_relistings(session: Session, at: datetime, reviewers_needed: int = 1) -> int:
    """Ask each suspect listing that changed since this process last asked about it; gives how many rows were appended.

    Where something new went, all are asked again: a return is often seen before the absence is confirmed.
    """
    digest = remember(session, reviewers_needed)
    if not digest:
        return 0
    ledger = str(session.get_bind().engine.url)
    kept = _KEPT.get(ledger)
    if kept is None or kept[0] != digest:
        kept = _KEPT[ledger] = (digest, Memory(remembered(session)), {})
    event.listen(session, "after_rollback", lambda _: _KEPT.pop(ledger, None), once=True)
    _, memory, asked = kept
    new = _new_listings(session, asked, roots(links(session, reviewers_needed)))
    return _append(session, at, memory.take(new))


def _new_listings(session: Session, asked: dict[str, Marks], root_of: dict[str, str]) -> list[Asked]:
    rows = session.execute(select(ListingRow.listing_key, ListingRow.first_seen_at).where(ListingRow.role == "suspect"))
    seen = dict(rows.all())
    now = marks(session)
    new = [key for key in seen if key in now and asked.get(key) != now[key]]
    asked.update((key, now[key]) for key in new)
    return [
        Asked(version, prints_of(version), seen[key], root_of.get(key, key))
        for key, version in versions(session, new).items()
    ]


def _append(session: Session, at: datetime, found: Iterable[Found]) -> int:
    written = select(RelistingRow.old_listing_key, RelistingRow.new_listing_key, RelistingRow.facts_sha256)
    known = set(session.execute(written.where(RelistingRow.rules_version == RELISTING_VERSION)).all())
    rows = [_row(one, at) for one in found]
    rows = [row for row in rows if (row.old_listing_key, row.new_listing_key, row.facts_sha256) not in known]
    session.add_all(rows)
    session.flush()
    return len(rows)


def _row(found: Found, at: datetime) -> RelistingRow:
    old, new, compared = found.gone.version, found.asked.version, found.compared
    agreements = [one.as_dict() for one in compared.agreements]
    for one in agreements:
        if one["name"] in DESCRIPTIONS:
            one["spans"] = same_spans(old, new)
    against = [one.as_dict() for one in compared.conflicts]
    return RelistingRow(
        old_listing_key=old.listing_key,
        new_listing_key=new.listing_key,
        agreements=agreements,
        conflicts=against,
        says=sentence(compared.agreements, compared.conflicts),
        old_version=as_stored(old),
        new_version=as_stored(new),
        facts_sha256=_digest([found.rule, agreements, against, old.title, new.title]),
        rule=found.rule,
        rules_version=RELISTING_VERSION,
        proposed_at=at,
    )


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
