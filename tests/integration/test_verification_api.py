"""An end that only an official interface told waits for a person, is shown as the answer says it, and counts once
confirmed: in the archive, in the next run, and in no page of the site."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.apis.base import LAYOUT, Api
from crawler.marketplaces.confirmed import load_confirmed
from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.states import State
from crawler.record import MANIFEST_FILE
from crawler.run import run_plan
from monitor.config import Confirmation
from monitor.store.ingest import ingest_all
from monitor.store.ledger_tables import JudgementRow, LookRow
from monitor.store.reread import rebuild
from monitor.store.session import Store
from monitor.verification.decisions import confirm, reject
from monitor.verification.evidence import look_page
from monitor.verification.golden import check_pages, keep_page, project
from monitor.verification.queue import grouped, waiting
from tests.builders import START, manifest_sha256
from tests.integration.interfaces import EBAY_KEYS, EbayDouble, answer, bound, item_slot, keys_for
from tests.integration.loopback import captures, planned
from tests.unit.apis.answers import ebay_item

LIVE, GONE = "110039490209", "999999999999"
PAST = "220039490201"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The double needs no pause between calls."""
    monkeypatch.setattr(Api, "min_delay_s", 0.0)


@pytest.fixture
def ebay() -> Iterator[EbayDouble]:
    past = {**ebay_item(), "legacyItemId": PAST, "itemEndDate": "2020-01-01T00:00:00.000Z"}
    double = EbayDouble({LIVE: answer(ebay_item()), PAST: answer(past)})
    yield double
    double.close()


class Watch:
    """A ledger, its runs, and what its people confirmed."""

    def __init__(self, store: Store, folder: Path, ebay: EbayDouble) -> None:
        self.store, self.folder, self.ebay = store, folder, ebay
        self.runs, self.verified = folder / "runs", folder / "verified"

    def run(self, name: str, before: str = "") -> Path:
        """Ask the interface for the three listings and take the run in."""
        api = bound(self.ebay, "ebay", EBAY_KEYS)
        slots = [item_slot(number, api, one) for number, one in enumerate((LIVE, GONE, PAST))]
        folder = planned(
            self.runs / name, slots, self.ebay, allowed_marketplaces=(), allowed_apis=("ebay",),
            confirmed=load_confirmed(self.verified), previous_manifest_sha256=before,
        )  # fmt: skip
        run_plan(folder, keys=keys_for(self.ebay, "ebay", EBAY_KEYS))
        (taken,) = ingest_all(self.store, self.runs, START, Confirmation())
        assert not taken.problems
        return folder

    def states(self) -> dict[str, str]:
        """The newest state of each listing by its look."""
        with self.store.reader() as session:
            rows = session.query(LookRow, JudgementRow).join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
            return {look.listing_key: judged.state for look, judged in rows.order_by(LookRow.look_id)}

    def rebuild(self) -> None:
        done = rebuild(self.store, self.runs, load_registry(None, load_confirmed(self.verified)), Confirmation())
        assert not done.problems


@pytest.fixture
def watch(sqlite_store: Store, tmp_path: Path, ebay: EbayDouble) -> Watch:
    return Watch(sqlite_store, tmp_path, ebay)


def decide(watch: Watch, listing_id: str, *, confirmed: bool = True) -> None:
    """A person's word about the newest answer for a listing."""
    with watch.store.session() as session:
        look = next(one for one in reversed(looks(watch)) if one.listing_key == f"ebay:{listing_id}")
        page = look_page(session, watch.runs, look.look_id)
        registry = load_registry(None, load_confirmed(watch.verified))
        if confirmed:
            confirm(session, registry, page, "A. Vega", START)
            keep_page(watch.verified, page.page.body)
        else:
            reject(session, registry, page, "B. Ito", START)
        project(session, watch.verified)


def looks(watch: Watch) -> list[LookRow]:
    with watch.store.reader() as session:
        return list(session.query(LookRow).order_by(LookRow.look_id))


def test_an_end_that_an_interface_told_waits_and_counts_once_confirmed(watch: Watch) -> None:
    first = watch.run("one")
    assert watch.states()[f"ebay:{GONE}"] == State.UNVERIFIED
    with watch.store.reader() as session:
        groups = grouped(waiting(session))
        assert {(one.newest.signature, one.newest.layout, one.looks) for one in groups} == {
            ("api-item-not-found", LAYOUT, 1), ("api-end-date-past", LAYOUT, 1),
        }  # fmt: skip
        look_id = next(one.newest.look_id for one in groups if one.newest.signature == "api-item-not-found")
        page = look_page(session, watch.runs, look_id)
        assert '"errorId": 11001' in page.words
        assert "The specified item Id was not found." in page.words
    decide(watch, GONE)
    watch.rebuild()
    assert watch.states() == {
        f"ebay:{LIVE}": State.AVAILABLE, f"ebay:{GONE}": State.ENDED, f"ebay:{PAST}": State.UNVERIFIED,
    }  # fmt: skip
    (kept,) = load_confirmed(watch.verified)
    assert (kept.layout, kept.signature, kept.state) == (LAYOUT, "api-item-not-found", State.ENDED)
    registry = load_registry(None, load_confirmed(watch.verified))
    assert [one.problem for one in check_pages(watch.verified, registry)] == [""]
    second = watch.run("two", manifest_sha256(first))
    assert (second / MANIFEST_FILE).exists()
    read = {one.slot_id: one.reading for one in captures(second)}
    assert read["s1"] is not None
    assert read["s1"].judgement.state is State.ENDED


def test_an_end_by_date_is_read_for_the_day_on_which_it_was_seen(watch: Watch) -> None:
    watch.run("one")
    decide(watch, PAST)
    watch.rebuild()
    assert watch.states()[f"ebay:{PAST}"] == State.ENDED
    registry = load_registry(None, load_confirmed(watch.verified))
    assert [one.problem for one in check_pages(watch.verified, registry)] == [""]


def test_a_confirmed_answer_verifies_no_page_and_can_be_taken_back(watch: Watch) -> None:
    watch.run("one")
    decide(watch, GONE)
    site = load_registry(None, load_confirmed(watch.verified)).get("ebay")
    assert "api-item-not-found" in site.verified_for(LAYOUT, "https://api.ebay.com/x")
    assert "api-item-not-found" not in site.verified_for("", "https://www.ebay.com/itm/1")
    watch.rebuild()
    decide(watch, GONE, confirmed=False)
    watch.rebuild()
    assert watch.states()[f"ebay:{GONE}"] == State.UNVERIFIED
    with watch.store.reader() as session:
        assert [one.signature for one in waiting(session)] == ["api-end-date-past"]
