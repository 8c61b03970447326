"""Which few notices out of thousands a listing is worth comparing with: the union of an index and a dictionary.

The index holds words and character n-grams (TF-IDF, cosine; after Paulsen, Govind and Doan, "Sparkly", PVLDB 16(6),
2023: sparse retrieval with top-k beats learned blockers). A word that the register does not know is also asked for
as its nearest known word or as two known words run together, so that typing errors and glued words find their way.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
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
        self._pieces = lru_cache(maxsize=200_000)(self._pieces_of)
        self._matrix = self.rows([list(document.elements()) for document in documents]).T.tocsr()

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
        offset = len(self._word_ids)
        indices, data, ends = [], [], [0]
        for tokens in texts:
            pieces = [self._pieces(token) for token in tokens]
            word_part = _weighed([piece[0] for piece in pieces], self._word_idf, _WORD_SHARE)
            gram_part = _weighed([piece[1] for piece in pieces], self._gram_idf, 1.0 - _WORD_SHARE)
            indices += [word_part[0], gram_part[0] + offset]
            data += [word_part[1], gram_part[1]]
            ends.append(ends[-1] + len(word_part[0]) + len(gram_part[0]))
        shape = (len(texts), offset + len(self._gram_ids))
        joined = np.concatenate(indices) if indices else np.empty(0, np.int32)
        values = np.concatenate(data) if data else np.empty(0, np.float32)
        return csr_matrix((values, joined.astype(np.int32), np.array(ends, np.int32)), shape=shape)

    def _pieces_of(self, token: str) -> tuple[IntArray, IntArray]:
        known = [self._word_ids[word] for word in self._repairs(token)]
        grams = [self._gram_ids[gram] for gram in _grams(token) if gram in self._gram_ids]
        return np.array(known, np.int32), np.array(grams, np.int32)


class _Repairs:
    """Known words for an unknown one: itself, one typing error away, or two run together."""

    def __init__(self, known: dict[str, int]) -> None:
        self._known = known
        self._near: dict[str, str] = {}
        for word in known:
            if len(word) >= _SHORTEST_REPAIRED:
                for place in range(len(word)):
                    self._near.setdefault(word[:place] + word[place + 1 :], word)

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


def _weighed(parts: list[IntArray], idf: NDArray[np.float32], share: float) -> tuple[IntArray, NDArray[np.float32]]:
    """Sublinear TF times IDF, scaled so that the squares sum to `share`."""
    together = np.concatenate(parts) if parts else np.empty(0, np.int32)
    places, counts = np.unique(together, return_counts=True)
    weights = (1 + np.log(counts, dtype=np.float32)) * idf[places]
    norm = float(np.sqrt((weights * weights).sum()))
    if norm == 0.0:
        return places.astype(np.int32), weights.astype(np.float32)
    return places.astype(np.int32), (weights * (share**0.5 / norm)).astype(np.float32)
