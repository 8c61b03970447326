"""A market drawn from a seed: goods that went, their returns in disguise, and innocent look-alikes beside them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from PIL import Image

from crawler.pictures.child import read_picture
from monitor.relisting.memory import Asked, Gone
from monitor.relisting.prints import Picture, Version, prints_of
from tests.unit.pictures.drawing import (
    Edit,
    badged,
    bannered,
    bordered,
    cropped,
    encoded,
    half_of_collage,
    mirrored,
    photo,
    product_shot,
    resized_jpeg,
)  # fmt: skip

WENT_AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MARKETS = ("fairground", "bazaar", "quayside")
KINDS = (
    "baby walker", "bassinet", "bath seat", "bed rail", "bike helmet", "bunk bed", "car charger", "drop side crib",
    "electric kettle", "fire pit", "floor mat", "hair dryer", "high chair", "hover board", "infant swing", "ladder",
    "magnet ball set", "night light", "play yard", "pressure cooker", "ride on truck", "roller blind", "sleep sack",
    "space heater", "step stool", "stroller", "teether", "toy kitchen", "water bottle", "zip line",
)  # fmt: skip
_GERMAN = {
    "baby": "Kind", "bed": "Bett", "chair": "Stuhl", "charger": "Lader", "helmet": "Helm", "kettle": "Kessel",
    "ladder": "Leiter", "light": "Licht", "mat": "Matte", "rail": "Gitter", "seat": "Sitz", "truck": "Laster",
    "walker": "Lauflerner", "water": "Wasser",
}  # fmt: skip
_STEMS = "vel tor mik san dru pel kor lim bas nor fen gal hep rus tin wol zan cre bri sto".split()
_SMALL = "the a with for and of our your in on it is this every very from to by".split()


@dataclass(frozen=True)
class Case:
    """A listing that appears after the other went; `returns` names what it brings back, empty for an innocent."""

    scene: str
    asked: Asked
    returns: str = ""


class Market:
    """Everything comes from one seed. `gone` is what people confirmed and what went; `cases` is what appears later."""

    def __init__(self, seed: int, goods: int = 40) -> None:
        self._chance = random.Random(f"market:{seed}")
        self._number = 0
        self._words = [self._word() for _ in range(500)]
        self._site = [self._sentence() for _ in range(4)]
        self._stock = {kind: [self._sentence() for _ in range(6)] for kind in KINDS}
        self._sellers = {
            f"{self._word()} {self._word()} store": [self._sentence() for _ in range(4)] for _ in range(40)
        }
        self.originals = [self._original() for _ in range(goods)]
        self.gone = [Gone(one, prints_of(one), WENT_AT, WENT_AT + DAY) for one in self.originals]
        self.before = [self._asked(one, WENT_AT - 30 * DAY) for one in (*self.originals, *self._others(goods * 2))]
        self.cases = [*self._returns(), *self._innocents()]
        self._chance.shuffle(self.cases)

    def _returns(self) -> Iterator[Case]:
        for old in self.originals:
            for _ in range(2):
                yield self._return_of(old)

    def _return_of(self, old: Version) -> Case:
        """Retitled or translated; pictures edited, the words shuffled, or both; often elsewhere and by another."""
        chance, number = self._chance, self._next()
        kept = chance.choice(("pictures", "words", "both", "both"))
        title, brand = self._retitled(old)
        place = chance.choice((old.marketplace, *MARKETS))
        new = replace(
            old,
            listing_key=f"{place}:{number}",
            title=title,
            brand=brand,
            model=chance.choice((old.model, "", "")),
            seller=old.seller if chance.random() < 0.4 else chance.choice(list(self._sellers)),
            price=f"{float(old.price) * chance.uniform(0.85, 1.15):.2f}",
            description=self._shuffled(old.description) if kept != "pictures" else self._own_words(4),
            pictures=self._edited(old) if kept != "words" else self._pictures(),
        )
        return Case(f"return by {kept}", self._asked(new, WENT_AT + 2 * DAY), old.listing_key)

    def _innocents(self) -> Iterator[Case]:
        for old in self.originals:
            kind, chance = self._kind(old), self._chance
            other = self._original(kind)
            yield self._innocent("same kind of product", other)
            yield self._innocent("same seller's other goods", self._original(seller=old.seller))
            worded = replace(other, listing_key=self._key(), title=old.title.replace(old.brand, other.brand), model="")
            yield self._innocent("other brand, same words in the title", replace(worded, price=old.price))
            words = " ".join(self._stock[kind] + self._site)
            stock = replace(self._original(kind), brand=other.brand, description=words)
            yield self._innocent("the kind's stock words and the site's template", replace(stock, price=old.price))
            part = replace(
                other, listing_key=self._key(), title=f"replacement {chance.choice(('lid', 'strap'))} for {old.title}",
                pictures=old.pictures, price="6.99",
            )  # fmt: skip
            yield self._innocent("accessory with the product's picture", part)
            same = replace(self._original(kind, self._other_seller(old)), brand=old.brand, model=old.model)
            same = replace(same, title=f"{old.title} new", price=old.price)
            yield self._innocent("another seller's own listing of the product", same)

    def stock_photo_cases(self, sellers: int = 6) -> list[Case]:
        """Unrelated sellers who all show the maker's picture of the product that went, each in words of their own."""
        old = self.originals[0]
        found = []
        for seller in [name for name in self._sellers if name != old.seller][:sellers]:
            one = replace(self._original(self._kind(old)), seller=seller, pictures=old.pictures[:1], price=old.price)
            found.append(self._innocent("stock photo", replace(one, title=old.title)))
        return found

    def _others(self, count: int) -> list[Version]:
        return [self._original() for _ in range(count)]

    def _original(self, kind: str = "", seller: str = "") -> Version:
        chance = self._chance
        kind, seller = kind or chance.choice(KINDS), seller or chance.choice(list(self._sellers))
        brand, model = self._word().capitalize(), f"{self._word()[:2].upper()}-{chance.randrange(100, 9999)}"
        text = [f"{brand} {kind} {model}.", *chance.sample(self._stock[kind], 2), *self._own(4)]
        text += chance.sample(self._sellers[seller], 3) + chance.sample(self._site, 2)
        return Version(
            listing_key=self._key(),
            title=f"{brand} {kind} {model} {' '.join(chance.sample(self._words, 2))}",
            description=" ".join(text),
            brand=brand,
            model=model,
            seller=seller,
            price=f"{chance.uniform(8, 150):.2f}",
            currency="USD",
            pictures=self._pictures(),
        )

    def _retitled(self, old: Version) -> tuple[str, str]:
        kind, chance = self._kind(old), self._chance
        if chance.random() < 0.25:
            return " ".join(_GERMAN.get(word, word[::-1]) for word in kind.split()) + " Angebot neu", ""
        brand = chance.choice(("", self._word().capitalize()))
        praise = chance.choice(("New", "Lovely", "Quality"))
        return " ".join([brand, praise, kind, *chance.sample(self._words, 3)]).strip(), brand

    def _shuffled(self, description: str) -> str:
        sentences = description.split(". ")
        self._chance.shuffle(sentences)
        kept = sentences[: max(3, round(len(sentences) * self._chance.uniform(0.7, 1.0)))]
        return ". ".join(kept) + " " + self._own_words(2)

    def _pictures(self) -> tuple[Picture, ...]:
        return tuple(_hashes(self._next(), 0, "") for _ in range(2))

    def _edited(self, old: Version) -> tuple[Picture, ...]:
        return tuple(_hashes(_DRAWN[id(one)], self._next(), self._chance.choice(list(_EDITS))) for one in old.pictures)

    def _other_seller(self, old: Version) -> str:
        return self._chance.choice([name for name in self._sellers if name != old.seller])

    def _kind(self, version: Version) -> str:
        return next(kind for kind in sorted(KINDS, key=len, reverse=True) if kind in version.title)

    def _innocent(self, scene: str, version: Version) -> Case:
        return Case(scene, self._asked(version, WENT_AT + 2 * DAY))

    def _asked(self, version: Version, at: datetime) -> Asked:
        return Asked(version, prints_of(version), at)

    def _own(self, count: int) -> list[str]:
        return [self._sentence() for _ in range(count)]

    def _own_words(self, count: int) -> str:
        return " ".join(self._own(count))

    def _sentence(self) -> str:
        words = [self._chance.choice(self._words if self._chance.random() < 0.6 else _SMALL) for _ in range(11)]
        return " ".join(words).capitalize() + "."

    def _word(self) -> str:
        return "".join(self._chance.choice(_STEMS) for _ in range(self._chance.randint(2, 3)))

    def _key(self) -> str:
        return f"{self._chance.choice(MARKETS)}:{self._next()}"

    def _next(self) -> int:
        self._number += 1
        return self._number


_EDITS: dict[str, Edit] = {
    "resized": resized_jpeg, "banner": bannered, "badge": badged, "crop": cropped(0.02, 0.06), "border": bordered,
    "mirror": mirrored, "collage": half_of_collage,
}  # fmt: skip
_DRAWN: dict[int, int] = {}


@lru_cache(maxsize=20_000)
def _hashes(number: int, edit_number: int, edit: str) -> Picture:
    image = drawn(number)
    if edit:
        image = _EDITS[edit](image, random.Random(f"{edit}:{edit_number}"))
    found = read_picture(encoded(image)).hashes
    _DRAWN[id(found)] = number
    return found


def drawn(number: int) -> Image.Image:
    """The picture of that number: a scene, or a thing on white."""
    return photo(number, (320, 240)) if number % 3 else product_shot(number, (320, 240))
