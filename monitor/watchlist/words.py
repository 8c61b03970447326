"""Words of a product's name: how they are cut, compared, and which of them are plain or too common to search by."""

import re
from functools import cache
from pathlib import Path

from monitor.matching.vocabulary import vocabulary

SHORTEST_BARCODE = 8
"""Digits of a GTIN-8; a shorter number says nothing by itself."""

_FOLDER = Path(__file__).parent
_SPLIT = re.compile(r"[\s\u00a0\u2007\u202f]+")
_EDGES = " \t\"“”„«»‘’'`.,:;!?*()[]{}<>|\\–—-_®™©"
_POSSESSIVE = re.compile(r"['’]s?$", re.IGNORECASE)
_NOT_WORD = re.compile(r"[^\w]+|_")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SHORTEST_PLURAL = 4


def tokens(text: str) -> list[str]:
    """The words of `text` as written, without marks at their edges. `&` stays, for it is part of names."""
    bare = text.replace("®", " ").replace("™", " ").replace("\u200b", "")
    cut = (word if word == "&" else word.strip(_EDGES) for word in _SPLIT.split(bare))
    return [word for word in cut if word]


def key(token: str) -> str:
    """How two words are compared: case folded, without punctuation, possessive and plural endings."""
    word = _NOT_WORD.sub("", _POSSESSIVE.sub("", token)).casefold()
    return word[:-1] if len(word) >= _SHORTEST_PLURAL and word.endswith("s") and not word.endswith("ss") else word


def keys(text: str) -> list[str]:
    """The keys of all words of `text` that have one."""
    return [found for found in map(key, tokens(text)) if found]


def is_plain(token: str) -> bool:
    """True for a word that says what kind of thing it is or what it is like, never whose."""
    parts = [part for part in map(key, re.split(r"[/-]", token)) if part and not part.isdigit()]
    ordinary = vocabulary()
    return key(token) in plain_keys() or (
        bool(parts)
        and all(part in plain_keys() or ordinary.is_kind(part) or ordinary.is_ordinary(part) for part in parts)
    )


def is_mark(word: str, lower: frozenset[str]) -> bool:
    """A word that names whose it is: not plain, never written in lower case, and with a capital or a digit."""
    if not key(word) or is_plain(word) or key(word) in lower:
        return False
    return any(sign.isupper() or sign.isdigit() for sign in word) and not word.isdigit()


def is_kind(token: str) -> bool:
    """True for a plain word that a product's name may end with: it says what the thing is."""
    return key(token) in plain_keys() - generic_keys() or vocabulary().is_kind(key(token))


def is_generic(token: str) -> bool:
    """True for a word too common to search by, a number that is no barcode, or a single letter."""
    word = key(token)
    number = word.isdigit() and len(word) < SHORTEST_BARCODE
    return not word or word in generic_keys() or number or (len(word) == 1 and word.isascii())


def is_wide(text: str) -> bool:
    """True where words are not set apart by spaces (Chinese, Japanese) or rarely (Korean)."""
    return _WIDE.search(text) is not None


@cache
def plain_keys() -> frozenset[str]:
    """Keys of the words in plain_words.txt and generic_words.txt."""
    return _words_of("plain_words.txt") | generic_keys()


@cache
def generic_keys() -> frozenset[str]:
    """Keys of the words in generic_words.txt."""
    return _words_of("generic_words.txt")


def _words_of(name: str) -> frozenset[str]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    rest = (line.partition(": ")[2] or line for line in lines if not line.startswith("#"))
    return frozenset(found for line in rest for found in keys(line))
