"""What crawlers made and what people saw go on at the same moment and never follow the same seal."""

import fcntl
import http.client
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.clock import SimulatedClock
from crawler.marketplaces.states import State
from monitor.capture.session import Asked, SessionResult
from monitor.config import Terms
from monitor.health import examine
from monitor.schedule.cycle import look, take_in
from monitor.store.chain import origin_of
from monitor.store.ledger_tables import RunRow
from tests.integration.desk import US, Market, market, session

ASKED = Asked(US, marketplaces=("demo-market",), reviewer="Reviewer One")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Market]:
    with market(tmp_path) as open_market:
        open_market.monitor.settings.terms["demo-market"] = Terms(automation=True)
        open_market.name(open_market.listing(State.AVAILABLE), open_market.listing(State.AVAILABLE, 1))
        yield open_market


def later(shop: Market, hours: float = 30) -> None:
    clock = shop.monitor.clock
    assert isinstance(clock, SimulatedClock)
    clock.sleep(timedelta(hours=hours).total_seconds())


def runs(shop: Market) -> list[RunRow]:
    with shop.monitor.store.reader() as ledger:
        return list(ledger.scalars(select(RunRow).order_by(RunRow.started_at, RunRow.run_id)))


def crawled(shop: Market) -> None:
    result = look(shop.monitor)
    assert result.slots
    assert not result.problems


def visited(shop: Market, *, meanwhile: bool = False) -> SessionResult:
    """A session in which nothing is saved; `meanwhile`, a crawl begins and ends while it is open."""
    with session(shop, ASKED) as running:
        if meanwhile:
            crawled(shop)
        connection = http.client.HTTPConnection("127.0.0.1", running.door.port, timeout=20)
        connection.request("POST", f"/{running.door.desk}/end")
        assert connection.getresponse().status == 200
        connection.close()
        return running.result()


def followed(shop: Market) -> dict[str, list[str]]:
    """What the runs of each origin follow, by the name of the run; "" for the first."""
    names = {run.manifest_sha256: run.run_id for run in runs(shop)}
    found: dict[str, list[str]] = {"crawler": [], "person": []}
    for run in runs(shop):
        found[origin_of(run.method)].append(names.get(run.previous_manifest_sha256, run.previous_manifest_sha256))
    return found


def named(shop: Market) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"crawler": [], "person": []}
    for run in runs(shop):
        found[origin_of(run.method)].append(run.run_id)
    return found


def test_a_session_and_crawls_at_the_same_moment_make_two_whole_chains(shop: Market) -> None:
    crawled(shop)
    later(shop)
    for _ in range(2):
        assert not visited(shop, meanwhile=True).problems
        later(shop)
    crawled(shop)
    assert [len(chain) for chain in named(shop).values()] == [4, 2]
    for origin, chain in named(shop).items():
        assert followed(shop)[origin] == ["", *chain[:-1]]
    checks = examine(shop.monitor.settings, shop.monitor.clock.now())
    assert not [check for check in checks if check.name in ("chain", "archive") and check.level == "problem"]


def test_a_session_that_is_not_in_the_ledger_yet_is_followed_all_the_same(shop: Market) -> None:
    data = shop.monitor.settings.data_dir
    with (data / "cycle.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for _ in range(2):
            assert "not yet in the ledger" in visited(shop).problems[0]
            later(shop)
    assert not take_in(shop.monitor).problems
    assert followed(shop)["person"] == ["", named(shop)["person"][0]]


def test_a_removed_session_shows_in_its_own_chain(shop: Market) -> None:
    for _ in range(3):
        visited(shop)
        later(shop)
    gone = runs(shop)[1]
    with shop.monitor.store.engine.connect() as connection:
        forged = f"DELETE FROM runs WHERE run_id = '{gone.run_id}'"
        for statement in ("COMMIT", "PRAGMA foreign_keys = OFF", "DROP TRIGGER runs_no_delete", forged):
            connection.exec_driver_sql(statement)
    shutil.rmtree(shop.monitor.settings.runs_dir / gone.folder)
    checks = examine(shop.monitor.settings, shop.monitor.clock.now())
    (said,) = [check.says for check in checks if check.name == "chain"]
    assert said.startswith(f"run {runs(shop)[1].run_id} follows a run that is not here")
    assert gone.manifest_sha256[:12] in said
