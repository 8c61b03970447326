"""Titles as sellers write them, made from a notice by a seeded draw: of the product itself, and of what only looks
like it. No title here was written while looking at a rule of the matcher; a word list is what shops use."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from crawler.feeds.notice import Notice
from monitor.matching.records import Listing
from monitor.matching.units import Entry, Unit, entry_of

COLOURS = "black|white|navy blue|pink|grey|red|teal|charcoal|natural wood|beige".split("|")
RETAIL = (
    "new in box|free shipping|best seller|used - good|great condition|brand new|open box|fast shipping|hot sale"
    "|gift idea|NWT|pre-owned|lightly used|2 day delivery"
).split("|")
BRANDS = "Kelvora|Zentaro|Brillmax|Oduvia|Pelmont|Trixelle|Havondo|Quenby".split("|")
PARTS = "carry bag|replacement wheel|battery|cover|power cord|replacement strap|cup holder|rain cover|filter".split("|")
MEDIA = "owner's manual|instruction booklet|poster|halloween costume|sticker sheet|advertising print".split("|")
LATER = "II|Mini|Duo".split("|")
_BRACKET = re.compile(r"\s*[(\[].*$")
_TRAILING = re.compile(r"\s+(?:sold|with model|model numbers?|that|which|containing)\b.*$", re.IGNORECASE)


@dataclass(frozen=True)
class Made:
    """One made listing: what shape it has, and whether it is the recalled product."""

    listing: Listing
    recall_id: str
    shape: str
    same: bool


def made_for(notice: Notice, seed: int) -> list[Made]:
    """One listing of each shape that `notice` has the values for; none where it names no brand or product."""
    entry = entry_of(notice)
    draw = random.Random(f"{seed} {notice.id}")
    brand = next((brand.text for brand in entry.brands if not brand.leading), "")
    units = [unit for unit in entry.units if unit.lines]
    if not brand or not units:
        return []
    unit = draw.choice(units)
    found = []
    for same, shapes in ((True, SAME), (False, OTHER)):
        for shape, make in shapes.items():
            values = make(_Words(entry, unit, brand, draw))
            if values is not None:
                listing = Listing(f"{notice.id}/{shape}", **values)
                found.append(Made(listing, notice.id, shape, same))
    return found


class _Words:
    """The words to draw from for one notice."""

    def __init__(self, entry: Entry, unit: Unit, brand: str, draw: random.Random) -> None:
        self.entry, self.brand, self.draw = entry, brand, draw
        self.name = _TRAILING.sub("", _BRACKET.sub("", unit.name)).strip(" ,")
        self.bare = re.sub(re.escape(brand), "", self.name, count=1, flags=re.IGNORECASE).strip(" -,") or self.name
        self.kind = next((word for word in reversed(self.name.split()) if word.isalpha()), "item")
        self.model = max(sorted(m for m in entry.models if not m.isdigit()), key=len, default="")

    def one(self, words: list[str]) -> str:
        return self.draw.choice(words)


def _single(name: str) -> str:
    if name.endswith(("ches", "shes", "sses", "xes")):
        return name[:-2]
    if name.endswith("ies"):
        return name[:-3] + "y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


_Values = dict[str, str] | None

SAME: dict[str, Callable[[_Words], _Values]] = {
    "plain": lambda w: {"title": f"{w.brand} {_single(w.bare)}"},
    "colour": lambda w: {"title": f"{w.brand} {_single(w.bare)} - {w.one(COLOURS).title()}"},
    "retail": lambda w: {"title": f"{w.brand} {_single(w.bare)} {w.one(COLOURS)} {w.one(RETAIL)}"},
    "shouted": lambda w: {"title": f"{w.one(RETAIL)} {w.brand} {_single(w.bare)}!!".upper()},
    "by": lambda w: {"title": f"{_single(w.bare)} by {w.brand}, {w.one(COLOURS)}"},
    "brand_field": lambda w: {"title": f"{_single(w.bare)}, {w.one(COLOURS)}", "brand": w.brand},
    "audience": lambda w: {"title": f"{_single(w.bare)} for Kids and Adults {w.one(COLOURS)} by {w.brand}"},
    "packed": lambda w: {"title": f"{w.brand} {w.bare} ({w.draw.randint(2, 12)} pack)"},
    "long": lambda w: {
        "title": f"{w.brand} {_single(w.bare)} with Easy Clean Surface, Ideal for Home and Travel, {w.one(COLOURS)}"
    },
    "colour_first": lambda w: {"title": f"{w.one(COLOURS).title()} {w.brand} {_single(w.bare)} {w.one(RETAIL)}"},
    "no_spaces": lambda w: {"title": f"{w.brand.replace(' ', '')} {_single(w.bare)}"},
    "model": lambda w: {"title": f"{w.brand} {_single(w.kind)} {w.model.upper()}"} if w.model else None,
    "model_field": lambda w: (
        {"title": f"{w.brand} {_single(w.bare)} {w.one(COLOURS)}", "model": w.model} if w.model else None
    ),
}
OTHER: dict[str, Callable[[_Words], _Values]] = {
    "part_for": lambda w: {"title": f"{w.one(PARTS).title()} for {w.brand} {_single(w.bare)}"},
    "part_behind": lambda w: {"title": f"{w.brand} {_single(w.bare)} Replacement {w.one(PARTS).title()}"},
    "compatible": lambda w: {"title": f"{w.one(BRANDS)} {w.one(PARTS)} compatible with {w.brand} {_single(w.bare)}"},
    "media": lambda w: {"title": f"{w.brand} {_single(w.bare)} {w.one(MEDIA)}"},
    "other_maker": lambda w: {"title": f"{w.one(BRANDS)} {_single(w.kind)} {w.one(COLOURS)}", "brand": ""},
    "other_maker_named": lambda w: {"title": f"{_single(w.kind)} {w.one(COLOURS)}", "brand": w.one(BRANDS)},
    "only_brand": lambda w: {"title": f"{w.brand} gift card {w.one(RETAIL)}"},
    "later_year": lambda w: (
        {"title": f"{w.entry.year + w.draw.randint(2, 4)} {w.brand} {_single(w.bare)}"}
        if w.entry.year and not re.search(r"\d", w.bare)
        else None
    ),
    "generation": lambda w: {"title": f"{w.brand} {_single(w.bare)} {w.one(LATER)}"},
    "other_model": lambda w: (
        {"title": f"{w.brand} {_single(w.kind)} {_other(w.model, w.entry.models)}"} if w.model else None
    ),
    "miniature": lambda w: {"title": f"1:18 scale diecast {w.brand} {_single(w.bare)}"},
    "wanted": lambda w: {"title": f"WANTED: {w.brand} {_single(w.bare)}"},
}


def _other(model: str, known: frozenset[str]) -> str:
    """`model` with another last digit that the notice does not know."""
    at = max(place for place, char in enumerate(model) if char.isdigit())
    forms = (model[:at] + digit + model[at + 1 :] for digit in "0123456789")
    return next((form for form in forms if form not in known), model + "9").upper()
