"""Run folders into the ledger: whole or not at all, never twice, and only what its controls let us believe."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crawler.errors import BadInput
from crawler.marketplaces.states import SearchState, State
from crawler.reading import ListingFacts
from crawler.record import CAPTURES_FILE, MANIFEST_FILE, PLAN_FILE, Outcome
from monitor.config import Confirmation
from monitor.looks.derive import derive_episodes
from monitor.store.base import Base
from monitor.store.ingest import IngestResult, ingest_all, ingest_run
from monitor.store.ledger_tables import (
    EpisodeRow,
    JudgementRow,
    ListingRow,
    LookRow,
    ReadingRow,
    RunControlRow,
    RunRow,
    SearchRow,
    SightingRow,
)
from monitor.store.session import Store
from tests.builders import START, Searched, Seen, change_line, controls, manifest_sha256, reseal, write_run

RULE = Confirmation()
LATER = START + timedelta(days=30)


def count(store: Store, table: type[Base]) -> int:
    with store.reader() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def nothing_was_written(store: Store) -> bool:
    return not any(count(store, table) for table in (RunRow, LookRow, ReadingRow, ListingRow, SearchRow, SightingRow))


def test_a_run_becomes_looks_searches_sightings_and_listings(store: Store, tmp_path: Path) -> None:
    facts = ListingFacts(title="Kettle", price=None, seller="Acme")
    seen: list[Seen | Searched] = [
        Seen("A", facts=facts, took=timedelta(milliseconds=1500)),
        Seen("B", State.OUT_OF_STOCK, purpose="background"),
        Seen("C", None, outcome=Outcome.FAILED, reason="timeout"),
        Searched(["A", "D"]),
        Searched([], SearchState.BLOCKED, query="pot"),
    ]
    result = ingest_run(store, write_run(tmp_path, "run-1", seen), LATER)
    assert result == IngestResult(
        run_id="run-1",
        new=True,
        looks=5,
        searches=2,
        listings=5,
        listing_keys=tuple(f"demo_market:{name}" for name in ("A", "B", "C", "live-1", "never-1")),
    )
    with store.reader() as session:
        look = session.scalars(select(LookRow).where(LookRow.listing_key == "demo_market:A")).one()
        assert (look.looked_at, look.took_ms) == (START + timedelta(seconds=4), 1500)
        assert session.get_one(ReadingRow, look.reading_sha256).reading["facts"]["title"] == "Kettle"
        states = dict(
            session.execute(
                select(LookRow.listing_key, JudgementRow.state).join(
                    JudgementRow, JudgementRow.look_id == LookRow.look_id
                )
            ).all()
        )
        assert states["demo_market:B"] == "out_of_stock"
        assert states["demo_market:C"] == "failed"
        roles = dict(session.execute(select(ListingRow.listing_id, ListingRow.role)).all())
        assert roles == {"A": "suspect", "B": "background", "C": "suspect", "D": "suspect", "live-1": "control"}
        found = session.get_one(ListingRow, "demo_market:D")
        assert (found.found_by, found.found_run_id, found.url) == ("site_search", "run-1", "http://shop.test/item/D")
        searches = session.execute(select(SearchRow.query, SearchRow.state, SearchRow.hits)).all()
        assert searches == [("kettle", "searched", 2), ("pot", "blocked", 0)]
        sightings = session.execute(select(SightingRow.listing_key, SightingRow.rank, SightingRow.card)).all()
        assert [(key, rank, card["title"]) for key, rank, card in sightings] == [
            ("demo_market:A", 1, "A"),
            ("demo_market:D", 2, "D"),
        ]
        run = session.scalars(select(RunRow)).one()
        assert (run.folder, run.method, run.slots_planned, run.ingested_at) == ("run-1", "crawler", 7, LATER)


def test_the_same_folder_twice_changes_nothing(store: Store, tmp_path: Path) -> None:
    folder = write_run(tmp_path, "run-1", [Seen("A"), Searched(["A"])])
    ingest_run(store, folder, LATER)
    before = [count(store, table) for table in (RunRow, LookRow, SearchRow, SightingRow)]
    assert ingest_run(store, folder, LATER) == IngestResult("run-1", new=False)
    assert ingest_all(store, tmp_path, LATER) == []
    assert [count(store, table) for table in (RunRow, LookRow, SearchRow, SightingRow)] == before


def test_the_same_content_is_kept_once(store: Store, tmp_path: Path) -> None:
    first = write_run(tmp_path, "run-1", [Seen("A"), Seen("B")])
    ingest_run(store, first, LATER)
    ingest_run(store, write_run(tmp_path, "run-2", [Seen("A"), Seen("B")], previous=first), LATER)
    assert (count(store, LookRow), count(store, ReadingRow)) == (8, 4)


def test_a_listing_keeps_the_role_and_route_of_its_first_finding(store: Store, tmp_path: Path) -> None:
    first = write_run(tmp_path, "run-1", [Searched(["A"])])
    second = write_run(tmp_path, "run-2", [Seen("A", purpose="control", control="live")], previous=first)
    for folder in (first, second):
        ingest_run(store, folder, LATER)
    with store.reader() as session:
        listing = session.get_one(ListingRow, "demo_market:A")
        assert (listing.role, listing.found_by, listing.found_run_id) == ("suspect", "site_search", "run-1")


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", [PLAN_FILE, CAPTURES_FILE, "pages.warc.gz", "shots/a.png"])
def test_a_changed_byte_refuses_the_folder_and_names_the_file(sqlite_store: Store, tmp_path: Path, name: str) -> None:
    folder = write_run(tmp_path, "run-1", [Seen("A")])
    (folder / "shots").mkdir()
    (folder / "shots" / "a.png").write_bytes(b"a picture")
    reseal(folder)
    flip_a_byte(folder / name)
    with pytest.raises(BadInput, match=rf"{name}: was changed after the run was sealed"):
        ingest_run(sqlite_store, folder, LATER)
    assert nothing_was_written(sqlite_store)


def drop_a_capture(folder: Path) -> None:
    path = folder / CAPTURES_FILE
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    reseal(folder, captures=2)


def double_a_capture(folder: Path) -> None:
    path = folder / CAPTURES_FILE
    path.write_text(path.read_text() + path.read_text().splitlines(keepends=True)[-1])
    reseal(folder, captures=4)


def tear_a_line(folder: Path) -> None:
    path = folder / CAPTURES_FILE
    path.write_text(path.read_text()[:-40])
    reseal(folder)


def answer_for_another_run(folder: Path) -> None:
    change_line(folder / CAPTURES_FILE, 2, run_id="run-7")
    reseal(folder)


def answer_no_slot(folder: Path) -> None:
    change_line(folder / CAPTURES_FILE, 2, slot_id="l99999")
    reseal(folder)


def speak_no_time(folder: Path) -> None:
    change_line(folder / CAPTURES_FILE, 3, started_at="2026-03-01T06:00:00")
    reseal(folder)


def end_before_the_start(folder: Path) -> None:
    change_line(folder / CAPTURES_FILE, 3, finished_at="2020-03-01T06:00:00Z")
    reseal(folder)


def plan_for_another_run(folder: Path) -> None:
    change_line(folder / PLAN_FILE, 1, run_id="run-7")
    reseal(folder)


def follow_another_run(folder: Path) -> None:
    change_line(folder / PLAN_FILE, 1, previous_manifest_sha256="ab" * 32)
    reseal(folder)


def look_at_nothing(folder: Path) -> None:
    change_line(folder / PLAN_FILE, 4, listing_id="")
    reseal(folder)


def point_outside(folder: Path) -> None:
    text = (folder / MANIFEST_FILE).read_text()
    (folder / MANIFEST_FILE).write_text(text.replace('"pages.warc.gz"', '"../run-1/pages.warc.gz"'))


def hide_the_plan(folder: Path) -> None:
    (folder / PLAN_FILE).unlink()


def leave_unfinished(folder: Path) -> None:
    (folder / MANIFEST_FILE).unlink()


def break_the_seal(folder: Path) -> None:
    (folder / MANIFEST_FILE).write_text('{"run_id": 3}')


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (drop_a_capture, r"captures.jsonl: slot l00002 has no capture"),
        (double_a_capture, r"captures.jsonl, line 4: slot l00002 has two captures of page 1"),
        (tear_a_line, r"captures.jsonl, line 3: Invalid JSON"),
        (answer_for_another_run, r"captures.jsonl, line 2: belongs to run run-7"),
        (answer_no_slot, r"captures.jsonl, line 2: belongs to run run-1, slot l99999"),
        (speak_no_time, r"captures.jsonl, line 3: .* has no time zone"),
        (end_before_the_start, r"captures.jsonl, line 3: the look finished at .* before it started"),
        (plan_for_another_run, r"plan.jsonl: the plan of run run-7 lies in the folder of run run-1"),
        (follow_another_run, r"plan.jsonl, line 1: the plan names another run before it"),
        (look_at_nothing, r"line 3: slot l00002 looks at a listing and does not say which"),
        (point_outside, r"manifest.json, field files: .* is no file of this folder"),
        (hide_the_plan, r"plan.jsonl: is in the manifest and can't be read"),
        (leave_unfinished, r"run-1: has no manifest.json: the run was not finished"),
        (break_the_seal, r"manifest.json, field run_id"),
    ],
)
def test_a_torn_or_foreign_folder_is_refused_whole(
    sqlite_store: Store, tmp_path: Path, harm: Callable[[Path], None], says: str
) -> None:
    folder = write_run(tmp_path, "run-1", [Seen("A")])
    harm(folder)
    with pytest.raises(BadInput, match=says):
        ingest_run(sqlite_store, folder, LATER)
    assert nothing_was_written(sqlite_store)


def test_a_run_id_is_not_used_twice(sqlite_store: Store, tmp_path: Path) -> None:
    ingest_run(sqlite_store, write_run(tmp_path / "a", "run-1", [Seen("A")]), LATER)
    other = write_run(tmp_path / "b", "run-1", [Seen("B")])
    with pytest.raises(BadInput, match="in the ledger with another manifest"):
        ingest_run(sqlite_store, other, LATER)


def test_what_is_bad_costs_the_others_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    first = write_run(tmp_path, "run-1", [Seen("A")])
    torn = write_run(tmp_path, "run-2", [Seen("A")], previous=first)
    third = write_run(tmp_path, "run-3", [Seen("A")], previous=first, started_at=START + timedelta(days=1))
    flip_a_byte(torn / CAPTURES_FILE)
    (tmp_path / "holiday pictures").mkdir()
    (tmp_path / ".run-4").mkdir()
    results = {result.run_id: result for result in ingest_all(sqlite_store, tmp_path, LATER)}
    assert set(results) == {"holiday pictures", first.name, torn.name, third.name}
    assert [name for name, result in results.items() if result.new] == ["run-1", "run-3"]
    assert "this is no run folder" in results["holiday pictures"].problems[0]
    assert "was changed after the run was sealed" in results["run-2"].problems[0]


def test_runs_are_taken_in_the_order_in_which_they_were_made(sqlite_store: Store, tmp_path: Path) -> None:
    first = write_run(tmp_path, "z-first", [Seen("A")])
    write_run(tmp_path, "a-second", [Seen("A")], previous=first, started_at=START + timedelta(days=1))
    results = ingest_all(sqlite_store, tmp_path, LATER)
    assert [(result.run_id, result.problems) for result in results] == [("z-first", ()), ("a-second", ())]


def test_a_gap_in_the_chain_is_said(sqlite_store: Store, tmp_path: Path) -> None:
    first = write_run(tmp_path / "runs", "run-1", [Seen("A")])
    second = write_run(tmp_path / "gone", "run-2", [Seen("A")], previous=first)
    write_run(tmp_path / "runs", "run-3", [Seen("A")], previous=second, started_at=START + timedelta(days=2))
    write_run(tmp_path / "runs", "run-4", [Seen("A")], started_at=START + timedelta(days=3))
    problems = [result.problems for result in ingest_all(sqlite_store, tmp_path / "runs", LATER)]
    assert problems[0] == ()
    assert f"(manifest {manifest_sha256(second)[:12]}) is not in the ledger" in problems[1][0]
    assert "names no run before it, though the ledger has 2" in problems[2][0]


def test_a_file_beside_the_seal_is_said_and_part_of_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    folder = write_run(tmp_path, "run-1", [Seen("A")])
    (folder / "extra.txt").write_text("added later")
    result = ingest_run(sqlite_store, folder, LATER)
    assert result.new
    assert "extra.txt: not in the manifest" in result.problems[0]


def watched(store: Store, tmp_path: Path, days: list[list[Seen]], with_controls: bool = True) -> list[EpisodeRow]:
    """The episodes of A after a run a day with these looks."""
    before: Path | str = ""
    for day, seen in enumerate(days):
        started_at = START + timedelta(days=day)
        before = write_run(
            tmp_path, f"run-{day}", seen, started_at=started_at, previous=before, with_controls=with_controls
        )
    ingest_all(store, tmp_path, LATER)
    derive_episodes(store, RULE)
    with store.reader() as session:
        statement = select(EpisodeRow).where(EpisodeRow.listing_key == "demo_market:A").order_by(EpisodeRow.ordinal)
        return list(session.scalars(statement))


ON, GONE = [Seen("A")], [Seen("A", State.REMOVED)]


def test_three_absences_in_good_runs_are_a_takedown(sqlite_store: Store, tmp_path: Path) -> None:
    (episode,) = watched(sqlite_store, tmp_path, [ON, ON, GONE, GONE, GONE])
    assert (episode.status, episode.endpoint, episode.cause) == ("off_confirmed", "takedown", "removed")
    assert episode.last_on_sale_at == START + timedelta(days=1, seconds=4)
    assert episode.first_off_at == START + timedelta(days=2, seconds=5)


def test_absences_without_controls_confirm_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    (episode,) = watched(sqlite_store, tmp_path, [ON, ON, GONE, GONE, GONE], with_controls=False)
    assert (episode.status, episode.confirmed_at, episode.endpoint) == ("off_unconfirmed", None, "")


@pytest.mark.parametrize("live", [State.REMOVED, State.BLOCKED, State.OUT_OF_STOCK, State.SHIPPING_UNKNOWN])
def test_a_failed_control_voids_the_run_for_its_marketplace_and_vantage(
    sqlite_store: Store, tmp_path: Path, live: State
) -> None:
    bad = [*controls(live=live), *GONE, Seen("A", vantage="ca"), Seen("E", marketplace="other_market")]
    (_, episode) = watched(sqlite_store, tmp_path, [ON, bad, GONE, GONE])
    assert (episode.vantage, episode.status, episode.unknown_looks_inside) == ("us", "off_unconfirmed", 1)
    with sqlite_store.reader() as session:
        rows = session.execute(
            select(LookRow.listing_key, LookRow.vantage, JudgementRow.quarantined)
            .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
            .where(LookRow.run_id == "run-1", LookRow.purpose == "look")
            .order_by(LookRow.look_id)
        ).all()
        assert rows == [
            ("demo_market:A", "us", f"live control demo_market:live-1 reads {live}"),
            ("demo_market:A", "ca", ""),
            ("other_market:E", "us", ""),
        ]
        verdicts = select(RunControlRow.marketplace, RunControlRow.vantage, RunControlRow.verdict)
        found = set(session.execute(verdicts.where(RunControlRow.run_id == "run-1")).all())
    assert ("demo_market", "us", "failed") in found


def test_another_product_under_the_id_is_derived_under_a_name_of_its_own(store: Store, tmp_path: Path) -> None:
    kettle = ListingFacts(title="Acme steel kettle", seller="Acme", images=("http://img.test/1.jpg",))
    poster = ListingFacts(title="Framed poster of a lake", seller="Wall Art", images=("http://img.test/9.jpg",))
    days = [[Seen("A", facts=kettle)]] * 2 + [[Seen("A", facts=poster)]] * 4
    (episode,) = watched(store, tmp_path, days)
    assert (episode.status, episode.cause, episode.endpoint) == ("off_confirmed", "replaced", "off_sale")
    with store.reader() as session:
        other = session.scalars(select(EpisodeRow).where(EpisodeRow.entity == 2)).one()
    assert (other.listing_key, other.status, other.first_on_sale_at) == (
        "demo_market:A#2",
        "on_sale",
        START + timedelta(days=2, seconds=4),
    )


def test_a_failed_control_is_a_note_that_needs_nobody(sqlite_store: Store, tmp_path: Path) -> None:
    folder = write_run(tmp_path, "run-1", [*controls(live=State.FAILED), Seen("A")])
    result = ingest_run(sqlite_store, folder, LATER)
    assert result.problems == ()
    assert result.notes == ("run run-1: a control failed on demo_market from us; all its looks there count as unknown",)
