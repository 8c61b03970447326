"""How common a word is among names of goods: the weight of a word, and which words name a kind of thing.

Counts come from a table that ships with the package (`vocabulary.txt`) so that a register of thirty notices is
weighed like one of ten thousand.
"""

from functools import lru_cache
from importlib.resources import files
from math import log

RARE_BELOW = 9
"""A word in fewer names than this (of some 5,900) tells products apart; the others tell kinds apart."""

_KIND_ENDS = 3
_MOST = 7.5
_EMPTY = frozenset(
    "and of the with by in for on at to a an from or model brand children childrens kid product company inc usa sery "
    "series certain various sold new no number style item type version also above below under over".split()
)
COLLECTIVE = frozenset(
    "toy set playset furniture clothing product item accessory jewelry game equipment apparel garment figure gift "
    "merchandise collection assortment doll puzzle book clothe vehicle car kit bicycle "
    "bike costume pajama jacket sweatshirt dress shirt shoe sneaker robe bathrobe sleepwear loungewear nightgown "
    "sweater coat pant boot sandal hat outfit swimsuit pullover scarf skirt".split()
)
"""Heads of names that say too little: a notice named only so never matches by name."""


class Vocabulary:
    """Word counts out of a number of names."""

    def __init__(self, total: int, names: dict[str, int], ends: dict[str, int], ordinary: frozenset[str]) -> None:
        self._total, self._names, self._ends, self._ordinary = total, names, ends, ordinary

    def weight(self, word: str) -> float:
        """How much agreement on `word` says, in nats: 0 for words without content, up to 7.5 for words not listed."""
        if word in _EMPTY or len(word) < 2:
            return 0.0
        if word not in self._names and word.isdigit() and len(word) < 3:
            return 1.5
        return min(_MOST, log((self._total + 1) / (self._names.get(word, 0) + 1)))

    def is_rare(self, word: str) -> bool:
        """Whether `word` tells products apart rather than kinds."""
        return self._names.get(word, 0) < RARE_BELOW and self.weight(word) >= 2.0

    def is_kind(self, word: str) -> bool:
        """Whether `word` names a kind of thing: names of several products end in it."""
        return self._ends.get(word, 0) >= _KIND_ENDS

    def is_ordinary(self, word: str) -> bool:
        """Whether prose writes `word` small: no invented name."""
        return word in self._ordinary or self._names.get(word, 0) >= RARE_BELOW

    def count(self, word: str) -> int:
        return self._names.get(word, 0)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The table that ships with the package."""
    total = 1
    names: dict[str, int] = {}
    ends: dict[str, int] = {}
    ordinary = set()
    for line in files("monitor.matching").joinpath("vocabulary.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# total "):
            total = int(line.removeprefix("# total "))
        elif line and not line.startswith("#"):
            word, count, end, *marks = line.split()
            names[word], ends[word] = int(count), int(end)
            if marks:
                ordinary.add(word)
    return Vocabulary(total, names, ends, frozenset(ordinary))
