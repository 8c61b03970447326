"""Promised pages: a wall is never "missing", one look a month, archived and taken in like any look."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.clock import instant
from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.states import State
from crawler.plan import Vantage
from crawler.reading import Judgement, Reading
from crawler.record import Capture, Outcome
from monitor.commitments.commitment import Commitment, Obligation
from monitor.commitments.load import load_commitments
from monitor.config import Settings
from monitor.obligations.check import page_state
from monitor.obligations.plan import Promised, page_slots, promised_pages
from monitor.store.ingest import ingest_run
from monitor.store.ledger_tables import LookRow
from monitor.store.page_tables import PageCheckRow
from monitor.store.session import Store, open_store
from reports.context_data import with_context
from reports.data import observe
from reports.figures.promised_pages import promised_pages as k10
from tests.builders import START, Seen, write_run

URL = "https://shop.example/safety"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")


def capture(
    state: State | None, status: int | None = 200, landed: str = URL, outcome: Outcome = Outcome.FETCHED
) -> Capture:
    reading = None
    if state is not None:
        judgement = Judgement(state=state, rule=f"ladder.{state}", version=1, says="said so")
        reading = Reading(marketplace="generic", kind="listing", judgement=judgement)
    return Capture(
        run_id="r", slot_id="s", outcome=outcome, reason="" if outcome == Outcome.FETCHED else "timeout",
        requested_url=URL, final_url=landed, status=status, started_at=instant(START), finished_at=instant(START),
        reading=reading,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "state", "rule"),
    [
        (capture(State.UNCLEAR), "reached", "pages.reached"),
        (capture(State.UNCLEAR, landed="https://www.shop.example/safety/?lang=en"), "reached", "pages.reached"),
        (capture(State.UNVERIFIED, 404), "not_found", "pages.not_found"),
        (capture(State.UNVERIFIED, 410), "not_found", "pages.not_found"),
        (capture(State.BLOCKED, 404), "unknown", "pages.unknown"),
        (capture(State.BLOCKED), "unknown", "pages.unknown"),
        (capture(State.BLOCKED, 403), "unknown", "pages.unknown"),
        (capture(State.FAILED, 503), "unknown", "pages.unknown"),
        (capture(State.FAILED), "unknown", "pages.unknown"),
        (capture(None), "unknown", "pages.unknown"),
        (capture(None, None, outcome=Outcome.FAILED), "unknown", "pages.unknown"),
        (capture(None, None, outcome=Outcome.NOT_ALLOWED), "unknown", "pages.unknown"),
        (capture(State.UNCLEAR, landed="https://shop.example/"), "unknown", "pages.elsewhere"),
        (capture(State.UNVERIFIED, 404, landed="https://shop.example/"), "unknown", "pages.elsewhere"),
        (capture(State.UNCLEAR, 302), "unknown", "pages.unknown"),
    ],
)
def test_a_page_that_was_not_seen_is_unknown(seen: Capture, state: str, rule: str) -> None:
    assert (page_state(seen).state, page_state(seen).rule) == (state, rule)


def commitment(**changes: object) -> Commitment:
    shipped = load_commitments().commitments["cpsc-alibaba-2015"]
    pages = (
        Obligation(id="importer-information", what="Safety information", url="https://www.alibaba.com/safety"),
        Obligation(id="elsewhere", what="Another page", url="https://rules.example/page"),
        Obligation(id="no-address", what="Never published"),
    )
    return shipped.model_copy(update={"obligations": pages, **changes})


def test_only_pages_with_an_address_can_be_looked_for_under_whose_terms_it_lies() -> None:
    found = list(promised_pages([commitment()], load_registry()))
    assert [(one.obligation, one.marketplace) for one in found] == [
        ("importer-information", "alibaba"),
        ("elsewhere", "generic"),
    ]


def taken_in(store: Store, tmp_path: Path, name: str, seen: Seen, days: float) -> None:
    at = START + timedelta(days=days)
    folder = write_run(tmp_path / "runs", name, [replace(seen, at=at)], started_at=at, with_controls=False)
    ingest_run(store, folder, at + timedelta(minutes=1))


PAGE = Promised("cpsc-alibaba-2015", "importer-information", "alibaba", "https://www.alibaba.com/safety")
SEEN = Seen("", State.UNCLEAR, purpose="obligation", marketplace="alibaba", route=PAGE.name, page=b"<p>Rules</p>")


def due(store: Store, days: float, allowed: tuple[str, ...] = ("alibaba",)) -> list[str]:
    with store.reader() as session:
        slots = page_slots(session, [PAGE], allowed, "us", START + timedelta(days=days))
    return [slot.route for slot in slots]


def test_a_page_is_due_once_a_month_and_after_a_week_where_it_was_not_seen(store: Store, tmp_path: Path) -> None:
    assert due(store, 0) == [PAGE.name]
    assert due(store, 0, ()) == []
    taken_in(store, tmp_path, "a", replace(SEEN, state=State.BLOCKED, status=403), 0)
    assert due(store, 6) == []
    assert due(store, 7.5) == [PAGE.name]
    taken_in(store, tmp_path, "b", SEEN, 8)
    assert due(store, 37) == []
    assert due(store, 38.5) == [PAGE.name]


def test_a_check_is_evidence_of_its_own_and_no_look_at_a_listing(store: Store, tmp_path: Path) -> None:
    taken_in(store, tmp_path, "a", SEEN, 0)
    with store.reader() as session:
        (row,) = session.scalars(select(PageCheckRow))
        assert list(session.scalars(select(LookRow))) == []
    assert (row.state, row.rule, row.commitment_id, row.obligation_id) == (
        "reached", "pages.reached", "cpsc-alibaba-2015", "importer-information",
    )  # fmt: skip
    assert row.warc_record_id
    assert len(row.body_sha256) == 64


def test_k10_reads_the_newest_check_and_counts_the_visit_as_made(store: Store, tmp_path: Path) -> None:
    taken_in(store, tmp_path, "a", SEEN, 0)
    at = START + timedelta(days=1)
    settings = Settings(data_dir=tmp_path, vantages={"us": Vantage(name="us", country="US")})
    with store.reader() as session:
        observed = with_context(session, observe(session, at, vantage="us", country="the US"), settings)
    whole, *pages = k10(observed)
    assert (whole.count, whole.denominator) == (1, len(pages))
    assert [(run.slots_planned, run.slots_answered) for run in observed.runs] == [(1, 1)]
