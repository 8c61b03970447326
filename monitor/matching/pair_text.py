"""Small readings of a product's text that the features of a pair share: numbers, n-grams, likeness of words."""

import re
from functools import lru_cache

from rapidfuzz.distance import JaroWinkler

_NUMBER = re.compile(r"\d+(?:\s?\.\s?\d+)?")
_LETTERS = re.compile(r"[a-z]+")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_GRAM_LENGTHS = (3, 4)
_SHORTEST_ABBREVIATION = 3
_SHORTEST_TYPO = 4
_ALIKE = 0.88


def number_values(text: str) -> frozenset[str]:
    """The numbers written in folded `text`, `6.0` and `06` as `6`; Roman ones from II on too."""
    found = set()
    for written in _NUMBER.findall(text.replace(",", "")):
        whole, _, part = written.replace(" ", "").partition(".")
        whole, part = whole.lstrip("0") or "0", part.rstrip("0")
        found.add(f"{whole}.{part}" if part else whole)
    found.update(_ROMAN[word] for word in _LETTERS.findall(text) if word in _ROMAN)
    return frozenset(found)


def run_grams(text: str) -> list[str]:
    """Character n-grams of `text` written without spaces, so that a gap more or less changes little."""
    joined = f" {''.join(text.split())} "
    return [joined[at : at + n] for n in _GRAM_LENGTHS for at in range(len(joined) - n + 1)]


def may_be_misspelt(word: str) -> bool:
    """Whether another spelling of `word` can be told: not of numbers, nor of one or two signs."""
    return len(word) >= _SHORTEST_ABBREVIATION and not word.isdigit()


@lru_cache(maxsize=400_000)
def word_likeness(one: str, other: str) -> float:
    """From 0 to 1: the same word, an abbreviation (`prof`, `upgrd`), or a typing error away."""
    if one == other:
        return 1.0
    short, long = sorted((one, other), key=len)
    if short.isdigit() or long.isdigit():
        return 0.0
    if len(short) >= _SHORTEST_ABBREVIATION and short[0] == long[0]:
        if long.startswith(short):
            return 0.9
        if len(short) >= _SHORTEST_TYPO and _in_order(short, long):
            return 0.85
    if len(short) >= _SHORTEST_TYPO:
        alike = JaroWinkler.similarity(short, long)
        return alike if alike > _ALIKE else 0.0
    return 0.0


def _in_order(short: str, long: str) -> bool:
    """Whether the letters of `short` come in this order in `long`."""
    rest = iter(long)
    return all(letter in rest for letter in short)
