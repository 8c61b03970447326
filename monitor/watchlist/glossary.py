"""What kinds of product are called in other languages, for searches on marketplaces that speak them."""

import tomllib
from functools import cache
from pathlib import Path

from monitor.watchlist.words import keys

GLOSSARY_FILE = Path(__file__).with_name("glossary.toml")


def kind_in(language: str, english: str) -> str:
    """The word for an English kind of product in `language` (ISO 639-1), or an empty text where none is known."""
    return _terms().get(" ".join(keys(english)), {}).get(language, "")


def languages() -> list[str]:
    """The languages that the glossary has words in."""
    return sorted({language for words in _terms().values() for language in words})


@cache
def _terms() -> dict[str, dict[str, str]]:
    table = tomllib.loads(GLOSSARY_FILE.read_text(encoding="utf-8"))["kinds"]
    return {" ".join(keys(english)): words for english, words in table.items()}
