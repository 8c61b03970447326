"""K9: listings that were live elsewhere and not for buyers here: what the agreement of 2015 promises.

Two rates: by the page's own words (not shipped here, blocked here), and by a second vantage that saw it live.
"""

from dataclasses import replace

from monitor.verification.vantages import Here
from reports.context import Elsewhere
from reports.figures.base import NOT_MEASURED, Figure, guarded
from reports.figures.removal import one_case_a_listing
from reports.records import Case, Observed
from reports.statistics.bounds import imbens_manski
from reports.words import NBSP, number_of, percent, share_range

BLOCKS = ("geo_blocked", "not_shipped")
LIVE_ELSEWHERE = "confirmed listings that were live at another vantage"


def blocks(observed: Observed) -> list[Figure]:
    """Both rates, the second pooled and by platform."""
    compared = {one.listing_key: one for one in observed.context.elsewhere}
    pairs = [
        (case, compared[case.listing.listing_key])
        for case in one_case_a_listing(observed.cases)
        if case.listing.listing_key in compared and case.episodes
    ]
    figures = [by_the_page(observed)]
    if not observed.context.other_vantage:
        return [*figures, _unmeasured(observed)]
    figures.append(_rate(observed, pairs, "all"))
    places = sorted({case.listing.marketplace for case, _ in pairs})
    for place in places if len(places) > 1 else []:
        figures.append(_rate(observed, [pair for pair in pairs if pair[0].listing.marketplace == place], place))
    return figures


def by_the_page(observed: Observed) -> Figure:
    """K9 confirmed ends at which the page still offered the item, but not to buyers at this place."""
    cases = [case for case in one_case_a_listing(observed.cases) if case.episodes]
    blocked = [case for case in cases if any(one.ended and one.cause in BLOCKS for one in case.episodes)]
    share = len(blocked) / len(cases) if cases else None
    return guarded(
        Figure(
            id="K9",
            name="blocked for buyers here, by the page's own words",
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


def sorted_out(case: Case, seen: Elsewhere) -> str:
    """`on_sale`, `blocked` (its end here is confirmed), `maybe` (gone here, not confirmed), or why it does not count:
    `not_live_there`, `unknown`."""
    if seen.verdict == Here.BLOCKED_HERE:
        return "blocked" if case.episodes[-1].ended else "maybe"
    if seen.verdict == Here.ON_SALE:
        return "unknown" if seen.live_there is None else "on_sale" if seen.live_there else "not_live_there"
    return "unknown" if seen.verdict == Here.UNKNOWN else "not_live_there"


def _rate(observed: Observed, pairs: list[tuple[Case, Elsewhere]], cell: str) -> Figure:
    said = [(case, sorted_out(case, seen)) for case, seen in pairs]
    live = [(case, what) for case, what in said if what in ("on_sale", "blocked", "maybe")]
    sure = [what == "blocked" for _, what in live]
    maybe = [what in ("blocked", "maybe") for _, what in live]
    unseen = sum(what == "unknown" for _, what in said)
    interval = imbens_manski(sure, maybe, [case.recall.notice_id for case, _ in live]) if live else None
    why = {"no clear looks from both vantages within a day": unseen, "gone here, not confirmed": sum(maybe) - sum(sure)}
    figure = guarded(
        Figure(
            id="K9",
            name="US-block rate" if observed.context.country == "US" else "block rate",
            cell=cell,
            unit="share",
            count=sum(sure),
            count_high=sum(maybe),
            denominator=len(live),
            denominator_is=LIVE_ELSEWHERE,
            low=sum(sure) / len(live) if live else None,
            high=sum(maybe) / len(live) if live else None,
            ci_low=interval[0] if interval else None,
            ci_high=interval[1] if interval else None,
            period=observed.period,
            sentence="",
            unknown=unseen + sum(maybe) - sum(sure),
            unknown_of=len(live) + unseen,
            unknown_why={words: count for words, count in why.items() if count},
            endpoint="off_sale",
            clock=f"the newest clear look from {observed.vantage}",
            cohort=f"live from {observed.context.other_vantage}",
            ids=tuple(case.case_id for case, what in live if what == "blocked"),
        )
    )
    return replace(figure, sentence=_sentence(observed, figure))


def _sentence(observed: Observed, figure: Figure) -> str:
    where = "" if figure.cell == "all" else f" on {figure.cell}"
    said = (
        f"Of {number_of(figure.denominator, 'confirmed listing')}{where} that a buyer elsewhere "
        f"({observed.context.other_vantage}) could still see on offer, {figure.count} could not be bought by buyers in "
        f"{observed.country}"
    )
    extra = (figure.count_high or 0) - (figure.count or 0)
    said += f"; {extra} more {'was' if extra == 1 else 'were'} gone here, not confirmed" if extra else ""
    if figure.low is not None and figure.high is not None:
        said += f" ({share_range(figure.low, figure.high)}"
        if figure.ci_low is not None and figure.ci_high is not None:
            said += f"; 95{NBSP}% interval {percent(figure.ci_low)} to {percent(figure.ci_high)}"
        said += ")"
    return f"{said}."


def _unmeasured(observed: Observed) -> Figure:
    return Figure(
        id="K9",
        name="US-block rate" if observed.context.country == "US" else "block rate",
        cell="all",
        unit="share",
        denominator=0,
        denominator_is=LIVE_ELSEWHERE,
        period=observed.period,
        guards=(NOT_MEASURED,),
        sentence="Not measured: no second vantage in another country is configured, so nobody can tell a block here "
        "from a removal everywhere.",
    )
