"""The form of a figure: value or bounds, denominator, unknown share, period, clock, cohort, guards, ids, sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from crawler.clock import instant

FIGURES_VERSION = 1
FEW = 10
UNKNOWN_LIMIT = 0.20

RAW_COUNTS = "raw_counts"
"""Fewer than ten in the denominator: counts are given, no rate."""
NO_RANKING = "no_ranking"
"""More than a fifth unknown: no ranking may include this cell."""
HAND_PICKED = "hand_picked"
"""Recalls that somebody picked by hand stand behind it: counts are given, no rate."""
CLEARED_ONLY = "cleared_only"
"""Only cases that a person cleared for the public are counted: a lower bound, no rate."""
NOT_COMPLIANCE = "not_a_measure_of_compliance"
"""The clock of the commitment can't be seen from outside."""
NOT_MEASURED = "not_measured"
"""Nothing in the ledger answers this yet; the sentence says what is missing."""


@dataclass(frozen=True)
class Figure:
    """One number of a report, with all that is needed to doubt it.

    `low` and `high` are bounds of the value (equal for a point) in `unit` (`share`, `hours`, `days`, `count`,
    `recalls`); they are None where a guard forbids a rate. `ci_low` and `ci_high` bound it at 95 %.
    `count` is the certain numerator and `count_high` the one with every undecided item added.
    `unknown` of `unknown_of` items could not be observed, `unknown_why` says why. `ids` are those behind `count`.
    """

    id: str
    name: str
    cell: str
    unit: str
    denominator: int
    denominator_is: str
    period: tuple[datetime, datetime]
    sentence: str
    count: int | None = None
    count_high: int | None = None
    low: float | None = None
    high: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    unknown: int = 0
    unknown_of: int = 0
    unknown_why: Mapping[str, int] = field(default_factory=dict)
    endpoint: str = ""
    clock: str = ""
    cohort: str = ""
    guards: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    version: int = FIGURES_VERSION

    @property
    def unknown_share(self) -> float | None:
        return self.unknown / self.unknown_of if self.unknown_of else None

    def as_json(self) -> dict[str, Any]:
        """The figure as one JSON object; instants in ISO 8601 UTC."""
        value = {name: getattr(self, name) for name in self.__dataclass_fields__}
        value["period"] = [instant(at) for at in self.period]
        value["unknown_why"] = dict(sorted(self.unknown_why.items()))
        value["unknown_share"] = self.unknown_share
        return value


def guarded(figure: Figure, *, hand_picked: bool = False, cleared_only: bool = False) -> Figure:
    """The same figure with the guards of DOMAIN.md applied: a forbidden rate is taken out, the counts stay."""
    guards = list(figure.guards)
    if cleared_only:
        guards.append(CLEARED_ONLY)
    if figure.unknown_share is not None and figure.unknown_share > UNKNOWN_LIMIT:
        guards.append(NO_RANKING)
    if hand_picked:
        guards.append(HAND_PICKED)
    if figure.denominator < FEW:
        guards.append(RAW_COUNTS)
    kept = tuple(dict.fromkeys(guards))
    if hand_picked or cleared_only or figure.denominator < FEW:
        return replace(figure, guards=kept, low=None, high=None, ci_low=None, ci_high=None)
    return replace(figure, guards=kept)
