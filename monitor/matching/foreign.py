"""Kinds of goods by their other names: English synonyms, and words of other languages with their English ones.

Brands, models and numbers stand in Latin letters in any language; what the thing is does not. The words come from the
watchlist's glossary and from `kinds.toml`.
"""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

from monitor.matching.normalise import fold
from monitor.matching.vocabulary import vocabulary

_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
_LATIN = re.compile("[a-z]+")
_LONGEST = 4


def english_title(title: str) -> str:
    """`title` with the words that the glossary knows in English, everything else as it stands."""
    if _is_plain(title):
        return title
    return " ".join(english or text for text, english in glossed(title))


def _is_plain(text: str) -> bool:
    """Whether nothing in `text` can be of the glossary."""
    return text.isascii() and _tables()[3].isdisjoint(_LATIN.findall(text.lower()))


def named_last(name: str) -> str:
    """A product's name in another language as an English one: the kind translated and put at the end, where English
    names have it (`Poussette Loola` is `Loola stroller`). Other names as they are."""
    if _is_plain(name):
        return name
    parts = glossed(name)
    kinds = [english for _, english in parts if english]
    return " ".join([*(text for text, english in parts if not english), *kinds]) if kinds else name


@lru_cache(maxsize=1)
def synonyms() -> dict[str, frozenset[str]]:
    """For each name of a kind, written together, all names of that kind."""
    return {name: frozenset(group) for group in _table()["groups"] for name in group}


def gloss(title: str) -> str:
    """`title` for an English reader: words of the glossary translated, others as they stand, runs not read as `…`.

    Empty where nothing in it needs a gloss.
    """
    parts = glossed(title)
    if not any(english for _, english in parts):
        return ""
    said = [english or ("…" if _CJK.search(text) else text) for text, english in parts]
    return " ".join(word for at, word in enumerate(said) if word != "…" or at == 0 or said[at - 1] != "…")


def glossed(title: str) -> list[tuple[str, str]]:
    """The pieces of `title` with what each is in English; nothing beside pieces that need none or are not known."""
    found: list[tuple[str, str]] = []
    for piece in title.split():
        place = 0
        for run in _CJK.finditer(piece):
            if run.start() > place:
                found.append((piece[place : run.start()], ""))
            found.extend(_cut(run.group()))
            place = run.end()
        if place < len(piece):
            found.append((piece[place:], ""))
    return _phrases(found)


def _cut(run: str) -> list[tuple[str, str]]:
    """Signs without spaces, cut by the longest words of the glossary."""
    signs, longest = _tables()[0], _tables()[2]
    found: list[tuple[str, str]] = []
    unread, at = "", 0
    while at < len(run):
        length = next((n for n in range(min(longest, len(run) - at), 0, -1) if run[at : at + n] in signs), 0)
        if not length:
            unread += run[at]
            at += 1
            continue
        if unread:
            found.append((unread, ""))
            unread = ""
        found.append((run[at : at + length], signs[run[at : at + length]]))
        at += length
    return [*found, (unread, "")] if unread else found


def _phrases(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbouring Latin words that the glossary knows together, put together."""
    phrases = _tables()[1]
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(pieces):
        for length in range(min(_LONGEST, len(pieces) - at), 0, -1):
            run = pieces[at : at + length]
            english = "" if any(known for _, known in run) else phrases.get(_latin_key([text for text, _ in run]), "")
            if english:
                found.append((" ".join(text for text, _ in run), english))
                at += length
                break
        else:
            found.append(pieces[at])
            at += 1
    return found


@lru_cache(maxsize=100_000)
def _folded(text: str) -> str:
    return fold(text).strip(" ,.;:()[]!|/-")


def _latin_key(texts: list[str]) -> str:
    return " ".join(_folded(text) for text in texts)


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, str], int, frozenset[str]]:
    """Signs to English, Latin phrases to English, the longest run of signs, and first words of the phrases.

    A Latin word that English names of goods hold too (`roller`, a scooter in German) is left alone.
    """
    signs: dict[str, str] = {}
    phrases: dict[str, str] = {}
    glossary = tomllib.loads(files("monitor.watchlist").joinpath("glossary.toml").read_text(encoding="utf-8"))
    pairs = [(word, english) for english, by in glossary["kinds"].items() for word in by.values()]
    for text, english in [*_table()["also"].items(), *pairs]:
        for word in text.split() if _CJK.search(text) else [text]:
            if _CJK.search(word):
                signs.setdefault(word, english)
            elif " " in word or not vocabulary().count(fold(word)):
                phrases.setdefault(fold(word), english)
    firsts = frozenset(phrase.split()[0] for phrase in phrases)
    return signs, phrases, max(map(len, signs)), firsts


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = tomllib.loads(
        files("monitor.matching").joinpath("kinds.toml").read_text(encoding="utf-8")
    )
    return table
