"""The budget of a run's searches: none starves another, and what is left is counted."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.marketplaces.states import SearchState
from crawler.plan import Slot
from crawler.reading import Judgement, Reading
from crawler.record import Capture, Outcome
from monitor.discovery.budget import unsearched, within


def search(marketplace: str = "ebay", route: str = "api_search", pages: int = 5, slot_id: str = "x") -> Slot:
    return Slot(
        slot_id=slot_id, purpose="search", marketplace=marketplace, url="https://x.example/", vantage="us",
        query="kettle", max_pages=pages, route=route,
    )  # fmt: skip


def capture(page: int = 1, state: SearchState = SearchState.SEARCHED, following: str = "", **more: object) -> Capture:
    judgement = Judgement(state=state, rule="search.searched", version=1)
    reading = Reading(marketplace="ebay", kind="search", judgement=judgement, next_page_url=following)
    at, url = "2026-03-02T12:00:00Z", f"https://x/{page}"
    fields: dict[str, object] = {
        "run_id": "r", "slot_id": "x", "page": page, "outcome": Outcome.FETCHED, "requested_url": url, "final_url": url,
        "started_at": at,
        "finished_at": at, "reading": reading, **more,
    }  # fmt: skip
    return Capture.model_validate(fields)


@given(st.lists(st.sampled_from(["amazon", "ebay", "etsy"]), max_size=40), st.integers(1, 100))
def test_the_budget_holds_and_nothing_is_lost(sites: list[str], pages: int) -> None:
    due = [search(site) for site in sites]
    chosen = within(due, pages)
    assert sum(slot.max_pages for slot in chosen.slots) <= pages
    assert len(chosen.slots) + sum(chosen.left_out.values()) == len(due)
    assert len({slot.slot_id for slot in chosen.slots}) == len(chosen.slots)


def test_marketplaces_take_turns() -> None:
    chosen = within([*(search("ebay") for _ in range(10)), search("etsy")], 10)
    assert [slot.marketplace for slot in chosen.slots] == ["ebay", "etsy"]
    assert chosen.left_out == {"api_search ebay": 9}


def test_pages_beyond_the_budget_are_named() -> None:
    (left,) = unsearched([search(pages=2)], [capture(1, following="https://x/2"), capture(2, following="https://x/3")])
    assert (left.pages_read, left.why) == (2, "more pages than the budget")
    assert unsearched([search(pages=2)], [capture(1, following="https://x/2"), capture(2)]) == []


def test_a_search_without_an_answer_is_named() -> None:
    failed = capture(1, outcome=Outcome.FAILED, reason="timeout", reading=None)
    (left,) = unsearched([search()], [failed])
    assert left.why == "not answered: timeout"
    (blocked,) = unsearched([search()], [capture(1, SearchState.BLOCKED)])
    assert "not searched: blocked" in blocked.why
    (never,) = unsearched([search()], [])
    assert never.why == "not made"
