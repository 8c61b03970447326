"""Promised pages over the wire: fetched, archived, read by the real readers, and never "missing" behind a wall."""

from pathlib import Path

import pytest

from crawler.market import market_of
from crawler.run import run_plan
from monitor.config import Confirmation
from monitor.obligations.check import page_state
from monitor.store.archive import open_run
from monitor.store.ingest import ingest_run
from monitor.store.page_tables import PageCheckRow
from monitor.store.session import open_store
from tests.builders import START
from tests.integration.loopback import Reply, captures, http, planned, serving, slot

WALL = b"<html><head><title>Just a moment...</title></head><body><div id='challenge-form'></div></body></html>"
RULES = b"<html><head><title>Product safety for importers</title></head><body><p>Rules of the US.</p></body></html>"
REPLIES: dict[str, Reply] = {
    "/safety": http(RULES),
    "/gone": http(b"<p>no such page</p>", "404 Not Found"),
    "/refused": http(WALL, "403 Forbidden"),
    "/broken": http(b"<p>sorry</p>", "500 Internal Server Error"),
    "/moved": http(b"", "302 Found", "Location: /safety"),
}
STATES = {"/safety": "reached", "/gone": "not_found", "/refused": "unknown", "/broken": "unknown", "/moved": "unknown"}


@pytest.mark.parametrize("path", sorted(REPLIES))
def test_a_promised_page_is_looked_for_like_any_other(tmp_path: Path, path: str) -> None:
    with serving(REPLIES) as server:
        asked = slot(1, server.url(path)).model_copy(
            update={"purpose": "obligation", "route": "own/page", "listing_id": "", "marketplace": "generic"}
        )
        folder = planned(tmp_path / "runs" / "r1", [asked], server, allowed_marketplaces=("generic",))
        run_plan(folder, market=market_of(""))
    (found,) = captures(folder)
    assert page_state(found).state == STATES[path]
    assert found.warc_record_id
    store = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    result = ingest_run(store, open_run(folder).folder, START, Confirmation())
    assert (result.new, result.looks) == (True, 0)
    with store.reader() as session:
        row = session.query(PageCheckRow).one()
    assert (row.state, row.commitment_id, row.obligation_id) == (STATES[path], "own", "page")
    assert row.warc_record_id == found.warc_record_id
