"""The generated market: how many returns are proposed, and how many proposals are right."""

from collections import Counter

import pytest

from monitor.relisting.memory import Found, Memory
from tests.unit.relisting.market import Case, Market

SEED = 11


@pytest.fixture(scope="module")
def market() -> Market:
    return Market(SEED, goods=20)


@pytest.fixture(scope="module")
def answered(market: Market) -> list[tuple[Case, Found | None]]:
    memory = Memory(market.gone)
    memory.take(market.before)
    found = {one.asked.version.listing_key: one for one in memory.take([case.asked for case in market.cases])}
    return [(case, found.get(case.asked.version.listing_key)) for case in market.cases]


def right(case: Case, found: Found) -> bool:
    return found.gone.version.listing_key == case.returns


def test_returns_are_proposed(answered: list[tuple[Case, Found | None]]) -> None:
    returns = [(case, found) for case, found in answered if case.returns]
    proposed = sum(found is not None and right(case, found) for case, found in returns)
    assert len(returns) == 40
    assert proposed / len(returns) >= 0.85


def test_what_is_proposed_is_a_return(answered: list[tuple[Case, Found | None]]) -> None:
    wrong = [
        (case.scene, found.rule, sorted(found.compared.names))
        for case, found in answered
        if found is not None and not right(case, found)
    ]
    scenes = Counter(case.scene for case, _ in answered if not case.returns)
    assert len(scenes) == 6
    assert not wrong


def test_every_proposal_says_what_agrees_and_more_than_one_field_does(
    answered: list[tuple[Case, Found | None]],
) -> None:
    proposed = [found for _, found in answered if found is not None]
    assert all(len(found.compared.agreements) >= 2 for found in proposed)
    assert all(one.says for found in proposed for one in found.compared.agreements)


def test_what_was_there_before_the_old_one_went_is_no_return(market: Market) -> None:
    memory = Memory(market.gone)
    assert memory.take(market.before) == []


def test_a_stock_photo_alone_proposes_nothing(market: Market) -> None:
    cases = market.stock_photo_cases()
    memory = Memory(market.gone)
    assert len({case.asked.version.seller for case in cases}) >= 4
    assert memory.take([case.asked for case in cases]) == []


def test_the_same_picture_of_one_other_seller_does(market: Market) -> None:
    case = market.stock_photo_cases()[0]
    (found,) = Memory(market.gone).take([case.asked])
    assert found.rule == "reappeared.picture"
