"""The rates that pledges publish, computed their way from what we saw, beside the published ones, with why they differ.

Published rates count what the platforms themselves identified and removed, after notices that nobody outside sees.
Their way is therefore: of those that went, the share that went by the deadline. Where dates of notices are known they
start the clock; else the public recall stands in, and nothing is called met or missed.
"""

from collections.abc import Sequence
from dataclasses import replace

from monitor.commitments.commitment import Commitment, Published
from reports.figures.base import NOT_COMPLIANCE, NOT_MEASURED, Figure, guarded
from reports.figures.deadlines import Timed, met, of_platform, platforms_of
from reports.figures.notices import timed_rows
from reports.figures.removal import removals
from reports.figures.returns import came_back
from reports.records import Observed
from reports.words import number_of, percent

PLEDGES = (
    "eu-product-safety-pledge",
    "au-product-safety-pledge",
    "ca-product-safety-pledge",
    "jp-product-safety-pledge",
    "cn-samr-recall",
)
"""Pledges with a deadline; their order is that of the report."""
KOREA = "kr-kftc-2024"
UNWEIGHTED = frozenset({"eu-product-safety-pledge"})
"""Whose published rate is the mean of the platforms' percentages, whatever their size."""

NAME = "the pledge's way"
GONE = "confirmed listings taken down after the clock began"
DIFFERS = (
    "They differ: published rates count what platforms identified themselves, after notices that nobody outside sees"
)
BESIDE = " Published: "
"""Between what we saw and what others published."""


def pledge_ways(observed: Observed) -> list[Figure]:
    """K1 for each pledge, as it computes its own rate; then Korea's counts of blocked and relisted listings."""
    known = {commitment.id: commitment for commitment in observed.context.commitments}
    figures = [_pledge(observed, known[name]) for name in PLEDGES if name in known]
    if KOREA in known:
        figures.append(_korea(observed, known[KOREA]))
    return figures


def _pledge(observed: Observed, commitment: Commitment) -> Figure:
    dues = [due for due in observed.context.dues if due.commitment == commitment.id]
    told = [due for due in dues if due.basis != "public_recall"]
    rows = [row for row in timed_rows(observed, told or dues, "takedown") if row.due_at <= observed.at]
    gone = [row for row in rows if row.removal.right is not None]
    in_time = [row for row in gone if met(row)]
    share = _share(commitment, gone)
    figure = guarded(
        Figure(
            id="K1",
            name=NAME,
            cell=commitment.id,
            unit="share",
            count=len(in_time),
            count_high=len(in_time),
            denominator=len(gone),
            denominator_is=GONE,
            low=share,
            high=share,
            period=observed.period,
            sentence="",
            endpoint="takedown",
            clock="A2, A3" if told else "A0, standing in for the notice",
            cohort="whatever was taken down, as the pledge counts",
            guards=() if told else (NOT_COMPLIANCE,),
            ids=tuple(row.removal.case.case_id for row in in_time),
        ),
        hand_picked=_by_hand(observed),
    )
    return replace(figure, sentence=_sentence(commitment, figure, len(rows), bool(told)))


def _by_hand(observed: Observed) -> bool:
    return not any(recall.sampled for recall in observed.recalls)


def _share(commitment: Commitment, gone: Sequence[Timed]) -> float | None:
    """Pooled, or the mean of the platforms' own shares where that is how the pledge publishes it."""
    if not gone:
        return None
    if commitment.id not in UNWEIGHTED:
        return sum(met(row) for row in gone) / len(gone)
    shares = []
    for name in platforms_of(gone):
        own = of_platform(gone, name)
        shares.append(sum(met(row) for row in own) / len(own))
    return sum(shares) / len(shares)


def _sentence(commitment: Commitment, figure: Figure, rows: int, told: bool) -> str:
    if not figure.denominator:
        said = "Nothing was taken down after the clock began, so there is no rate of this kind"
    else:
        said = f"{figure.count} of {number_of(figure.denominator, 'listing')} that were taken down went in time"
        said += f" ({percent(figure.low)}" if figure.low is not None else ""
        said += ", the mean of the platforms" if figure.low is not None and commitment.id in UNWEIGHTED else ""
        said += ")" if figure.low is not None else ""
        said += f"; {rows - figure.denominator} more that stayed are in no such rate"
    if not told:
        said += ". Counted from the public recall, for the notices are not known: not a measure of compliance"
    return f"{said}.{BESIDE}{published_words(commitment.published)} {DIFFERS}. {differs(commitment)}".rstrip()


def ours_in_words(figure: Figure) -> str:
    """The sentence about ours alone, where the published figures stand in a column of their own."""
    return figure.sentence.partition(BESIDE)[0]


def published_words(published: Sequence[Published]) -> str:
    """`98 % (2021-22; ACCC, second annual report).`"""
    if not published:
        return "we found no figure."
    return f"{'; '.join(f'{one.value} ({one.what}, {one.period}; {one.source})' for one in published)}."


def differs(commitment: Commitment) -> str:
    """How the published figures were made, each way once; empty where none was published."""
    ways = list(dict.fromkeys(one.how_computed for one in commitment.published))
    return f"The published ones: {'; '.join(ways)}." if ways else ""


def _korea(observed: Observed, commitment: Commitment) -> Figure:
    """Listings blocked, and relistings over first listings and relistings: what Korea's agencies publish."""
    rows = removals(observed, "off_sale")
    gone = [row for row in rows if row.right is not None]
    back = came_back(observed, {row.case.listing.listing_key for row in gone})
    of = len(gone) + len(back)
    ratio = len(back) / of if of else None
    figure = guarded(
        Figure(
            id="K1",
            name=NAME,
            cell=commitment.id,
            unit="share",
            count=len(back),
            count_high=len(back),
            denominator=of,
            denominator_is="first listings that went off sale, and returns",
            low=ratio,
            high=ratio,
            period=observed.period,
            sentence="",
            endpoint="off_sale",
            clock="none: a count",
            cohort="every confirmed listing that we saw on sale",
            guards=(NOT_COMPLIANCE,) if of else (NOT_COMPLIANCE, NOT_MEASURED),
            ids=tuple(row.case.case_id for row in gone),
        ),
        hand_picked=_by_hand(observed),
    )
    said = (
        f"Counted as Korea's agencies do, {number_of(len(gone), 'confirmed listing')} went off sale and "
        f"{number_of(len(back), 'return')} followed"
    )
    said += f", {percent(ratio)} of both together" if figure.low is not None and ratio is not None else ""
    said += ". No deadline was found: not a measure of compliance."
    beside = f"{published_words(commitment.published)} {DIFFERS}. {differs(commitment)}"
    return replace(figure, sentence=f"{said}{BESIDE}{beside}".rstrip())
