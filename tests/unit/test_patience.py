"""A reader that does not come to an end costs its own reading and nothing else."""

import time
from collections.abc import Callable
from threading import Event, current_thread

import pytest

from crawler.extract.tree import MOST_TAGS, TooMuchMarkup, tree_of
from crawler.marketplaces.reader import read_page
from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.states import SearchState, State
from crawler.patience import MOST_STUCK, Patience, TooSlow
from crawler.plan import Vantage
from crawler.reading import FetchedPage

MANY_ATTRIBUTES = "<div " + " ".join(f"a{number}=1" for number in range(60_000)) + ">"
"""Half a megabyte at which libxml2 works for seconds, and at four times as much for a minute: it walks all earlier
attributes for each."""


def for_ever() -> None:
    while True:
        pass


def swallowing_for_ever() -> None:
    while True:
        try:
            for_ever()
        except Exception:
            continue


def test_values_and_errors_come_back() -> None:
    patience = Patience()
    assert [patience.call(divmod, 7, number) for number in (2, 3)] == [(3, 1), (2, 1)]
    with pytest.raises(ZeroDivisionError):
        patience.call(divmod, 7, 0)
    with pytest.raises(SystemExit):
        patience.call(exit, 1)
    assert patience.call(current_thread).name == "reader"
    patience.end()
    assert patience.call(int, "1") == 1


@pytest.mark.parametrize("hang", [for_ever, swallowing_for_ever])
def test_code_that_hangs_is_ended_and_the_next_call_works(hang: Callable[[], None]) -> None:
    patience = Patience(0.2)
    threads = []

    def hangs() -> None:
        threads.append(current_thread())
        hang()

    with pytest.raises(TooSlow, match=r"not read within 0.2 s"):
        patience.call(hangs)
    assert patience.call(int, "1") == 1
    threads[0].join(5)
    assert not threads[0].is_alive()


def test_a_parser_that_hangs_is_left_behind() -> None:
    patience = Patience(0.3)
    with pytest.raises(TooSlow):
        patience.call(tree_of, MANY_ATTRIBUTES)
    assert patience.call(int, "1") == 1


def test_nothing_is_read_any_more_behind_three_that_hang() -> None:
    release, patience = Event(), Patience(0.05)
    for _ in range(MOST_STUCK):
        with pytest.raises(TooSlow, match="not read within"):
            patience.call(release.wait)
    with pytest.raises(TooSlow, match="3 earlier pages"):
        patience.call(int, "1")
    release.set()
    deadline_s = time.monotonic() + 5
    while time.monotonic() < deadline_s:
        try:
            assert patience.call(int, "1") == 1
            break
        except TooSlow:
            time.sleep(0.01)
    else:
        pytest.fail("the threads that were stuck have ended")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<p>" * (MOST_TAGS + 1), "200001 tags, over the limit of 200000"),
        ("<div>" * 100_000 + "<h1>sold out</h1>", "elements nested deeper than the parser goes"),
    ],
    ids=["tags", "depth"],
)
@pytest.mark.parametrize("name", load_registry().names)
def test_a_page_beyond_the_bounds_is_unreadable(body: str, says: str, name: str) -> None:
    with pytest.raises(TooMuchMarkup, match=says):
        tree_of(body)
    registry, page = load_registry(), FetchedPage(url="", body=body.encode(), status=200)
    us = Vantage(name="us", country="US")
    found = read_page(page, marketplace=name, kind="listing", vantage=us, registry=registry).judgement
    assert (found.state, found.rule, found.says) == (State.FAILED, "ladder.unreadable", says)
    found = read_page(page, marketplace=name, kind="search", registry=registry).judgement
    assert (found.state, found.rule) == (SearchState.FAILED, "search.unreadable")


def test_microdata_nested_beyond_reason_is_not_read() -> None:
    """Twelve items within each other is more than any shop writes; extruct's time grows with the third power."""
    from lxml import html  # type: ignore[import-untyped]

    from crawler.extract.schema import microdata

    item = '<div itemscope itemtype="https://schema.org/Product"><span itemprop="name">Kettle</span>{}</div>'
    deep = ""
    for _ in range(60):
        deep = item.format(deep)
    assert microdata(html.fromstring(f"<body>{item.format('')}</body>"), "https://shop.test/")
    assert microdata(html.fromstring(f"<body>{deep}</body>"), "https://shop.test/") == []
