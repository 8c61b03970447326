"""What must hold for any evidence and any bytes: no wall, error or status code ever makes up the end of an offer."""

import gzip
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import parsel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import BadInput
from crawler.extract.decode import decode_body
from crawler.extract.elements import Elements
from crawler.extract.prices import read_prices
from crawler.extract.scripts import json_after
from crawler.marketplaces.evidence import Evidence
from crawler.marketplaces.ladder import RULES, judge_listing
from crawler.marketplaces.reader import read_page
from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.saved import read_bytes
from crawler.marketplaces.states import STANDING, Standing, State
from crawler.plan import Vantage
from crawler.reading import FetchedPage, ListingFacts, Mark, MarkKind

REGISTRY = load_registry()
ENDS = {State.REMOVED, State.REMOVED_POLICY, State.SELLER_GONE, State.ENDED, State.VARIANT_GONE}
GONE = [MarkKind.REMOVED, MarkKind.REMOVED_POLICY, MarkKind.SELLER_GONE, MarkKind.ENDED, MarkKind.VARIANT_GONE]

marks = st.builds(Mark, kind=st.sampled_from(MarkKind), signature=st.sampled_from(["a", "b"]), where=st.just("h1"))
countries = st.sampled_from(["", "US", "DE"])
ids = st.sampled_from(["", "1", "2"])
facts = st.builds(
    ListingFacts,
    listing_id=ids,
    price=st.sampled_from([None, "1.00"]),
    served_country=countries,
    ships_to=st.sampled_from([(), ("US",)]),
)
evidences = st.builds(
    Evidence,
    marks=st.lists(marks, max_size=6).map(tuple),
    facts=facts,
    status=st.sampled_from([None, 200, 302, 400, 401, 403, 404, 410, 429, 500, 503]),
    asked_id=ids,
    landed_id=ids,
    asked_country=countries,
    verified=st.sampled_from([frozenset(), frozenset({"a"})]),
    unreadable=st.sampled_from(["", "zero bytes"]),
)


def state_of(evidence: Evidence) -> State:
    state = judge_listing(evidence).state
    assert isinstance(state, State)
    return state


@given(evidences)
def test_one_rule_always_decides_and_names_itself(evidence: Evidence) -> None:
    judgement = judge_listing(evidence)
    rule = next(rule for rule in RULES if rule.id == judgement.rule)
    assert rule.state is judgement.state


@given(evidences)
def test_errors_and_refusals_never_say_anything_about_the_offer(evidence: Evidence) -> None:
    if evidence.status in (400, 401, 403, 429, 500, 503):
        assert STANDING[state_of(evidence)] is Standing.UNKNOWN


@given(evidences)
def test_a_wall_login_or_shell_without_the_item_never_ends_an_offer(evidence: Evidence) -> None:
    if evidence.mark(MarkKind.WALL, MarkKind.LOGIN, MarkKind.SHELL) and not evidence.shows_the_item():
        assert STANDING[state_of(evidence)] is Standing.UNKNOWN or evidence.status in (404, 410)
    if evidence.mark(MarkKind.WALL, MarkKind.LOGIN) and not evidence.shows_the_item():
        assert STANDING[state_of(evidence)] is Standing.UNKNOWN


@given(evidences)
def test_a_status_alone_never_gives_an_off_sale_state(evidence: Evidence) -> None:
    if not evidence.marks:
        assert STANDING[state_of(evidence)] is Standing.UNKNOWN


@given(evidences)
def test_an_end_needs_a_verified_mark_of_an_end(evidence: Evidence) -> None:
    if state_of(evidence) in ENDS:
        assert evidence.mark(*GONE, verified=True) is not None


@given(evidences)
def test_a_live_offer_is_never_removed_or_out_of_stock(evidence: Evidence) -> None:
    if evidence.is_live():
        assert state_of(evidence) not in {State.REMOVED, State.REMOVED_POLICY, State.ENDED, State.OUT_OF_STOCK}


@given(evidences)
def test_a_page_about_another_item_is_never_on_sale(evidence: Evidence) -> None:
    if evidence.shows_another():
        assert STANDING[state_of(evidence)] not in (Standing.ON_SALE, Standing.LISTED)


@given(evidences)
def test_available_needs_item_offer_price_and_place(evidence: Evidence) -> None:
    if state_of(evidence) is State.AVAILABLE:
        assert evidence.shows_the_item()
        assert evidence.mark(MarkKind.OFFER)
        assert evidence.facts.price is not None
        asked = evidence.asked_country
        assert not asked or asked in (evidence.facts.served_country, *evidence.facts.ships_to)


@given(evidences)
def test_a_refusal_counts_only_for_the_place_that_was_asked_for(evidence: Evidence) -> None:
    if state_of(evidence) in (State.NOT_SHIPPED, State.GEO_BLOCKED):
        assert not evidence.asked_country or evidence.facts.served_country == evidence.asked_country
        assert evidence.mark(MarkKind.NOT_SHIPPED, MarkKind.GEO_BLOCKED, verified=True)


@given(evidences, evidences)
def test_a_wall_beside_anything_never_makes_it_gone(evidence: Evidence, other: Evidence) -> None:
    wall = Mark(kind=MarkKind.WALL, signature="a", where="h1")
    with_wall = Evidence(**{**evidence.__dict__, "marks": (*evidence.marks, wall)})
    if state_of(with_wall) in ENDS:
        assert state_of(evidence) in ENDS
        assert evidence.shows_the_item()


@given(
    body=st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(str.encode),
        st.recursive(
            st.sampled_from(["x", "Sold out", "This posting has expired", "$1,0"]),
            lambda inner: st.builds(
                "<{0} id={1} class={1}>{2}</{0}>".format,
                st.sampled_from(["div", "h1", "h2", "script", "form", "a", "span"]),
                st.sampled_from(["productTitle", "availability", "outOfStock", "removed", "itemTitle", "x"]),
                st.lists(inner, max_size=3).map("".join),
            ),
            max_leaves=12,
        ).map(str.encode),
    ),
    name=st.sampled_from([None, *REGISTRY.names, "nobody knows this"]),
    status=st.sampled_from([None, 200, 403, 404, 503]),
    url=st.sampled_from(["", "https://www.amazon.com/dp/B000SAMPLE", "http://[::1", "no address", "ebay.com/sch/"]),
    vantage=st.sampled_from([None, Vantage(name="us", country="US")]),
)
def test_any_bytes_are_read_without_raising(
    body: bytes, name: str | None, status: int | None, url: str, vantage: Vantage | None
) -> None:
    page = FetchedPage(url=url, body=body, status=status)
    reading = read_page(page, marketplace=name, vantage=vantage, registry=REGISTRY)
    assert "the reader failed" not in reading.judgement.says
    if name not in ("craigslist", "mercari", "yahoo-flea", "demo-market"):
        assert reading.judgement.state not in ENDS


@given(st.binary(max_size=300))
def test_any_bytes_decode(body: bytes) -> None:
    text, encoding = decode_body(body)
    assert isinstance(text, str)
    assert encoding


@given(st.text(max_size=80).filter(str.isprintable))
def test_utf_8_always_survives(text: str) -> None:
    declared_wrong = f'<meta charset="gbk"><p>{text} — 商品</p>'
    assert decode_body(declared_wrong.encode())[0] == declared_wrong


@given(st.text(max_size=300), st.sampled_from([".", ",", ""]))
def test_prices_are_positive_or_absent(text: str, separator: str) -> None:
    found = read_prices(text, separator)  # type: ignore[arg-type]
    assert found.low is None or 0 < found.low <= (found.high or 0)


BESIDE = (
    "",
    " (${0} / Ounce)",
    " ${0}/oz",
    " + ${0} shipping",
    " Shipping: ${0}",
    " Was: ${0}",
    " List Price: ${0}",
    " -29%",
    " or 4 payments of ${0}",
    " 12x ${0}",
    " (12 sold)",
)


@given(
    st.decimals(min_value="0.01", max_value="99999", places=2),
    st.decimals(min_value="0.01", max_value="99999", places=2),
    st.sampled_from(BESIDE),
    st.sampled_from(["${:,.2f}", "US ${:,.2f}", "USD {:,.2f}"]),
)
def test_what_stands_beside_a_price_is_not_the_price(asked: Decimal, other: Decimal, beside: str, form: str) -> None:
    found = read_prices(form.format(asked) + beside.format(other), ".", "USD")
    assert (found.low, found.high, found.currency) == (asked, asked, "USD")


@given(st.text(alphabet='{}[]"a:,=1 ', max_size=200))
def test_json_in_scripts_never_raises(text: str) -> None:
    json_after(text, "=")


@given(st.binary(min_size=30, max_size=300), st.integers(min_value=1, max_value=20))
def test_gzip_cut_off_anywhere_is_said_so(body: bytes, lost: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "page.html.gz"
        path.write_bytes(gzip.compress(body)[:-lost])
        with pytest.raises(BadInput, match="cut off"):
            read_bytes(path)


SELECTORS = [
    "#a",
    ".b",
    "#a .b",
    "div.b > p",
    "p[data-x='1,2'], #a",
    "[data-x] p",
    "p:not(.b)",
    "h1::attr(data-x), p::text",
    "#a ~ p",
    "div:contains('x') p",
    "body > div",
]


@given(
    st.recursive(
        st.just("x"),
        lambda inner: st.builds(
            "<{0} id='{1}' class='{2}' data-x='1,2'>{3}</{0}>".format,
            st.sampled_from(["div", "p", "h1"]),
            st.sampled_from(["a", "c"]),
            st.sampled_from(["b", "b d", "d"]),
            st.lists(inner, max_size=3).map("".join),
        ),
        max_leaves=15,
    )
)
def test_indexed_css_finds_what_parsel_finds(html: str) -> None:
    page = parsel.Selector(text=f"<html><body>{html}</body></html>", type="html")
    elements = Elements(page.root)
    for selector in SELECTORS:
        found = elements.css(selector).getall()
        assert set(found) == set(page.css(selector).getall()), selector
