"""What the rules of the ladder may look at, and the shape of a rule."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from crawler.marketplaces.states import SearchState, State
from crawler.reading import Judgement, ListingFacts, Mark, MarkKind

RULES_VERSION = 1
"""Rises when the meaning of any rule changes; stored with every judgement."""

REFUSALS = frozenset({401, 403, 407, 429})
MISSING = frozenset({404, 410})
ENDS = (MarkKind.REMOVED_POLICY, MarkKind.REMOVED, MarkKind.SELLER_GONE, MarkKind.VARIANT_GONE, MarkKind.ENDED)
LIVE = (MarkKind.OFFER, MarkKind.WHOLESALE_OFFER)


@dataclass(frozen=True)
class Evidence:
    """All that a rule may look at.

    `asked_id`, `landed_id`: the listing asked for and the one in the final URL ("" where unknown); `asked_country`: the
    vantage's, "" to judge for the place that the page was served for; `verified`: ids of the signatures that a person
    has confirmed; `unreadable`: why the body could not be read; `status` None means not known; `hits`: the number of
    listings on a search page.
    """

    marks: tuple[Mark, ...] = ()
    facts: ListingFacts = field(default_factory=ListingFacts)
    status: int | None = None
    asked_id: str = ""
    landed_id: str = ""
    asked_country: str = ""
    verified: frozenset[str] = frozenset()
    unreadable: str = ""
    hits: int = 0

    def mark(self, *kinds: MarkKind, verified: bool | None = None) -> Mark | None:
        """The first mark of one of these kinds, in the order of `kinds`; with `verified`, only such (or no such)."""
        for kind in kinds:
            for mark in self.marks:
                if mark.kind is kind and (verified is None or verified == (mark.signature in self.verified)):
                    return mark
        return None

    def shows_the_item(self) -> bool:
        """Whether the page shows this very item: then it is no wall, no login page and no shell."""
        return self.mark(MarkKind.ITEM) is not None and not self.shows_another()

    def shows_another(self) -> bool:
        """Whether the page itself says that it is about another item than the one asked for."""
        stated = self.facts.listing_id
        return self.mark(MarkKind.OTHER_ITEM) is not None or bool(stated and self.asked_id and stated != self.asked_id)

    def is_live(self) -> bool:
        """Whether this very item is on offer here to somebody."""
        return self.shows_the_item() and self.mark(*LIVE) is not None

    def place_confirmed(self) -> bool:
        """Whether the page was served for the place that we asked for (any place, where we asked for none)."""
        return not self.asked_country or self.facts.served_country == self.asked_country


Ground = Mark | str | None
"""Why a rule applies: the mark that it rests on, words, or None where it doesn't."""


@dataclass(frozen=True)
class Rule:
    """One step of the ladder: `ground` says why it applies, `why` explains it to a reader."""

    id: str
    state: State | SearchState
    why: str
    ground: Callable[[Evidence], Ground]


def decide(rules: Iterable[Rule], evidence: Evidence) -> Judgement:
    """The judgement of the first rule that applies; the last rule of a table always does."""
    for rule in rules:
        ground = rule.ground(evidence)
        if ground is None:
            continue
        mark = ground if isinstance(ground, Mark) else None
        return Judgement(
            state=rule.state,
            rule=rule.id,
            version=RULES_VERSION,
            signature=mark.signature if mark else "",
            says=(mark.says if mark else str(ground))[:300],
        )
    raise AssertionError("the last rule of a table always applies")
