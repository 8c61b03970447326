"""One notice as the matcher sees it: its brands, and one `Unit` for each product or line that it names."""

import re
from dataclasses import dataclass
from itertools import pairwise

from crawler.feeds.notice import Notice
from monitor.matching.lines import Line, lines_of
from monitor.matching.models import is_model, models_in_name, models_introduced, wildcards
from monitor.matching.names import firm_names, named_brands, recalled_thing, recallers, title_of
from monitor.matching.normalise import key, spans, squash, words
from monitor.matching.vocabulary import Vocabulary, vocabulary

_PARTIAL = re.compile(
    r"(?:^|\b(?:recalls?|of|using|and)\s+)(?:certain|additional|various|some|assorted|several|two|three|four|five|six|ten)\b"
    r"(?!.*\bprompts?\b)",
    re.IGNORECASE,
)
_MONEY = re.compile(r"\$\s?(\d[\d,]*(?:\.\d\d)?)")
_CAPITALISED = re.compile(r"(?<![\w.])(?:[A-Z][\w'’]*(?:[ -](?=[A-Z\d])|$)){1,8}[A-Z\d][\w'’]*")
_FIRST_NAME = re.compile(r"(?:\d[\w.\"”'-]*\s+)?(?P<word>[A-Z][^\s,\"“”-]+)")
_DESCRIBED_WEIGHT = 7.0
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SHOPKEEPERS = frozenset({"retailer"})
_SHOPS = frozenset(
    "amazon amazoncom walmart walmartcom target kmart sear costco ebay ebaycom temu temucom shein aliexpress homedepot"
    " lowe toyru acehardware doitbest truserv samclub bestbuy macy kohl tjmaxx marshall wayfair etsy".split()
)


@dataclass(frozen=True, slots=True)
class Brand:
    """A name that the goods may carry. `weak` names are also plain words: they count at the head of a title only.

    `leading` ones are no known firm, only the first word of a product's name.
    """

    key: str
    text: str
    weak: bool
    leading: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """One product that a notice names: the lines that tell it apart, all words of its name, the brands in it."""

    name: str
    lines: tuple[Line, ...]
    name_words: frozenset[str]
    brand_keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A notice taken apart. Models and wildcards are folded; prices in the notice's currency; years are calendar years."""

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
    brands = _brands(notice, title, names, vocab)
    keys = frozenset(brand.key for brand in brands if not brand.leading)
    units = tuple(_unit(name, keys, vocab) for name in dict.fromkeys(names) if name.strip())
    models, patterns = _models(notice, names)
    return Entry(
        recall_id=notice.id, kind=notice.kind, title=title,
        text=" ".join([*dict.fromkeys(names), *(brand.text for brand in brands), thing, *sorted(models)[:20]]),
        brands=brands, units=units, models=models, patterns=patterns, gtins=_gtins(notice),
        all_words=frozenset(words(f"{title} {' '.join(names)} {notice.description}")),
        partial=bool(_PARTIAL.search(title)), year=_year(notice.published_on), prices=_prices(notice), scope=notice.scope,
        brand_keys=frozenset(brand.key for brand in brands), described=_described_names(notice.description, keys, vocab),
    )  # fmt: skip


def _unit(name: str, brands: frozenset[str], vocab: Vocabulary) -> Unit:
    tokens = words(name)
    return Unit(name, lines_of(name, brands, vocab), frozenset(tokens), brands & spans(tokens).keys())


def _brands(notice: Notice, title: str, names: list[str], vocab: Vocabulary) -> tuple[Brand, ...]:
    firms = [name for firm in notice.firms if firm.role not in _SHOPKEEPERS for name in firm_names(firm.name)]
    stated = [i.value for i in notice.identifiers if i.kind == "brand" and i.valid]
    found: dict[str, Brand] = {}
    for text in [*stated, *recallers(title), *named_brands(f"{title}; {'; '.join(names)}"), *firms]:
        for form in _forms(text, names, vocab):
            _add(found, form, vocab)
    for name in names:
        _add(found, _leading_name(name, frozenset(found), vocab), vocab, leading=True)
    return tuple(found.values())


def _described_names(prose: str, brands: frozenset[str], vocab: Vocabulary) -> frozenset[str]:
    """Pairs of capitalised neighbours in the prose, run together, that are no brand and together tell enough."""
    found = set()
    for run in _CAPITALISED.findall(prose):
        parts = [word for word in words(run)]
        for first, second in pairwise(parts):
            weight = vocab.weight(first) + vocab.weight(second)
            if weight >= _DESCRIBED_WEIGHT and min(vocab.weight(first), vocab.weight(second)) > 2:
                if not {first, second, first + second} & brands and not (vocab.is_kind(first) and vocab.is_kind(second)):
                    found.add(first + second)
    return frozenset(found)


def _add(found: dict[str, Brand], text: str, vocab: Vocabulary, leading: bool = False) -> None:
    brand = key(text)
    parts = words(text)
    if len(brand) < 2 or brand in found or brand.isdigit() or (len(parts) == 1 and vocab.is_kind(parts[0])):
        return
    if all(vocab.weight(part) < 4.2 for part in parts):
        return
    weak = brand in _SHOPS or len(brand) <= 3 or (len(parts) == 1 and (vocab.count(parts[0]) >= 4 or vocab.is_ordinary(parts[0])))
    found[brand] = Brand(brand, text, weak, leading)


def _forms(text: str, names: list[str], vocab: Vocabulary) -> list[str]:
    """The whole name, and its first words where product names begin with them (`Specialized` of `Specialized Bicycle
    Components`)."""
    forms = [text]
    parts = words(text)
    for name in names:
        head = words(name)
        shared = 0
        while shared < min(len(parts), len(head)) and parts[shared] == head[shared]:
            shared += 1
        if 0 < shared < len(parts) and any(vocab.is_rare(part) for part in parts[:shared]):
            forms.append(" ".join(re.split(r"[\s&-]+", text)[:shared]))
    if len(parts) == 2 and len(parts[0]) > 4 and not vocab.is_ordinary(parts[0]) and vocab.count(parts[0]) < 4:
        if vocab.is_ordinary(parts[1]) or vocab.is_kind(parts[1]):
            forms.append(re.split(r"[\s&-]+", text)[0])
    return forms


def _leading_name(name: str, known: frozenset[str], vocab: Vocabulary) -> str:
    """The capitalised, uncommon word at the head of a product's name, where no known firm stands there."""
    first = _FIRST_NAME.match(name)
    parts = words(first["word"]) if first else ()
    if first is None or len(parts) != 1 or vocab.is_ordinary(parts[0]) or vocab.count(parts[0]) >= 4:
        return ""
    if any(char.isdigit() for char in first["word"]) or any(key(name).startswith(brand) for brand in known):
        return ""
    return first["word"]


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
    from monitor.matching.gtins import gtin_key

    stated = [*notice.upcs, *(i.value for i in notice.identifiers if i.kind == "gtin" and i.valid)]
    return frozenset(found for found in map(gtin_key, stated) if found)


def _year(day: str) -> int | None:
    return int(day[:4]) if _YEAR.match(day[:4]) else None


def _prices(notice: Notice) -> tuple[float, float] | None:
    found = [float(amount.replace(",", "")) for amount in _MONEY.findall(notice.sold_at)]
    return (min(found), max(found)) if found else None
