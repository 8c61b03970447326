"""How a pair stands against its rivals once a first model has scored them all: two shops list a product once each."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_NO_RIVAL = -8.0
_FURTHEST = 10.0


def standing(scores: Floats, left: Places, right: Places) -> Floats:
    """Nine columns for each pair, of the log-odds `scores` of all pairs of rows `left` and `right`.

    They are the score itself; its lead over the best rival of its left row, of its right row, and the lesser; its rank
    on either side; the best rival; and the lead over the best rival that is not better placed elsewhere.
    """
    rival_left, rank_left = _best_other(scores, left)
    rival_right, rank_right = _best_other(scores, right)
    free_left = _best_other(np.where(scores > rival_right, scores, _NO_RIVAL), left)[0]
    free_right = _best_other(np.where(scores > rival_left, scores, _NO_RIVAL), right)[0]
    lead_left, lead_right = scores - rival_left, scores - rival_right
    return np.column_stack(
        [
            scores,
            lead_left,
            lead_right,
            rank_left,
            rank_right,
            np.minimum(lead_left, lead_right),
            np.maximum(rival_left, rival_right),
            np.clip(scores - free_left, -_FURTHEST, _FURTHEST),
            np.clip(scores - free_right, -_FURTHEST, _FURTHEST),
        ]
    )


def _best_other(values: Floats, group: Places) -> tuple[Floats, Floats]:
    """For each place the highest value of the others in its group, and its own rank there from 0."""
    order = np.lexsort((-values, group))
    starts = np.flatnonzero(np.r_[True, group[order][1:] != group[order][:-1]])
    sizes = np.diff(np.r_[starts, len(values)])
    ranked = np.arange(len(values)) - np.repeat(starts, sizes)
    best = values[order][starts]
    second = np.where(sizes > 1, values[order][np.minimum(starts + 1, len(values) - 1)], _NO_RIVAL)
    other, rank = np.empty(len(values)), np.empty(len(values))
    other[order] = np.where(ranked == 0, np.repeat(second, sizes), np.repeat(best, sizes))
    rank[order] = ranked
    return other, rank
