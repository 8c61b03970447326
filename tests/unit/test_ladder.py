"""The ladder's fixed order, each rule by the evidence that it needs, and captures without a page."""

import pytest

from crawler.marketplaces.evidence import Evidence
from crawler.marketplaces.ladder import RULES, judge_listing
from crawler.marketplaces.search_ladder import CAPTURE_RULES, SEARCH_RULES, judge_capture, judge_search
from crawler.marketplaces.states import STANDING, SearchState, Standing, State
from crawler.reading import ListingFacts, Mark, MarkKind
from crawler.record import Outcome

PRICED = ListingFacts(listing_id="1", price="9.99", currency="USD", served_country="US")
VERIFIED = frozenset({"seen"})


def mark(kind: MarkKind, signature: str = "seen") -> Mark:
    return Mark(kind=kind, signature=signature, where="h1", says=kind.value)


ITEM, OFFER, SHIPS = mark(MarkKind.ITEM), mark(MarkKind.OFFER), mark(MarkKind.SHIPS)
LIVE = (ITEM, OFFER, SHIPS)


def judged(*marks: Mark, **more: object) -> tuple[State, str]:
    judgement = judge_listing(Evidence(marks=marks, verified=VERIFIED, **{"facts": PRICED, **more}))  # type: ignore[arg-type]
    assert isinstance(judgement.state, State)
    return judgement.state, judgement.rule


@pytest.mark.parametrize(
    ("marks", "more", "state", "rule"),
    [
        (LIVE, {}, State.AVAILABLE, "ladder.available"),
        (LIVE, {"asked_country": "US"}, State.AVAILABLE, "ladder.available"),
        (LIVE, {"asked_country": "DE"}, State.UNCLEAR, "ladder.other_place"),
        ((ITEM, OFFER), {}, State.SHIPPING_UNKNOWN, "ladder.shipping_unknown"),
        (LIVE, {"facts": ListingFacts()}, State.SHIPPING_UNKNOWN, "ladder.offer_without_price"),
        ((OFFER, SHIPS), {}, State.UNCLEAR, "ladder.unclear"),
        ((ITEM,), {}, State.UNCLEAR, "ladder.unclear"),
        ((), {}, State.UNCLEAR, "ladder.unclear"),
        ((ITEM, mark(MarkKind.WHOLESALE_OFFER)), {}, State.AVAILABLE_B2B, "ladder.available_b2b"),
        ((*LIVE, mark(MarkKind.WALL)), {}, State.AVAILABLE, "ladder.available"),
        ((*LIVE, mark(MarkKind.LOGIN), mark(MarkKind.SHELL)), {}, State.AVAILABLE, "ladder.available"),
        ((mark(MarkKind.WALL), mark(MarkKind.REMOVED)), {}, State.BLOCKED, "ladder.wall"),
        ((mark(MarkKind.LOGIN), mark(MarkKind.OUT_OF_STOCK)), {}, State.BLOCKED, "ladder.login"),
        ((mark(MarkKind.SHELL), mark(MarkKind.REMOVED)), {}, State.FAILED, "ladder.shell"),
        (LIVE, {"asked_id": "2", "landed_id": "2"}, State.REDIRECTED, "ladder.other_item"),
        ((), {"asked_id": "1", "landed_id": ""}, State.REDIRECTED, "ladder.redirected"),
        ((), {"status": 302}, State.REDIRECTED, "ladder.redirected"),
        ((mark(MarkKind.REMOVED),), {}, State.REMOVED, "ladder.removed"),
        ((mark(MarkKind.REMOVED, "new"),), {}, State.UNVERIFIED, "ladder.end_unverified"),
        ((mark(MarkKind.REMOVED_POLICY),), {}, State.REMOVED_POLICY, "ladder.removed_policy"),
        ((mark(MarkKind.SELLER_GONE),), {}, State.SELLER_GONE, "ladder.seller_gone"),
        ((*LIVE, mark(MarkKind.VARIANT_GONE)), {}, State.VARIANT_GONE, "ladder.variant_gone"),
        ((ITEM, mark(MarkKind.ENDED)), {}, State.ENDED, "ladder.ended"),
        ((*LIVE, mark(MarkKind.REMOVED)), {}, State.UNCLEAR, "ladder.contradiction"),
        ((*LIVE, mark(MarkKind.OUT_OF_STOCK)), {}, State.UNCLEAR, "ladder.contradiction"),
        (LIVE, {"status": 404}, State.UNCLEAR, "ladder.contradiction"),
        ((), {"status": 410}, State.UNVERIFIED, "ladder.missing_status"),
        ((), {"status": 404, "unreadable": "zero bytes"}, State.UNVERIFIED, "ladder.missing_status"),
        ((mark(MarkKind.WALL),), {"status": 404}, State.BLOCKED, "ladder.wall"),
        ((mark(MarkKind.WALL),), {"status": 503}, State.BLOCKED, "ladder.wall"),
        ((*LIVE, mark(MarkKind.WALL)), {"status": 503}, State.FAILED, "ladder.server_error"),
        (LIVE, {"status": 500}, State.FAILED, "ladder.server_error"),
        (LIVE, {"status": 429}, State.BLOCKED, "ladder.refused"),
        ((), {"unreadable": "zero bytes"}, State.FAILED, "ladder.unreadable"),
        ((ITEM, mark(MarkKind.NOT_SHIPPED)), {}, State.NOT_SHIPPED, "ladder.not_shipped"),
        ((ITEM, mark(MarkKind.NOT_SHIPPED)), {"asked_country": "US"}, State.NOT_SHIPPED, "ladder.not_shipped"),
        ((ITEM, mark(MarkKind.NOT_SHIPPED)), {"asked_country": "DE"}, State.UNCLEAR, "ladder.other_place"),
        (
            (ITEM, mark(MarkKind.NOT_SHIPPED)),
            {"asked_country": "US", "facts": ListingFacts()},
            State.UNCLEAR,
            "ladder.not_shipped_elsewhere",
        ),
        ((ITEM, mark(MarkKind.NOT_SHIPPED, "new")), {}, State.UNVERIFIED, "ladder.not_shipped_unverified"),
        ((mark(MarkKind.GEO_BLOCKED),), {}, State.GEO_BLOCKED, "ladder.geo_blocked"),
        ((ITEM, mark(MarkKind.OUT_OF_STOCK, "new")), {}, State.OUT_OF_STOCK, "ladder.out_of_stock"),
    ],
)
def test_evidence_gives_the_state(marks: tuple[Mark, ...], more: dict[str, object], state: State, rule: str) -> None:
    assert judged(*marks, **more) == (state, rule)


def test_a_missing_status_of_a_stripped_page_is_never_a_removal() -> None:
    status = Mark(kind=MarkKind.REMOVED, signature="seen", where="status", says="HTTP status 404")
    assert judged(status, status=404) == (State.REMOVED, "ladder.removed")
    assert judged(status, mark(MarkKind.SHELL), status=404) == (State.UNVERIFIED, "ladder.missing_status")


def test_ships_to_names_the_vantage_where_the_page_does_not_say_for_whom_it_was_made() -> None:
    facts = ListingFacts(price=PRICED.price, ships_to=("US", "CA"))
    assert judged(ITEM, OFFER, facts=facts, asked_country="US")[0] is State.AVAILABLE
    assert judged(ITEM, OFFER, SHIPS, facts=facts, asked_country="MX")[0] is State.SHIPPING_UNKNOWN


def test_rules_have_unique_ids_reasons_and_a_last_resort() -> None:
    ids = [rule.id for rule in (*RULES, *SEARCH_RULES)]
    assert len(ids) == len(set(ids))
    assert all(len(rule.why) > 20 for rule in (*RULES, *SEARCH_RULES))
    assert {rule.state for rule in RULES} | {State.REPLACED, State.NOT_ALLOWED} == set(State)


@pytest.mark.parametrize(
    ("outcome", "status", "state", "rule"),
    [
        (Outcome.FAILED, None, State.FAILED, "capture.failed"),
        (Outcome.NOT_ALLOWED, None, State.NOT_ALLOWED, "capture.not_allowed"),
        (Outcome.NOT_LOOKED, None, State.FAILED, "capture.not_looked"),
        (Outcome.FETCHED, 403, State.BLOCKED, "capture.refused"),
        (Outcome.FETCHED, 429, State.BLOCKED, "capture.refused"),
        (Outcome.FETCHED, 503, State.FAILED, "capture.unread"),
        (Outcome.FETCHED, 200, State.FAILED, "capture.unread"),
        (Outcome.FETCHED, 404, State.UNVERIFIED, "ladder.missing_status"),
    ],
)
def test_a_capture_without_a_page_is_never_off_sale(
    outcome: Outcome, status: int | None, state: State, rule: str
) -> None:
    judgement = judge_capture(outcome, "because", status, None)
    assert (judgement.state, judgement.rule) == (state, rule)
    assert STANDING[state] is Standing.UNKNOWN
    assert rule in {*CAPTURE_RULES, *(one.id for one in RULES)}


def test_a_search_slot_gets_a_search_state() -> None:
    assert judge_capture(Outcome.FAILED, "timeout", None, None, search=True).state is SearchState.FAILED
    assert judge_capture(Outcome.FETCHED, "", 404, None, search=True).state is SearchState.FAILED


@pytest.mark.parametrize(
    ("evidence", "state"),
    [
        (Evidence(hits=3), SearchState.SEARCHED),
        (Evidence(hits=3, marks=(mark(MarkKind.WALL),)), SearchState.SEARCHED),
        (Evidence(hits=3, status=503), SearchState.FAILED),
        (Evidence(hits=3, status=403), SearchState.BLOCKED),
        (Evidence(marks=(mark(MarkKind.WALL),), status=503), SearchState.BLOCKED),
        (Evidence(marks=(mark(MarkKind.NO_RESULTS),), verified=VERIFIED), SearchState.NO_RESULTS),
        (Evidence(marks=(mark(MarkKind.NO_RESULTS),)), SearchState.UNCLEAR),
        (Evidence(marks=(mark(MarkKind.SHELL), mark(MarkKind.NO_RESULTS)), verified=VERIFIED), SearchState.FAILED),
        (Evidence(unreadable="zero bytes"), SearchState.FAILED),
        (Evidence(), SearchState.UNCLEAR),
    ],
)
def test_search_pages(evidence: Evidence, state: SearchState) -> None:
    assert judge_search(evidence).state is state
