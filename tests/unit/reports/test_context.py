"""What stands around the cases, out of a real ledger: notices and deadlines, dates, other vantages, the background."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from crawler.marketplaces.registry import load_registry
from crawler.plan import Vantage
from monitor.config import Settings
from monitor.notices.dates import keep
from monitor.notices.record import notice_date
from monitor.register.importing import import_file
from monitor.store.ledger_tables import JudgementRow, ListingRow, LookRow, ReadingRow, SightingRow
from monitor.store.session import Store, open_store
from monitor.store.verification_tables import BackgroundRow, BlindJudgementRow, BlindSampleRow
from reports.context_data import other_vantage, with_context
from reports.data import observe
from reports.figures.catalogue import all_figures
from reports.figures.notices import on_time, within_hours
from reports.records import Observed
from tests.unit.reports.ledger import write_ledger
from tests.unit.reports.story import AT, hour, observed

OWN = """\
id = "own-promise"
title = "A promise of our own making"
promise = "Take it down within two days of a group's notice."
force = "voluntary"
in_force_from = 2020-01-01
buyers = ["US"]
everyone = true
clock = "A3"
trigger_observable = "own_notices"
deadline_says = "48 hours from a notice"
zone = "America/New_York"
words = ["Without dates it is not a measure of compliance."]

[[terms]]
on = "notice"
clock = "A3"
kind = "hours"
hours = 48
says = "48 hours"

[[sources]]
name = "us"
read = "first_hand"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "commitments").mkdir()
    (tmp_path / "commitments" / "own-promise.toml").write_text(OWN)
    vantages = {name: Vantage(name=name, country=name.upper()) for name in ("us", "de")}
    return Settings(data_dir=tmp_path, vantages=vantages)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with opened.session() as session:
        write_ledger(session, observed())
    return opened


def seen(store: Store, settings: Settings) -> Observed:
    with store.reader() as session:
        return with_context(session, observe(session, AT, vantage="us", country="the US"), settings)


def told(session: Session, *cells: dict[str, str]) -> None:
    registry = load_registry()
    base = {"sent_by": "group", "sender": "A group", "act": "notice", "sent": "2026-03-01T20:00Z"}
    keep(session, [notice_date({**base, **one}, registry, AT) for one in cells], source="test", at=AT)


def test_a_notice_about_a_listing_starts_the_clock_of_every_promise_that_binds(
    store: Store, settings: Settings
) -> None:
    with store.session() as session:
        told(session, {"listing": "demo:b2"}, {"listing": "demo:a1", "private": "yes"}, {"listing": "demo:e5"})
    world = seen(store, settings)
    dues = [one for one in world.context.dues if one.commitment == "own-promise"]
    assert {(one.listing_key, one.basis, one.private) for one in dues} == {
        ("demo:b2", "notice", False),
        ("demo:a1", "notice", True),
        ("demo:e5", "notice", False),
    }
    assert {one.due_at for one in dues} == {hour(14) + timedelta(hours=48)}
    figure = next(one for one in on_time(world) if one.cell == "own-promise" and one.endpoint == "off_sale")
    # Told at hour 14: b2 went between 26 and 50, a1 stayed, e5 between 10 and 60.
    assert (figure.count, figure.count_high, figure.denominator) == (2, 2, 3)
    assert figure.ids == ("us-cpsc:26121/demo:b2", "us-cpsc:26124/demo:e5")
    exported = next(one for one in on_time(world.exported()) if one.cell == "own-promise")
    assert exported.denominator == 2


def test_a_notice_about_a_recall_is_about_all_its_listings_on_that_platform(store: Store, settings: Settings) -> None:
    with store.session() as session:
        told(
            session,
            {"recall": "us-cpsc:26121", "platform": "demo"},
            {"recall": "us-cpsc:26122", "platform": "demo"},
            {"recall": "us-cpsc:26124", "platform": "demo", "sent": "2026-03-05"},
        )
    world = seen(store, settings)
    assert [(one.listing_key, one.at is None) for one in world.context.told] == [("demo:b2", False), ("demo:e5", True)]
    (first,) = [one for one in within_hours(world) if one.name.startswith("within 48") and one.endpoint == "off_sale"]
    assert first.unknown_of == 1


def test_no_date_no_verdict(store: Store, settings: Settings) -> None:
    figures = on_time(seen(store, settings))
    own = next(one for one in figures if one.cell == "own-promise")
    assert (own.count, own.denominator) == (None, 0)
    assert "not a measure of compliance" in own.sentence


def test_dates_of_pages_and_searches_that_missed_it(store: Store, settings: Settings) -> None:
    with store.session() as session:
        session.add(
            ReadingRow(reading_sha256="dated", reading={"facts": {"title": "x", "listed_on": "2026-02-11T08:00"}})
        )
        session.flush()
        look = _look(session, "demo:b2", "us", 27, "available", "dated")
        session.add(look)
        from monitor.store.ledger_tables import SearchRow

        first = session.query(SearchRow).order_by(SearchRow.search_id).first()
        assert first is not None
        later = SearchRow(
            run_id=first.run_id, slot_id="later", page=1, marketplace="demo", vantage="us", phrase_id=first.phrase_id,
            query=first.query, searched_at=hour(40), state="searched", rule="r", hits=1, warc_record_id="",
        )  # fmt: skip
        session.add(later)
        session.flush()
        session.add(SightingRow(search_id=later.search_id, listing_key="demo:e5", rank=1, card={}))
    found = {one.listing_key: one for one in seen(store, settings).context.dated}
    assert found["demo:b2"].listed_on is not None
    assert found["demo:b2"].listed_on.isoformat() == "2026-02-11"
    assert found["demo:e5"].absent_at == hour(1)


def _look(session: Session, key: str, vantage: str, at: float, state: str, reading: str | None = None) -> LookRow:
    row = LookRow(
        run_id="run-0000", slot_id=f"x-{key}-{vantage}-{at}", purpose="look", listing_key=key,
        marketplace=key.partition(":")[0], vantage=vantage, method="crawler", looked_at=hour(at), outcome="fetched",
        reason="", http_status=200, final_url="", body_sha256="", warc_record_id="", reading_sha256=reading,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add(JudgementRow(look_id=row.look_id, state=state, rule="r", rules_version=1, reader_version=1, says=""))
    return row


def test_the_other_vantage_is_one_in_another_country(store: Store, settings: Settings) -> None:
    assert other_vantage(settings, "us") == "de"
    with store.session() as session:
        _look(session, "harbour:d4", "de", 170, "available")
        _look(session, "demo:a1", "de", 690, "available")
    found = {one.listing_key: one for one in seen(store, settings).context.elsewhere}
    assert (found["harbour:d4"].verdict, found["harbour:d4"].live_there) == ("blocked_here", True)
    assert (found["demo:a1"].verdict, found["demo:a1"].live_there) == ("on_sale", True)
    assert found["demo:b2"].verdict == "unknown"


def test_background_blind_judgements_and_platform_notices(store: Store, settings: Settings, tmp_path: Path) -> None:
    with store.session() as session:
        session.add(
            ListingRow(
                listing_key="demo:bg", marketplace="demo", listing_id="bg", url="", found_by="x", first_seen_at=hour(0)
            )
        )
        session.add(
            BackgroundRow(
                listing_key="demo:bg", stands_for="demo:b2", marketplace="demo", kind="k", alike="a", candidates=3,
                seed="1", chosen_at=hour(1), rule="background.matched", rules_version=1,
            )
        )  # fmt: skip
        look = _look(session, "demo:b2", "us", 28, "available")
        sample = BlindSampleRow(
            week="2026-W09", look_id=look.look_id, marketplace="demo", seed="1", drawn_from=9, drawn_by="x",
            drawn_at=hour(200),
        )  # fmt: skip
        session.add(sample)
        session.flush()
        session.add(
            BlindJudgementRow(
                sample_id=sample.sample_id, person_says="removed", crawler_said="available", page_sha256="",
                judged_by="x", comment="", judged_at=hour(210),
            )
        )  # fmt: skip
    _import(store, tmp_path)
    world = seen(store, settings)
    assert [(one.stands_for, one.case.listing.listing_key) for one in world.context.twins] == [("demo:b2", "demo:bg")]
    assert [(one.person_says, one.crawler_says) for one in world.context.rechecked] == [("removed", "available")]
    (lag,) = world.context.acknowledged
    assert (lag.platform, (lag.acknowledged_on - lag.recalled_on).days) == ("demo", 8)
    assert all(one.sentence.endswith(".") for one in all_figures(world))


def _import(store: Store, folder: Path) -> None:
    """A recall and the platform's own notice of it, as they are imported."""
    recall = {"id": "us-cpsc:26121", "kind": "recall", "authority": "us-cpsc", "number": "26121", "title": "Lamps"}
    (folder / "recalls.jsonl").write_text(json.dumps({**recall, "published_on": "2025-09-12"}) + "\n")
    row = "demo,2025-09-20,https://demo.example/1,We recall lamps,us-cpsc:26121\n"
    (folder / "platform.csv").write_text(f"platform,published_on,url,title,recall\n{row}")
    import_file(store, folder / "recalls.jsonl", "jsonl", seen_at=AT, now=AT)
    import_file(store, folder / "platform.csv", "platform-notices", seen_at=AT, now=AT)
