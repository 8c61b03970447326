"""Whoever is looked at: within the budget, pins first, then the floor, never twice within the hour."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.schedule.allocate import FLOOR_H, Claims, allocate, refill, reserve

HOSTS = 3
LISTING = st.tuples(
    st.integers(0, HOSTS - 1),
    st.booleans(),
    st.floats(0, 200),
    st.floats(0, 5),
    st.floats(0, 100),
)


def claims_of(rows: list[tuple[int, bool, float, float, float]]) -> Claims:
    host, pinned, unseen, untried, priority = (list(column) for column in zip(*rows, strict=True)) if rows else [[]] * 5
    return Claims(
        np.array(host, dtype=np.int64),
        np.array(pinned, dtype=bool),
        np.array(unseen, dtype=float),
        np.array(untried, dtype=float),
        np.array(priority, dtype=float),
    )


@given(
    st.lists(LISTING, max_size=40),
    st.lists(st.floats(0, 10), min_size=HOSTS, max_size=HOSTS),
    st.lists(st.floats(0, 4), min_size=HOSTS, max_size=HOSTS),
)
def test_the_rules_hold(
    rows: list[tuple[int, bool, float, float, float]], tokens: list[float], reserved: list[float]
) -> None:
    claims = claims_of(rows)
    chosen = allocate(claims, np.array(tokens), np.array(reserved))
    assert len(set(chosen.tolist())) == len(chosen)
    assert (np.bincount(claims.host[chosen], minlength=HOSTS) <= np.array(tokens)).all()
    assert (claims.untried_h[chosen] >= 1).all()
    left = set(range(len(rows))) - set(chosen.tolist())
    for index in left:
        if claims.untried_h[index] < 1:
            continue
        same = [other for other in chosen if claims.host[other] == claims.host[index]]
        if claims.pinned[index]:
            assert all(claims.pinned[other] for other in same)
            assert len(same) == int(tokens[claims.host[index]])
        elif claims.unseen_h[index] >= FLOOR_H:
            assert all(claims.pinned[other] or claims.unseen_h[other] >= FLOOR_H for other in same)


@given(st.floats(0, 5000), st.floats(1, 5000), st.floats(0, 100))
def test_a_bucket_never_holds_more_than_a_day(tokens: float, rate: float, hours: float) -> None:
    after = refill(np.array([min(tokens, rate)]), np.array([rate]), hours)
    assert 0 <= after[0] <= rate + 1e-9


def test_tokens_wait_for_pins_that_the_rate_can_not_carry() -> None:
    assert reserve(np.array([10.0, 1.0]), np.array([24.0, 24.0])).tolist() == [4.0, 0.0]
