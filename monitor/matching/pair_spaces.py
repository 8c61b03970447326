"""Vector spaces over both tables of a pairs benchmark: cosines, and how a pair stands against its rivals."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sparse_dot_topn import sp_matmul_topn

Floats = NDArray[np.float64]
Rivals = list[list[tuple[int, float]]]

SUFFIXES = ("cosine", "margin_left", "rank_left", "margin_right", "rank_right", "margin")
_RIVALS = 10
_LEAST_COSINE = 0.02


class Space:
    """TF-IDF of one reading of the rows, each of length 1; rivals of a row are the nearest rows of the other table."""

    def __init__(self, left: Sequence[Sequence[str]], right: Sequence[Sequence[str]], min_df: int = 1) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(analyzer=_as_given, sublinear_tf=True, min_df=min_df, dtype=np.float32)
        rows = vectorizer.fit_transform([*left, *right]).tocsr()
        self.left, self.right = csr_matrix(rows[: len(left)]), csr_matrix(rows[len(left) :])
        self.rivals = _nearest(self.left, self.right), _nearest(self.right, self.left)

    def columns(self, left: Sequence[int], right: Sequence[int]) -> Floats:
        """One row a pair, columns as in SUFFIXES: its cosine, and lead and rank among the rivals on either side."""
        cosines = np.asarray(self.left[left].multiply(self.right[right]).sum(axis=1)).ravel().tolist()
        table = np.empty((len(left), len(SUFFIXES)), np.float64)
        for at, (a, b, cosine) in enumerate(zip(left, right, cosines, strict=True)):
            lead_left, rank_left = _standing(self.rivals[0][a], b, cosine)
            lead_right, rank_right = _standing(self.rivals[1][b], a, cosine)
            table[at] = (cosine, lead_left, rank_left, lead_right, rank_right, min(lead_left, lead_right))
        return table


def nearest_within(rows: csr_matrix, top: int, least: float) -> Rivals:
    """For each row its `top` nearest rows of the same table, itself among them."""
    return _listed(sp_matmul_topn(rows, rows.T.tocsr(), top_n=top, threshold=least, sort=True, n_threads=1))


def _standing(rivals: list[tuple[int, float]], own: int, cosine: float) -> tuple[float, float]:
    others = [value for place, value in rivals if place != own]
    return cosine - max(others, default=0.0), float(sum(value > cosine + 1e-6 for value in others))


def _nearest(rows: csr_matrix, others: csr_matrix) -> Rivals:
    return _listed(
        sp_matmul_topn(rows, others.T.tocsr(), top_n=_RIVALS, threshold=_LEAST_COSINE, sort=True, n_threads=1)
    )


def _listed(found: csr_matrix) -> Rivals:
    pairs = list(zip(found.indices.tolist(), found.data.tolist(), strict=True))
    return [pairs[start:end] for start, end in pairwise(found.indptr.tolist())]


def _as_given(tokens: Sequence[str]) -> Sequence[str]:
    return tokens
