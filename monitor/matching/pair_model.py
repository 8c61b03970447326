"""The models of the pairs benchmark: an additive model and two kinds of trees, over features and over rivals.

First every pair and the pairs with its rivals are scored; then the pair is judged by its features and by how it
stands against those scores. A score always comes from a model that has seen no label of the pair's left row, so the
standing of a pair to be judged and of a pair to learn from mean the same.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from monitor.matching.pair_features import Ends, PairFeatures
from monitor.matching.pair_rivals import standing
from monitor.matching.pairs import Item

SEED = 7
_GROUPS = 4
_RIVALS = 6
_SEEDS = 2
_HIGHEST_LOG_ODDS = 9.0
_FURTHEST_SD = 5.0
_RAREST_WORD = 5

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Places = NDArray[np.int64]


class PairTable:
    """All pairs of interest with their features: those asked about, and the rivals of their rows."""

    def __init__(self, left: Sequence[Item], right: Sequence[Item], asked: Sequence[Ends]) -> None:
        features = PairFeatures(left, right)
        pairs = features.with_rivals(asked, _RIVALS)
        self.names = features.names
        self.features = features.matrix(pairs)
        self.left = np.array([pair[0] for pair in pairs], np.int64)
        self.right = np.array([pair[1] for pair in pairs], np.int64)
        self.wide = _wide(self.features, [_told_apart(left[a], right[b]) for a, b in pairs])
        self._rows = {pair: row for row, pair in enumerate(pairs)}

    def rows(self, pairs: Sequence[Ends]) -> Places:
        """The rows of `pairs` in the tables of this object."""
        return np.array([self._rows[pair] for pair in pairs], np.int64)

    def judged(self, learn: Places, same: Bools) -> Floats:
        """The final features of every row, with the rivals scored by models that learn from the rows `learn`."""
        group = np.random.default_rng(SEED).integers(0, _GROUPS, int(self.left.max()) + 1)[self.left]
        trees, words = np.zeros(len(group)), np.zeros(len(group))
        for number in range(_GROUPS):
            known = group[learn] != number
            asked = np.flatnonzero(group == number)
            trees[asked] = log_odds(_boosted(self.features[learn[known]], same[known], self.features[asked], SEED))
            words[asked] = _linear(self.wide[learn[known]], same[known], self.wide[asked])
        return np.hstack(
            [self.features, standing(trees, self.left, self.right), standing(words, self.left, self.right)]
        )


def fit(train: Floats, same: Bools, asked: Floats) -> Floats:
    """The mean probability of an additive model, boosted trees and randomised trees."""
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    additive = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=2000))
    forest = ExtraTreesClassifier(300, min_samples_leaf=2, max_features=0.4, random_state=SEED)
    boosted = np.mean([_boosted(train, same, asked, SEED + seed) for seed in range(_SEEDS)], axis=0)
    scores = [_probability(additive.fit(train, same), asked), _probability(forest.fit(train, same), asked), boosted]
    return np.asarray(np.mean(scores, axis=0), np.float64)


def _boosted(train: Floats, same: Bools, asked: Floats, seed: int) -> Floats:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    model = HistGradientBoostingClassifier(
        max_iter=200, learning_rate=0.06, max_leaf_nodes=15, l2_regularization=1.0, max_features=0.4, random_state=seed
    )
    with threadpool_limits(limits=1):  # OpenMP threads that spin on a shared machine cost five times the work
        return _probability(model.fit(train, same), asked)


def _linear(train: csr_matrix, same: Bools, asked: csr_matrix) -> Floats:
    """Log odds by features and single words."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=0.1, max_iter=500).fit(train, same)
    return np.asarray(np.clip(model.decision_function(asked), -_HIGHEST_LOG_ODDS, _HIGHEST_LOG_ODDS), np.float64)


def _probability(model: Any, asked: Floats) -> Floats:
    return np.asarray(model.predict_proba(asked)[:, 1], np.float64)


def log_odds(probability: Floats) -> Floats:
    """The log odds of probabilities, kept finite."""
    clipped = np.clip(probability, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(clipped / (1 - clipped)), np.float64)


def _told_apart(left: Item, right: Item) -> list[str]:
    """The words that one side has alone, the words of both, and the attributes that agree or differ."""
    alone = (left.token_set - right.all_tokens) | (right.token_set - left.all_tokens)
    attributes = (
        f"{'=' if left.attributes[name] == right.attributes[name] else '#'}{name}"
        for name in left.attributes.keys() & right.attributes.keys()
    )
    return [*(f"-{word}" for word in alone), *(f"+{word}" for word in left.token_set & right.token_set), *attributes]


def _wide(features: Floats, words: Sequence[Sequence[str]]) -> csr_matrix:
    """Standardised features beside an indicator for each word that is not rare."""
    from sklearn.feature_extraction.text import CountVectorizer

    spread = features.std(axis=0)
    scaled = (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    known = CountVectorizer(analyzer=list, min_df=min(_RAREST_WORD, len(words)), binary=True, dtype=np.float32)
    try:
        indicators = known.fit_transform(words)
    except ValueError:  # no word is frequent enough
        indicators = csr_matrix(np.zeros((len(words), 0), np.float32))
    clipped = csr_matrix(np.clip(scaled, -_FURTHEST_SD, _FURTHEST_SD).astype(np.float32) / 2)
    return csr_matrix(hstack([clipped, indicators]))
