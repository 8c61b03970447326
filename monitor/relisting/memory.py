"""The kept index over everything that went: a new listing is asked against it by picture, text, seller and model."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.pictures.facts import ASKED_VIEWS, UPRIGHT_VIEWS
from monitor.matching.normalise import words
from monitor.matching.records import Listing
from monitor.matching.relation import accessory_word, media_word
from monitor.matching.view import view_of
from monitor.pictures.index import PictureIndex
from monitor.pictures.likeness import views_of
from monitor.relisting.agree import (
    FEWEST_SHINGLES,
    Field,
    conflicts,
    description_field,
    other_fields,
    picture_field,
    words_field,
)
from monitor.relisting.prints import Prints, Version
from monitor.relisting.rules import NEEDED_BESIDE_WEAK, RULES, Compared, rule_for
from monitor.relisting.texts import Postings

COMMON_SELLERS = 4
"""A picture that so many sellers show is a stock photo."""
COMMON_LISTINGS = 4
"""A run of words on so many listings is a template's, or the maker's own words."""
_MOST_CANDIDATES = 20
_RULE_RANK = {rule: place for place, rule in enumerate(RULES)}


@dataclass(frozen=True, slots=True)
class Gone:
    """What is remembered: a version, its fingerprints, and when it went: in (`ended_after_at`, `ended_by_at`]."""

    version: Version
    prints: Prints
    ended_after_at: datetime
    ended_by_at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A listing that is asked about. `root` is the first listing of its lineage, its own key where it has none."""

    version: Version
    prints: Prints
    first_seen_at: datetime
    root: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One proposal: what of that went is back, by which rule, and why."""

    gone: Gone
    asked: Asked
    rule: str
    compared: Compared


class Memory:
    """Ask it with `take`; it also counts how common pictures and phrases are among all listings it was ever handed."""

    def __init__(self, gone: Sequence[Gone]) -> None:
        self.gone = list(gone)
        self._sellers: dict[str, list[int]] = defaultdict(list)
        self._models: dict[str, list[int]] = defaultdict(list)
        hashes: list[str] = []
        self._owner: list[tuple[int, int]] = []
        for place, one in enumerate(self.gone):
            if one.prints.seller:
                self._sellers[one.prints.seller].append(place)
            for model in one.prints.models:
                self._models[model].append(place)
            for number, picture in enumerate(one.prints.pictures):
                views = views_of(picture, UPRIGHT_VIEWS)
                hashes += [digest for _, digest in views]
                self._owner += [(place, number)] * len(views)
        self._pictures = PictureIndex(hashes)
        self._texts = Postings([one.prints.shingles for one in self.gone])
        self._shown_by: dict[tuple[int, int], set[str]] = defaultdict(set)

    def take(self, listings: Sequence[Asked]) -> list[Found]:
        """Count what these listings show, then ask each against what went before it was seen. At most one answer a
        listing: by the strongest rule, and of several the one that went last, so that chains stay in order."""
        if not self.gone:
            return []
        seen = self._pictures_seen(listings)
        for one, shown in zip(listings, seen, strict=True):
            if one.root in ("", one.version.listing_key):
                self._texts.count(one.prints.shingles)
                for picture in shown:
                    self._shown_by[picture].add(one.prints.seller or one.version.listing_key)
        answers = (self._best(one, shown) for one, shown in zip(listings, seen, strict=True))
        return [answer for answer in answers if answer is not None]

    def _pictures_seen(self, listings: Sequence[Asked]) -> list[set[tuple[int, int]]]:
        """For each listing the remembered pictures that one of its own is."""
        hashes: list[str] = []
        whose: list[int] = []
        for number, one in enumerate(listings):
            for picture in one.prints.pictures:
                views = views_of(picture, ASKED_VIEWS)
                hashes += [digest for _, digest in views]
                whose += [number] * len(views)
        seen: list[set[tuple[int, int]]] = [set() for _ in listings]
        if hashes and len(self._pictures):
            rows, places, _ = self._pictures.within(hashes)
            for row, place in zip(rows.tolist(), places.tolist(), strict=True):
                seen[whose[row]].add(self._owner[place])
        return seen

    def _best(self, one: Asked, shown: set[tuple[int, int]]) -> Found | None:
        found = []
        alike = set(self._texts.most_alike(one.prints.shingles, FEWEST_SHINGLES, COMMON_LISTINGS, _MOST_CANDIDATES))
        pictured = {place for place, _ in shown}
        for place in self._candidates(one.prints, alike | pictured):
            gone = self.gone[place]
            if not self._may_be(gone, one):
                continue
            compared = self._compare(place, one.prints, shown if place in pictured else set(), place in alike)
            rule = rule_for(compared)
            if rule and not is_other_thing(gone.version, one.version):
                found.append(Found(gone, one, rule, compared))
        return min(found, key=_rank, default=None)

    def _may_be(self, gone: Gone, one: Asked) -> bool:
        """Never the same id (that is the episodes' return), nor what was there before the old one went."""
        return gone.version.listing_key != one.version.listing_key and one.first_seen_at > gone.ended_after_at

    def _candidates(self, prints: Prints, found: set[int]) -> set[int]:
        """Those found by picture or text, and what the same seller offered or what had the same model."""
        if prints.seller:
            found.update(self._sellers.get(prints.seller, ())[-_MOST_CANDIDATES:])
        for model in prints.models:
            found.update(self._models.get(model, ())[-_MOST_CANDIDATES:])
        return found

    def _compare(self, place: int, new: Prints, shown: set[tuple[int, int]], alike: bool) -> Compared:
        """What agrees, the cheap fields first: pictures and texts are compared only where they can decide."""
        old = self.gone[place].prints
        others, against = other_fields(old, new), conflicts(old, new)
        found: list[Field | None] = []
        if shown:
            found += [picture_field(old, new), words_field(old, new)]
        if alike:
            found.append(description_field(old, new, self._texts.common(old.shingles, COMMON_LISTINGS)))
        named = {one.name for one in others}
        if not shown and old.pictures and new.pictures and (alike or (named & NEEDED_BESIDE_WEAK and not against)):
            found.append(picture_field(old, new))
        agreements = (*(one for one in found if one is not None), *others)
        sellers = [self._shown_by[picture] for picture in shown if picture[0] == place]
        common = bool(sellers) and min(map(len, sellers)) >= COMMON_SELLERS
        return Compared(agreements, tuple(against), common)


def _rank(answer: Found) -> tuple[int, float, int, str]:
    """The strongest rule first, then what went last, then what agrees in most fields."""
    fields = len(answer.compared.agreements)
    return _RULE_RANK[answer.rule], -answer.gone.ended_by_at.timestamp(), -fields, answer.gone.version.listing_key


def is_other_thing(old: Version, new: Version) -> bool:
    """Whether the new listing is an accessory, a part, a book or a picture of what the old one sold."""
    view = view_of(Listing(new.listing_key, title=new.title))
    own = frozenset(words(old.title))
    return bool(accessory_word(view, own, "", frozenset(words(old.brand))) or media_word(view, own))
