"""K7 relisting under the same id, K8 sellers with listings of several recalls, K9 blocks for buyers at this place."""

from collections import defaultdict
from dataclasses import replace

import numpy as np

from reports.figures.base import Figure, guarded
from reports.figures.removal import hours, one_case_a_listing
from reports.records import Case, Episode, Observed
from reports.statistics.npmle import npmle
from reports.words import number_of, share_range

HORIZONS_DAYS = (30, 90)
BLOCKS = ("geo_blocked", "not_shipped")


def relisting(observed: Observed) -> list[Figure]:
    """K7 offers back on sale under the same id within 30 and 90 days of a confirmed end, from the gap as an interval.

    It was gone from (last_on_sale, first_off] until (last look off, first look on again]; the gap lies between. The
    same seller under another id, and other sellers, need lineages and are counted once those are linked.
    """
    ends = [pair for case in one_case_a_listing(observed.cases) for pair in _ends(case)]
    if not ends:
        return [_empty(observed)]
    left = np.array([low for _, low, _ in ends])
    right = np.array([high for _, _, high in ends])
    fitted = npmle(left, right)
    back = [case.case_id for case, _, high in ends if np.isfinite(high)]
    figures = []
    for days in HORIZONS_DAYS:
        low, high = (float(bound) for bound in fitted.share_by(24.0 * days))
        base = replace(_empty(observed), name=f"back under the same id within {days} days", count=len(back))
        figures.append(
            guarded(
                replace(
                    base,
                    denominator=len(ends),
                    low=low,
                    high=high,
                    ids=tuple(back),
                    sentence=f"Of {number_of(len(ends), 'confirmed end')}, {len(back)} came back under the same id"
                    + (f"; {share_range(low, high)} within {days} days." if len(ends) >= 10 else "."),
                )
            )
        )
    return figures


def repeat_sellers(observed: Observed) -> Figure:
    """K8 sellers, as the pages name them, with confirmed listings of two recalls or more."""
    recalls: dict[tuple[str, str], set[str]] = defaultdict(set)
    for case in observed.cases:
        if case.listing.seller:
            recalls[case.listing.marketplace, case.listing.seller].add(case.recall.notice_id)
    unnamed = sum(not case.listing.seller for case in observed.cases)
    repeat = [seller for seller, notices in recalls.items() if len(notices) > 1]
    share = len(repeat) / len(recalls) if recalls else None
    return guarded(
        Figure(
            id="K8",
            name="repeat sellers",
            cell="all",
            unit="share",
            count=len(repeat),
            count_high=len(repeat),
            denominator=len(recalls),
            denominator_is="sellers named on confirmed listings",
            low=share,
            high=share,
            period=observed.period,
            unknown=unnamed,
            unknown_of=len(observed.cases),
            unknown_why={"the page named no seller": unnamed} if unnamed else {},
            sentence=f"{len(repeat)} of {number_of(len(recalls), 'seller')} had confirmed listings of more than one "
            "recall.",
        )
    )


def blocked_here(observed: Observed) -> Figure:
    """K9 confirmed ends at which the page still offered the item, but not to buyers at this place."""
    cases = [case for case in one_case_a_listing(observed.cases) if case.episodes]
    blocked = [case for case in cases if any(one.ended and one.cause in BLOCKS for one in case.episodes)]
    share = len(blocked) / len(cases) if cases else None
    return guarded(
        Figure(
            id="K9",
            name="blocked for buyers here",
            cell="all",
            unit="share",
            count=len(blocked),
            count_high=len(blocked),
            denominator=len(cases),
            denominator_is="confirmed listings seen on sale",
            low=share,
            high=share,
            period=observed.period,
            endpoint="off_sale",
            ids=tuple(case.case_id for case in blocked),
            sentence=f"{len(blocked)} of {number_of(len(cases), 'confirmed listing')} ended as not sold to buyers in "
            f"{observed.country}, by the page's own words; whether they were live elsewhere needs a second vantage.",
        )
    )


def _ends(case: Case) -> list[tuple[Case, float, float]]:
    """For each confirmed end: the gap until it was on sale again, as an interval of hours (inf: not back)."""
    found = []
    for index, episode in enumerate(case.episodes):
        if episode.ended and episode.first_off_at is not None:
            later = case.episodes[index + 1] if index + 1 < len(case.episodes) else None
            found.append((case, *_gap(episode, later)))
    return found


def _gap(episode: Episode, later: Episode | None) -> tuple[float, float]:
    off_at = episode.first_off_at
    if off_at is None:
        raise ValueError("an episode that did not end has no gap after it")
    low = max(0.0, hours(episode.last_look_at - off_at))
    if later is None:
        return low, float("inf")
    return low, max(low, hours(later.first_on_sale_at - episode.last_on_sale_at))


def _empty(observed: Observed) -> Figure:
    return Figure(
        id="K7",
        name="back under the same id",
        cell="same id",
        unit="share",
        count=0,
        denominator=0,
        denominator_is="confirmed ends of an offer",
        period=observed.period,
        endpoint="off_sale",
        clock="the confirmed end",
        guards=("raw_counts",),
        sentence="No confirmed listing has ended yet, so none can have come back.",
    )
