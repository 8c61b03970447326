"""How often something came back: the mean cumulative count per offer, with an error robust to repeats.

Nelson 1988, J Qual Technol 20:24; Lawless & Nadeau 1995, Technometrics 37:158.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reports.statistics.support import Floats


@dataclass(frozen=True)
class MeanCount:
    """The mean number of events per item up to each time, and its standard error."""

    time: Floats
    count: Floats
    error: Floats

    def at(self, when: float) -> tuple[float, float]:
        index = int(np.searchsorted(self.time, when, side="right"))
        return (float(self.count[index - 1]), float(self.error[index - 1])) if index else (0.0, 0.0)


def mean_cumulative_count(item: ArrayLike, start: ArrayLike, stop: ArrayLike, event: ArrayLike) -> MeanCount:
    """From spells (start, stop] of items under watch, `event` true where one happened at `stop`.

    `item` is the unit that is independent of the others: an offer, or the recall where offers of one recall are not.
    """
    _, of = np.unique(np.asarray(item), return_inverse=True)
    begin, end = np.asarray(start, dtype=np.float64), np.asarray(stop, dtype=np.float64)
    happened = np.asarray(event, dtype=bool)
    times = np.unique(end[happened])
    influence = np.zeros(int(of.max()) + 1)
    total, counts, errors = 0.0, [], []
    for when in times:
        risk = (begin < when) & (end >= when)
        at_risk, here = np.bincount(of[risk], minlength=influence.size), happened & (end == when)
        events = np.bincount(of[here], minlength=influence.size)
        n, d = at_risk.sum(), events.sum()
        influence += events / n - at_risk * d / n**2
        total += d / n
        counts.append(total)
        errors.append(np.sqrt(np.sum(influence**2)))
    return MeanCount(times, np.array(counts), np.array(errors))
