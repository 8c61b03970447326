"""What forbids a rate that the figures themselves don't know of: recalls picked by hand, and a public report.

A rate speaks for a population. Recalls that somebody picked speak for none, and cleared cases are those that were
cleared: there the counts stay and the rate goes.
"""

from dataclasses import replace

from reports.figures.base import CLEARED_ONLY, HAND_PICKED, NOT_MEASURED, Figure
from reports.records import Observed
from reports.words import CAUSE_WORDS, cause_in_words

ABOUT_OURSELVES = frozenset({"K10", "K11", "K13"})
"""Figures that no case stands behind: whole in every report."""
RATES = frozenset({"share", "points"})


def population(observed: Observed) -> Observed:
    """What rates may be about: the cases of recalls drawn at random, where there are any; else all, and no rate."""
    if not any(recall.sampled for recall in observed.recalls):
        return observed
    return replace(observed, cases=tuple(case for case in observed.cases if case.recall.sampled))


def picked_by_hand(figure: Figure) -> Figure:
    """The figure where no recall was drawn at random: a rate goes, times and counts stay."""
    if figure.id in ABOUT_OURSELVES or figure.unit not in RATES or _gated(figure, HAND_PICKED):
        return figure
    said = figure.sentence
    if "%" in said or "points" in said:
        said = f"{_counted(figure)}; the recalls were picked by hand, so there is no rate."
    return _counts(figure, HAND_PICKED, said)


def at_least(figure: Figure) -> Figure:
    """The figure as a public report may give it: only cleared cases stand behind it."""
    if figure.id in ABOUT_OURSELVES or _gated(figure, CLEARED_ONLY):
        return figure
    if figure.count is None:
        words = "Not given: only cases that were cleared for the public are counted here."
    else:
        words = (
            f"{_name(figure)}: at least {figure.count}, counting only {figure.denominator:,} {figure.denominator_is} "
        )
        words += "that were cleared."
    return _counts(figure, CLEARED_ONLY, words)


def _gated(figure: Figure, guard: str) -> bool:
    return NOT_MEASURED in figure.guards or guard in figure.guards


def _counts(figure: Figure, guard: str, sentence: str) -> Figure:
    guards = tuple(dict.fromkeys((*figure.guards, guard)))
    return replace(figure, low=None, high=None, ci_low=None, ci_high=None, guards=guards, sentence=sentence)


def _counted(figure: Figure) -> str:
    if figure.count is None:
        return f"{_name(figure)}: no count"
    high = figure.count_high if figure.count_high is not None else figure.count
    counts = f"{figure.count:,}" if high == figure.count else f"{figure.count:,} to {high:,}"
    return f"{_name(figure)}: {counts} of {figure.denominator:,} {figure.denominator_is}"


def _name(figure: Figure) -> str:
    cell = cause_in_words(figure.cell) if figure.cell in CAUSE_WORDS else figure.cell.replace("_", " ")
    where = "" if figure.cell == "all" else f" ({cell})"
    return f"{figure.name[0].upper()}{figure.name[1:]}{where}"
