"""The features of a pair of product rows: one table for every benchmark, numbers in, no names of sets."""

from collections.abc import Sequence
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler
from sparse_dot_topn import sp_matmul_topn

from monitor.matching.candidates import Index
from monitor.matching.normalise import squash
from monitor.matching.pairs import Item, Pair, PairSet

NAMES = (
    "name_cosine", "text_cosine", "margin_left", "margin_right", "rank_left", "rank_right", "covered_left",
    "covered_right", "rarest_shared", "rarest_left", "rarest_right", "models_shared", "models_conflict",
    "model_written_in_left", "model_written_in_right", "model_likeness", "numbers_shared", "numbers_left",
    "numbers_right", "brand_agrees", "brand_missing", "first_word", "runs_shared", "price_ratio", "price_missing",
    "token_set", "token_sort", "ratio", "partial_ratio", "length_ratio", "text_margin_left", "text_margin_right",
    "text_rank_left", "text_rank_right", "stated_model_agrees", "stated_model_conflicts", "stated_model_likeness",
    "brand_written",
)  # fmt: skip

Floats = NDArray[np.float64]
_RIVALS = 20
_Rivals = list[list[tuple[int, float]]]


class PairFeatures:
    """Features that need both tables: word weights, and the rivals of each row on the other side."""

    def __init__(self, pairs: PairSet) -> None:
        self._left, self._right = pairs.left, pairs.right
        names = [" ".join(item.tokens) for item in (*pairs.left, *pairs.right)]
        self._names = Index(names)
        self._texts = Index([" ".join(sorted(item.all_tokens)) for item in (*pairs.left, *pairs.right)])
        self._weights = _word_weights([item.all_tokens for item in (*pairs.left, *pairs.right)])
        self._left_rows = self._names.rows([item.tokens for item in pairs.left])
        self._right_rows = self._names.rows([item.tokens for item in pairs.right])
        self._left_texts = self._texts.rows([sorted(item.all_tokens) for item in pairs.left])
        self._right_texts = self._texts.rows([sorted(item.all_tokens) for item in pairs.right])
        self._rivals = _best(self._left_rows, self._right_rows), _best(self._right_rows, self._left_rows)
        self._text_rivals = _best(self._left_texts, self._right_texts), _best(self._right_texts, self._left_texts)

    def matrix(self, pairs: Sequence[Pair]) -> Floats:
        """One row a pair, columns as in NAMES."""
        left, right = [pair.left for pair in pairs], [pair.right for pair in pairs]
        names = np.asarray(self._left_rows[left].multiply(self._right_rows[right]).sum(axis=1)).ravel()
        texts = np.asarray(self._left_texts[left].multiply(self._right_texts[right]).sum(axis=1)).ravel()
        rows = [
            [
                cosine,
                text,
                *_rivalry(self._rivals, pair, float(cosine)),
                *self._comparison(self._left[pair.left], self._right[pair.right]),
                *_rivalry(self._text_rivals, pair, float(text)),
                *_stated(self._left[pair.left], self._right[pair.right]),
            ]
            for pair, cosine, text in zip(pairs, names, texts, strict=True)
        ]
        return np.array(rows, np.float64)

    def _comparison(self, left: Item, right: Item) -> list[float]:
        weight = self._weights
        a, b = frozenset(left.tokens), frozenset(right.tokens)
        shared, only_a, only_b = a & right.all_tokens, a - right.all_tokens, b - left.all_tokens
        models = left.models & right.models
        both = bool(left.models and right.models)
        prices = left.price and right.price
        name_a, name_b = " ".join(left.tokens), " ".join(right.tokens)
        return [
            _share(shared, a, weight),
            _share(b & left.all_tokens, b, weight),
            max((weight[word] for word in shared), default=0.0),
            max((weight[word] for word in only_a), default=0.0),
            max((weight[word] for word in only_b), default=0.0),
            float(len(models)),
            float(both and not models),
            float(any(model in left.joined for model in right.models)),
            float(any(model in right.joined for model in left.models)),
            max((JaroWinkler.similarity(x, y) for x in left.models for y in right.models), default=-1.0),
            float(len(left.numbers & right.numbers)),
            float(len(left.numbers - right.all_tokens)),
            float(len(right.numbers - left.all_tokens)),
            float(bool(left.brand and right.brand) and left.brand.lower() == right.brand.lower()),
            float(not (left.brand and right.brand)),
            float(left.tokens[:1] == right.tokens[:1]),
            float(len(set(pairwise(left.tokens)) & set(pairwise(right.tokens)))),
            abs(log(left.price / right.price)) if prices and left.price and right.price else -1.0,
            float(not prices),
            fuzz.token_set_ratio(name_a, name_b),
            fuzz.token_sort_ratio(name_a, name_b),
            fuzz.ratio(name_a, name_b),
            fuzz.partial_ratio(name_a, name_b),
            len(a) / max(1, len(b)),
        ]


def _rivalry(rivals: tuple[_Rivals, _Rivals], pair: Pair, cosine: float) -> list[float]:
    """How far the pair is before (or behind) the best rival on both sides, and its rank there."""
    found = []
    for side, own in ((rivals[0][pair.left], pair.right), (rivals[1][pair.right], pair.left)):
        others = [value for place, value in side if place != own]
        found.append((cosine - max(others, default=0.0), sum(value > cosine for value in others)))
    return [found[0][0], found[1][0], float(found[0][1]), float(found[1][1])]


def _stated(left: Item, right: Item) -> list[float]:
    """Model numbers and brands that stand in columns of their own."""
    a, b = squash(left.model), squash(right.model)
    both = bool(a and b)
    brands = [squash(item.brand) for item in (left, right) if item.brand]
    return [
        float(both and a == b),
        float(both and a != b),
        JaroWinkler.similarity(a, b) if both else -1.0,
        float(any(brand in left.joined and brand in right.joined for brand in brands)),
    ]


def _share(part: frozenset[str], whole: frozenset[str], weight: dict[str, float]) -> float:
    total = sum(weight[word] for word in whole)
    return sum(weight[word] for word in part) / total if total else 0.0


def _word_weights(documents: Sequence[frozenset[str]]) -> dict[str, float]:
    counts: dict[str, int] = {}
    for document in documents:
        for word in document:
            counts[word] = counts.get(word, 0) + 1
    return {word: log((1 + len(documents)) / count) for word, count in counts.items()}


def _best(rows: object, others: object) -> list[list[tuple[int, float]]]:

    found = sp_matmul_topn(rows, others.T.tocsr(), top_n=_RIVALS, threshold=0.05, sort=True, n_threads=1)  # type: ignore[attr-defined]
    pairs = list(zip(found.indices.tolist(), found.data.tolist(), strict=True))
    return [pairs[start:end] for start, end in pairwise(found.indptr.tolist())]
