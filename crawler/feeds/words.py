"""Words of a product's name: how they are cut and compared, and which of them say what a thing is, never whose."""

import re
from functools import cache, lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_SPLIT = re.compile(r"[\s\u00a0\u2007\u202f]+")
_EDGES = " \t\"“”„«»‘’'`.,:;!?*()[]{}<>|\\–—-_®™©"
_POSSESSIVE = re.compile(r"['’]s?$", re.IGNORECASE)
_TYPED_MARK = re.compile(r"\((?:r|tm)\)", re.IGNORECASE)
_NOT_WORD = re.compile(r"[^\w]+|_")
_SHORTEST_PLURAL = 4


def tokens(text: str) -> list[str]:
    """The words of `text` as written, without marks at their edges. `&` stays, for it is part of names."""
    bare = _TYPED_MARK.sub(" ", text).replace("®", " ").replace("™", " ").replace("\u200b", "")
    cut = (word if word == "&" else word.strip(_EDGES) for word in _SPLIT.split(bare))
    return [word for word in cut if word]


@lru_cache(maxsize=1 << 16)
def key(token: str) -> str:
    """How two words are compared: case folded, without punctuation, possessive and plural endings."""
    word = _NOT_WORD.sub("", _POSSESSIVE.sub("", token)).casefold()
    return word[:-1] if len(word) >= _SHORTEST_PLURAL and word.endswith("s") and not word.endswith("ss") else word


def keys(text: str) -> list[str]:
    """The keys of all words of `text` that have one."""
    return [found for found in map(key, tokens(text)) if found]


@cache
def plain_keys() -> frozenset[str]:
    """Keys of the words in plain_words.txt and generic_words.txt."""
    return _words_of("plain_words.txt") | generic_keys()


@cache
def generic_keys() -> frozenset[str]:
    """Keys of the words in generic_words.txt."""
    return _words_of("generic_words.txt")


@cache
def common_keys() -> frozenset[str]:
    """Keys of the words in common_words.txt, which stand there as keys."""
    lines = (_FOLDER / "common_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _words_of(name: str) -> frozenset[str]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    rest = (line.partition(": ")[2] or line for line in lines if not line.startswith("#"))
    return frozenset(found for line in rest for found in keys(line))
