"""How much two pictures agree: the least distance between a known picture's views and an asked one's.

Measured on drawn photographs by `tests/unit/pictures/test_likeness.py`; the table stands in docs/reference/pictures.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from crawler.pictures.facts import ASKED_VIEWS, KNOWN_VIEWS

BITS = 256
STRONG = 31
"""Bits: at most so many apart, two views are of one picture (unrelated ones are about 128 apart)."""
WEAK = 60
"""Bits: at most so many apart says something, where other fields agree as well."""

Strength = Literal["strong", "weak", ""]
Words = np.ndarray[Any, np.dtype[np.uint64]]
_WORDS = BITS // 64


@dataclass(frozen=True, slots=True)
class Agreement:
    """The two views that are closest, and how many of their 256 bits differ."""

    distance: int
    known_view: str
    asked_view: str

    @property
    def strength(self) -> Strength:
        return strength_of(self.distance)


def strength_of(distance: int) -> Strength:
    """What a distance in bits says."""
    return "strong" if distance <= STRONG else "weak" if distance <= WEAK else ""


def words_of(hashes: Sequence[str]) -> Words:
    """Hashes in hexadecimal as rows of four 64-bit words."""
    joined = bytes.fromhex("".join(hashes))
    return np.frombuffer(joined, dtype=np.uint64).reshape(len(hashes), _WORDS)


def distances(known: Words, asked: Words) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Bits that differ, for every pair: rows of `known` by rows of `asked`."""
    apart: np.ndarray[Any, np.dtype[np.int64]]
    apart = np.bitwise_count(known[:, None, :] ^ asked[None, :, :]).sum(axis=2, dtype=np.int64)
    return apart


def views_of(hashes: Mapping[str, str], views: Iterable[str]) -> list[tuple[str, str]]:
    """Those of `views` that the picture has, with their hashes; equal hashes once."""
    found: dict[str, str] = {}
    for view in views:
        if view in hashes:
            found.setdefault(hashes[view], view)
    return [(view, digest) for digest, view in found.items()]


def agreement(known: Mapping[str, str], asked: Mapping[str, str]) -> Agreement | None:
    """How much two pictures agree; None where one of them has nothing to compare."""
    known_views, asked_views = views_of(known, KNOWN_VIEWS), views_of(asked, ASKED_VIEWS)
    if not known_views or not asked_views:
        return None
    apart = distances(words_of([one for _, one in known_views]), words_of([one for _, one in asked_views]))
    row, column = np.unravel_index(int(apart.argmin()), apart.shape)
    return Agreement(int(apart[row, column]), known_views[int(row)][0], asked_views[int(column)][0])
