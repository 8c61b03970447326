"""K12: one rate pooled, per platform, and as the unweighted mean of the platforms that EU reports give."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reports.figures.base import NO_RANKING, Figure, guarded
from reports.figures.on_sale import still_for_sale
from reports.records import Observed
from reports.words import NBSP, share_range


def three_ways(observed: Observed) -> list[Figure]:
    """K4 for the same model, three ways side by side; no mean where any platform allows no rate."""
    cells = [figure for figure in still_for_sale(observed) if figure.cell.startswith("identifier")]
    pooled = next(figure for figure in cells if figure.cell == "identifier")
    platforms = [figure for figure in cells if figure.cell.startswith("identifier on ")]
    lows = [figure.low for figure in platforms if figure.low is not None]
    highs = [figure.high for figure in platforms if figure.high is not None]
    whole = len(platforms) > 1 and len(lows) == len(platforms) and len(highs) == len(platforms)
    low = sum(lows) / len(lows) if whole else None
    high = sum(highs) / len(highs) if whole else None
    sentence = "A mean over platforms is not given: it needs two or more, each with a rate."
    if low is not None and high is not None:
        sentence = (
            f"The unweighted mean over {len(platforms)} platforms, as EU reports give it, is {share_range(low, high)}; "
            "it weighs a platform with few recalls like one with many, so it differs from the pooled share."
        )
    mean = replace(
        pooled,
        id="K12",
        name="still for sale, unweighted mean of platforms",
        cell="identifier",
        count=None,
        count_high=None,
        ids=(),
        low=low,
        high=high,
        ci_low=None,
        ci_high=None,
        denominator=len(platforms),
        denominator_is="platforms",
        guards=(NO_RANKING,) if any(NO_RANKING in figure.guards for figure in platforms) else (),
        sentence=sentence.replace(" %", f"{NBSP}%"),
    )
    return [
        guarded(replace(pooled, id="K12", name="still for sale, pooled")),
        *(replace(figure, id="K12", name="still for sale, per platform") for figure in platforms),
        mean,
    ]


def unweighted(figures: Sequence[Figure], platforms: Iterable[str]) -> list[Figure]:
    """K12 for every other rate that is given by platform: the unweighted mean beside the pooled share.

    None where the pooled share is no rate itself; no mean where one of the platforms that were measured allows no rate.
    """
    places = set(platforms)
    groups: dict[tuple[str, str, str, str], list[Figure]] = {}
    pooled: dict[tuple[str, str, str, str], Figure] = {}
    for figure in figures:
        if figure.id not in ("K1", "K2", "K5", "K9") or figure.unit != "share":
            continue
        cell, mark, place = figure.cell.rpartition(" on ")
        if figure.cell in places or (mark and place in places):
            groups.setdefault((figure.id, figure.name, figure.endpoint, cell or "all"), []).append(figure)
        else:
            pooled[figure.id, figure.name, figure.endpoint, figure.cell] = figure
    return [
        _mean(pooled[key], some)
        for key, some in groups.items()
        if key in pooled and pooled[key].low is not None and len(some) > 1
    ]


def _mean(pooled: Figure, platforms: Sequence[Figure]) -> Figure:
    rates = [(one.low, one.high) for one in platforms if one.low is not None and one.high is not None]
    whole = len(rates) == len(platforms)
    low = sum(one[0] for one in rates) / len(rates) if whole else None
    high = sum(one[1] for one in rates) / len(rates) if whole else None
    sentence = "No mean over platforms is given: one of them has too few for a rate."
    if low is not None and high is not None:
        sentence = (
            f"The unweighted mean over {len(platforms)} platforms is {share_range(low, high)}; it weighs a platform "
            "with few listings like one with many, so it differs from the pooled share."
        )
    return replace(
        pooled,
        id="K12",
        name=f"unweighted mean of platforms: {pooled.name}",
        count=None,
        count_high=None,
        ids=(),
        low=low,
        high=high,
        ci_low=None,
        ci_high=None,
        denominator=len(platforms),
        denominator_is="platforms",
        guards=(NO_RANKING,) if any(NO_RANKING in one.guards for one in platforms) else (),
        sentence=sentence,
    )
