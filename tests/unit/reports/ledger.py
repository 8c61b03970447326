"""Writes the story's market into a ledger, row by row, as ingest, fold and review would."""

from datetime import timedelta

from sqlalchemy.orm import Session

from monitor.store.decision_tables import MatchRow, PhraseRow, ReviewRow, WatchRow
from monitor.store.ledger_tables import EpisodeRow, JudgementRow, ListingRow, LookRow, ReadingRow, RunRow, SearchRow
from reports.records import Case, Look, Observed, Run, Search


def write_ledger(session: Session, observed: Observed) -> None:
    """Everything that `observe` reads, except for the register."""
    begin = observed.period[0]
    for one in observed.recalls:
        session.add(
            WatchRow(
                notice_id=one.notice_id,
                priority=1,
                chosen_by=one.chosen_by,
                added_at=begin,
                added_by="x",
                removed_at=None,
            )
        )
    for run in observed.runs:
        session.add(_run(run))
    session.flush()
    for search in observed.searches:
        _search(session, search, observed)
    for case in observed.cases:
        _case(session, case, observed)
    session.flush()


def _run(run: Run) -> RunRow:
    return RunRow(
        run_id=run.run_id,
        folder=run.folder,
        method="crawler",
        started_at=run.started_at,
        finished_at=run.finished_at,
        finish_reason=run.finish_reason,
        manifest_sha256=run.manifest_sha256,
        previous_manifest_sha256="",
        protocol_sha256="",
        slots_planned=run.slots_planned,
        ingested_at=run.finished_at,
    )


def _search(session: Session, search: Search, observed: Observed) -> None:
    phrase = PhraseRow(
        notice_id=search.notice_id,
        text=f"lamp {search.notice_id}",
        language="en",
        strategy="name",
        added_at=observed.period[0],
        removed_at=None,
    )
    session.add(phrase)
    session.flush()
    session.add(
        SearchRow(
            run_id=observed.runs[0].run_id,
            slot_id=f"search-{phrase.phrase_id}",
            page=1,
            marketplace=search.marketplace,
            vantage=observed.vantage,
            phrase_id=str(phrase.phrase_id),
            query=phrase.text,
            searched_at=search.searched_at,
            state=search.state,
            rule="ladder.searched",
            hits=1,
            warc_record_id="",
        )
    )


def _case(session: Session, case: Case, observed: Observed) -> None:
    item = case.listing
    facts = {"title": item.title, "price": item.price, "currency": item.currency, "seller": item.seller}
    reading = ReadingRow(reading_sha256=f"{item.listing_key}:reading", reading={"facts": facts})
    session.add(reading)
    session.add(
        ListingRow(
            listing_key=item.listing_key,
            marketplace=item.marketplace,
            listing_id=item.listing_id,
            url=item.url,
            found_by="site search",
            first_seen_at=item.first_seen_at,
        )
    )
    session.flush()
    runs = {run.run_id for run in observed.runs}
    for look in case.looks:
        _look(session, look, item.marketplace, look.run_id if look.run_id in runs else observed.runs[0].run_id)
    for episode in case.episodes:
        values = {name: getattr(episode, name) for name in episode.__dataclass_fields__}
        session.add(EpisodeRow(**values, rule="fold", rules_version=1))
    _confirm(session, case, observed)


def _look(session: Session, look: Look, marketplace: str, run_id: str) -> None:
    row = LookRow(
        run_id=run_id,
        slot_id=f"slot-{look.look_id}",
        purpose="look",
        listing_key=look.listing_key,
        marketplace=marketplace,
        vantage=look.vantage,
        method=look.method,
        looked_at=look.looked_at,
        outcome="fetched",
        reason="",
        http_status=look.http_status,
        final_url="",
        body_sha256=look.body_sha256,
        warc_record_id=look.warc_record_id,
        reading_sha256=f"{look.listing_key}:reading",
    )
    session.add(row)
    session.flush()
    session.add(
        JudgementRow(look_id=row.look_id, state=look.state, rule=look.rule, rules_version=1, reader_version=1, says="")
    )


def _confirm(session: Session, case: Case, observed: Observed) -> None:
    at = observed.at - timedelta(hours=1)
    match = MatchRow(
        listing_key=case.listing.listing_key,
        notice_id=case.recall.notice_id,
        tier=case.tier,
        relation="same",
        probability=0.9,
        reasons=[],
        matcher_version="1",
        facts_sha256="",
        proposed_at=at,
    )
    session.add(match)
    session.flush()
    session.add(
        ReviewRow(
            match_id=match.match_id,
            listing_key=match.listing_key,
            notice_id=match.notice_id,
            decision="confirmed",
            tier=case.tier,
            reviewer="ada",
            comment="",
            shown={},
            decided_at=at,
        )
    )
