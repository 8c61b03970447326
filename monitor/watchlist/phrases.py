"""Search phrases of a notice, each made by a named strategy (docs/reference/watchlist.md).

Strategies belong to families that share no terms: `marks` (brand, line, model, code) and `kinds` (what the thing is).
Two searches that never use the same word are what the Chapman estimate of coverage needs. `brand-name` and
`name-kind` mix both kinds of word: they find the most, and count for no family.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Literal

from crawler.feeds.notice import Notice, Product
from monitor.watchlist.glossary import kind_in
from monitor.watchlist.names import NameParts, name_parts
from monitor.watchlist.words import is_generic, is_plain, is_wide, key, tokens

Family = Literal["marks", "kinds", ""]

STRATEGIES: dict[str, Family] = {
    "brand-name": "",
    "brand-model": "marks",
    "kind": "kinds",
    "brand-line": "marks",
    "identifier": "marks",
    "name-kind": "",
    "brand": "marks",
}
"""Each strategy with its family, in the order in which they take turns up to the limit."""

MAX_PHRASES = 12
"""A phrase costs a search on every marketplace in every cycle: a recall of forty models is not searched forty times."""

MAX_BRANDS_SEARCHED = 3
MAX_WORDS = 7
_KEPT_END = 3
_SHORTEST_ALONE = 6
_SHORTEST_WIDE = 4

_TITLE_NAMES = (
    re.compile(r"(?:Stop Using|Warns? (?:Consumers )?(?:Against|About|of|Not to Use))\s+(?P<name>.+)", re.IGNORECASE),
    re.compile(r"\bRecall (?:of|to (?:Repair|Replace))\s+(?P<name>.+)", re.IGNORECASE),
    re.compile(r"\bRecalls?\s+(?!by\b)(?P<name>.+)", re.IGNORECASE),
    re.compile(r"^(?P<name>.+?)\s+(?:Are\s+)?Recall(?:ed)?\b", re.IGNORECASE),
)
_ALERT = re.compile(r"\s*\(Recall Alert\)\s*$", re.IGNORECASE)
_TITLE_ENDS = re.compile(
    r"\s+(?:Due to|Because|Immediately|That|Which|After|Following|Sold|Imported|Distributed)\b|[;:]", re.IGNORECASE
)


@dataclass(frozen=True)
class Phrase:
    """What is typed into a marketplace's search, and the strategy that made it (`hand` where a person did)."""

    text: str
    strategy: str

    @property
    def family(self) -> Family:
        """`marks`, `kinds`, or nothing where the phrase may not count for coverage."""
        return STRATEGIES.get(self.strategy, "")


def derive_phrases(notice: Notice, language: str = "en") -> list[Phrase]:
    """The phrases for `notice` on a marketplace of that language, at most MAX_PHRASES; none where all would be bare.

    `language` is an ISO 639-1 code, with or without a region. Where it is not the notice's own, names of kinds come
    from the glossary, and what it lacks is left out: a mark is the same in every language.
    """
    parts = name_parts(_with_products(notice))
    marks = {key(word) for one in parts for text in (*one.brands, *one.line, *one.models) for word in tokens(text)}
    parts = [replace(one, kind=tuple(word for word in one.kind if key(word) not in marks)) for one in parts]
    spoken = language.split("-")[0].casefold()
    foreign = spoken != notice.language.split("-")[0].casefold()
    made = [_of_product(_translated(one, spoken) if foreign else one, foreign) for one in parts]
    phrases = [*chain.from_iterable(made), *_codes(notice, parts)]
    rows = [[phrase for phrase in phrases if phrase.strategy == strategy] for strategy in STRATEGIES]
    turns = chain.from_iterable(zip_longest(*map(_distinct, rows)))
    return _distinct(phrase for phrase in turns if phrase is not None)[:MAX_PHRASES]


def is_searchable(text: str) -> bool:
    """False for a phrase that is bare: empty, or made of nothing but generic words, numbers and single letters."""
    words = tokens(text)
    if is_wide(text):
        return len("".join(words)) > 1
    return any(not is_generic(word) for word in words)


def _of_product(parts: NameParts, foreign: bool) -> list[Phrase]:
    """The phrases that one product's own words give."""
    made = {
        "brand-name": [_brand_name(parts, brand, foreign) for brand in parts.brands[:MAX_BRANDS_SEARCHED]],
        "brand-model": [f"{brand} {model}" for model in parts.models for brand in parts.brands[:1]],
        "kind": [_kind(parts)],
        "brand-line": [f"{brand} {' '.join(parts.line)}" for brand in parts.brands[:1] if parts.line],
        "name-kind": [_name_kind(parts, foreign)],
        "brand": [_brand_alone(parts)],
    }
    return [Phrase(_short(text), strategy) for strategy, texts in made.items() for text in texts if is_searchable(text)]


def _brand_name(parts: NameParts, brand: str, foreign: bool) -> str:
    """Brand and name: the name from the brand on where it stands there, else the brand before it."""
    if foreign:
        return " ".join((brand, *parts.kind)) if parts.kind else ""
    others = {key(word) for other in parts.brands if other != brand for word in tokens(other)}
    own = {key(word) for word in tokens(brand)}
    rest = _without_and([word for word in tokens(parts.name) if key(word) not in own | others])
    return " ".join((brand, *rest)) if rest or len(own) > 1 else ""


def _name_kind(parts: NameParts, foreign: bool) -> str:
    """The name without its brand, where a line stands in it."""
    if not (parts.line and parts.kind):
        return ""
    return " ".join((*parts.line, *parts.kind) if foreign else _without_and(parts.unbranded))


def _without_and(words: Sequence[str]) -> Sequence[str]:
    """What is left of "Acme and Bexo Cribs" without its brands still begins with "and"."""
    while words and key(words[0]) in {"and", "or"}:
        words = words[1:]
    return words


def _brand_alone(parts: NameParts) -> str:
    """An invented name by itself, only where no other phrase of marks can be made: coverage needs one."""
    if parts.models or parts.line or not parts.brands:
        return ""
    return parts.brands[0] if not any(map(is_plain, tokens(parts.brands[0]))) else ""


def _kind(parts: NameParts) -> str:
    """Plain words that say what it is: two at least, or one long enough where words are not set apart."""
    text = " ".join(parts.kind)
    if is_wide(text):
        return text if len(text) >= _SHORTEST_WIDE else ""
    telling = [word for word in parts.kind if not is_generic(word)]
    return text if telling and len(parts.kind) > 1 else ""


def _codes(notice: Notice, parts: Sequence[NameParts]) -> list[Phrase]:
    """Codes that name the product by themselves: valid GTINs and ASINs, and models that nothing else looks like."""
    stated = [one.value for one in notice.identifiers if one.kind in {"gtin", "asin"} and one.valid]
    models = [model for one in parts for model in one.models if _stands_alone(model)]
    return [Phrase(code.strip(), "identifier") for code in (*models, *stated)]


def _stands_alone(model: str) -> bool:
    bare = key(model)
    letters, digits = any(map(str.isalpha, bare)), any(map(str.isdigit, bare))
    return letters and digits and len(bare) >= _SHORTEST_ALONE and len(tokens(model)) == 1


def _translated(parts: NameParts, language: str) -> NameParts:
    """The same product with its kind in another language, or without one. Longest English term first."""
    words = [key(word) for word in parts.kind]
    for start in range(len(words)):
        term = kind_in(language, " ".join(words[start:]))
        if term:
            return replace(parts, kind=(term,))
    return replace(parts, kind=())


def _with_products(notice: Notice) -> Notice:
    """A notice that names no product is read by its title."""
    if any(product.name.strip() for product in notice.products):
        return notice
    title = _ALERT.sub("", notice.title)
    for pattern in _TITLE_NAMES:
        match = pattern.search(title)
        name = _TITLE_ENDS.split(match["name"], maxsplit=1)[0].strip() if match else ""
        if name:
            return notice.model_copy(update={"products": (Product(name=name),)})
    return notice


def _short(text: str) -> str:
    """A long name keeps its beginning (whose it is) and its end (what it is)."""
    words = tokens(text)
    if is_wide(text) or len(words) <= MAX_WORDS:
        return text
    begin, end = words[: MAX_WORDS - _KEPT_END], words[-_KEPT_END:]
    return " ".join((*begin, *end) if key(begin[-1]) != key(end[0]) else (*begin, *end[1:]))


def _distinct(phrases: Iterable[Phrase]) -> list[Phrase]:
    """Each wording once, by the first strategy that made it."""
    seen: dict[tuple[str, ...], Phrase] = {}
    for phrase in phrases:
        words = tuple(found for found in map(key, tokens(phrase.text)) if found)
        if words:
            seen.setdefault(words, phrase)
    return list(seen.values())
