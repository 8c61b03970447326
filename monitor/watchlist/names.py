"""What a notice calls its product, taken apart: brands, product lines, kinds, models.

A word is a *mark* (whose it is: brand, line, model) or *plain* (what it is). Plain words show themselves: they stand in
plain_words.txt, many names end in them, prose writes them small, or this notice does. The two kinds of word never mix,
which is what coverage needs (research/statistics: two strategies that share no terms).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.feeds.notice import Notice
from monitor.watchlist.brands import brands_of, unique
from monitor.watchlist.words import is_kind, is_mark, key, tokens

MAX_KIND_WORDS = 5

_ENDINGS = (
    r"sold|with|including|in\ssizes|models?(?:\s(?:numbers?|nos?))?|item\snumbers?|made|manufactured|bearing|equipped|containing|that"
    r"|which|used"
)
_NAME_ENDS = re.compile(rf";|,\s|\s(?:{_ENDINGS})\s", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“][^\"”]{0,80}[\"”]")
_ALWAYS_ENDS = re.compile(r"(?<=\w)\s(?:model|item)\s(?:numbers?|nos?)\b", re.IGNORECASE)
_BRAND_WORD = re.compile(r"[- ]brand(?:ed)?\b", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^)]*(?:\)|$)")
_YEARS = re.compile(r"\b(?:model years?\s+)?(?:19|20)\d\d(?:\s*(?:-|–|to|through|and|,)\s*(?:19|20)\d\d)*\b", re.I)
_FIRST_TO_DROP = frozenset({"certain", "recalled", "all", "variou", "some", "the", "model", "year", "and"})
_LAST_TO_DROP = frozenset({"and", "or", "for", "of", "the", "by"})
_SAYS_NOTHING = frozenset(
    map(
        key,
        "a an and as at brand branded by certain for from in inch model number of on or series style the to trademark "
        "with".split(),
    )
)


@dataclass(frozen=True)
class NameParts:
    """One product's name taken apart. `name` is the trimmed name, `unbranded` its words without brand and model; the
    tuples keep the words as written."""

    name: str
    brands: tuple[str, ...]
    unbranded: tuple[str, ...]
    line: tuple[str, ...]
    kind: tuple[str, ...]
    models: tuple[str, ...]


def name_parts(notice: Notice) -> list[NameParts]:
    """One entry for each product of the notice that has a name, in the notice's order."""
    lower = _lower_case_words(notice)
    models = _models(notice)
    return [
        _parts(notice, product.name, _own_models(product.model, models, len(notice.products)), lower)
        for product in notice.products
        if product.name.strip()
    ]


def trimmed(name: str) -> str:
    """The head of a product's name: without years, sizes, "sold with ...", brackets and what follows them."""
    head = _ALWAYS_ENDS.split(_BRAND_WORD.sub(" ", _YEARS.sub(" ", _BRACKETS.sub(" ", name))), maxsplit=1)[0]
    cut = next((match for match in _NAME_ENDS.finditer(head) if _says_what(head[: match.start()])), None)
    words = tokens(head[: cut.start()] if cut else head)
    words = [word for place, word in enumerate(words) if place == 0 or key(word) != key(words[place - 1])]
    while words and key(words[0]) in _FIRST_TO_DROP:
        words = words[1:]
    while words and key(words[-1]) in _LAST_TO_DROP:
        words = words[:-1]
    return " ".join(words)


def _says_what(head: str) -> bool:
    """Whether what stands before a cut already ends with what the thing is, so that the rest may go."""
    words = tokens(head)
    return len(words) > 1 and is_kind(words[-1])


def _parts(notice: Notice, full_name: str, models: tuple[str, ...], lower: frozenset[str]) -> NameParts:
    name = trimmed(full_name)
    words = tokens(name)
    brands = brands_of(notice, full_name, words, lower)
    brand_keys = {key(word) for brand in brands for word in tokens(brand)}
    model_keys = {key(model) for model in models}
    rest = [word for word in words if key(word) not in brand_keys | model_keys]
    kind = [word for word in rest if word != "&" and not is_mark(word, lower)]
    line = [word for word in rest if word != "&" and is_mark(word, lower)]
    return NameParts(name, brands, tuple(rest), tuple(line), _kind_words(kind, {key(word) for word in line}), models)


def _kind_words(words: Sequence[str], taken: set[str]) -> tuple[str, ...]:
    """The last few plain words: in English the head of a name stands at its end."""
    kept = [word for word in words if key(word) and key(word) not in taken]
    bare = [word for word in kept if key(word) not in _SAYS_NOTHING and not word.isdigit()]
    return tuple(bare[-MAX_KIND_WORDS:])


def _lower_case_words(notice: Notice) -> frozenset[str]:
    """Words that the notice itself writes in lower case somewhere: they are no marks. What stands in quotation marks is
    left out, for a logo may be in lower case."""
    texts = [
        _QUOTED.sub(" ", notice.description),
        notice.title,
        *notice.hazards,
        *(product.name for product in notice.products),
    ]
    found = (word for text in texts for word in tokens(text))
    return frozenset(key(word) for word in found if word[0].islower() and word == word.lower() and word.isascii())


def _models(notice: Notice) -> tuple[str, ...]:
    stated = (one.value.strip() for one in notice.identifiers if one.kind == "model" and one.valid)
    return tuple(unique(value for value in stated if value))


def _own_models(stated: str, models: tuple[str, ...], products: int) -> tuple[str, ...]:
    """A product's own model; the notice's models where there is one product, or it states none itself."""
    own = tuple(part for part in re.split(r"[,;]\s*|\s+and\s+", stated.strip()) if part)
    return own if own and products > 1 else tuple(unique([*own, *models]))
