"""Which recall a listing is about, learned from listings whose recalls are known and judged on others.

The candidates of each listing are ordered by the pairs benchmark's features; a fold of the listings is judged by
models that have seen the other folds alone.
"""

import html
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from crawler.feeds.notice import Notice
from monitor.matching.pair_features import PairFeatures
from monitor.matching.pair_model import SEED, fit
from monitor.matching.pairs import Item, price_of
from monitor.matching.records import Listing

FOLDS = 5
_RIVALS_OF_RIGHT = ("_margin_right", "_rank_right", "_margin")

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def recall_item(notice: Notice) -> Item:
    """A notice as one side of a pair."""
    name = " ".join(product.name for product in notice.products) or notice.title
    return Item(name, " ".join(firm.name for firm in notice.firms), "", None, "")


def listing_item(listing: Listing) -> Item:
    """A listing as the other side."""
    return Item(
        html.unescape(listing.title), listing.brand, listing.model, price_of(listing.price), listing.description
    )


def ranks_by_cross_validation(
    notices: Sequence[Notice],
    listings: Sequence[Listing],
    candidates: Sequence[Sequence[int]],
    right: Sequence[AbstractSet[int]],
) -> list[int | None]:
    """The best rank, from 0, of a right notice among each listing's candidates; None where none is among them.

    `candidates` and `right` are places in `notices`, a sequence and a set for each listing.
    """
    pairs = [(at, place) for at, found in enumerate(candidates) for place in found]
    owner = np.array([at for at, _ in pairs], np.int64)
    same = np.array([place in right[at] for at, place in pairs], np.bool_)
    scores = np.zeros(len(pairs))
    table = _table(notices, listings, pairs, owner) if len(pairs) else np.empty((0, 0))
    fold = np.random.default_rng(SEED).permutation(len(listings))[owner] % FOLDS
    for number in range(FOLDS):
        learn, asked = fold != number, fold == number
        if asked.any() and same[learn].any() and not same[learn].all():
            scores[asked] = fit(table[learn], same[learn], table[asked])
    return [_best_rank(scores[owner == at], same[owner == at]) for at in range(len(listings))]


def _table(
    notices: Sequence[Notice], listings: Sequence[Listing], pairs: Sequence[tuple[int, int]], owner: NDArray[np.int64]
) -> Floats:
    """The pairs' features but for a notice's rivals among the listings, and the lead of each over the others."""
    features = PairFeatures([listing_item(one) for one in listings], [recall_item(one) for one in notices])
    kept = [at for at, name in enumerate(features.names) if not name.endswith(_RIVALS_OF_RIGHT)]
    table = features.matrix(pairs)[:, kept]
    leads = np.zeros_like(table)
    for at in np.unique(owner):
        rows = table[owner == at]
        ordered = -np.sort(-rows, axis=0)
        second = ordered[1] if len(rows) > 1 else np.zeros(rows.shape[1])
        leads[owner == at] = rows - np.where(rows == ordered[0], second, ordered[0])
    return np.hstack([table, leads])


def _best_rank(scores: Floats, same: Bools) -> int | None:
    hits = np.flatnonzero(same[np.argsort(-scores, kind="stable")])
    return int(hits[0]) if len(hits) else None
