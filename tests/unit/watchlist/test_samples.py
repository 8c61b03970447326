"""Samples of the register that anybody can draw again."""

import random
from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.watchlist.samples import draw

IDS = [f"us-cpsc:{number}" for number in range(24001, 24501)]


def test_the_draw_is_what_anybody_gets_with_a_sha256() -> None:
    """Spelled out here a second time, for the rule is a promise to strangers: nothing but seed, line feed and id."""
    by_hand = sorted(IDS, key=lambda one: sha256(("2026" + "\n" + one).encode("utf-8")).hexdigest())[:3]
    assert list(draw(IDS, 3, "2026").notice_ids) == by_hand


@given(st.integers(1, 600), st.text(max_size=8), st.randoms(use_true_random=False))
def test_order_and_doubles_of_the_register_don_t_matter(size: int, seed: str, shuffler: random.Random) -> None:
    shuffled = [*IDS, *IDS[:7]]
    shuffler.shuffle(shuffled)
    assert draw(shuffled, size, seed) == draw(IDS, size, seed)


@given(st.integers(1, 250), st.text(max_size=8))
def test_a_larger_sample_contains_the_smaller(size: int, seed: str) -> None:
    assert draw(IDS, size * 2, seed).notice_ids[:size] == draw(IDS, size, seed).notice_ids


def test_more_than_there_are_is_all() -> None:
    drawn = draw(IDS, 10_000, "s")
    assert sorted(drawn.notice_ids) == IDS
    assert drawn.population == len(IDS)


def test_the_population_is_written_down_by_its_digest() -> None:
    assert draw(["b", "a"], 1, "s").population_sha256 == sha256(b"a\nb").hexdigest()


def test_every_notice_has_the_same_chance() -> None:
    ids = [f"n:{number}" for number in range(20)]
    drawn = Counter(one for seed in range(4000) for one in draw(ids, 5, str(seed)).notice_ids)
    assert max(abs(count - 1000) for count in drawn.values()) < 5 * (4000 * 0.25 * 0.75) ** 0.5


def test_a_sample_of_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="is none"):
        draw(IDS, 0, "s")
