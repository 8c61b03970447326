"""One notice as the matcher sees it: its brands, and one `Unit` for each product or line that it names."""

import re
from dataclasses import dataclass
from itertools import pairwise

from crawler.feeds.notice import Notice
from monitor.matching.brands import Brand, brands_of
from monitor.matching.gtins import gtin_key
from monitor.matching.lines import Line, lines_of
from monitor.matching.models import is_model, models_in_name, models_introduced, wildcards
from monitor.matching.names import recalled_thing, title_of
from monitor.matching.normalise import spans, squash, words
from monitor.matching.vocabulary import Vocabulary, vocabulary

_PARTIAL = re.compile(
    r"(?:^|\b(?:recalls?|of|using|and)\s+)(?:certain|additional|various|some|assorted|several|two|three|four|five|six|ten)\b"
    r"(?!.*\bprompts?\b)",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[a-z0-9]+")
_MONEY = re.compile(r"\$\s?(\d[\d,]*(?:\.\d\d)?)")
_CAPITALISED = re.compile(r"(?<![\w.])(?:[A-Z][\w'’]*(?:[ -](?=[A-Z\d])|$)){1,8}[A-Z\d][\w'’]*")
_DESCRIBED_WEIGHT = 7.0
_SAYS_LITTLE = 2.0
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Unit:
    """One product that a notice names: the lines that tell it apart, all words of its name, the brands in it."""

    name: str
    lines: tuple[Line, ...]
    name_words: frozenset[str]
    brand_keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A notice taken apart. Models and wildcards are folded, prices in the notice's currency, years of the calendar.

    `partial` notices say that only some of what they name is meant; `described` are names in their prose.
    """

    recall_id: str
    kind: str
    title: str
    text: str
    brands: tuple[Brand, ...]
    units: tuple[Unit, ...]
    models: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    gtins: frozenset[str]
    all_words: frozenset[str]
    partial: bool
    year: int | None
    prices: tuple[float, float] | None
    scope: str
    brand_keys: frozenset[str]
    described: frozenset[str]


def entry_of(notice: Notice) -> Entry:
    """Take `notice` apart. Nothing is looked up elsewhere, so the same notice always gives the same entry."""
    vocab = vocabulary()
    title = title_of(notice.title, notice.url)
    names = [product.name for product in notice.products if product.name.strip()]
    thing = recalled_thing(title)
    if not names and thing:
        names = [thing]
    brands = brands_of(notice, title, names, vocab)
    keys = frozenset(brand.key for brand in brands if not brand.leading)
    units = tuple(_unit(name, keys, vocab) for name in dict.fromkeys(names) if name.strip())
    models, patterns = _models(notice, names)
    return Entry(
        recall_id=notice.id,
        kind=notice.kind,
        title=title,
        text=_index_text(names, brands),
        brands=brands,
        brand_keys=frozenset(brand.key for brand in brands),
        units=units,
        models=models,
        patterns=patterns,
        gtins=_gtins(notice),
        all_words=frozenset(_PLAIN.findall(f"{title} {' '.join(names)} {notice.description}".lower())),
        described=_described_names(notice.description, keys, vocab),
        partial=bool(_PARTIAL.search(title)),
        year=_year(notice.published_on),
        prices=_prices(notice),
        scope=notice.scope,
    )


def _index_text(names: list[str], brands: tuple[Brand, ...]) -> str:
    """Names, and the brands that stand in none of them: nothing else, for length costs likeness."""
    known = spans(words(" ".join(names)))
    return " ".join([*dict.fromkeys(names), *(brand.text for brand in brands if brand.key not in known)])


def _unit(name: str, brands: frozenset[str], vocab: Vocabulary) -> Unit:
    tokens = words(name)
    return Unit(name, lines_of(name, brands, vocab), frozenset(tokens), brands & spans(tokens).keys())


def _described_names(prose: str, brands: frozenset[str], vocab: Vocabulary) -> frozenset[str]:
    """Pairs of capitalised neighbours in the prose, run together, that are no brand and together tell enough."""
    found = set()
    for run in _CAPITALISED.findall(prose):
        for first, second in pairwise(words(run)):
            weights = vocab.weight(first), vocab.weight(second)
            kinds = vocab.is_kind(first) and vocab.is_kind(second)
            branded = {first, second, first + second} & brands
            if sum(weights) >= _DESCRIBED_WEIGHT and min(weights) > _SAYS_LITTLE and not branded and not kinds:
                found.add(first + second)
    return frozenset(found)


def _models(notice: Notice, names: list[str]) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    stated = [i.value for i in notice.identifiers if i.kind == "model" and i.valid]
    stated += [product.model for product in notice.products if product.model]
    found = {squash(value) for value in stated if is_model(squash(value), introduced=True)}
    for value in stated:
        found |= models_introduced(f"models {value}")
    for name in names:
        found |= models_in_name(name)
    found |= models_introduced(notice.description)
    return frozenset(found), wildcards(stated)


def _gtins(notice: Notice) -> frozenset[str]:
    stated = [*notice.upcs, *(i.value for i in notice.identifiers if i.kind == "gtin" and i.valid)]
    return frozenset(found for found in map(gtin_key, stated) if found)


def _year(day: str) -> int | None:
    return int(day[:4]) if _YEAR.match(day[:4]) else None


def _prices(notice: Notice) -> tuple[float, float] | None:
    found = [float(amount.replace(",", "")) for amount in _MONEY.findall(notice.sold_at)]
    return (min(found), max(found)) if found else None
