"""Which few notices out of thousands a listing is worth comparing with: the union of an index and a dictionary.

The index holds words and character n-grams (TF-IDF, cosine; after Paulsen, Govind and Doan, "Sparkly", PVLDB 16(6),
2023: sparse retrieval with top-k beats learned blockers). A word that the register does not know is also asked for
as its nearest known word or as two known words run together, so that typing errors and glued words find their way.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sparse_dot_topn import sp_matmul_topn

from monitor.matching.normalise import word_form, words

TOP = 20
_GRAM_LENGTHS = (3, 4)
_WORD_SHARE = 0.55
_TOO_COMMON = 0.08
_SHORTEST_REPAIRED = 4

_LETTERS = str.maketrans("0345789", "oeastbg")

IntArray = NDArray[np.int32]


class Index:
    """TF-IDF over the texts of a register, asked with texts of listings. Built once; asking changes nothing."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Index `texts`; their places are the numbers that `ask` gives back. About 4 s for 10,000 notices."""
        documents = [Counter(words(text)) for text in texts]
        self._word_ids = _numbered(word for document in documents for word in document)
        self._repairs = _Repairs(self._word_ids)
        grams = [Counter(g for word, n in document.items() for g in _grams(word) * n) for document in documents]
        self._gram_ids = _numbered(gram for document in grams for gram in document)
        self._word_idf = _idf(documents, self._word_ids)
        self._gram_idf = _idf(grams, self._gram_ids)
        self._pieces = lru_cache(maxsize=50_000)(self._pieces_of)
        self._matrix = self.rows([list(document.elements()) for document in documents]).T.tocsr()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The index as arrays of numbers and of UTF-8 text, for a file."""
        texts = {"words": self._word_ids, "grams": self._gram_ids}
        return {
            **{name: np.frombuffer("\n".join(ids).encode(), np.uint8) for name, ids in texts.items()},
            "word_idf": self._word_idf, "gram_idf": self._gram_idf, "data": self._matrix.data,
            "indices": self._matrix.indices, "indptr": self._matrix.indptr, "shape": np.array(self._matrix.shape),
        }  # fmt: skip

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> "Index":
        """The index that `arrays` wrote."""
        index = cls.__new__(cls)
        read = {name: arrays[name].tobytes().decode() for name in ("words", "grams")}
        index._word_ids, index._gram_ids = (_numbered(t.split("\n") if t else ()) for t in read.values())
        index._word_idf, index._gram_idf = arrays["word_idf"], arrays["gram_idf"]
        index._repairs = _Repairs(index._word_ids)
        index._pieces = lru_cache(maxsize=50_000)(index._pieces_of)
        parts = arrays["data"], arrays["indices"], arrays["indptr"]
        index._matrix = csr_matrix(parts, shape=tuple(arrays["shape"].tolist()))
        return index

    def ask(self, texts: Sequence[Sequence[str]], top: int = TOP) -> list[list[tuple[int, float]]]:
        """For each listing's words the `top` nearest documents with their cosines, the nearest first."""
        if not texts or not self._matrix.shape[1]:
            return [[] for _ in texts]
        found = sp_matmul_topn(self.rows(texts), self._matrix, top_n=top, threshold=0.02, sort=True, n_threads=1)
        starts, places, cosines = found.indptr, found.indices.tolist(), found.data.tolist()
        return [
            list(zip(places[start:end], cosines[start:end], strict=True))
            for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)
        ]

    def read_digits(self, token: str) -> str:
        """`token`, or the known word that it is when its digits are read as letters."""
        if token.isalpha() or token in self._word_ids or len(token) < _SHORTEST_REPAIRED:
            return token
        return (self._repairs.letters_for_digits(token) or (token,))[0]

    def rows(self, texts: Sequence[Sequence[str]]) -> csr_matrix:
        """The vectors of `texts`, a row each: words' and n-grams' weights, of length 1 where anything is known."""
        pieces = [[self._pieces(token) for token in tokens] for tokens in texts]
        word_part = _weighed([[piece[0] for piece in row] for row in pieces], self._word_idf, _WORD_SHARE)
        gram_part = _weighed([[piece[1] for piece in row] for row in pieces], self._gram_idf, 1.0 - _WORD_SHARE)
        joined: csr_matrix = hstack([word_part, gram_part], format="csr", dtype=np.float32)
        return joined

    def _pieces_of(self, token: str) -> tuple[IntArray, IntArray]:
        known = [self._word_ids[word] for word in self._repairs(token)]
        grams = [self._gram_ids[gram] for gram in _grams(token) if gram in self._gram_ids]
        return np.array(known, np.int32), np.array(grams, np.int32)


class _Repairs:
    """Known words for an unknown one: itself, one typing error away, or two run together."""

    def __init__(self, known: dict[str, int]) -> None:
        self._known = known

    @cached_property
    def _near(self) -> dict[str, str]:
        """Known words by what is left of them without one letter; made when first asked for."""
        near: dict[str, str] = {}
        for word in self._known:
            if len(word) >= _SHORTEST_REPAIRED:
                for place in range(len(word)):
                    near.setdefault(word[:place] + word[place + 1 :], word)
        return near

    def __call__(self, token: str) -> tuple[str, ...]:
        if token in self._known:
            return (token,)
        if len(token) < _SHORTEST_REPAIRED:
            return ()
        if any(char.isdigit() for char in token):
            return self.letters_for_digits(token)
        return self._near_word(token) or self._two_words(token)

    def letters_for_digits(self, token: str) -> tuple[str, ...]:
        """A token with every digit read as a letter, where that gives a known word (`g4735` is `gates`)."""
        if token.isdigit():
            return ()
        for one in ("i", "l"):
            word = word_form(token.replace("1", one).translate(_LETTERS))
            if word.isalpha() and (word in self._known or word in self._near):
                return (word,) if word in self._known else (self._near[word],)
        return ()

    def _near_word(self, token: str) -> tuple[str, ...]:
        if token in self._near:
            return (self._near[token],)
        for place in range(len(token)):
            less = token[:place] + token[place + 1 :]
            if less in self._known:
                return (less,)
            if less in self._near:
                return (self._near[less],)
        return ()

    def _two_words(self, token: str) -> tuple[str, ...]:
        for cut in range(len(token) - 3, 2, -1):
            if token[:cut] in self._known and token[cut:] in self._known:
                return token[:cut], token[cut:]
        return ()


@lru_cache(maxsize=200_000)
def _grams(word: str) -> list[str]:
    padded = f" {word} "
    return [padded[at : at + n] for n in _GRAM_LENGTHS for at in range(len(padded) - n + 1)]


def _numbered(items: Iterable[str]) -> dict[str, int]:
    return {item: number for number, item in enumerate(dict.fromkeys(items))}


def _idf(documents: list[Counter[str]], ids: dict[str, int]) -> NDArray[np.float32]:
    counts = np.zeros(len(ids), np.float64)
    for document in documents:
        for item in document:
            counts[ids[item]] += 1
    weights = np.log((1 + len(documents)) / (1 + counts)) + 1
    if len(documents) > 1000:
        weights[counts > _TOO_COMMON * len(documents)] = 0
    return weights.astype(np.float32)


def _weighed(rows: list[list[IntArray]], idf: NDArray[np.float32], share: float) -> csr_matrix:
    """Sublinear TF times IDF, a row each, scaled so that the squares of a row sum to `share`."""
    parts = [part for row in rows for part in row]
    lengths = np.array([sum(map(len, row)) for row in rows], np.int64)
    width = max(1, len(idf))
    places = np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)
    keys, counts = np.unique(np.repeat(np.arange(len(rows)) * width, lengths) + places, return_counts=True)
    row, column = np.divmod(keys, width)
    weights = (1 + np.log(counts, dtype=np.float32)) * idf[column]
    norms = np.sqrt(np.bincount(row, weights * weights, minlength=len(rows)))
    weights = weights * (share**0.5 / np.where(norms > 0, norms, 1.0)).astype(np.float32)[row]
    starts = np.searchsorted(row, np.arange(len(rows) + 1)).astype(np.int32)
    return csr_matrix((weights.astype(np.float32), column.astype(np.int32), starts), shape=(len(rows), len(idf)))
