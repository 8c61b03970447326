"""All figures that a report gives, in the order in which it gives them."""

from reports.figures.base import Figure
from reports.figures.on_sale import still_for_sale
from reports.figures.quality import quality
from reports.figures.removal import removal_figure
from reports.records import Observed


def all_figures(observed: Observed) -> list[Figure]:
    """Every figure for what was observed."""
    return [
        *still_for_sale(observed),
        removal_figure(observed, "off_sale"),
        removal_figure(observed, "takedown"),
        *quality(observed),
    ]
