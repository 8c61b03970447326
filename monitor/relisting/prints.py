"""The fingerprints of one version of a listing: what is compared when something like it appears.

Pure functions of what a page said. Shingles are runs of five words of a sentence, each kept as 32 bits; of a long
description the 400 smallest are a fair sample (two texts are compared over the range that both samples cover).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zlib import crc32

from monitor.matching.gtins import gtin_key
from monitor.matching.models import is_model, models_in_name
from monitor.matching.normalise import key, squash, words

SHINGLE_WORDS = 5
SKETCH = 400
_MOST_WORDS = 3000
_LONGEST_TEXT = 30_000
_SENTENCE = re.compile(r"[.!?]\s|[\n\r;|•·。！？；]")
_LONGEST_TITLE = 400
_PACK = "pcs"

Picture = Mapping[str, str]
"""One picture: the hash of each of its views."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a listing said at one time; everything but the key may be empty. `price` is a decimal string."""

    listing_key: str
    title: str = ""
    description: str = ""
    brand: str = ""
    model: str = ""
    gtin: str = ""
    seller: str = ""
    price: str = ""
    currency: str = ""
    images: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()

    @property
    def marketplace(self) -> str:
        return self.listing_key.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Prints:
    """The fingerprints. `shingles` are sorted and, where `whole` is False, only the smallest of all; `seller` is empty
    where the platform itself sells."""

    listing_key: str
    title_words: tuple[str, ...]
    title_grams: frozenset[str]
    shingles: tuple[int, ...]
    whole: bool
    brand: str
    models: frozenset[str]
    packs: frozenset[str]
    price: Decimal | None
    currency: str
    seller: str
    pictures: tuple[Picture, ...]


def prints_of(version: Version) -> Prints:
    """The fingerprints of what a listing said."""
    title = version.title[:_LONGEST_TITLE]
    title_words = words(title)
    shingles, whole = sketch_of(version.description)
    stated = squash(version.model)
    models = models_in_name(title) | ({stated} if is_model(stated, True) else set())
    gtin = gtin_key(version.gtin)
    return Prints(
        listing_key=version.listing_key,
        title_words=title_words,
        title_grams=grams_of(title_words),
        shingles=shingles,
        whole=whole,
        brand=key(version.brand),
        models=frozenset(models | ({gtin} if gtin else set())),
        packs=frozenset(word for word in title_words if word.endswith(_PACK) and word[:-3].isdigit()),
        price=_decimal(version.price),
        currency=version.currency,
        seller=seller_of(version),
        pictures=version.pictures,
    )


def sentences_of(text: str) -> list[tuple[str, ...]]:
    """The comparable words of each sentence or line, up to 3,000 words in all."""
    found, left = [], _MOST_WORDS
    for part in _SENTENCE.split(text[:_LONGEST_TEXT]):
        said = words(part)[:left]
        left -= len(said)
        if said:
            found.append(said)
    return found


def shingles_of(text: str) -> frozenset[int]:
    """Every run of five words within a sentence of `text`, as 32 bits, so that sentences may change places."""
    return frozenset(
        shingle(said[at : at + SHINGLE_WORDS])
        for said in sentences_of(text)
        for at in range(len(said) - SHINGLE_WORDS + 1)
    )


def shingle(run: Sequence[str]) -> int:
    """The 32 bits that stand for a run of words."""
    return crc32(" ".join(run).encode())


def sketch_of(text: str) -> tuple[tuple[int, ...], bool]:
    """The smallest shingles in order, and whether these are all."""
    found = sorted(shingles_of(text))
    return tuple(found[:SKETCH]), len(found) <= SKETCH


def grams_of(title_words: Sequence[str]) -> frozenset[str]:
    """Runs of three characters of the words, borders marked: they outlive typing errors and other word orders."""
    marked = (f" {word} " for word in title_words)
    return frozenset(word[at : at + 3] for word in marked for at in range(len(word) - 2))


def as_stored(version: Version) -> dict[str, Any]:
    """The version as the ledger keeps it, to be read back with `version_of`."""
    return {
        "listing_key": version.listing_key, "title": version.title, "description": version.description,
        "brand": version.brand, "model": version.model, "gtin": version.gtin, "seller": version.seller,
        "price": version.price, "currency": version.currency, "images": list(version.images),
        "pictures": [dict(picture) for picture in version.pictures],
    }  # fmt: skip


def version_of(stored: Mapping[str, Any]) -> Version:
    """The version that `as_stored` wrote."""
    return Version(**{**stored, "images": tuple(stored["images"]), "pictures": tuple(stored["pictures"])})


def seller_of(version: Version) -> str:
    """The seller's name, folded; "" where none is named, or where the marketplace itself sells."""
    return _seller(version.seller, version.marketplace)


@lru_cache(maxsize=20_000)
def _seller(name: str, marketplace: str) -> str:
    squashed = squash(name)
    return "" if squashed.removesuffix("com") == squash(marketplace) else squashed


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and value > 0 else None
