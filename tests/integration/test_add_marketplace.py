"""The how-to "Add a marketplace", followed to the letter: a folder of one's own, and a run that looks with it."""

from pathlib import Path

import pytest

from crawler.child import crawl_in_child
from crawler.marketplaces.registry import HERE
from crawler.marketplaces.states import SearchState, State
from crawler.record import Outcome
from tests.conftest import REPOSITORY
from tests.integration.faults.place import GONE, LIVE
from tests.integration.loopback import captures, http, planned, serving, slot

RESULTS = http(
    b'<html><body><div class="result"><a class="result-title" href="/item/123">Kettle</a>'
    b'<span class="result-price">24,50</span></div></body></html>'
)


@pytest.fixture
def description() -> str:
    page = (REPOSITORY / "docs" / "how-to" / "add-a-marketplace.md").read_text("utf-8")
    return page.split("```toml\n")[1].split("```")[0]


def test_a_new_folder_is_looked_with_in_a_run_of_its_own(tmp_path: Path, description: str) -> None:
    replies = {"/item/123": LIVE, "/item/124": GONE, "/search?q=kettle&page=1": RESULTS}
    with serving(dict(replies)) as server:
        text = description.replace("https://www.mymarket.example", server.url(""))
        text = text.replace("https://{host}", server.url("")).replace("mymarket.example", server.host)
        folder = tmp_path / "marketplaces" / "my_market"
        folder.mkdir(parents=True)
        (folder / "marketplace.toml").write_text(text.replace("min_delay_s = 5.0", "min_delay_s = 1.0"), "utf-8")
        slots = [
            slot(1, server.url("/item/123"), marketplace="my-market", listing_id="123"),
            slot(2, server.url("/item/124"), marketplace="my-market", listing_id="124"),
            slot(3, server.url("/search?q=kettle&page=1"), marketplace="my-market", purpose="search", query="kettle"),
        ]
        run = planned(
            tmp_path / "runs" / "run", slots, server,
            allowed_marketplaces=("my-market",), marketplaces_dir=str(tmp_path / "marketplaces"),
        )  # fmt: skip
        (result,) = crawl_in_child([run])
    assert result.status == "finished", result.error
    found = {one.slot_id: one for one in captures(run)}
    assert {one.outcome for one in found.values()} == {Outcome.FETCHED}
    live, gone, search = (found[name].reading for name in ("s1", "s2", "s3"))
    assert live is not None
    assert gone is not None
    assert search is not None
    assert (live.judgement.state, live.marketplace) == (State.AVAILABLE, "my-market")
    assert live.facts is not None
    assert (live.facts.listing_id, live.facts.title, str(live.facts.price), live.facts.currency) == (
        "123", "Kettle", "24.50", "EUR"
    )  # fmt: skip
    assert live.facts.served_country == "US"
    assert (gone.judgement.state, gone.judgement.signature) == (State.UNVERIFIED, "removed")
    assert search.judgement.state is SearchState.SEARCHED
    assert [(hit.listing_id, hit.title, str(hit.price)) for hit in search.hits] == [("123", "Kettle", "24.50")]
    asked = next(head for head in server.heads if b"/item/123" in head)
    assert b"ship_to=US" in asked
    assert not (HERE / "my_market").exists()
