"""How the words of two product rows cover each other, weighed by how rare a word is and how much it tells apart."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log

from monitor.matching.pair_spaces import Space, nearest_within
from monitor.matching.pair_text import may_be_misspelt, word_likeness
from monitor.matching.pairs import Item

_NEIGHBOURS = 4
_NEIGHBOUR_COSINE = 0.4
_SILENT = -3.0
_WRITTEN_TOGETHER = 0.95
_SHORTEST_JOINED = 4


class WordFeatures:
    """Features of the words of a pair; needs both tables for the weights, and no label."""

    def __init__(self, left: Sequence[Item], right: Sequence[Item], space: Space) -> None:
        counts = Counter(word for item in (*left, *right) for word in item.all_tokens)
        total = 1 + len(left) + len(right)
        self._weights = {word: log(total / count) for word, count in counts.items()}
        self._telling = _telling(left, right, space)

    def compare(self, left: Item, right: Item) -> dict[str, float]:
        """The named features of one pair."""
        only_left, only_right = left.token_set - right.all_tokens, right.token_set - left.all_tokens
        shared = left.token_set & right.token_set
        whole_left, whole_right = self._sum(left.token_set) or 1.0, self._sum(right.token_set) or 1.0
        missed_left, missed_right = self._missed(only_left, left, right), self._missed(only_right, right, left)
        telling_left = [self._telling.get(word, 0.0) for word in only_left]
        telling_right = [self._telling.get(word, 0.0) for word in only_right]
        return {
            "covered_left": 1 - self._sum(only_left) / whole_left,
            "covered_right": 1 - self._sum(only_right) / whole_right,
            "nearly_covered_left": 1 - sum(missed_left) / whole_left,
            "nearly_covered_right": 1 - sum(missed_right) / whole_right,
            "missed_left": sum(missed_left),
            "missed_right": sum(missed_right),
            "missed_least": min(sum(missed_left), sum(missed_right)),
            "rarest_missed_left": max(missed_left, default=0.0),
            "rarest_missed_right": max(missed_right, default=0.0),
            "rarest_shared": max((self._weights[word] for word in shared), default=0.0),
            "shared": self._sum(shared),
            "shared_anywhere": self._sum(left.all_tokens & right.all_tokens),
            "telling": sum(value for value in (*telling_left, *telling_right) if value > 0),
            "telling_most": max((*telling_left, *telling_right), default=_SILENT),
            "telling_left": max(telling_left, default=_SILENT),
            "telling_right": max(telling_right, default=_SILENT),
            "described_left": _share(self._sum(left.token_set & right.described), whole_left, right.described),
            "described_right": _share(self._sum(right.token_set & left.described), whole_right, left.described),
            "descriptions": _overlap(left.described, right.described),
            "runs_shared": float(len(set(pairwise(left.tokens)) & set(pairwise(right.tokens)))),
        }

    def _sum(self, words: Iterable[str]) -> float:
        return sum(self._weights[word] for word in words)

    def _missed(self, only: frozenset[str], own: Item, other: Item) -> list[float]:
        """The weight of each word that the other side lacks, less what an abbreviation or a typing error covers."""
        rest = [one for one in other.all_tokens - own.all_tokens if may_be_misspelt(one)]
        missed = []
        for word in only:
            like = max((word_likeness(word, one) for one in rest), default=0.0) if may_be_misspelt(word) else 0.0
            if like < _WRITTEN_TOGETHER and len(word) >= _SHORTEST_JOINED and word in other.joined:
                like = _WRITTEN_TOGETHER
            missed.append((1 - like) * self._weights[word])
        return missed


def _telling(left: Sequence[Item], right: Sequence[Item], space: Space) -> dict[str, float]:
    """How much a word tells products apart, as log odds.

    Neighbours within one table are different products, so the words by which they differ tell apart (`upgrade`);
    rows of the two tables that are each other's nearest are mostly the same product, so theirs do not (`software`).
    """
    apart: Counter[str] = Counter()
    for rows, items in ((space.left, left), (space.right, right)):
        for place, near in enumerate(nearest_within(rows, _NEIGHBOURS, _NEIGHBOUR_COSINE)):
            for other, _ in near:
                if place < other:
                    apart.update(items[place].token_set ^ items[other].token_set)
    together: Counter[str] = Counter()
    for place, near in enumerate(space.rivals[0]):
        back = space.rivals[1][near[0][0]] if near else []
        if back and back[0][0] == place:
            together.update(left[place].token_set ^ right[near[0][0]].token_set)
    all_apart, all_together = apart.total() + 1, together.total() + 1
    return {
        word: log(((apart[word] + 0.5) / all_apart) / ((together[word] + 0.5) / all_together))
        for word in apart.keys() | together.keys()
    }


def _share(part: float, whole: float, described: frozenset[str]) -> float:
    return part / whole if described else -1.0


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else -1.0
