"""How much of what is there did our searches find: at most, by two families of phrases that share no words.

Chapman 1951; sensitivity to dependence after Chao et al. 2001, Stat Med 20:3123. Searches that find the same easy
listings make the total too small, so every share here is an upper bound and is said as one.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.store.decision_tables import MatchRow, PhraseRow
from monitor.store.ledger_tables import SearchRow, SightingRow
from monitor.watchlist.phrases import STRATEGIES, Family

ODDS_RATIOS = (1.0, 2.0, 5.0)
FEWEST = 10
"""Fewer than so many listings: the counts alone, no share (DOMAIN)."""
COUNTED_TIERS = ("identifier", "line")


@dataclass(frozen=True, slots=True)
class Found:
    """A listing found by a phrase of a family, as the product of a notice."""

    marketplace: str
    language: str
    family: Family
    listing_key: str
    notice_id: str


@dataclass(frozen=True)
class Coverage:
    """Of one marketplace and language: what each family found, what both did, and the share found of all there is.

    `total` is Chapman's estimate, `at_most` the share by odds ratio; both are empty where they can't be told.
    """

    marketplace: str
    language: str
    marks: int
    kinds: int
    both: int
    total: float | None
    at_most: dict[str, float]
    says: str


def coverage(found: Iterable[Found]) -> list[Coverage]:
    """One estimate for each marketplace and language, in order of name. A phrase of no family counts for none."""
    groups: dict[tuple[str, str], dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    for one in found:
        if one.family:
            groups[one.marketplace, one.language][one.family].add((one.listing_key, one.notice_id))
    return [_estimate(*place, families["marks"], families["kinds"]) for place, families in sorted(groups.items())]


def shares(first: int, second: int, both: int, ratios: Sequence[float] = ODDS_RATIOS) -> dict[float, float]:
    """The share of all that both searches found together, were finding by the one so many times likelier for what the
    other found. Empty where nothing was found by both."""
    if not both:
        return {}
    seen, unseen = first + second - both, (first - both) * (second - both) / both
    return {ratio: seen / (seen + ratio * unseen) for ratio in ratios}


def found_in(session: Session) -> list[Found]:
    """What the ledger's searches found, as far as the matcher takes it for the product of the phrase's own notice."""
    tiers = select(MatchRow.listing_key, MatchRow.notice_id).where(MatchRow.tier.in_(COUNTED_TIERS))
    matched = {(key, notice_id) for key, notice_id in session.execute(tiers)}
    phrases = {str(row.phrase_id): row for row in session.scalars(select(PhraseRow))}
    rows = select(SearchRow.marketplace, SearchRow.phrase_id, SightingRow.listing_key).join(
        SightingRow, SightingRow.search_id == SearchRow.search_id
    )
    found = set()
    for marketplace, phrase_id, key in session.execute(rows.distinct()):
        phrase = phrases.get(phrase_id)
        family = STRATEGIES.get(phrase.strategy, "") if phrase else ""
        if phrase and family and (key, phrase.notice_id) in matched:
            found.add(Found(marketplace, phrase.language, family, key, phrase.notice_id))
    return sorted(found, key=lambda one: (one.marketplace, one.language, one.family, one.listing_key, one.notice_id))


def _estimate(marketplace: str, language: str, marks: set[tuple[str, str]], kinds: set[tuple[str, str]]) -> Coverage:
    first, second, both = len(marks), len(kinds), len(marks & kinds)
    seen = first + second - both
    if seen < FEWEST or not first or not second or not both:
        says = _too_little(seen, first, second, both)
        return Coverage(marketplace, language, first, second, both, None, {}, says)
    total = (first + 1) * (second + 1) / (both + 1) - 1
    at_most = {f"{ratio:g}": share for ratio, share in shares(first, second, both).items()}
    low, high = min(at_most.values()), max(at_most.values())
    says = f"the searches found at most {high:.0%} of what is there, at most {low:.0%} if they find the same listings"
    return Coverage(marketplace, language, first, second, both, total, at_most, says)


def _too_little(seen: int, first: int, second: int, both: int) -> str:
    if seen and not (first and second):
        return f"only one family of phrases found anything ({seen} listings): coverage can't be told"
    if seen and not both:
        return f"nothing was found by both families ({seen} listings): coverage can't be told, and may be small"
    return f"{seen} listings found, fewer than {FEWEST}: no share is given"
