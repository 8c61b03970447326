"""K4 still for sale: recalls with a confirmed listing that a buyer can buy, over recalls successfully searched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from crawler.marketplaces.states import TAKEDOWNS, SearchState, Standing, State
from reports.figures.base import Figure, guarded
from reports.records import Case, Observed, Recall
from reports.statistics.proportions import wilson
from reports.words import NBSP, day, number_of, percent, share_range

FRESH = timedelta(days=7)
"""An older look no longer says what can be bought today."""

SEARCHED = (SearchState.SEARCHED.value, SearchState.NO_RESULTS.value)

AGES = (
    ("under 30 days old", 30),
    ("30 days to 1 year old", 365),
    ("1 to 5 years old", 1826),
    ("over 5 years old", None),
)


class Now(StrEnum):
    """What can be said of one listing at the instant of the report."""

    RETAIL = "retail"
    WHOLESALE = "wholesale"
    OFF = "off"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Cell:
    """One cell of K4: its name, which listings count, how they are sold, and the words for them."""

    name: str
    tiers: frozenset[str]
    counts_as: Now
    words: str


CELLS = (
    Cell("identifier", frozenset({"identifier"}), Now.RETAIL, "a listing of the same model"),
    Cell("line", frozenset({"line"}), Now.RETAIL, "a listing of the same product line"),
    Cell("regulated_kind", frozenset({"regulated_kind"}), Now.RETAIL, "a listing of the regulated kind"),
    Cell(
        "wholesale",
        frozenset({"identifier", "line", "regulated_kind"}),
        Now.WHOLESALE,
        "a wholesale offer of the same model, line or kind",
    ),
)


def now(case: Case, observed: Observed, fresh: timedelta = FRESH) -> Now:
    """Whether the listing can be bought at `observed.at`, from the newest look whose state is known.

    Undecided: never read, too old, not known whether it ships here, gone but not confirmed yet, or seen on sale in a
    look that the fold does not take for one at this product: it may be another, put under its id.
    """
    look = case.last_seen
    if look is None or (observed.at - look.looked_at > fresh and look.standing is not Standing.OFF_SALE):
        return Now.UNDECIDED
    if look.standing is Standing.ON_SALE:
        if case.episodes and case.episodes[-1].last_on_sale_at < look.looked_at:
            return Now.UNDECIDED
        return Now.WHOLESALE if look.state == State.AVAILABLE_B2B else Now.RETAIL
    if look.standing is Standing.OFF_SALE:
        confirmed = bool(case.episodes) and case.episodes[-1].ended
        return Now.OFF if confirmed or State(look.state) not in TAKEDOWNS else Now.UNDECIDED
    return Now.UNDECIDED


def searched_recalls(observed: Observed, marketplace: str = "") -> set[str]:
    """The notices for which at least one search page was really answered (on `marketplace`, or anywhere)."""
    return {
        search.notice_id
        for search in observed.searches
        if search.state in SEARCHED and marketplace in ("", search.marketplace)
    }


def population(observed: Observed) -> tuple[tuple[Recall, ...], bool]:
    """The recalls that a rate may be about, and whether they were picked by hand (then there is no rate)."""
    sampled = tuple(recall for recall in observed.recalls if recall.sampled)
    return (sampled, False) if sampled else (observed.recalls, True)


def still_for_sale(observed: Observed, fresh: timedelta = FRESH) -> list[Figure]:
    """K4 for each tier and wholesale, then for each age of the recall and each marketplace."""
    recalls, hand_picked = population(observed)
    figures = [_cell(observed, cell, recalls, hand_picked, fresh) for cell in CELLS if _wanted(observed, cell)]
    for name, ids in _by_age(observed, recalls):
        some = [recall for recall in recalls if recall.notice_id in ids]
        figures.append(_cell(observed, CELLS[0], some, hand_picked, fresh, suffix=f" {name}"))
    for marketplace in sorted({search.marketplace for search in observed.searches}):
        figures.append(_cell(observed, CELLS[0], recalls, hand_picked, fresh, marketplace=marketplace))
    return figures


def _wanted(observed: Observed, cell: Cell) -> bool:
    return cell.name != "regulated_kind" or any(case.tier == "regulated_kind" for case in observed.cases)


def _by_age(observed: Observed, recalls: Iterable[Recall]) -> list[tuple[str, set[str]]]:
    groups: dict[str, set[str]] = {name: set() for name, _ in AGES}
    for recall in recalls:
        if recall.published_on is not None:
            age = (observed.at.date() - recall.published_on).days
            groups[next(name for name, limit in AGES if limit is None or age < limit)].add(recall.notice_id)
    return [(name, ids) for name, ids in groups.items() if ids]


def _cell(
    observed: Observed,
    cell: Cell,
    recalls: Sequence[Recall],
    hand_picked: bool,
    fresh: timedelta,
    *,
    suffix: str = "",
    marketplace: str = "",
) -> Figure:
    watched = {recall.notice_id for recall in recalls}
    searched = watched & searched_recalls(observed, marketplace)
    sure, maybe, behind = _counted(observed, cell, searched, fresh, marketplace)
    where = f" on {marketplace}" if marketplace else ""
    low, high, ci = _shares(len(sure), len(sure | maybe), len(searched))
    figure = Figure(
        id="K4",
        name="still for sale",
        cell=f"{cell.name}{', recalls' + suffix if suffix else ''}{where}",
        unit="share",
        denominator=len(searched),
        denominator_is="recalls successfully searched",
        period=observed.period,
        sentence="",
        count=len(sure),
        count_high=len(sure | maybe),
        low=low,
        high=high,
        ci_low=ci[0],
        ci_high=ci[1],
        unknown=len(watched - searched) + len(maybe - sure),
        unknown_of=len(watched),
        unknown_why=_why(len(watched - searched), len(maybe - sure)),
        endpoint="off_sale",
        clock=f"the state at {day(observed.at)}",
        cohort="recalls drawn at random" if not hand_picked else "recalls picked by hand",
        ids=tuple(sorted(behind)),
    )
    figure = guarded(figure, hand_picked=hand_picked, cleared_only=observed.cleared_only)
    return _worded(figure, observed, f"{cell.words}{where}", suffix)


def _counted(
    observed: Observed, cell: Cell, searched: set[str], fresh: timedelta, marketplace: str
) -> tuple[set[str], set[str], list[str]]:
    """Notices with a listing on sale for sure, those with an undecided one, and the cases behind the first."""
    sure: set[str] = set()
    maybe: set[str] = set()
    behind: list[str] = []
    for case in observed.cases:
        if case.recall.notice_id not in searched or not _belongs(case, cell, marketplace):
            continue
        standing = now(case, observed, fresh)
        if standing is cell.counts_as:
            sure.add(case.recall.notice_id)
            behind.append(case.case_id)
        elif standing is Now.UNDECIDED:
            maybe.add(case.recall.notice_id)
    return sure, maybe, behind


def _belongs(case: Case, cell: Cell, marketplace: str) -> bool:
    return case.tier in cell.tiers and marketplace in ("", case.listing.marketplace)


def _shares(low: int, high: int, of: int) -> tuple[float | None, float | None, tuple[float | None, float | None]]:
    if not of:
        return None, None, (None, None)
    return low / of, high / of, (wilson(low, of)[0], wilson(high, of)[1])


def _why(not_searched: int, undecided: int) -> dict[str, int]:
    why = {"not searched": not_searched, "no recent look that decides": undecided}
    return {words: count for words, count in why.items() if count}


def _worded(figure: Figure, observed: Observed, words: str, suffix: str) -> Figure:
    count, of = figure.count or 0, figure.denominator
    sentence = (
        f"On {day(observed.at)}, {'at least ' if observed.cleared_only else ''}{count} of "
        f"{number_of(of, 'recall' + suffix, 'recalls' + suffix)} that we searched for had at least one "
        f"{words.removeprefix('a ')} that a buyer in {observed.country} could buy"
    )
    if figure.count_high != figure.count:
        sentence += f"; for {(figure.count_high or 0) - count} more it could not be told"
    sentence += "."
    if figure.low is not None and figure.high is not None and figure.ci_low is not None and figure.ci_high is not None:
        sentence += (
            f" That is {share_range(figure.low, figure.high)} "
            f"(95{NBSP}% interval {percent(figure.ci_low)} to {percent(figure.ci_high)})."
        )
    return replace(figure, sentence=sentence)
