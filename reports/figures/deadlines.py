"""Listings against deadlines: met, missed or undecided, pooled and by platform.

Met if it was off sale by the deadline, missed if it was still on sale at it, else undecided; an absence that came back
before it was confirmed leaves a later deadline undecided. Only listings proven live when the clock began are counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from reports.figures.base import Figure, guarded
from reports.figures.removal import Removal, hours
from reports.statistics.bounds import ShareByDeadline, share_by_deadline
from reports.words import NBSP, number_of, percent, share_range

NOT_DUE = "the deadline had not come"
NOT_PROVEN = "not proven live when the clock began"
FOUND_LATE = "there when the clock began, by its page, but found after the deadline"
SINCE_THEN = "listed after the clock began"
OTHER_END = "sold, ended or out of stock before the deadline: never a takedown"


@dataclass(frozen=True)
class Timed:
    """One listing's interval with the instant by which it was due."""

    removal: Removal
    due_at: datetime

    @property
    def due(self) -> float:
        """The deadline in hours since the clock's start."""
        return max(0.0, hours(self.due_at - self.removal.started_at))


@dataclass(frozen=True)
class Judged:
    """What can be judged, and how many can't be, by reason."""

    rows: tuple[Timed, ...]
    left_out: dict[str, int]


def judged(rows: Sequence[Timed], at: datetime) -> Judged:
    """Those of cohort 1 whose deadline has come; the others by reason."""
    kept: list[Timed] = []
    left_out: dict[str, int] = {}
    for row in rows:
        reason = _left_out(row, at)
        if reason:
            left_out[reason] = left_out.get(reason, 0) + 1
        else:
            kept.append(row)
    return Judged(tuple(kept), left_out)


def _left_out(row: Timed, at: datetime) -> str:
    if row.removal.cohort == 3:
        return SINCE_THEN
    if row.removal.cohort == 2:
        return NOT_PROVEN
    if row.due_at > at:
        return NOT_DUE
    if row.removal.ended_otherwise is not None and row.removal.ended_otherwise <= row.due:
        return OTHER_END
    return FOUND_LATE if row.removal.entry > row.due else ""


def share_of(rows: Sequence[Timed]) -> ShareByDeadline | None:
    """Bounds and interval of the share off sale by its own deadline; None for no rows."""
    if not rows:
        return None
    left = np.array([row.removal.left for row in rows])
    right = np.array([np.inf if row.removal.right is None else row.removal.right for row in rows])
    recalls = np.array([row.removal.case.recall.notice_id for row in rows])
    return share_by_deadline(left, np.maximum(left, right), np.array([row.due for row in rows]), recalls)


def met(row: Timed) -> bool:
    return row.removal.right is not None and row.removal.right <= row.due


def deadline_figure(base: Figure, rows: Sequence[Timed], at: datetime, words: str) -> Figure:
    """`base` with counts, bounds, interval and sentence. `words` ends `Of N confirmed listings ..., K were` ...: what
    they did in time."""
    known = judged(rows, at)
    share = share_of(known.rows)
    counts = (share.met, share.undecided) if share else (0, 0)
    why = dict(known.left_out)
    if counts[1]:
        why["no look decides it"] = counts[1]
    figure = guarded(
        replace(
            base,
            count=counts[0],
            count_high=sum(counts),
            denominator=len(known.rows),
            low=share.low if share else None,
            high=share.high if share else None,
            ci_low=share.ci_low if share else None,
            ci_high=share.ci_high if share else None,
            unknown=len(rows) - len(known.rows) + counts[1],
            unknown_of=len(rows),
            unknown_why=why,
            ids=tuple(row.removal.case.case_id for row in known.rows if met(row)),
        )
    )
    return replace(figure, sentence=in_words(figure, share, words))


def in_words(figure: Figure, share: ShareByDeadline | None, words: str) -> str:
    """`Of 12 confirmed listings that were live when ..., 7 went off sale ...; for 2 more it could not be told`."""
    if share is None:
        return f"No listing can be judged yet: among {figure.denominator_is}, how many {words}."
    said = f"Of {number_of(figure.denominator, *_nouns(figure.denominator_is))}, {share.met or 'none'} {words}"
    said += f"; {share.missed} did not" if share.missed else ""
    said += f"; for {share.undecided} it could not be told" if share.undecided else ""
    if figure.low is not None and figure.high is not None:
        said += f" ({share_range(figure.low, figure.high)}"
        if figure.ci_low is not None and figure.ci_high is not None:
            said += f"; 95{NBSP}% interval {percent(figure.ci_low)} to {percent(figure.ci_high)}"
        said += ")"
    return f"{said}."


def _nouns(plural: str) -> tuple[str, str]:
    """`confirmed listings that were live when ...` in both numbers."""
    return plural.replace("confirmed listings", "confirmed listing", 1), plural


def by_platform(pooled: Figure, platforms: Sequence[Figure]) -> list[Figure]:
    """The pooled figure, and those of the platforms where there are several and something to judge."""
    return [pooled, *platforms] if len(platforms) > 1 and pooled.denominator else [pooled]


def platforms_of(rows: Sequence[Timed]) -> list[str]:
    return sorted({row.removal.case.listing.marketplace for row in rows})


def of_platform(rows: Sequence[Timed], marketplace: str) -> list[Timed]:
    return [row for row in rows if row.removal.case.listing.marketplace == marketplace]
