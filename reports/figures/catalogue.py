"""All figures that a report gives, in the order in which it gives them."""

from reports.figures.base import Figure
from reports.figures.blocks import blocks
from reports.figures.causes import by_cause
from reports.figures.excess import excess
from reports.figures.gates import at_least, picked_by_hand, population
from reports.figures.means import three_ways, unweighted
from reports.figures.notices import on_time, within_hours
from reports.figures.on_sale import still_for_sale
from reports.figures.pledges import NAME, pledge_ways
from reports.figures.promised_pages import acknowledgement, promised_pages
from reports.figures.quality import quality
from reports.figures.removal import removal_figure
from reports.figures.returns import relisting, sellers
from reports.figures.since_recall import off_sale_since_recall
from reports.figures.survival import exposure, survival
from reports.records import Observed


def all_figures(observed: Observed) -> list[Figure]:
    """Every figure for what was observed; those that can't be answered say what is missing."""
    rates = _rates(population(observed))
    if not any(recall.sampled for recall in observed.recalls):
        rates = [one if one.name == NAME else picked_by_hand(one) for one in rates]
    if not observed.cleared_only:
        rates += unweighted(rates, {case.listing.marketplace for case in observed.cases})
    figures = [
        *still_for_sale(observed),
        *three_ways(observed),
        removal_figure(observed, "off_sale"),
        removal_figure(observed, "takedown"),
        exposure(observed),
        *rates,
        *promised_pages(observed),
        *acknowledgement(observed),
        *quality(observed),
    ]
    return [at_least(figure) for figure in figures] if observed.cleared_only else figures


def _rates(observed: Observed) -> list[Figure]:
    """Figures that are rates of listings: about those of recalls drawn at random, where there are any."""
    return [
        *on_time(observed),
        *pledge_ways(observed),
        *off_sale_since_recall(observed),
        *within_hours(observed),
        *survival(observed),
        *by_cause(observed),
        *relisting(observed),
        *sellers(observed),
        *blocks(observed),
        *excess(observed),
    ]
