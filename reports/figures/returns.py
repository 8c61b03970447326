"""K7 what came back after a confirmed end (same id, same seller, other seller), and K8 sellers that came back."""

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from monitor.relisting.lineage import Return
from monitor.relisting.others import How
from reports.figures.base import FEW, Figure, guarded
from reports.figures.removal import hours, one_case_a_listing
from reports.records import Case, Observed
from reports.statistics.npmle import Refit
from reports.statistics.resample import over_clusters, percentile_interval
from reports.words import NBSP, number_of, percent, share_range

HORIZONS_DAYS = (30, 90)
SEED = 20150113
DRAWS = 200
HOW_WORDS: dict[How, str] = {
    "same_id": "under the same id",
    "same_seller": "from the same seller under another id",
    "other_seller": "from another seller",
}


@dataclass(frozen=True)
class Gap:
    """Hours from one confirmed end to the return, in (left, right]; right inf where it had not come back."""

    case: Case
    left: float
    right: float


def relisting(observed: Observed) -> list[Figure]:
    """K7 within 30 and 90 days of a confirmed end, from the gap as an interval, for each name that it may come back
    under; then returns over first listings and returns, as Korea's agencies give it.

    It was gone from (ended_after, ended_by] until (back_after, back_by]; the gap lies between. Returns under another id
    count once a person confirmed them.
    """
    figures = []
    for how in HOW_WORDS:
        gaps = gaps_of(observed, how)
        if how == "same_id" or any(math.isfinite(gap.right) for gap in gaps):
            figures += [_within(observed, gaps, how, days) for days in HORIZONS_DAYS]
    return [*figures, ratio(observed)]


def gaps_of(observed: Observed, how: How) -> list[Gap]:
    """One gap for each confirmed end. What nobody linked yet may be its return or not: known up to then only."""
    cases = {case.case_id: case for case in one_case_a_listing(observed.cases)}
    gaps = []
    for one in observed.context.returns:
        case = cases.get(f"{one.recall_id}/{one.listing_key}")
        if case is None or one.how != how:
            continue
        known = one.back_after_at if one.back_by_at is not None else one.watched_until_at
        left = max(0.0, hours((known or one.ended_by_at) - one.ended_by_at))
        if one.back_by_at is None or not one.confirmed_by_person:
            gaps.append(Gap(case, left, math.inf))
        else:
            gaps.append(Gap(case, left, max(left, hours(one.back_by_at - one.ended_after_at))))
    return gaps


def came_back(observed: Observed, keys: Collection[str]) -> list[Return]:
    """The confirmed returns of these listings, each once, whatever it is the return of."""
    found = {
        (one.back_listing_key, one.back_by_at): one
        for one in observed.context.returns
        if one.listing_key in keys and one.back_by_at is not None and one.confirmed_by_person
    }
    return list(found.values())


def _within(observed: Observed, gaps: Sequence[Gap], how: How, days: int) -> Figure:
    back = [gap for gap in gaps if gap.right <= 24 * days]
    undecided = sum(bool(gap.left < 24 * days < gap.right) for gap in gaps)
    figure = Figure(
        id="K7",
        name=f"back within {days} days",
        cell=how.replace("_", " "),
        unit="share",
        count=len(back),
        count_high=len(back) + undecided,
        denominator=len(gaps),
        denominator_is="confirmed ends of an offer",
        period=observed.period,
        sentence="",
        unknown=undecided,
        unknown_of=len(gaps),
        unknown_why=_why(gaps, days),
        endpoint="off_sale",
        clock="the confirmed end",
        cohort="every confirmed end that we saw",
        ids=tuple(gap.case.case_id for gap in back),
    )
    if any(gap.left >= 24 * days for gap in gaps):
        figure = _with_share(figure, gaps, days)
    figure = guarded(figure)
    return replace(figure, sentence=_sentence(figure, how, days))


def _why(gaps: Sequence[Gap], days: int) -> dict[str, int]:
    short = sum(gap.left < 24 * days and math.isinf(gap.right) for gap in gaps)
    wide = sum(gap.left < 24 * days < gap.right < math.inf for gap in gaps)
    why = {"not watched so long after the end": short, "came back at a time that no look decides": wide}
    return {words: count for words, count in why.items() if count}


def _with_share(figure: Figure, gaps: Sequence[Gap], days: int) -> Figure:
    refit = Refit(np.array([gap.left for gap in gaps]), np.array([gap.right for gap in gaps]))
    low, high = (float(bound) for bound in refit().share_by(24.0 * days))
    recalls = np.array([gap.case.recall.notice_id for gap in gaps])
    drawn = None
    if len(gaps) >= FEW:
        drawn = over_clusters(
            recalls, lambda weights: refit(weights, tolerance=1e-7).share_by(24.0 * days), seed=SEED, draws=DRAWS
        )
    band = None
    if drawn is not None:
        band = percentile_interval([float(one[0]) for one in drawn], [float(one[1]) for one in drawn])
    return replace(figure, low=low, high=high, ci_low=band[0] if band else None, ci_high=band[1] if band else None)


def _sentence(figure: Figure, how: How, days: int) -> str:
    if not figure.denominator:
        return "No confirmed listing has ended yet, so none can have come back."
    said = f"After {number_of(figure.denominator, 'confirmed end')}, {figure.count} "
    said += f"came back {HOW_WORDS[how]} within {days} days"
    if figure.low is None or figure.high is None:
        short = figure.unknown == figure.denominator - (figure.count or 0)
        return f"{said}{'; none of the others has been watched so long since' if short and figure.unknown else ''}."
    said += f"; counting those that were not watched so long, that is {share_range(figure.low, figure.high)}"
    if figure.ci_low is not None and figure.ci_high is not None:
        said += f" (95{NBSP}% interval {percent(figure.ci_low)} to {percent(figure.ci_high)})"
    return f"{said}."


def ratio(observed: Observed) -> Figure:
    """K7 returns over first listings and returns together: Korea's consumer agency counted 759 of 1,336 in 2024."""
    first = [case for case in one_case_a_listing(observed.cases) if case.episodes]
    keys = {case.listing.listing_key for case in first}
    back = came_back(observed, keys)
    of = len(first) + len(back)
    share = len(back) / of if of else None
    words = f"{number_of(len(back), 'return')} followed {number_of(len(first), 'first listing')}"
    figure = guarded(
        Figure(
            id="K7",
            name="returns over first listings and returns",
            cell="all",
            unit="share",
            count=len(back),
            count_high=len(back),
            denominator=of,
            denominator_is="first listings and returns",
            low=share,
            high=share,
            period=observed.period,
            endpoint="off_sale",
            clock="none: a count",
            ids=tuple(sorted({one.listing_key for one in back})),
            sentence="",
        )
    )
    rate = f": {percent(share)} of both together" if figure.low is not None and share is not None else ""
    return replace(figure, sentence=f"{words[0].upper()}{words[1:]}{rate}.")


def sellers(observed: Observed) -> list[Figure]:
    """K8 sellers, as the pages name them: with listings of two recalls or more, and on offer again after an end."""
    return [repeat_sellers(observed), sellers_again(observed)]


def repeat_sellers(observed: Observed) -> Figure:
    """K8 sellers with confirmed listings of two recalls or more."""
    recalls: dict[tuple[str, str], set[str]] = defaultdict(set)
    for case in observed.cases:
        if case.listing.seller:
            recalls[case.listing.marketplace, case.listing.seller].add(case.recall.notice_id)
    repeat = {seller for seller, notices in recalls.items() if len(notices) > 1}
    words = f"{len(repeat)} of {number_of(len(recalls), 'seller')} had confirmed listings of more than one recall"
    return _sellers(observed, "repeat sellers", repeat, set(recalls), words)


def sellers_again(observed: Observed) -> Figure:
    """K8 sellers that offered a recalled product after a confirmed end of one of theirs, over those with an end."""
    ends: dict[tuple[str, str], datetime] = {}
    starts: dict[tuple[str, str], datetime] = {}
    for case in observed.cases:
        seller = (case.listing.marketplace, case.listing.seller)
        for episode in case.episodes if case.listing.seller else ():
            if episode.ended and episode.first_off_at is not None:
                ends[seller] = min(ends.get(seller, episode.first_off_at), episode.first_off_at)
            starts[seller] = max(starts.get(seller, episode.first_on_sale_at), episode.first_on_sale_at)
    again = {seller for seller, ended_at in ends.items() if starts[seller] > ended_at}
    words = (
        f"{len(again)} of {number_of(len(ends), 'seller')} with a confirmed end had a confirmed listing that went on "
        "sale after it"
    )
    return _sellers(observed, "sellers on offer again after an end", again, set(ends), words)


def _sellers(
    observed: Observed, name: str, some: set[tuple[str, str]], all_of: set[tuple[str, str]], words: str
) -> Figure:
    unnamed = sum(not case.listing.seller for case in observed.cases)
    share = len(some) / len(all_of) if all_of else None
    return guarded(
        Figure(
            id="K8",
            name=name,
            cell="all",
            unit="share",
            count=len(some),
            count_high=len(some),
            denominator=len(all_of),
            denominator_is="sellers named on confirmed listings"
            if name == "repeat sellers"
            else "sellers named on confirmed listings that ended",
            low=share,
            high=share,
            period=observed.period,
            unknown=unnamed,
            unknown_of=len(observed.cases),
            unknown_why={"the page named no seller": unnamed} if unnamed else {},
            ids=tuple(
                case.case_id for case in observed.cases if (case.listing.marketplace, case.listing.seller) in some
            ),
            sentence=f"{words[0].upper()}{words[1:]}.",
        )
    )
