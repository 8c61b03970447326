"""Who plays in a story: draws sellers, ids, goods and instants, and collects the offers that the scenes ask for."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle

from crawler.shop.conditions import Condition
from crawler.shop.goods import Goods, RecalledProduct, Tier, Wording
from crawler.shop.story import Bar, Offer, Phase, Role, Seller

Step = tuple[datetime, Condition]

HOUR = timedelta(hours=1)
# Listing ids are drawn from here on; those from NEVER_ID on are given to nobody, in no story.
FIRST_ID, NEVER_ID = 100_000_000, 999_000_000
SELLERS = (
    Seller("harbour-goods", "Harbour Goods", "US", True),
    Seller("little-acorn", "Little Acorn Store", "US", True),
    Seller("bright-lane", "Bright Lane Trading", "CN", True),
    Seller("mossgrove", "Mossgrove Outlet", "CN", True),
    Seller("parcel-fox", "Parcel Fox", "US", True),
    Seller("nine-rivers", "Nine Rivers Supply", "CN", True),
    Seller("attic-finds", "attic_finds_77", "US", False),
    Seller("greta-clears-out", "greta_clears_out", "US", False),
    Seller("tidewater", "Tidewater Wholesale", "CN", True),
    Seller("copper-kite", "Copper Kite", "DE", True),
)


class Cast:
    """Draws from one seed; `offers` grows as scenes are written."""

    def __init__(self, products: Sequence[RecalledProduct], start_at: datetime, seed: int) -> None:
        self.start_at = start_at
        self.offers: list[Offer] = []
        self.chance = random.Random(seed)
        self.wording = Wording(self.chance)
        self._products = cycle(self.chance.sample(list(products), len(products)))
        self._sellers = cycle(self.chance.sample(SELLERS, len(SELLERS)))
        self._ids: set[str] = set()

    def fresh_id(self) -> str:
        """A listing id that this story has not used."""
        while (drawn := str(self.chance.randrange(FIRST_ID, NEVER_ID))) in self._ids:
            continue
        self._ids.add(drawn)
        return drawn

    def product(self) -> RecalledProduct:
        """The next recalled product; all take their turn."""
        return next(self._products)

    def seller(self, other_than: Seller | None = None) -> Seller:
        """The next shop; all take their turn."""
        return next(seller for seller in self._sellers if seller != other_than)

    def before(self) -> datetime:
        """Some instant in the half year before the start."""
        return self.start_at - timedelta(days=self.chance.randint(4, 180), seconds=self.chance.randrange(86_400))

    def day(self, first: int, last: int) -> datetime:
        """Some instant from the beginning of day `first` to the end of day `last`; the story starts with day 0."""
        return self.start_at + timedelta(seconds=self.chance.randrange(first * 86_400, (last + 1) * 86_400))

    def hours(self, least: int, most: int) -> timedelta:
        """Some span, to the minute."""
        return timedelta(minutes=self.chance.randint(least * 60, most * 60))

    def suspect(
        self,
        scene: str,
        *steps: Step,
        seller: Seller | None = None,
        tells_model: bool = True,
        is_wholesale: bool = False,
        hides_shipping: bool = False,
    ) -> Offer:
        """Some recalled product for sale; without `tells_model`, the seller names only its line."""
        product = self.product()
        tier = _best_tier(product) if tells_model else _plain_tier(product)
        goods = self.wording.recalled(product, tells=tier)
        return self._add(
            Offer(
                self.fresh_id(),
                scene,
                "suspect",
                _phases(goods, seller or self.seller(), steps),
                is_wholesale=is_wholesale,
                hides_shipping=hides_shipping,
                product=product,
                tier=tier,
            )
        )

    def again(self, old: Offer, *steps: Step, same_seller: bool, disguised: bool) -> Offer:
        """What `old` offered, under another name with the same pictures."""
        if old.product is None:
            raise ValueError(f"listing {old.listing_id} is no recalled product")
        goods = self.wording.renamed(old.product, disguised=disguised, picture=old.phases[0].goods.picture)
        seller = old.seller if same_seller else self.seller(other_than=old.seller)
        return self._add(
            Offer(
                self.fresh_id(),
                "relisted",
                "suspect",
                _phases(goods, seller, steps),
                product=old.product,
                tier="lookalike" if disguised else _best_tier(old.product),
                ancestor=old.listing_id,
            )
        )

    def other(self, scene: str, role: Role, goods: Goods, *steps: Step) -> Offer:
        """Something that is no recalled product; without `steps`, on sale all the time."""
        phases = _phases(goods, self.seller(), steps or ((self.before(), Condition.LIVE),))
        return self._add(Offer(self.fresh_id(), scene, role, phases))

    def change(
        self,
        offer: Offer,
        from_at: datetime,
        condition: Condition = Condition.LIVE,
        *,
        goods: Goods | None = None,
        seller: Seller | None = None,
        bars: tuple[Bar, ...] = (),
    ) -> Offer:
        """Write a further phase onto an offer of the story; goods and seller stay where no others are given."""
        last = offer.phases[-1]
        phase = Phase(from_at, condition, goods or last.goods, seller or last.seller, bars)
        changed = replace(offer, phases=(*offer.phases, phase))
        self.offers[self.offers.index(offer)] = changed
        return changed

    def _add(self, offer: Offer) -> Offer:
        self.offers.append(offer)
        return offer


def _phases(goods: Goods, seller: Seller, steps: Sequence[Step]) -> tuple[Phase, ...]:
    return tuple(Phase(from_at, condition, goods, seller) for from_at, condition in steps)


def _best_tier(product: RecalledProduct) -> Tier:
    told = product.gtin or (product.brand and product.model)
    return "identifier" if told else _plain_tier(product)


def _plain_tier(product: RecalledProduct) -> Tier:
    return "line" if product.brand else "lookalike"
