"""One notice as the matcher sees it: its brands, and one `Unit` for each product or line that it names."""

import re
from dataclasses import dataclass
from itertools import pairwise

from crawler.feeds.notice import Notice
from monitor.matching.brands import SHOPS_BY_SEVERAL_WORDS, Brand, brands_of
from monitor.matching.counts import counts
from monitor.matching.foreign import named_last
from monitor.matching.gtins import gtin_key
from monitor.matching.lines import Line, lines_of
from monitor.matching.models import beginnings, is_model, models_in_name, models_introduced, short_numbers, wildcards
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
_MOST_TEXTS = 8
_OTHER_BRANDS = 2
_BRANDS = 4
_DESCRIBED_WEIGHT = 7.0
_SAYS_LITTLE = 2.0
_LISTS = re.compile(r"\bfollowing\b|\bmodels?\b|\bitem (?:numbers?|#)|\bstyles?\b", re.IGNORECASE)
_FIRM_FOR_NAME = re.compile(
    r"(?:\b(?:Inc|LLC|Ltd|Corp|Co)\b\.?|Company|International|\w),? of [A-Z][\w. ]+,? [A-Z][\w. ]*$"
    r"|\b(?:Inc|LLC|Ltd|Corp|Co)\b\.?,? of [A-Z]\w+$"
    r"|\b(?:Aktiengesellschaft|GmbH|AG|S\.?A\.?|B\.?V\.?), [A-Z][\w ]+, [A-Z][\w ]+$"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True)
class Unit:
    """One product that a notice names: the lines that tell it apart, all words of its name, the brands in it."""

    name: str
    lines: tuple[Line, ...]
    name_words: frozenset[str]
    brand_keys: frozenset[str]
    name_runs: frozenset[str]
    numbers: dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A notice taken apart. Models and wildcards are folded, prices in the notice's currency, years of the calendar.

    `partial` notices say that only some of what they name is meant; `described` are names in their prose.
    """

    recall_id: str
    kind: str
    title: str
    texts: tuple[str, ...]
    brands: tuple[Brand, ...]
    units: tuple[Unit, ...]
    models: frozenset[str]
    short_models: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]
    gtins: frozenset[str]
    all_words: frozenset[str]
    partial: bool
    year: int | None
    prices: tuple[float, float] | None
    scope: str
    brand_keys: frozenset[str]
    described: frozenset[str]
    brand_words: frozenset[str]
    says_for: frozenset[str]
    lists_models: bool
    headline: frozenset[str]


def entry_of(notice: Notice) -> Entry:
    """Take `notice` apart. Nothing is looked up elsewhere, so the same notice always gives the same entry."""
    vocab = vocabulary()
    title = title_of(notice.title, notice.url)
    names = [product.name for product in notice.products if product.name.strip()]
    names = [named_last(name) for name in names if not _FIRM_FOR_NAME.search(name)]
    thing = recalled_thing(title)
    if not names and thing:
        names = [thing]
    brands = brands_of(notice, title, names, vocab, thing)
    keys = frozenset(brand.key for brand in brands if not brand.leading)
    units = tuple(_unit(name, keys, vocab) for name in dict.fromkeys(names) if name.strip())
    models, patterns = _models(notice, names)
    models -= frozenset(form for brand in brands for form in (brand.key, squash(brand.text)))
    return Entry(
        recall_id=notice.id,
        kind=notice.kind,
        title=title,
        texts=_index_texts(names, brands),
        brands=brands,
        brand_keys=frozenset(brand.key for brand in brands),
        units=units,
        models=models,
        short_models=short_numbers([notice.description, *names, *(f"model {p.model}" for p in notice.products)]),
        patterns=patterns,
        gtins=_gtins(notice),
        all_words=frozenset(_PLAIN.findall(f"{title} {' '.join(names)} {notice.description}".lower())),
        described=_described_names(notice.description, keys, vocab),
        partial=bool(_PARTIAL.search(title)),
        year=_year(notice.published_on),
        prices=_prices(notice),
        scope=notice.scope,
        lists_models=bool(_LISTS.search(notice.description)),
        headline=frozenset(word for word in words(title) if _is_invented(word, vocab)),
        brand_words=frozenset(word for brand in brands for word in words(brand.text)),
        says_for=frozenset(first for name in names for first, second in pairwise(words(name)) if second == "for"),
    )


def _is_invented(word: str, vocab: Vocabulary) -> bool:
    return len(word) >= 4 and word.isalpha() and vocab.is_rare(word) and not vocab.is_ordinary(word)


def _index_texts(names: list[str], brands: tuple[Brand, ...]) -> tuple[str, ...]:
    """One text for each name, with the first brands where it holds none: nothing else, for length costs likeness."""
    texts = []
    different = list(dict.fromkeys(names))
    if len(different) > _MOST_TEXTS:
        different = [*different[: _MOST_TEXTS - 1], " ".join(different[_MOST_TEXTS - 1 :])]
    for name in different or [""]:
        known = spans(words(name))
        others = [brand.text for brand in brands if brand.key not in known]
        own = len(others) < len(brands)
        texts.append(" ".join([name, *others[: _OTHER_BRANDS if own else _BRANDS]]).strip())
    return tuple(texts)


def _unit(name: str, brands: frozenset[str], vocab: Vocabulary) -> Unit:
    tokens = words(name)
    runs = frozenset(spans(tokens))
    return Unit(
        name,
        lines_of(name, brands | SHOPS_BY_SEVERAL_WORDS, vocab),
        frozenset(tokens),
        brands & runs,
        runs,
        counts(tokens),
    )


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
    return frozenset(found), wildcards(stated) + beginnings(notice.description)


def _gtins(notice: Notice) -> frozenset[str]:
    stated = [*notice.upcs, *(i.value for i in notice.identifiers if i.kind == "gtin" and i.valid)]
    return frozenset(found for found in map(gtin_key, stated) if found)


def _year(day: str) -> int | None:
    return int(day[:4]) if _YEAR.match(day[:4]) else None


def _prices(notice: Notice) -> tuple[float, float] | None:
    found = [float(amount.replace(",", "")) for amount in _MONEY.findall(notice.sold_at)]
    return (min(found), max(found)) if found else None
