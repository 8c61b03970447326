"""K13 quality of our own measurement: looks made over planned, unknown and why, gaps, coverage of search, precision."""

from collections import Counter
from statistics import median

from reports.figures.base import Figure, guarded
from reports.figures.on_sale import searched_recalls
from reports.figures.own_errors import OF_LISTINGS, blind_state_errors, observable, share_found
from reports.records import LookCount, Observed
from reports.statistics.proportions import wilson
from reports.words import UNKNOWN_WORDS, duration, number_of, percent


def quality(observed: Observed) -> list[Figure]:
    """K13 in all its parts; those that nothing in the ledger answers say so."""
    return [
        looks_made(observed),
        unknown_share(observed),
        *(unknown_share(observed, marketplace) for marketplace in _marketplaces(observed)),
        gap_between_looks(observed),
        search_coverage(observed),
        *precision_of_matches(observed),
        *observable(observed),
        *share_found(observed),
        *blind_state_errors(observed),
    ]


def looks_made(observed: Observed) -> Figure:
    """K13 looks and searches answered over planned: every slot of a plan leaves a record, also where nothing came."""
    planned = sum(run.slots_planned for run in observed.runs)
    made = sum(min(run.slots_answered, run.slots_planned) for run in observed.runs)
    share = made / planned if planned else None
    return guarded(
        Figure(
            id="K13",
            name="looks made over looks planned",
            cell="all",
            unit="share",
            count=made,
            count_high=made,
            denominator=planned,
            denominator_is="visits planned, searches and controls with them",
            low=share,
            high=share,
            period=observed.period,
            unknown=planned - made,
            unknown_of=planned,
            unknown_why={"no request was made": planned - made} if planned > made else {},
            sentence=f"Of {number_of(planned, 'planned visit')}, {made:,} were made in "
            f"{number_of(len(observed.runs), 'run')}.",
        )
    )


def unknown_share(observed: Observed, marketplace: str = "") -> Figure:
    """K13 share of looks at listings that could not say whether the listing was on sale, and why."""
    counts = [
        count
        for count in observed.look_counts
        if count.purpose in OF_LISTINGS and marketplace in ("", count.marketplace)
    ]
    looks = sum(count.looks for count in counts)
    why: Counter[str] = Counter()
    for count in counts:
        if count.unknown:
            why[_reason(count)] += count.looks
    unknown = why.total()
    share = unknown / looks if looks else None
    sentence = f"{unknown:,} of {number_of(looks, 'look')}" + (f" on {marketplace}" if marketplace else "")
    sentence += " could not tell whether the listing was on sale"
    sentence += f" ({percent(share)})" if share is not None else ""
    causes = "; ".join(f"{UNKNOWN_WORDS.get(reason, reason)}: {count:,}" for reason, count in why.most_common())
    return guarded(
        Figure(
            id="K13",
            name="share unknown and why",
            cell=marketplace or "all",
            unit="share",
            count=unknown,
            count_high=unknown,
            denominator=looks,
            denominator_is="looks at listings",
            low=share,
            high=share,
            period=observed.period,
            unknown=unknown,
            unknown_of=looks,
            unknown_why=dict(why),
            sentence=sentence + (f": {causes}." if causes else "."),
        )
    )


def gap_between_looks(observed: Observed) -> Figure:
    """K13 the gap between two looks at one listing: median over listings of each one's mean gap, in hours."""
    gaps = sorted(gap.mean_gap_hours for gap in observed.gaps if gap.mean_gap_hours is not None)
    middle = median(gaps) if gaps else None
    sentence = "No listing was looked at twice."
    if middle is not None:
        sentence = f"Half of the listings were looked at at least every {duration(middle)} on average."
    return Figure(
        id="K13",
        name="gap between looks",
        cell="all",
        unit="hours",
        denominator=len(gaps),
        denominator_is="listings looked at twice or more",
        low=middle,
        high=middle,
        period=observed.period,
        unknown=len(observed.gaps) - len(gaps),
        unknown_of=len(observed.gaps),
        unknown_why={"looked at once": len(observed.gaps) - len(gaps)} if len(observed.gaps) > len(gaps) else {},
        sentence=sentence,
    )


def search_coverage(observed: Observed) -> Figure:
    """K13 coverage of search: watched recalls for which at least one search page was answered."""
    watched = {recall.notice_id for recall in observed.recalls}
    searched = watched & searched_recalls(observed)
    share = len(searched) / len(watched) if watched else None
    return guarded(
        Figure(
            id="K13",
            name="coverage of search",
            cell="all",
            unit="share",
            count=len(searched),
            count_high=len(searched),
            denominator=len(watched),
            denominator_is="recalls under watch",
            low=share,
            high=share,
            period=observed.period,
            unknown=len(watched - searched),
            unknown_of=len(watched),
            unknown_why={"no search was answered": len(watched - searched)} if watched - searched else {},
            ids=tuple(sorted(searched)),
            sentence=f"{len(searched)} of {number_of(len(watched), 'recall')} under watch could be searched for. "
            "Listings that no search of ours brings up are not counted anywhere.",
        )
    )


def precision_of_matches(observed: Observed) -> list[Figure]:
    """K13 of what the matcher proposed and a person decided, the share that was confirmed, by tier (Wilson 95 %)."""
    figures = []
    for review in sorted(observed.reviews, key=lambda review: review.tier):
        of = review.confirmed + review.rejected
        if not of:
            continue
        low, high = wilson(review.confirmed, of)
        figure = Figure(
            id="K13",
            name="precision of confirmed matches",
            cell=review.tier,
            unit="share",
            count=review.confirmed,
            count_high=review.confirmed,
            denominator=of,
            denominator_is="matches that people decided",
            low=review.confirmed / of,
            high=review.confirmed / of,
            ci_low=low,
            ci_high=high,
            period=observed.period,
            sentence=f"People confirmed {review.confirmed} of {of} matches that the matcher had proposed as "
            f"{review.tier}; only confirmed ones are in the figures.",
        )
        figures.append(guarded(figure))
    return figures


def _marketplaces(observed: Observed) -> list[str]:
    return sorted({count.marketplace for count in observed.look_counts if count.purpose in OF_LISTINGS})


def _reason(count: LookCount) -> str:
    if count.quarantined:
        return "quarantined"
    return count.outcome if count.outcome == "not_looked" else count.state
