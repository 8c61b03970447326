"""The matcher: a register on one side, listings on the other, proposals with reasons out."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice

from crawler.feeds.notice import Notice
from monitor.matching.candidates import TOP
from monitor.matching.evidence import Evidence, weigh_up
from monitor.matching.explain import reasons_of, sentence
from monitor.matching.features import values_of
from monitor.matching.model import Model, disagree, probability, shipped_model
from monitor.matching.normalise import words
from monitor.matching.prepared import Prepared, prepare
from monitor.matching.records import MATCHER_VERSION, Listing, Match, Relation, Tier
from monitor.matching.regulated import rules_for
from monitor.matching.tiers import likely_line, tier_of, would_change
from monitor.matching.view import View, view_of
from monitor.pictures.likeness import strength_of

__all__ = ["MATCHER_VERSION", "Matcher"]

_BATCH = 512
_RARE_MODEL = 3
_GLANCE = 0.3
_ORDER = {tier: place for place, tier in enumerate(Tier)}

Candidates = dict[int, float]
_Judged = tuple[Tier, float, Relation, Evidence, dict[str, float]]


class Matcher:
    """Proposes, for each listing, the notices that it may fall under. The same input gives the same output."""

    def __init__(self, notices: Sequence[Notice] | Prepared, model: Model | None = None) -> None:
        """Over `notices`, or over a register prepared already; `model` is the shipped one where none is given."""
        self.prepared = notices if isinstance(notices, Prepared) else prepare(notices)
        self.model = model or shipped_model()
        self.entries = self.prepared.entries

    @cached_property
    def _place_of(self) -> dict[str, int]:
        """The place of each notice's entry: only asked for where a listing shows a picture of one."""
        return {entry.recall_id: place for place, entry in enumerate(self.entries)}

    def match(self, listings: Iterable[Listing], top: int = 5) -> Iterator[Match]:
        """Up to `top` matches a listing, the strongest tier first, in the order of the listings."""
        stream = iter(listings)
        while batch := list(islice(stream, _BATCH)):
            views = [view_of(listing, self.prepared.brands, self.prepared.index.read_digits) for listing in batch]
            for view, candidates in zip(views, self.candidates(views), strict=True):
                yield from self._decide(view, candidates, top)

    def candidates(self, views: Sequence[View], top: int = TOP) -> list[Candidates]:
        """For each listing the places of entries worth comparing, with their cosines."""
        asked = self.prepared.index.ask([_query(view) for view in views], top + top // 2)
        return [self._with_identifiers(v, self._entries_in(found, top)) for v, found in zip(views, asked, strict=True)]

    def _entries_in(self, texts: list[tuple[int, float]], top: int) -> Candidates:
        """The first `top` entries that the texts found belong to, each with its likeliest text's cosine."""
        found: Candidates = {}
        for text, cosine in texts:
            if len(found) == top:
                break
            found.setdefault(self.prepared.entry_of[text], cosine)
        return found

    def _with_identifiers(self, view: View, found: Candidates) -> Candidates:
        for gtin in view.gtins:
            for place in self.prepared.gtins.get(gtin, ()):
                found.setdefault(place, 0.0)
        for run in view.raw:
            places = self.prepared.models.get(run, ())
            if 0 < len(places) <= _RARE_MODEL:
                for place in places:
                    found.setdefault(place, 0.0)
        for recall_id, bits in view.listing.shown():
            if recall_id in self._place_of and strength_of(bits) == "strong":
                found.setdefault(self._place_of[recall_id], 0.0)
        return found

    def _regulated(self, view: View, candidates: Candidates, judged: list[_Judged]) -> Iterator[_Judged]:
        """For each rule that the listing falls under, the likeliest notice about that kind."""
        strong = {found.recall_id for tier, _, _, found, _ in judged if tier in (Tier.IDENTIFIER, Tier.LINE)}
        for rule in rules_for(view):
            about = self.prepared.by_rule[rule.rule_id]
            if not about or any(self.entries[place].recall_id in strong for place in about):
                continue
            place = max(
                about, key=lambda place: (self.entries[place].kind in ("ban", "standard"), candidates.get(place, 0.0))
            )
            found = weigh_up(self.entries[place], view, candidates.get(place, 0.0))
            if found.accessory or found.media:
                continue
            found.rule, found.rule_says = rule.cites, rule.says
            judged[:] = [one for one in judged if one[3].recall_id != found.recall_id]
            values = values_of(found)
            yield Tier.REGULATED_KIND, self._odds(values), Relation.REGULATED_KIND, found, values

    def _decide(self, view: View, candidates: Candidates, top: int) -> list[Match]:
        judged: list[_Judged] = []
        ranked = sorted(candidates, key=lambda place: (-candidates[place], place))[:2]
        for place, cosine in candidates.items():
            entry = self.entries[place]
            named = entry.brand_keys & view.spans.keys() or entry.brand_keys & view.brand_spans
            shown = any(recall_id == entry.recall_id for recall_id, _ in view.listing.shown())
            if not (named or shown or cosine >= _GLANCE or entry.gtins & view.gtins or entry.models & view.raw):
                continue
            found = weigh_up(entry, view, cosine)
            rival = ranked[1] if place == ranked[0] and len(ranked) > 1 else ranked[0]
            if rival != place:
                found.rival, found.margin = self.entries[rival].recall_id, cosine - candidates[rival]
            else:
                found.margin = cosine
            found.sub_brands -= self.prepared.brands_of_many
            found.brand_of_many = not found.brands.isdisjoint(self.prepared.brands_of_many)
            tier, relation = tier_of(found)
            if tier is not None:
                values = values_of(found)
                odds = self._odds(values)
                if tier is Tier.LEAD and likely_line(found, probability(odds), self.model.second_opinion(values)):
                    tier, relation = Tier.LINE, Relation.SAME_PRODUCT
                judged.append((tier, odds, relation, found, values))
        judged.extend(self._regulated(view, candidates, judged))
        judged.sort(key=lambda one: (_ORDER[one[0]], -one[1], one[3].recall_id))
        return [self._explained(view.listing, one) for one in judged[:top]]

    def _odds(self, values: dict[str, float]) -> float:
        weights = self.model.weights
        return self.model.bias + sum(weights.get(name, 0.0) * value for name, value in values.items())

    def _explained(self, listing: Listing, judged: _Judged) -> Match:
        tier, odds, relation, found, values = judged
        reasons = reasons_of(found, values, self.model, listing)
        first = probability(odds)
        second = first if found.rule else self.model.second_opinion(values)
        change = would_change(found, tier)
        return Match(
            listing.listing_id, found.recall_id, tier, relation, first, reasons, change, second=second,
            disagree=disagree(first, second), features=values, model=self.model.version, rival=found.rival,
            gap=found.margin, says=sentence(reasons, found.rival, found.margin, change),
        )  # fmt: skip


def _query(view: View) -> tuple[str, ...]:
    listing = view.listing
    extra = f"{listing.brand} {listing.model}" if listing.brand or listing.model else ""
    return (*view.tokens, *words(extra)) if extra else view.tokens
