"""Figures of a public report: only cleared cases stand behind them, so each count is "at least" without a rate."""

from dataclasses import replace

from reports.figures.base import CLEARED_ONLY, NOT_MEASURED, Figure
from reports.words import number_of

ABOUT_OURSELVES = frozenset({"K10", "K11", "K13"})
"""Figures that no case stands behind: whole in every report."""


def at_least(figure: Figure) -> Figure:
    """The figure as a public report may give it."""
    guards = figure.guards
    if figure.id in ABOUT_OURSELVES or NOT_MEASURED in guards or CLEARED_ONLY in guards:
        return figure
    bare = replace(figure, low=None, high=None, ci_low=None, ci_high=None, guards=(CLEARED_ONLY, *guards))
    if figure.count is None:
        return replace(bare, sentence="Not given: only cases that were cleared for the public are counted here.")
    return replace(
        bare,
        sentence=f"{figure.name[0].upper()}{figure.name[1:]}{_where(figure)}: at least {figure.count}, counting only "
        f"{number_of(figure.denominator, 'cleared item')} ({figure.denominator_is}).",
    )


def _where(figure: Figure) -> str:
    return "" if figure.cell == "all" else f" ({figure.cell})"
