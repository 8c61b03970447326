"""An inverted index over shingles: which remembered texts share most with an asked one, and which runs are common."""

from collections.abc import Sequence

import numpy as np


class Postings:
    """Sorted shingles with the texts that hold them, and on how many listings each was seen since."""

    def __init__(self, texts: Sequence[Sequence[int]]) -> None:
        """`texts`: the shingles of each remembered text, 32 bits each."""
        lengths = [len(text) for text in texts]
        everything = np.fromiter((one for text in texts for one in text), dtype=np.uint32, count=sum(lengths))
        owners = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
        order = np.argsort(everything, kind="stable")
        self._owners = owners[order]
        self._shingles, first = np.unique(everything[order], return_index=True)
        self._starts = np.append(first, len(everything))
        self._listings = np.zeros(len(self._shingles), dtype=np.uint32)

    def count(self, text: Sequence[int]) -> None:
        """One more listing with this text."""
        self._listings[self._places(text)] += 1

    def common(self, text: Sequence[int], listings: int) -> frozenset[int]:
        """Those shingles of `text` that at least so many listings have."""
        places = self._places(text)
        return frozenset(self._shingles[places[self._listings[places] >= listings]].tolist())

    def most_alike(self, text: Sequence[int], fewest: int, common: int, most: int) -> list[int]:
        """The remembered texts that share at least `fewest` shingles with `text`, the most alike first; shingles that
        at least `common` listings have don't count."""
        places = self._places(text)
        places = places[self._listings[places] < common]
        if len(places) < fewest:
            return []
        first, last = self._starts[places], self._starts[places + 1]
        counts = last - first
        ends = np.cumsum(counts)
        owners = self._owners[np.arange(ends[-1]) + np.repeat(first - ends + counts, counts)]
        found, shared = np.unique(owners, return_counts=True)
        found, shared = found[shared >= fewest], shared[shared >= fewest]
        return [int(place) for place in found[np.argsort(-shared, kind="stable")][:most]]

    def _places(self, text: Sequence[int]) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
        """Where the shingles of `text` stand among the remembered ones."""
        asked = np.asarray(text, dtype=np.uint32)
        if not len(self._shingles) or not len(asked):
            return np.empty(0, dtype=np.intp)
        places = np.searchsorted(self._shingles, asked)
        inside = places < len(self._shingles)
        places, asked = places[inside], asked[inside]
        found: np.ndarray[tuple[int], np.dtype[np.intp]] = places[self._shingles[places] == asked]
        return found
