"""Estimates from exact times: Kaplan-Meier with delayed entry, Aalen-Johansen by cause, and the log-rank test.

For checking, for tables of dated events, and where every end was seen to the minute. Lags of listings never are:
they go to `npmle`. Kalbfleisch & Prentice 2002, The Statistical Analysis of Failure Time Data, ch. 1 and 8.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, norm

from reports.statistics.support import Floats


@dataclass(frozen=True)
class ProductLimit:
    """Survival just after each time of an event, with Greenwood's sum of d / (r (r - d))."""

    time: Floats
    survival: Floats
    greenwood: Floats

    def at(self, when: float) -> float:
        index = int(np.searchsorted(self.time, when, side="right"))
        return float(self.survival[index - 1]) if index else 1.0

    def interval_at(self, when: float, level: float = 0.95) -> tuple[float, float]:
        """The log-log interval of survival at `when`; (s, s) where survival is 1 or 0."""
        index = int(np.searchsorted(self.time, when, side="right"))
        survival = self.at(when)
        if index == 0 or survival in (0.0, 1.0):
            return survival, survival
        half = float(norm.ppf(0.5 + level / 2)) * np.sqrt(self.greenwood[index - 1]) / abs(np.log(survival))
        return float(survival ** np.exp(half)), float(survival ** np.exp(-half))


def kaplan_meier(time: ArrayLike, event: ArrayLike, entry: ArrayLike | None = None) -> ProductLimit:
    """Kaplan-Meier of exact times, `event` false where censored; at risk in (entry, time]."""
    ends, died = np.asarray(time, dtype=np.float64), np.asarray(event, dtype=bool)
    began = np.zeros_like(ends) if entry is None else np.asarray(entry, dtype=np.float64)
    times, deaths, at_risk = _table(ends, died, began if entry is not None else None)
    survival = np.asarray(np.cumprod(1.0 - deaths / at_risk), dtype=np.float64)
    with np.errstate(divide="ignore"):
        greenwood = np.cumsum(
            np.where(at_risk > deaths, deaths / (at_risk * np.maximum(at_risk - deaths, 0.5)), np.inf)
        )
    return ProductLimit(times, survival, np.asarray(greenwood, dtype=np.float64))


def log_rank(time: ArrayLike, event: ArrayLike, group: ArrayLike) -> tuple[float, float]:
    """The log-rank statistic of two groups of independent exact times, and its p-value on one degree of freedom.

    For tables of other origin: listings of one recall are not independent (see `score_test`).
    """
    ends, died = np.asarray(time, dtype=np.float64), np.asarray(event, dtype=bool)
    _, of = np.unique(np.asarray(group), return_inverse=True)
    if of.max() != 1:
        raise ValueError("the log-rank test here compares two groups")
    ours = of == 1
    times, deaths, at_risk = _table(ends, died, None)
    mine = np.array([np.sum(died & ours & (ends == when)) for when in times])
    my_risk = np.array([np.sum(ours & (ends >= when)) for when in times])
    share = my_risk / at_risk
    variance = deaths * share * (1 - share) * (at_risk - deaths) / np.maximum(at_risk - 1, 1)
    statistic = float((mine.sum() - (deaths * share).sum()) ** 2 / variance.sum())
    return statistic, float(chi2.sf(statistic, 1))


def aalen_johansen(time: ArrayLike, cause: ArrayLike) -> tuple[Floats, dict[int, tuple[Floats, Floats]]]:
    """Cumulative incidence by cause from exact times; cause 0 is censored. Returns the times and, by cause, the
    incidence and its standard error (infinitesimal jackknife, as R's survfit gives it)."""
    ends, why = np.asarray(time, dtype=np.float64), np.asarray(cause, dtype=np.int64)
    times, deaths, at_risk = _table(ends, why > 0, None)
    before = np.concatenate(([1.0], np.cumprod(1.0 - deaths / at_risk)[:-1]))
    found = {}
    for one in np.unique(why[why > 0]).tolist():
        events = np.array([np.sum((why == one) & (ends == when)) for when in times], dtype=np.float64)
        incidence = np.cumsum(before * events / at_risk)
        found[int(one)] = (incidence, _jackknife_error(ends, why, one, times, deaths, at_risk, before, events))
    return times, found


def _jackknife_error(
    ends: Floats,
    why: NDArray[np.int64],
    cause: int,
    times: Floats,
    deaths: Floats,
    at_risk: Floats,
    before: Floats,
    events: Floats,
) -> Floats:
    """The root of the sum over subjects of the squared influence on the incidence, at every time."""
    log_survival = np.zeros(ends.size)
    influence = np.zeros(ends.size)
    errors = np.zeros(times.size)
    for index, when in enumerate(times):
        risk = ends >= when
        here = (ends == when) & (why == cause)
        any_here = (ends == when) & (why > 0)
        n, d, e, s = at_risk[index], deaths[index], events[index], before[index]
        influence += log_survival * s * e / n + s * (here / n - risk * e / n**2)
        if d < n:
            log_survival -= (any_here / n - risk * d / n**2) / (1 - d / n)
        errors[index] = np.sqrt(np.sum(influence**2))
    return errors


def _table(ends: Floats, died: NDArray[np.bool_], entry: Floats | None) -> tuple[Floats, Floats, Floats]:
    """Times of events, how many there, how many at risk just before."""
    times, deaths = np.unique(ends[died], return_counts=True)
    at_risk = ends.size - np.searchsorted(np.sort(ends), times, side="left")
    if entry is not None:
        at_risk = at_risk - (entry.size - np.searchsorted(np.sort(entry), times, side="left"))
    return times, deaths.astype(np.float64), at_risk.astype(np.float64)
