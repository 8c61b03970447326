"""The method in plain words, as it is printed in every report."""

from reports.figures.base import (
    CLEARED_ONLY,
    HAND_PICKED,
    NO_RANKING,
    NOT_COMPLIANCE,
    NOT_MEASURED,
    RAW_COUNTS,
)
from reports.records import Observed
from reports.words import number_of

GUARD_WORDS = {
    RAW_COUNTS: "fewer than ten: counts only",
    NO_RANKING: "over a fifth unknown: not to be ranked",
    HAND_PICKED: "recalls picked by hand: counts only",
    CLEARED_ONLY: "cleared cases only: a lower bound",
    NOT_COMPLIANCE: "not a measure of compliance",
    NOT_MEASURED: "not measured yet",
}


def method_in_words(observed: Observed) -> list[str]:
    """Paragraphs for a reader who has one minute."""
    picked = sum(not recall.sampled for recall in observed.recalls)
    drawn = len(observed.recalls) - picked
    apart = ", ".join(f"{tier}: {count}" for tier, count in sorted(observed.counted_apart.items()))
    paragraphs = [
        f"Recalls: {number_of(drawn, 'recall')} drawn at random by a recorded seed and {picked} picked by hand were "
        "searched for by name and model on each marketplace’s own search. Rates are given only for those drawn.",
        "Matching: a computer proposes, people confirm. Same model means that a product code or brand and model number "
        "agree and nothing contradicts them. Same line means that brand and product line agree, while model, lot or "
        f"date can’t be told. Lookalikes and leads are in no figure{f' ({apart})' if apart else ''}.",
        "Looks: each listing is opened again and again as a buyer at this place would see it. A listing is called off "
        "sale only after three looks that agree and span at least 36 hours (two, a day apart, where the platform says "
        "itself that it removed the item), in runs whose controls on known live and known dead pages passed.",
        "Times are intervals: after the last look that saw it on sale and by the first that saw it gone. No look "
        "in between could tell, so no exact minute is given and no average of ended cases is taken.",
        "Most promises of marketplaces count from a request that can’t be seen from outside. Time since a public "
        "recall is not a measure of compliance.",
        "Restraint: public pages only, robots.txt obeyed, no login, no solving of walls. Who blocks us is reported as "
        "not observed.",
    ]
    if observed.cleared_only:
        paragraphs.insert(0, "Only cases that a named person cleared are counted, so each count is a lower bound.")
    return paragraphs
