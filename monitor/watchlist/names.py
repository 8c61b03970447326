"""What a notice calls its product, taken apart: brands, product lines, kinds, models.

A word is a *mark* (whose it is: brand, line, model) or *plain* (what it is). Sources are asked in this order: the
notice's own brand identifiers, firms named in the product's name or title, "X-branded", the leading marks of the name,
and the firm before "Recalls". Plain words show themselves: they stand in plain_words.txt, or the notice writes them in
lower case. The two kinds of word never mix, which is what coverage needs (research/statistics: two strategies that
share no terms).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crawler.feeds.notice import Notice
from monitor.watchlist.words import is_plain, is_wide, key, tokens

MAX_BRAND_WORDS = 4
MAX_BRANDS = 2
MAX_KIND_WORDS = 5

_BRAND_PLACEHOLDERS = frozenset(
    {"unknown", "unbranded", "nobrand", "generic", "none", "na", "sansmarque", "ohnemarke", "nincs", "various", "other"}
)
_LEGAL_FORM = re.compile(
    r"[,\s]+(?:inc|llc|l\.l\.c|ltd|limited|co|corp|corporation|company|gmbh|s\.?a|s\.?r\.?l|b\.?v|plc|pty|ag|kg|intl|"
    r"international|usa|u\.s\.a|enterprises?|industries|group|holdings?)\b\.?",
    re.IGNORECASE,
)
_ALSO_KNOWN = re.compile(r"\b(?:d/?b/?a|doing business as|also known as|a/?k/?a)\b\s*", re.IGNORECASE)
_PLACE = re.compile(r",?\s+of\s+[A-Z].*$")
_BRANDED = re.compile(r"(?:^|[\s(“\"])([^\W\d_a-z][\w&'’.+-]*(?:\s+[^\W\d_a-z][\w&'’.+-]*){0,2})[- ]brand(?:ed)?\b")
_RECALLER = re.compile(r"^(.{2,60}?)\s+(?:Recalls|Expands Recall|Reannounces Recall|Re-announces Recall)\b")
_NAME_ENDS = re.compile(
    r"[(;]|,\s|\s(?:sold|with|including|in sizes|models?(?:\s+(?:numbers?|nos?))?|item numbers?|made|bearing)\s",
    re.IGNORECASE,
)
_YEARS = re.compile(r"\b(?:model years?\s+)?(?:19|20)\d\d(?:\s*(?:-|–|to|through|and|,)\s*(?:19|20)\d\d)*\b", re.I)


@dataclass(frozen=True)
class NameParts:
    """One product's name taken apart. `name` is the trimmed name; the tuples keep the words as written."""

    name: str
    brands: tuple[str, ...]
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
    head = _YEARS.sub(" ", name)
    cut = _NAME_ENDS.search(head, 3)
    words = tokens(head[: cut.start()] if cut else head)
    while words and key(words[0]) in {"certain", "recalled", "all", "various", "the", "model", "year", "and"}:
        words = words[1:]
    while words and key(words[-1]) in {"and", "or", "for", "of", "the", "by"}:
        words = words[:-1]
    return " ".join(words)


def _parts(notice: Notice, full_name: str, models: tuple[str, ...], lower: frozenset[str]) -> NameParts:
    name = trimmed(full_name)
    words = tokens(name)
    brands = _brands(notice, full_name, words, lower)
    brand_keys = {key(word) for brand in brands for word in tokens(brand)}
    model_keys = {key(model) for model in models}
    rest = [word for word in words if key(word) not in brand_keys | model_keys]
    kind = [word for word in rest if word != "&" and not _is_mark(word, lower)]
    line = [word for word in rest if word != "&" and _is_mark(word, lower)]
    return NameParts(name, brands, tuple(line), _kind_words(kind, {key(word) for word in line}), models)


def _kind_words(words: Sequence[str], taken: set[str]) -> tuple[str, ...]:
    """The last few plain words: in English the head of a name stands at its end."""
    kept = [word for word in words if key(word) and key(word) not in taken]
    bare = [word for word in kept if key(word) not in _LINKING]
    return tuple(bare[-MAX_KIND_WORDS:])


_LINKING = frozenset(
    map(key, ["a", "an", "and", "as", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"])
)


def _brands(notice: Notice, full_name: str, words: Sequence[str], lower: frozenset[str]) -> tuple[str, ...]:
    stated = [one.value for one in notice.identifiers if one.kind == "brand" and one.valid]
    named = _unique(brand for brand in stated if _usable_brand(brand, strict=False))
    if named:
        in_name = [brand for brand in named if _position(tokens(brand), words) >= 0]
        return tuple((in_name or named)[:MAX_BRANDS])
    found = _firms_in(notice, words) or _branded(notice, full_name) or _leading_marks(words, lower)
    return tuple((found or _recaller(notice, lower))[:MAX_BRANDS])


def _firms_in(notice: Notice, words: Sequence[str]) -> list[str]:
    """Firms whose name stands in the product's name, in the order in which they stand there."""
    candidates = _unique(name for firm in notice.firms for name in _firm_names(firm.name))
    placed = [(_position(tokens(name), words), name) for name in candidates if _usable_brand(name)]
    inside = sorted((place, -len(tokens(name)), name) for place, name in placed if place >= 0)
    return [name for _, _, name in inside]


def _firm_names(firm: str) -> list[str]:
    """A firm's name without place and legal form; what it does business as comes first."""
    own, *others = _ALSO_KNOWN.split(re.sub(r"\([^)]*\)", " ", firm))
    bare = [_LEGAL_FORM.sub("", _PLACE.sub("", part)).strip(" ,.;") for part in [*others, own]]
    return [name for name in bare if name and len(tokens(name)) <= MAX_BRAND_WORDS]


def _branded(notice: Notice, full_name: str) -> list[str]:
    texts = (full_name, notice.title, notice.description)
    found = (match.group(1) for text in texts for match in _BRANDED.finditer(text))
    return _unique(_without_opening(brand) for brand in found if _usable_brand(_without_opening(brand)))


def _without_opening(brand: str) -> str:
    words = tokens(brand)
    while words and key(words[0]) in {"the", "thi", "these", "all", "recall", "both", "certain", "only"}:
        words = words[1:]
    return " ".join(words)


def _leading_marks(words: Sequence[str], lower: frozenset[str]) -> list[str]:
    run: list[str] = []
    for word in words[:MAX_BRAND_WORDS]:
        if not (_is_mark(word, lower) or (run and word == "&")):
            break
        run.append(word)
    while run and run[-1] == "&":
        run.pop()
    brand = " ".join(run)
    return [brand] if _usable_brand(brand) else []


def _recaller(notice: Notice, lower: frozenset[str]) -> list[str]:
    match = _RECALLER.match(notice.title)
    names = _firm_names(match.group(1)) if match else []
    return [brand for name in names for brand in _leading_marks(tokens(name), lower)]


def _is_mark(word: str, lower: frozenset[str]) -> bool:
    """A word that names whose it is: not plain, never written in lower case, and with a capital or a digit."""
    if not key(word) or is_plain(word) or key(word) in lower:
        return False
    return any(sign.isupper() or sign.isdigit() for sign in word) and not word.isdigit()


def _usable_brand(brand: str, *, strict: bool = True) -> bool:
    """False for placeholders; where nobody stated that it is a brand, also for plain words and single letters."""
    words = tokens(brand)
    bare = "".join(map(key, words))
    if not bare or bare in _BRAND_PLACEHOLDERS:
        return False
    return not strict or (len(bare) > 1 and not all(is_plain(word) or word == "&" for word in words))


def _lower_case_words(notice: Notice) -> frozenset[str]:
    """Words that the notice itself writes in lower case somewhere: they are no marks."""
    texts = [notice.description, notice.title, *notice.hazards, *(product.name for product in notice.products)]
    found = (word for text in texts for word in tokens(text))
    return frozenset(key(word) for word in found if word[0].islower() and word == word.lower() and word.isascii())


def _models(notice: Notice) -> tuple[str, ...]:
    stated = (one.value.strip() for one in notice.identifiers if one.kind == "model" and one.valid)
    return tuple(_unique(value for value in stated if value))


def _own_models(stated: str, models: tuple[str, ...], products: int) -> tuple[str, ...]:
    """A product's own model; the notice's models where there is one product, or it states none itself."""
    own = tuple(part for part in re.split(r"[,;]\s*|\s+and\s+", stated.strip()) if part)
    return own if own and products > 1 else tuple(_unique([*own, *models]))


def _position(needle: Sequence[str], words: Sequence[str]) -> int:
    """Where the words of `needle` stand in a row within `words`, compared by key; -1 where they don't."""
    wanted, given = [key(word) for word in needle], [key(word) for word in words]
    if not any(wanted):
        return -1
    starts = range(len(given) - len(wanted) + 1)
    return next((start for start in starts if given[start : start + len(wanted)] == wanted), -1)


def _unique(values: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for value in values:
        cleaned = " ".join(tokens(value)) if not is_wide(value) else value.strip()
        if cleaned:
            seen.setdefault("".join(map(key, tokens(cleaned))) or cleaned, cleaned)
    return list(seen.values())
