"""A search among many hashes: all within a distance of the asked ones, by counting bits, or by pieces that agree.

By pieces: two hashes at most 31 bits apart agree in at least one of sixteen 16-bit pieces up to one bit, so 272 places
of a table are looked at instead of every hash. Nothing within the distance is missed either way.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from monitor.pictures.likeness import STRONG, Words, words_of

_PIECES = 16
_PIECE_BITS = 16
_NEAR = np.array([0, *(1 << bit for bit in range(_PIECE_BITS))], dtype=np.uint16)
_AT_ONCE = 4_096
_FEWEST = 2_000
"""Below so many hashes counting all bits is as fast."""

Hits = tuple[np.ndarray[Any, np.dtype[np.intp]], np.ndarray[Any, np.dtype[np.intp]], np.ndarray[Any, np.dtype[Any]]]


class PictureIndex:
    """Hashes by their place, searched many at a time. Built once; a new one is made when hashes are added."""

    def __init__(self, hashes: Sequence[str]) -> None:
        self.words: Words = words_of(hashes)
        self._starts: list[np.ndarray[Any, Any]] = []
        self._places: list[np.ndarray[Any, Any]] = []
        if len(hashes) >= _FEWEST:
            self._build()

    def __len__(self) -> int:
        return len(self.words)

    def within(self, hashes: Sequence[str], distance: int = STRONG) -> Hits:
        """All pairs at most `distance` bits apart: place in `hashes`, place in the index, bits, in that order."""
        asked = words_of(hashes)
        if not self._starts or distance > STRONG:
            return self._all(asked, distance)
        found = [
            (rows + start, places)
            for start in range(0, len(asked), _AT_ONCE)
            for number in range(_PIECES)
            for rows, places in [self._by_piece(number, asked[start : start + _AT_ONCE])]
        ]
        if not found:
            return self._all(asked, distance)
        rows, places = (np.concatenate(side) for side in zip(*found, strict=True))
        apart = np.bitwise_count(asked[rows] ^ self.words[places]).sum(axis=1, dtype=np.int64)
        near = apart <= distance
        return _once(rows[near], places[near], apart[near], len(self.words))

    def _all(self, asked: Words, distance: int) -> Hits:
        rows, places, bits = [], [], []
        for row, one in enumerate(asked):
            apart = np.bitwise_count(self.words ^ one).sum(axis=1, dtype=np.int64)
            found = np.flatnonzero(apart <= distance)
            rows.append(np.full(len(found), row, dtype=np.intp))
            places.append(found)
            bits.append(apart[found])
        none = np.empty(0, dtype=np.intp)
        return np.concatenate([none, *rows]), np.concatenate([none, *places]), np.concatenate([none, *bits])

    def _build(self) -> None:
        pieces = self.words.view(np.uint16)
        self._first_half = np.ascontiguousarray(self.words[:, :2])
        for number in range(_PIECES):
            column = pieces[:, number]
            self._places.append(np.argsort(column, kind="stable").astype(np.int32))
            counts = np.bincount(column, minlength=1 << _PIECE_BITS)
            self._starts.append(np.concatenate(([0], np.cumsum(counts))).astype(np.int32))

    def _by_piece(self, number: int, asked: Words) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Pairs that agree in one piece up to a bit, and whose first halves are near enough already."""
        values = (asked.view(np.uint16)[:, number, None] ^ _NEAR[None, :]).ravel().astype(np.int32)
        first = self._starts[number][values]
        counts = self._starts[number][values + 1] - first
        ends = np.cumsum(counts)
        within_run = np.arange(ends[-1] if len(ends) else 0, dtype=np.int32) + np.repeat(first - ends + counts, counts)
        places = self._places[number][within_run]
        rows = np.repeat(np.repeat(np.arange(len(asked), dtype=np.int32), len(_NEAR)), counts)
        bits = np.bitwise_count(self._first_half[places] ^ asked[rows, :2])
        near = bits[:, 0] + bits[:, 1] <= STRONG
        return rows[near], places[near]


def _once(rows: np.ndarray[Any, Any], places: np.ndarray[Any, Any], apart: np.ndarray[Any, Any], size: int) -> Hits:
    """Each pair once: several pieces may have found it."""
    _, first = np.unique(rows.astype(np.int64) * size + places, return_index=True)
    return rows[first], places[first], apart[first]
