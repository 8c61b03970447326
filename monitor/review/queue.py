"""The review queue: what a person should look at first, what can be left, and what a title in another language says."""

from dataclasses import dataclass
from math import log2

from sqlalchemy.orm import Session

from monitor.matching.foreign import gloss
from monitor.matching.propose import known_listings
from monitor.matching.records import Tier
from monitor.review.decisions import Waiting, waiting

LIKELY = 0.36
"""Mean probability of the two models from which on a lead or lookalike needs eyes: about forty pairs of ten thousand
listings (docs/reference/review-queue.md)."""

_CLAIMS = frozenset({Tier.IDENTIFIER.value, Tier.LINE.value, Tier.REGULATED_KIND.value})
_STAKE = {"identifier": 1.0, "line": 0.9, "regulated_kind": 0.8, "lookalike": 0.4, "lead": 0.5}
_DOUBT = 0.5
_DISAGREE = 0.2


@dataclass(frozen=True, slots=True)
class Queued:
    """A waiting proposal with what a decision is worth, whether it needs eyes, and the title with a gloss (empty where
    none is needed)."""

    waiting: Waiting
    worth: float
    needs_eyes: bool
    title: str
    gloss: str


def worth(tier: str, first: float, second: float, disagree: bool) -> float:
    """What a decision is worth: the chance of a finding, by what its tier lets be said, and the doubt that it ends."""
    mean = min(max((first + second) / 2, 1e-6), 1 - 1e-6)
    doubt = -mean * log2(mean) - (1 - mean) * log2(1 - mean)
    return _STAKE.get(tier, 0.0) * mean + _DOUBT * _STAKE.get(tier, 0.0) * doubt + _DISAGREE * disagree


def needs_eyes(tier: str, first: float, second: float, disagree: bool) -> bool:
    """Whether a person has to look: what would be said in public, what is likely, and where the models disagree."""
    return tier in _CLAIMS or disagree or (first + second) / 2 >= LIKELY


def queue(session: Session, reviewers_needed: int) -> list[Queued]:
    """What waits for a person, what is worth most first. Of the leads to one listing only the best one needs eyes."""
    titles = {listing.listing_id: listing.title for listing in known_listings(session)}
    found = [_queued(one, titles) for one in waiting(session, reviewers_needed)]
    found.sort(key=lambda one: (not one.needs_eyes, -one.worth, one.waiting.match.match_id))
    seen: set[str] = set()
    kept, behind = [], []
    for one in found:
        key = one.waiting.match.listing_key
        if one.waiting.match.tier in _CLAIMS or key not in seen:
            kept.append(one)
        else:
            behind.append(Queued(one.waiting, one.worth, False, one.title, one.gloss))
        seen.add(key)
    return sorted([*kept, *behind], key=lambda one: not one.needs_eyes)


def _queued(one: Waiting, titles: dict[str, str]) -> Queued:
    match, title = one.match, titles.get(one.match.listing_key, "")
    facts = match.tier, match.probability, match.second_opinion, match.disagree
    shown = match.features.get("picture", 0.0) >= 1.0
    return Queued(one, worth(*facts), needs_eyes(*facts) or shown, title, gloss(title))
