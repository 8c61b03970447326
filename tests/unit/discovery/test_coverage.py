"""Coverage of search: Chapman from two families, its sensitivity, and the words `at most`."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.discovery.coverage import Found, coverage, shares
from monitor.watchlist.phrases import Family
from reports.statistics.coverage import chapman, coverage_by_dependence


def found(family: str, *numbers: int, marketplace: str = "ebay", language: str = "en") -> list[Found]:
    return [Found(marketplace, language, cast("Family", family), f"{marketplace}:{n}", "us-cpsc:1") for n in numbers]


@given(st.integers(1, 200), st.integers(1, 200), st.data())
def test_the_shares_are_those_of_the_reports(first: int, second: int, data: st.DataObject) -> None:
    both = data.draw(st.integers(1, min(first, second)))
    assert shares(first, second, both) == pytest.approx(coverage_by_dependence(first, second, both))


def test_one_estimate_for_each_marketplace_and_language() -> None:
    rows = [
        *found("marks", *range(20)),
        *found("kinds", *range(10, 40)),
        *found("marks", 1, 2, language="zh"),
        *found("kinds", *range(3), marketplace="etsy"),
        *found("", 77, 78),
    ]
    etsy, english, chinese = sorted(coverage(rows), key=lambda one: (one.marketplace != "etsy", one.language))
    assert (english.marks, english.kinds, english.both) == (20, 30, 10)
    assert english.total == pytest.approx(chapman(20, 30, 10).total)
    assert english.at_most == pytest.approx({"1": 40 / 60, "2": 40 / 80, "5": 40 / 140})
    assert english.says.count("at most") == 2
    assert (etsy.total, etsy.at_most, chinese.total) == (None, {}, None)
    assert "only one family" in etsy.says


def test_nothing_in_common_is_no_share() -> None:
    (one,) = coverage([*found("marks", *range(10)), *found("kinds", *range(20, 30))])
    assert (one.both, one.at_most, one.total) == (0, {}, None)
    assert "can't be told" in one.says


def test_few_listings_give_counts_only() -> None:
    (one,) = coverage([*found("marks", 1, 2, 3), *found("kinds", 2, 3, 4)])
    assert (one.marks, one.kinds, one.both, one.at_most) == (3, 3, 2, {})
