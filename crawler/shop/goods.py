"""What a listing of the demo market describes: goods, and how sellers word them.

All words are our own. A recalled product gives facts only (brand, name, model, GTIN, price range, kind).
"""

import random
import re
from dataclasses import dataclass
from typing import Literal

from crawler.shop.everyday import Everyday

Tier = Literal["identifier", "line", "lookalike"]


@dataclass(frozen=True, slots=True)
class RecalledProduct:
    """The facts of one recalled product that sellers need to word a listing. Prices are in whole US dollars.

    `kind` is the plain word for the thing ("baby walker"); `brand`, `model` and `gtin` may be empty.
    """

    recall_id: str
    brand: str
    name: str
    model: str = ""
    gtin: str = ""
    price_low: int = 10
    price_high: int = 30
    kind: str = "product"


@dataclass(frozen=True, slots=True)
class Goods:
    """One thing as one listing words it. `picture` seeds its pictures: the same number draws the same pictures."""

    title: str
    description: str
    category: str
    price_cents: int
    picture: int
    brand: str = ""
    model: str = ""
    gtin: str = ""


INVENTED_BRANDS = ("Norlo", "Vantera", "Pikkup", "Osmund & Rye", "Tamsel", "Quilby", "Harrow Lane", "Zeffa")
INNOCENT_KINDS = ("canvas tote bag", "enamel mug", "wall calendar", "cotton tea towel", "key ring", "umbrella")
ORDINARY = (
    ("Kitchen timer with magnetic back", "Kitchen"),
    ("Set of four stoneware bowls", "Kitchen"),
    ("Wool picnic blanket", "Outdoors"),
    ("Bamboo chopping board", "Kitchen"),
    ("Brass desk lamp", "Home"),
    ("Linen cushion cover", "Home"),
    ("Cork notice board", "Home"),
    ("Garden trowel with ash handle", "Outdoors"),
    ("Ceramic plant pot", "Home"),
    ("Leather luggage tag", "Travel"),
    ("Folding travel mirror", "Travel"),
    ("Jigsaw puzzle, 500 pieces, harbour view", "Home"),
)
# Titles and descriptions that a detector which greps a whole page would take for a wall or an end.
TRAPS = (
    ("Enamel sign: 404 Page Not Found", "A joke for the office door. The larger size is no longer available."),
    ("Poster: Access Denied, Are You a Robot?", "Printed on heavy paper. Our red version is sold out."),
    ("Novel: This Listing Has Ended", "Paperback, read once. A story about a shop that has closed."),
)
_OPENERS = ("New", "Boxed", "Unused", "Original", "Sealed")
_CLOSERS = ("fast dispatch", "gift wrapped", "as new", "in stock", "two left")
_LINES = (
    "Bought for stock and never opened.",
    "Packed by hand and sent within two days.",
    "Questions are answered the same evening.",
    "Comes in its own carton with all small parts.",
)


class Wording:
    """Words listings for products; every choice comes from `chance`, so one seed gives one set of words."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def recalled(self, product: RecalledProduct, *, tells: Tier) -> Goods:
        """The recalled product itself, wherever the seller tells brand and model (`identifier`) or only the line."""
        exact = tells == "identifier"
        name = product.name if exact else _without(product.name, product.model)
        named = _joined(product.brand, _without(name, product.brand))
        model = product.model if exact else ""
        whole = _joined(named, "" if model and model in named else model)
        title = self._chance.choice(
            (
                whole,
                _joined(self._chance.choice(_OPENERS), whole),
                f"{whole}, {self._chance.choice(_CLOSERS)}",
                whole.lower(),
                _joined(f"{_without(name, product.brand)} by {product.brand}" if product.brand else name, model),
            )
        )
        return self._goods(title, product, brand=product.brand, model=model, gtin=product.gtin if exact else "")

    def renamed(self, product: RecalledProduct, *, disguised: bool, picture: int) -> Goods:
        """The same thing with the same pictures under another name: with `disguised`, another brand is put on it
        and no identifier is told; without, the identifiers still stand in the details."""
        plain = _without(_without(product.name, product.brand), product.model)
        if not disguised:
            title = _joined(_capital(plain), f"({product.brand})" if product.brand else "", "clearance")
            return self._goods(title, product, product.brand, product.model, product.gtin, picture=picture)
        house = self._chance.choice(INVENTED_BRANDS)
        return self._goods(_joined(house, plain, "clearance"), product, brand=house, picture=picture)

    def lookalike(self, product: RecalledProduct) -> Goods:
        """The same kind of thing of another brand."""
        brand = self._chance.choice(INVENTED_BRANDS)
        model = f"{brand[0]}{self._chance.randrange(100, 1000)}"
        return self._goods(_joined(brand, product.kind, model), product, brand=brand, model=model)

    def around(self, product: RecalledProduct, pattern: str, category: str) -> Goods:
        """Something that names the product and is not it: `pattern` has fields `whole` and `kind`."""
        whole = _joined(product.brand, _without(product.name, product.brand), product.model)
        title = _capital(pattern.format(whole=whole, kind=product.kind))
        return self._goods(title, product, category=category, price_cents=self._cents(5, 15))

    def innocent(self, product: RecalledProduct) -> Goods:
        """Another thing of the recalled product's brand."""
        title = _joined(product.brand, self._chance.choice(INNOCENT_KINDS))
        return self._goods(title, product, product.brand, category="Home", price_cents=self._cents(8, 30))

    def ordinary(self, number: int) -> Goods:
        """An ordinary thing that nobody recalled; `number` picks which."""
        title, category = ORDINARY[number % len(ORDINARY)]
        text = _joined(title + ".", self._chance.choice(_LINES))
        return Goods(title, text, category, self._cents(9, 60), self._chance.getrandbits(32))

    def everyday(self, thing: Everyday, finish: str) -> Goods:
        """An ordinary thing that shares a word with something recalled."""
        text = _joined(f"{thing.thing} in {finish}.", self._chance.choice(_LINES))
        cents = self._cents(thing.price_low, thing.price_high)
        return Goods(f"{thing.thing}, {finish}", text, thing.category, cents, self._chance.getrandbits(32))

    def trap(self, number: int) -> Goods:
        """An ordinary thing whose words sound like a wall or an end."""
        title, text = TRAPS[number % len(TRAPS)]
        return Goods(title, text, "Home", self._cents(9, 25), self._chance.getrandbits(32))

    def _goods(
        self,
        title: str,
        product: RecalledProduct,
        brand: str = "",
        model: str = "",
        gtin: str = "",
        *,
        category: str = "",
        price_cents: int = 0,
        picture: int | None = None,
    ) -> Goods:
        return Goods(
            title=title,
            description=_joined(f"{_capital(product.kind)}.", *self._chance.sample(_LINES, 2)),
            category=category or "Family and leisure",
            price_cents=price_cents or self._cents(product.price_low, product.price_high),
            picture=self._chance.getrandbits(32) if picture is None else picture,
            brand=brand,
            model=model,
            gtin=gtin,
        )

    def _cents(self, low: int, high: int) -> int:
        return self._chance.randint(low, max(low, high)) * 100 + 99


def words_of(text: str) -> frozenset[str]:
    """The words that the shop's search compares: lower case, without endings in s, without small words."""
    found = re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.casefold())
    parts = [part for word in found for part in (word, *word.split("-"))]
    return frozenset(_singular(part) for part in parts) - {"for", "with", "the", "of", "and", "a", "in", "by", "to"}


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 and word.isalpha() else word


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _without(text: str, part: str) -> str:
    if not part:
        return text
    left = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", " ", text, flags=re.IGNORECASE)
    return " ".join(left.split()) or text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
