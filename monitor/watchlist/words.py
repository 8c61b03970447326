"""Which words of a product's name are plain, or too common to search by."""

import re

from crawler.feeds.words import generic_keys, key, keys, plain_keys, tokens
from monitor.matching.vocabulary import vocabulary

__all__ = ["is_generic", "is_kind", "is_mark", "is_plain", "is_wide", "key", "keys", "tokens"]

SHORTEST_BARCODE = 8
"""Digits of a GTIN-8; a shorter number says nothing by itself."""

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


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
