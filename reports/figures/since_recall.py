"""K2: off sale within some days of the public recall, for listings proven live when it was published."""

import numpy as np

from reports.figures.base import FEW, NOT_COMPLIANCE, Figure, guarded
from reports.figures.removal import Removal, removals
from reports.records import Observed
from reports.statistics.bounds import ShareByDeadline, share_by_deadline
from reports.words import NBSP, number_of, percent, share_range

DAYS = (2, 7, 30)


def off_sale_since_recall(observed: Observed) -> list[Figure]:
    """K2 in bounds by listing: gone surely by then, or possibly; the interval is drawn between recalls.

    Only cohort 1 answers it. What was found later existed at the recall or not, nobody knows: it is counted as unknown,
    and what went before we came can't be seen at all.
    """
    rows = removals(observed, "off_sale", "A0")
    return [_within(observed, days, [row for row in rows if row.cohort == 1], len(rows)) for days in DAYS]


def _within(observed: Observed, days: int, rows: list[Removal], of_all: int) -> Figure:
    left = np.array([row.left for row in rows])
    right = np.array([np.inf if row.right is None else row.right for row in rows])
    old_enough = np.array([(observed.at - row.started_at).days >= days for row in rows], dtype=bool)
    recalls = np.array([row.case.recall.notice_id for row in rows])
    kept = int(old_enough.sum())
    share = None
    if kept:
        due = np.full(kept, 24.0 * days)
        share = share_by_deadline(left[old_enough], np.maximum(left, right)[old_enough], due, recalls[old_enough])
    met, undecided = (share.met, share.undecided) if share else (0, 0)
    return guarded(
        Figure(
            id="K2",
            name=f"off sale within {days} days of the public recall",
            cell="all",
            unit="share",
            count=met,
            count_high=met + undecided,
            denominator=kept,
            denominator_is="confirmed listings seen live when their recall was published",
            low=share.low if share else None,
            high=share.high if share else None,
            ci_low=share.ci_low if share else None,
            ci_high=share.ci_high if share else None,
            period=observed.period,
            unknown=of_all - kept + undecided,
            unknown_of=of_all,
            unknown_why={"first seen after the recall, or recalled too recently": of_all - kept},
            endpoint="off_sale",
            clock="A0",
            cohort="1: proven live when the clock started",
            guards=(NOT_COMPLIANCE,),
            sentence=f"{_in_words(share, days, kept)}. Not a measure of compliance.",
        )
    )


def _in_words(share: ShareByDeadline | None, days: int, kept: int) -> str:
    if share is None:
        return f"No confirmed listing was seen live when a recall at least {days} days old was published"
    words = f"Of {number_of(kept, 'confirmed listing')} seen live when their recall was published"
    words += f", {share.met} went off sale within {days} days of it"
    words += f"; for {share.undecided} more it could not be told" if share.undecided else ""
    if kept < FEW:
        return words
    words += f" ({share_range(share.low, share.high)}"
    if share.ci_low is not None and share.ci_high is not None:
        words += f"; 95{NBSP}% interval {percent(share.ci_low)} to {percent(share.ci_high)}"
    return f"{words})"
