"""The archive read again with today's readers: states and episodes are made anew, facts stay."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text

from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.states import State
from monitor.config import Confirmation
from monitor.looks.derive import derive_episodes
from monitor.store.ingest import ingest_all
from monitor.store.ledger_tables import EpisodeRow, JudgementRow, LookRow, ReadingRow
from monitor.store.reread import Rebuilt, rebuild
from monitor.store.session import Store
from tests.builders import START, Seen, write_run

LATER = START + timedelta(days=30)
PAGE = b"""<!doctype html><html><head><title>Kettle</title><script type="application/ld+json">
{"@context": "https://schema.org", "@type": "Product", "name": "Steel kettle", "offers": {"@type": "Offer",
 "price": "19.90", "priceCurrency": "USD", "availability": "https://schema.org/%s"}}
</script></head><body><h1>Steel kettle</h1><p>19.90 dollars. %s</p><button>Add to cart</button></body></html>"""
ON_OFFER = PAGE % (b"InStock", b"In stock")
SOLD_OUT = PAGE % (b"OutOfStock", b"Sold out")
A, LIVE, NEVER = "shop.test/item/A", "shop.test/item/live", "shop.test/item/never"
FACTS = ("runs", "looks", "searches", "sightings", "listings")


def shop(listing: str, state: State | None, page: bytes) -> Seen:
    return Seen(listing, state, page=page, marketplace="generic")


def ingested(store: Store, runs: Path, days: list[list[Seen]]) -> None:
    before: Path | str = ""
    for day, seen in enumerate(days):
        before = write_run(runs, f"run-{day}", seen, started_at=START + timedelta(days=day), previous=before)
    ingest_all(store, runs, LATER)
    derive_episodes(store, Confirmation())


def again(store: Store, runs: Path, dry_run: bool = False) -> Rebuilt:
    return rebuild(store, runs, load_registry(), Confirmation(), dry_run=dry_run)


def facts(store: Store) -> list[object]:
    with store.reader() as session:
        return [session.execute(text(f"SELECT * FROM {table} ORDER BY 1")).all() for table in FACTS]


def states(store: Store) -> list[str]:
    rows = select(JudgementRow.state).join(LookRow, LookRow.look_id == JudgementRow.look_id)
    with store.reader() as session:
        return list(session.scalars(rows.where(LookRow.purpose == "look").order_by(LookRow.look_id)))


def test_a_takedown_that_a_wrong_reader_made_up_is_taken_back(store: Store, tmp_path: Path) -> None:
    misread = [shop(A, State.REMOVED, SOLD_OUT)]
    ingested(store, tmp_path, [[shop(A, State.AVAILABLE, ON_OFFER)], misread, misread, misread])
    with store.reader() as session:
        assert (
            session.scalars(select(EpisodeRow.endpoint).where(EpisodeRow.listing_key == f"generic:{A}")).one()
            == "takedown"
        )
    before = facts(store)
    result = again(store, tmp_path)
    assert (result.runs, result.looks, result.reread, result.problems) == (4, 12, 4, [])
    assert result.states[State.REMOVED, State.OUT_OF_STOCK] == 3
    assert result.listings == {f"generic:{A}"}
    assert f"generic:{A}" in result.episodes_changed
    assert set(states(store)[1:]) == {"out_of_stock"}
    assert facts(store) == before
    with store.reader() as session:
        episodes = session.scalars(select(EpisodeRow.endpoint).where(EpisodeRow.listing_key == f"generic:{A}")).all()
        assert "takedown" not in episodes
        judged = session.scalars(select(JudgementRow).where(JudgementRow.state == "out_of_stock")).first()
        assert judged is not None
        assert session.get_one(ReadingRow, judged.reading_sha256).reading["facts"]["title"] == "Steel kettle"


def test_reading_twice_changes_nothing_more(store: Store, tmp_path: Path) -> None:
    ingested(store, tmp_path, [[shop(A, State.UNCLEAR, SOLD_OUT)]])
    again(store, tmp_path)
    second = again(store, tmp_path)
    assert (sum(second.states.values()), second.episodes_changed, second.reread) == (0, (), 1)


def test_a_dry_run_says_the_same_and_keeps_everything(sqlite_store: Store, tmp_path: Path) -> None:
    ingested(sqlite_store, tmp_path, [[shop(A, State.REMOVED, SOLD_OUT)]])
    result = again(sqlite_store, tmp_path, dry_run=True)
    assert result.states[State.REMOVED, State.OUT_OF_STOCK] == 1
    assert states(sqlite_store) == ["removed"]
    assert again(sqlite_store, tmp_path).states == result.states


def test_a_look_whose_reader_had_crashed_is_read_now(sqlite_store: Store, tmp_path: Path) -> None:
    ingested(sqlite_store, tmp_path, [[shop(A, None, SOLD_OUT)]])
    assert states(sqlite_store) == ["failed"]
    again(sqlite_store, tmp_path)
    assert states(sqlite_store) == ["out_of_stock"]


def test_a_run_whose_archive_was_changed_keeps_its_judgements_and_is_named(sqlite_store: Store, tmp_path: Path) -> None:
    days = [[shop(A, State.REMOVED, SOLD_OUT)], [shop(A, State.REMOVED, SOLD_OUT)]]
    ingested(sqlite_store, tmp_path, days)
    pages = tmp_path / "run-0" / "pages.warc.gz"
    pages.write_bytes(pages.read_bytes() + b" ")
    result = again(sqlite_store, tmp_path)
    assert states(sqlite_store) == ["removed", "out_of_stock"]
    assert len(result.problems) == 1
    assert "pages.warc.gz: was changed" in result.problems[0]
    assert "run run-0 keeps its judgements" in result.problems[0]


def test_a_control_that_reads_otherwise_today_lifts_or_sets_the_quarantine(sqlite_store: Store, tmp_path: Path) -> None:
    control = {"marketplace": "generic", "purpose": "control", "control": "live", "page": SOLD_OUT}
    live = Seen(LIVE, State.AVAILABLE, **control)  # type: ignore[arg-type]
    never = Seen(NEVER, State.REMOVED, marketplace="generic", purpose="control", control="never_existed")
    ingested(sqlite_store, tmp_path, [[live, never, shop(A, State.OUT_OF_STOCK, SOLD_OUT)]])
    again(sqlite_store, tmp_path)
    with sqlite_store.reader() as session:
        assert set(session.scalars(select(JudgementRow.quarantined))) == {
            f"live control generic:{LIVE} reads out_of_stock"
        }
