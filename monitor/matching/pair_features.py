"""The features of a pair of product rows: one table for every benchmark, numbers in, no names of sets, no labels."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from monitor.matching.pair_fields import compare_fields
from monitor.matching.pair_spaces import SUFFIXES, Space
from monitor.matching.pair_text import run_grams
from monitor.matching.pair_words import WordFeatures
from monitor.matching.pairs import Item

Floats = NDArray[np.float64]
Reading = Callable[[Item], Sequence[str]]
Ends = tuple[int, int]
"""Places of a pair's rows in the left and in the right table."""


class PairFeatures:
    """Features that need both tables: cosines in four spaces, standing against rivals, weighed words, fields."""

    def __init__(self, left: Sequence[Item], right: Sequence[Item]) -> None:
        self._left, self._right = left, right
        self.spaces = {
            "words": _space(left, right, _named_words),
            "grams": _space(left, right, lambda item: run_grams(" ".join(_named_words(item))), min_df=2),
            "texts": _space(left, right, lambda item: sorted(item.all_tokens)),
            "runs": _space(left, right, lambda item: [*item.tokens, *map(" ".join, pairwise(item.tokens))]),
        }
        self._words = WordFeatures(left, right, self.spaces["words"])
        self.names = [f"{space}_{suffix}" for space in self.spaces for suffix in SUFFIXES]
        if left and right:
            self.names += list(self._compare(left[0], right[0]))

    def matrix(self, pairs: Sequence[Ends]) -> Floats:
        """One row a pair, columns as in `names`."""
        left, right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        columns = [space.columns(left, right) for space in self.spaces.values()]
        rows = [list(self._compare(self._left[a], self._right[b]).values()) for a, b in pairs]
        return np.hstack([*columns, np.array(rows, np.float64).reshape(len(pairs), -1)])

    def with_rivals(self, pairs: Iterable[Ends], rivals: int) -> list[Ends]:
        """`pairs` and, for each of their rows, the pairs with its nearest `rivals` in every space, in order."""
        found = set(pairs)
        lefts, rights = {left for left, _ in found}, {right for _, right in found}
        for space in self.spaces.values():
            found.update((left, right) for left in lefts for right, _ in space.rivals[0][left][:rivals])
            found.update((left, right) for right in rights for left, _ in space.rivals[1][right][:rivals])
        return sorted(found)

    def _compare(self, left: Item, right: Item) -> dict[str, float]:
        return {**self._words.compare(left, right), **compare_fields(left, right)}


def _space(left: Sequence[Item], right: Sequence[Item], reading: Reading, min_df: int = 1) -> Space:
    return Space([reading(item) for item in left], [reading(item) for item in right], min_df)


def _named_words(item: Item) -> list[str]:
    return [*item.tokens, *(word for word in item.brand_tokens if word not in item.token_set)]
