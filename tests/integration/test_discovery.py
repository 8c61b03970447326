"""Discovery end to end: due searches by every route, crawled in a child, taken in with how each was found."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from typer.testing import CliRunner

from crawler.clock import SystemClock
from crawler.plan import Limits
from monitor.config import Discovery, Settings, Terms
from monitor.schedule import cycle
from monitor.store.archive import run_folders
from monitor.store.decision_tables import PhraseRow, WatchRow
from monitor.store.ledger_tables import ListingRow, LookRow, SearchRow
from monitor.store.reread import rebuild
from tests.integration.interfaces import CANARY, EBAY_KEYS, EbayDouble, answer, everything
from tests.integration.loopback import US, Loopback, http
from tests.unit.apis.answers import ebay_item, ebay_page

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MARKET = """name = "{name}"
label = "A market of our own"
hosts = ["127.0.0.1"]
min_delay_s = 0.0
www = false
listing_patterns = ['/item/(?P<id>\\d+)']
listing_url = "{base}/item/{{id}}"
search_url = "{base}/search?q={{query}}&page={{page}}"
[terms]
automation = "allowed"
storage = "allowed"
read_on = "2026-03-01"
says = "ours"
[controls]
live = "any"
dead = "any"
"""


@pytest.fixture
def ebay() -> Iterator[EbayDouble]:
    double = EbayDouble({"search 0": answer(ebay_page(["110039490209", "110039490210"], total=900))})
    double.answers["110039490209"] = answer(ebay_item())
    yield double
    double.close()


def settings(folder: Path, server: Loopback, **more: object) -> Settings:
    fields: dict[str, object] = {
        "operator": "Test Watch",
        "contact": "watch@example.org",
        "data_dir": folder,
        "vantages": {"us": US},
        "limits": Limits(min_delay_s=0.0, timeout_s=5.0),
        "allowed_hosts": (server.authority,),
        "keys": {"ebay": {**EBAY_KEYS, "base_url": f"http://{server.authority}"}},
        "discovery": Discovery(pages_per_search=1),
        **more,
    }
    return Settings.model_validate(fields)


def watched(monitor: cycle.Monitor, *texts: str) -> None:
    with monitor.store.session() as session:
        session.add(
            WatchRow(
                notice_id="us-cpsc:26001", priority=1, chosen_by="hand", added_at=NOON, added_by="t", removed_at=None
            )
        )
        for text in texts:
            session.add(
                PhraseRow(
                    notice_id="us-cpsc:26001", text=text, language="en", strategy="hand", added_at=NOON, removed_at=None
                )
            )


def test_an_interface_finds_listings_that_the_ledger_keeps_with_their_route(tmp_path: Path, ebay: EbayDouble) -> None:
    monitor = cycle.Monitor.open(settings(tmp_path, ebay), SystemClock())
    watched(monitor, "acme kettle")
    result = cycle.discover(monitor)
    assert (result.slots, result.searches) == (1, 1)
    assert [(one["route"], one["why"]) for one in result.unsearched] == [("api_search", "more pages than the budget")]
    with monitor.store.reader() as session:
        found = session.execute(select(ListingRow.listing_key, ListingRow.found_by, ListingRow.url)).all()
        assert sorted(found) == [
            ("ebay:110039490209", "api_search", "https://www.ebay.com/itm/110039490209"),
            ("ebay:110039490210", "api_search", "https://www.ebay.com/itm/110039490210"),
        ]
        assert session.scalars(select(SearchRow.state)).all() == ["searched"]
    assert CANARY.encode() not in everything(tmp_path)
    assert cycle.discover(monitor).slots == 0


def test_a_watched_listing_is_looked_at_by_the_interface_and_read_again(tmp_path: Path, ebay: EbayDouble) -> None:
    from monitor.store.hand_tables import HandListingRow

    monitor = cycle.Monitor.open(settings(tmp_path, ebay), SystemClock())
    watched(monitor, "acme kettle")
    cycle.discover(monitor)
    with monitor.store.session() as session:
        key = "ebay:110039490209"
        session.add(HandListingRow(listing_key=key, url="", note="", source="typed", added_by="t", added_at=NOON))
    result = cycle.look(monitor)
    assert result.looks >= 3
    with monitor.store.reader() as session:
        looks = {row.listing_key: row for row in session.scalars(select(LookRow).where(LookRow.purpose == "look"))}
        assert looks[key].method == "api"
        assert {row.control for row in session.scalars(select(LookRow)) if row.control} == {"live", "never_existed"}
    again = rebuild(monitor.store, monitor.settings.runs_dir, monitor.registry, monitor.settings.confirmation)
    assert (again.problems, dict(again.states), dict(again.searches)) == ([], {}, {})
    assert again.reread > 0


def test_the_budget_leaves_out_and_says_so(tmp_path: Path, ebay: EbayDouble) -> None:
    config = settings(tmp_path, ebay, discovery=Discovery(pages_per_search=1, pages_per_run=1))
    monitor = cycle.Monitor.open(config, SystemClock())
    watched(monitor, "acme kettle", "acme electric kettle", "kettle kx-200")
    result = cycle.discover(monitor)
    assert (result.slots, result.left_out) == (1, {"api_search ebay": 2})
    (folder,) = run_folders(config.runs_dir)
    header = json.loads((folder / "plan.jsonl").read_text().splitlines()[0])
    assert header["left_out"] == {"api_search ebay": 2}


def test_a_forbidden_marketplace_is_not_asked_by_its_interface(tmp_path: Path, ebay: EbayDouble) -> None:
    config = settings(tmp_path, ebay, terms={"ebay": Terms(automation=False, decided_by="t", decided_on="2026-03-01")})
    monitor = cycle.Monitor.open(config, SystemClock())
    watched(monitor, "acme kettle")
    assert cycle.discover(monitor).slots == 0
    assert not ebay.heads


def test_sitemaps_are_walked_within_their_budget(tmp_path: Path) -> None:
    server = Loopback({})
    base = f"http://{server.authority}"
    parts = "".join(f"<sitemap><loc>{base}/map{n}.xml</loc></sitemap>" for n in range(4))
    server.replies["/robots.txt"] = http(f"User-agent: *\nAllow: /\nSitemap: {base}/maps.xml\n".encode())
    server.replies["/maps.xml"] = http(f"<sitemapindex>{parts}</sitemapindex>".encode())
    for n in range(4):
        pages = f"<urlset><url><loc>{base}/item/100{n}/acme-kettle-{n}</loc></url></urlset>"
        server.replies[f"/map{n}.xml"] = http(pages.encode())
    try:
        adapter = tmp_path / "adapters" / "ours"
        adapter.mkdir(parents=True)
        (adapter / "marketplace.toml").write_text(MARKET.format(name="ours", base=base))
        config = settings(
            tmp_path / "data", server, keys={}, marketplaces_dir=str(tmp_path / "adapters"),
            terms={"ours": Terms(automation=True)},
            discovery=Discovery(pages_per_search=1, sitemaps=("ours",), sitemap_documents=4),
        )  # fmt: skip
        monitor = cycle.Monitor.open(config, SystemClock())
        watched(monitor, "acme kettle")
        result = cycle.discover(monitor)
        with monitor.store.reader() as session:
            found = session.execute(select(ListingRow.listing_id, ListingRow.found_by)).all()
        assert sorted(found) == [("1000", "sitemap"), ("1001", "sitemap")]
        assert ("sitemap", "more pages than the budget") in {(one["route"], one["why"]) for one in result.unsearched}
        assert "/map2.xml" not in server.hits
    finally:
        server.close()


def test_the_reach_table_says_whether_the_key_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ebay: EbayDouble
) -> None:
    from stillforsale import build_app

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STILLFORSALE_KEYS__EBAY__CLIENT_ID", f"{CANARY}-id")
    monkeypatch.setenv("STILLFORSALE_KEYS__EBAY__CLIENT_SECRET", f"{CANARY}-secret")
    monkeypatch.setenv("STILLFORSALE_KEYS__ETSY__KEYSTRING", f"{CANARY}-key")
    outcome = CliRunner().invoke(build_app(), ["sites", "list", "--json"])
    rows = {row["marketplace"]: row["api"] for row in map(json.loads, outcome.stdout.splitlines())}
    assert rows["ebay"].endswith("key present")
    assert rows["etsy"].endswith("key incomplete: shared_secret")
    assert rows["walmart"].endswith("key absent")
    assert rows["craigslist"] == "none"
    assert CANARY not in outcome.output
    assert CANARY not in repr(Settings())
    assert isinstance(Settings().keys["ebay"]["client_id"], SecretStr)
