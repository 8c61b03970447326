"""The story of the demo market: who offers what, from when until when, and what goes wrong with its pages.

Data and pure functions. A `Story` knows the truth (was it really on sale?) apart from what its pages show at an
instant (`expected_state`), because a wall, an outage or an empty shell changes the page and not the truth.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

from crawler.marketplaces.states import State
from crawler.shop.conditions import CAUSES, FAULT_STATES, Condition, FaultKind
from crawler.shop.goods import Goods, RecalledProduct, Tier, words_of

STORY_DAYS = 30

Role = Literal["suspect", "lookalike", "accessory", "book", "costume", "innocent", "control"]


class Bar(NamedTuple):
    """Buyers in `country` can't have it; `how` is `not_shipped` or `geo_blocked`."""

    country: str
    how: State


@dataclass(frozen=True, slots=True)
class Seller:
    """A shop on the market."""

    seller_id: str
    name: str
    country: str
    is_trader: bool


@dataclass(frozen=True, slots=True)
class Phase:
    """What is true of a listing from `from_at` until its next phase."""

    from_at: datetime
    condition: Condition
    goods: Goods
    seller: Seller
    bars: tuple[Bar, ...] = ()

    def bar(self, country: str) -> State | None:
        """How buyers in `country` are barred, where they are."""
        return next((bar.how for bar in self.bars if bar.country == country), None)


@dataclass(frozen=True, slots=True)
class Offer:
    """One listing id and its phases in order. Before the first phase the id does not exist.

    `scene` names what happens to it; `product` is the recalled product that it offers, where it offers one;
    `ancestor` is the listing that it brings back under another name.
    """

    listing_id: str
    scene: str
    role: Role
    phases: tuple[Phase, ...]
    is_wholesale: bool = False
    hides_shipping: bool = False
    product: RecalledProduct | None = None
    tier: Tier | None = None
    ancestor: str = ""

    @property
    def seller(self) -> Seller:
        """Who offered it first."""
        return self.phases[0].seller

    def phase_at(self, at: datetime) -> Phase | None:
        """The phase that holds at `at`, or None before the listing existed."""
        return next((phase for phase in reversed(self.phases) if phase.from_at <= at), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """Pages go wrong from `from_at` until `until_at`; without `listing_ids`, on the whole site."""

    kind: FaultKind
    from_at: datetime
    until_at: datetime
    listing_ids: frozenset[str] | None = None


class TrueSpell(NamedTuple):
    """A time in which a buyer could really buy it. `cause` ended it; both are None while it goes on."""

    on_sale_from: datetime
    on_sale_until: datetime | None
    cause: State | None


class Recalled(NamedTuple):
    """What a listing truly is: an item of this recall; `tier` is what its own words allow to say."""

    recall_id: str
    tier: Tier


class Relisting(NamedTuple):
    """`new` brings back what was taken down as `old`."""

    old: str
    new: str
    same_seller: bool


class Controls(NamedTuple):
    """Listing ids that are on sale all the time, gone since before the start, and never given to anybody."""

    live: tuple[str, ...]
    dead: tuple[str, ...]
    never_existed: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """The whole script. Immutable; every question is answered from it alone."""

    start_at: datetime
    offers: tuple[Offer, ...]
    troubles: tuple[Fault, ...]
    never_existed: tuple[str, ...]
    days: int = STORY_DAYS

    @property
    def end_at(self) -> datetime:
        return self.start_at + timedelta(days=self.days)

    @cached_property
    def by_id(self) -> dict[str, Offer]:
        return {offer.listing_id: offer for offer in self.offers}

    @cached_property
    def sellers(self) -> dict[str, Seller]:
        return {phase.seller.seller_id: phase.seller for offer in self.offers for phase in offer.phases}

    def truth(self, listing_id: str, country: str) -> list[TrueSpell]:
        """When a buyer in `country` could buy what the listing first offered; KeyError for an unknown id."""
        spells: list[TrueSpell] = []
        since: datetime | None = None
        phases = self.by_id[listing_id].phases
        for phase in phases:
            cause = _off_sale(phase, phases[0].goods, country)
            if cause is None and since is None:
                since = phase.from_at
            elif cause is not None and since is not None:
                spells.append(TrueSpell(since, phase.from_at, cause))
                since = None
        return spells if since is None else [*spells, TrueSpell(since, None, None)]

    def takedowns(self, listing_id: str) -> list[tuple[datetime, State]]:
        """When the listing was taken down by platform or seller, and how it shows; stock-outs, sales, closed shops
        and other products under its id are none."""
        found: list[tuple[datetime, State]] = []
        for phase in self.by_id[listing_id].phases:
            cause = CAUSES.get(phase.condition)
            if cause in (State.REMOVED, State.REMOVED_POLICY):
                found.append((phase.from_at, cause))
        return found

    def is_on_sale(self, listing_id: str, country: str, at: datetime) -> bool:
        """Could a buyer in `country` really buy it at `at`?"""
        spells = self.truth(listing_id, country)
        return any(s.on_sale_from <= at and (s.on_sale_until is None or at < s.on_sale_until) for s in spells)

    def expected_state(self, listing_id: str, country: str, at: datetime) -> State:
        """The state in which one faultless look at the listing's page ends. An id that another product has taken
        reads as on sale: only history can tell."""
        fault = self.fault_at(listing_id, at)
        offer = self.by_id.get(listing_id)
        phase = offer.phase_at(at) if offer else None
        if fault is not None and (fault.listing_ids is None or phase is not None):
            return FAULT_STATES[fault.kind]
        if offer is None or phase is None:
            return State.REMOVED
        if phase.condition is Condition.TO_CATEGORY:
            return State.REDIRECTED
        if phase.condition is not Condition.LIVE:
            return CAUSES[phase.condition]
        if offer.is_wholesale:
            return phase.bar(country) or State.AVAILABLE_B2B
        return phase.bar(country) or (State.SHIPPING_UNKNOWN if offer.hides_shipping else State.AVAILABLE)

    def fault_at(self, listing_id: str, at: datetime) -> Fault | None:
        """The fault that its page shows at `at`; with an empty id, a fault of the whole site."""
        now = [fault for fault in self.troubles if fault.from_at <= at < fault.until_at]
        whole_site = [fault for fault in now if fault.listing_ids is None]
        own = [fault for fault in now if fault.listing_ids and listing_id in fault.listing_ids]
        return next(iter([*whole_site, *own]), None)

    def faults(self) -> tuple[Fault, ...]:
        """All that goes wrong with pages, in order of time."""
        return tuple(sorted(self.troubles, key=lambda fault: fault.from_at))

    def recalled_pairs(self) -> dict[str, Recalled]:
        """Which listings truly are recalled products."""
        return {o.listing_id: Recalled(o.product.recall_id, o.tier) for o in self.offers if o.product and o.tier}

    def relistings(self) -> list[Relisting]:
        """Which listings bring back another one."""
        return [
            Relisting(offer.ancestor, offer.listing_id, self.by_id[offer.ancestor].seller == offer.seller)
            for offer in self.offers
            if offer.ancestor
        ]

    def innocents(self) -> frozenset[str]:
        """Listings that are no recalled product: lookalikes, accessories, books, costumes, ordinary things."""
        return frozenset(offer.listing_id for offer in self.offers if offer.product is None)

    def controls(self) -> Controls:
        """Ids for the controls of a run, good from the first day to the last."""
        own = [offer for offer in self.offers if offer.role == "control"]
        live = tuple(offer.listing_id for offer in own if offer.scene == "control_live")
        dead = tuple(offer.listing_id for offer in own if offer.scene == "control_dead")
        return Controls(live, dead, self.never_existed)

    def background(self) -> frozenset[str]:
        """Ordinary listings to compare removals with; some end or run out like others do."""
        ordinary = ("background", "background_ends", "everyday")
        return frozenset(offer.listing_id for offer in self.offers if offer.scene in ordinary)

    def shown(self, country: str, at: datetime) -> list[tuple[Offer, Phase]]:
        """What search and seller pages list for a buyer in `country` at `at`, newest first."""
        pairs = [(offer, phase) for offer in self.offers if (phase := offer.phase_at(at)) is not None]
        listed = [pair for pair in pairs if _is_listed(pair[1], country)]
        return sorted(listed, key=lambda pair: (pair[0].phases[0].from_at, pair[0].listing_id), reverse=True)

    def found(self, query: str, country: str, at: datetime) -> list[tuple[Offer, Phase]]:
        """What the shop's search finds, best first: listings that share two of the words asked for, or a third of
        them; an empty query finds everything."""
        asked = words_of(query)
        needed = min(2, max(1, -(-len(asked) // 3)))
        shown = [(len(asked & _said(phase.goods)), offer, phase) for offer, phase in self.shown(country, at)]
        hits = [hit for hit in shown if not asked or hit[0] >= needed]
        return [(offer, phase) for _, offer, phase in sorted(hits, key=lambda hit: -hit[0])]


def _off_sale(phase: Phase, goods: Goods, country: str) -> State | None:
    if phase.condition is not Condition.LIVE:
        return CAUSES[phase.condition]
    return phase.bar(country) or (State.REPLACED if phase.goods.picture != goods.picture else None)


def _is_listed(phase: Phase, country: str) -> bool:
    on_shelf = phase.condition in (Condition.LIVE, Condition.OUT_OF_STOCK)
    return on_shelf and phase.bar(country) is not State.GEO_BLOCKED


@lru_cache(maxsize=4096)
def _said(goods: Goods) -> frozenset[str]:
    return words_of(f"{goods.title} {goods.brand} {goods.model} {goods.gtin} {goods.category}")
