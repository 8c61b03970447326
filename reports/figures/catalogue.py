"""All figures that a report gives, in the order in which it gives them."""

from reports.figures.base import NOT_COMPLIANCE, NOT_MEASURED, Figure
from reports.figures.means import three_ways
from reports.figures.on_sale import still_for_sale
from reports.figures.quality import quality
from reports.figures.removal import removal_figure
from reports.figures.returns import blocked_here, relisting, repeat_sellers
from reports.figures.since_recall import off_sale_since_recall
from reports.figures.survival import exposure, survival
from reports.records import Observed

UNMEASURED = {
    "K1": (
        "on time after notice",
        "no dates of notices to the platform are in the ledger, so nothing is met or missed",
    ),
    "K3": ("within hours", "it needs the same dates, and looks no further apart than the threshold"),
    "K10": ("promised safety pages", "no monthly check of the promised pages is in the ledger"),
    "K11": ("acknowledgement lag", "no notices by the platforms themselves are in the ledger"),
    "K14": ("excess over background", "no unrecalled listings have been matched and looked at in the same way"),
}
"""Figures of the audit that need something which the ledger does not hold yet."""


def all_figures(observed: Observed) -> list[Figure]:
    """Every figure for what was observed; those that can't be answered say what is missing."""
    return [
        *still_for_sale(observed),
        *three_ways(observed),
        removal_figure(observed, "off_sale"),
        removal_figure(observed, "takedown"),
        *off_sale_since_recall(observed),
        *survival(observed),
        exposure(observed),
        *relisting(observed),
        repeat_sellers(observed),
        blocked_here(observed),
        *quality(observed),
        *(_unmeasured(observed, figure_id) for figure_id in UNMEASURED),
    ]


def _unmeasured(observed: Observed, figure_id: str) -> Figure:
    name, why = UNMEASURED[figure_id]
    return Figure(
        id=figure_id,
        name=name,
        cell="all",
        unit="share",
        denominator=0,
        denominator_is="items with what it needs",
        period=observed.period,
        guards=(NOT_MEASURED, NOT_COMPLIANCE) if figure_id in ("K1", "K3") else (NOT_MEASURED,),
        sentence=f"Not measured: {why}.",
    )
