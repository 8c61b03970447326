"""Around the looks of `bench ledger`: made-up recalls under watch, one search each, and every listing confirmed."""

from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from crawler.feeds.notice import Notice, Product
from monitor.register.importing import import_file
from monitor.register.register import get_notice
from monitor.store.base import Base
from monitor.store.bulk import insert_rows, take_ids
from monitor.store.decision_tables import MatchRow, PhraseRow, ReviewRow
from monitor.store.ledger_tables import ListingRow, RunRow, SearchRow
from monitor.store.session import Store, lock_writers
from monitor.watchlist import entries
from reports.bench_ledger_load import VANTAGE
from reports.bench_ledger_market import MARKETPLACES, START

LISTINGS_PER_RECALL = 50
_BEFORE = START - timedelta(days=1)
_BY = "bench ledger"


def review_all(store: Store, folder: Path) -> None:
    """Give every listing that has none yet a recall that is under watch and was searched for, and confirm it."""
    with store.session() as session:
        lock_writers(session)
        matched = set(session.scalars(select(MatchRow.listing_key)))
        suspects = session.scalars(select(ListingRow.listing_key).where(ListingRow.role == "suspect"))
        keys = sorted(set(suspects) - matched)
    first = len(matched) // LISTINGS_PER_RECALL
    wanted = range(first, (len(matched) + len(keys)) // LISTINGS_PER_RECALL + 1)
    if keys:
        _watch(store, folder / f"recalls-{first}.jsonl", wanted)
        with store.session() as session:
            lock_writers(session)
            _confirm(session, keys, len(matched))


def _watch(store: Store, path: Path, numbers: range) -> None:
    notices = [_notice(number) for number in numbers]
    lines = [notice.model_dump_json(exclude_defaults=True) for notice in notices]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    import_file(store, path, "jsonl", seen_at=_BEFORE, now=_BEFORE)
    with store.session() as session:
        known = [found for notice in notices if (found := get_notice(session, notice.id)) is not None]
        entries.add(session, known, at=_BEFORE, by=_BY, chosen_by="sample:1")
        _search(session, [notice.id for notice in notices])


def _notice(number: int) -> Notice:
    published = START - timedelta(days=number % 200)
    return Notice(
        id=f"bench:{number:05d}",
        kind="recall",
        authority="bench",
        number=f"{number:05d}",
        title=f"Kettle {number} recalled due to burn hazard",
        published_on=published.date().isoformat(),
        products=(Product(name=f"Kettle {number}", model=f"KX-{number}"),),
    )


def _search(session: Session, notice_ids: list[str]) -> None:
    """One answered search a recall and marketplace."""
    run_id = session.scalars(select(RunRow.run_id).order_by(RunRow.started_at).limit(1)).one()
    phrases = session.execute(select(PhraseRow.phrase_id, PhraseRow.text).where(PhraseRow.notice_id.in_(notice_ids)))
    rows = [
        {
            "run_id": run_id,
            "slot_id": f"search-{phrase_id}-{place}",
            "page": 1,
            "marketplace": place,
            "vantage": VANTAGE,
            "phrase_id": str(phrase_id),
            "query": text,
            "searched_at": _BEFORE,
            "state": "searched",
            "rule": "search.searched",
            "hits": 1,
            "warc_record_id": "",
        }
        for phrase_id, text in phrases
        for place in MARKETPLACES
    ]
    insert_rows(session, _table(SearchRow), rows)


def _confirm(session: Session, keys: list[str], before: int) -> None:
    matches: list[dict[str, Any]] = []
    reviews: list[dict[str, Any]] = []
    ids = take_ids(session, _table(MatchRow), len(keys))
    for number, (match_id, key) in enumerate(zip(ids, keys, strict=True), start=before):
        pair = {"listing_key": key, "notice_id": f"bench:{number // LISTINGS_PER_RECALL:05d}", "tier": "identifier"}
        said = {"relation": "same", "probability": 0.9, "reasons": [], "matcher_version": "1", "facts_sha256": ""}
        matches.append({"match_id": match_id, **pair, **said, "proposed_at": _BEFORE})
        review = {"match_id": match_id, **pair, "decision": "confirmed", "reviewer": _BY, "comment": "", "shown": {}}
        reviews.append({**review, "decided_at": _BEFORE})
    insert_rows(session, _table(MatchRow), matches)
    insert_rows(session, _table(ReviewRow), reviews)


def _table(row: type[Base]) -> Table:
    return cast("Table", row.__table__)
