"""Whose a product is: the brands that a notice names, from its own identifiers, its firms, its title, its names."""

import re
from collections.abc import Iterable, Sequence

from crawler.feeds.notice import Notice
from monitor.watchlist.words import is_kind, is_mark, is_plain, is_wide, key, tokens

MAX_BRAND_WORDS = 4
MAX_BRANDS = 8

_PLACEHOLDERS = frozenset(
    {"unknown", "unbranded", "nobrand", "generic", "none", "na", "sansmarque", "ohnemarke", "ninc", "variou", "other"}
)
_PARTICLES = frozenset({"&", "de", "di", "du", "la", "le", "of", "and", "'n", "n", "by", "the"})
_OPENINGS = frozenset({"the", "thi", "these", "all", "recall", "both", "certain", "only", "stop", "using"})
_LEGAL_FORM = re.compile(
    r"[,\s]+(?:inc|llc|l\.l\.c|ltd|limited|co|corp|corporation|company|gmbh|s\.?a|s\.?r\.?l|b\.?v|plc|pty|ag|kg|intl|"
    r"international|usa|u\.s\.a|enterprises?|industries|group|holdings?)\b\.?",
    re.IGNORECASE,
)
_ALSO_KNOWN = re.compile(r"\b(?:d/?b/?a|doing business as|also known as|a/?k/?a)\b\s*", re.IGNORECASE)
_PLACE = re.compile(r",?\s+of\s+[A-Z].*$")
_BRANDED = re.compile(
    r"(?:^|[\s(“\"])([^\W\d_a-z][\w&'’.+-]*(?:\s+[^\W\d_a-z][\w&'’.+-]*){0,2})[\"”]?[- ]brand(?:ed)?\b"
)
_RECALLER = re.compile(r"^(?:CPSC,?\s+(?:and\s+)?)?(.{2,60}?),?\s+(?:Recalls?|Expands?|Re-?announces?|Announces?)\b")
_RECALLED_BY = re.compile(
    r"\b(?:Recalled|Imported|Distributed|Manufactured|Recall)\s+by\s+(.{2,60}?)(?=\s+(?:Due|Because|Following|After)\b|[;(]|$)"
)


def brands_of(notice: Notice, full_name: str, words: Sequence[str], lower: frozenset[str]) -> tuple[str, ...]:
    """At most MAX_BRANDS, by the first way that gives any: stated as such, a firm that stands in the product's name,
    a list of names, "X-branded", the marks that the name begins with, the firm that recalls it by the title."""
    stated = [one.value for one in notice.identifiers if one.kind == "brand" and one.valid]
    named = unique(brand for brand in stated if _usable_brand(brand, strict=False))
    if named:
        in_name = [brand for brand in named if _position(tokens(brand), words) >= 0]
        return tuple((in_name or named)[:MAX_BRANDS])
    found = _listed(full_name, lower) or _firms_in(notice, words) or _branded(notice, full_name)
    found = found or _leading_marks(words, lower)
    return tuple((found or _recallers(notice))[:MAX_BRANDS])


def _listed(full_name: str, lower: frozenset[str]) -> list[str]:
    """The brands of a name that begins with a list of them: "Acme, Bexo and Cordo brand kettles"."""
    found: list[str] = []
    for part in re.split(r",\s+(?:and\s+)?|\s+and\s+", full_name):
        run = " ".join(_leading_marks(tokens(part), lower))
        if not run:
            break
        found.append(run)
        if len(tokens(run)) < len(tokens(part)):
            break
    return unique(found) if len(found) > 2 else []


def _firms_in(notice: Notice, words: Sequence[str]) -> list[str]:
    """Firms whose name stands in the product's name, in the order in which they stand there."""
    firms = [*(firm.name for firm in notice.firms), *_recalling(notice.title)]
    candidates = unique(name for firm in firms for name in _firm_names(firm))
    placed = [(_position(tokens(name), words), name) for name in candidates]
    inside = sorted(
        (place, -len(tokens(name)), name)
        for place, name in placed
        if _usable_brand(name, strict=place > 0) and place >= 0 and len(tokens(name)) < len(words)
    )
    return [name for _, _, name in inside]


def _firm_names(firm: str) -> list[str]:
    """A firm's name without place and legal form; what it does business as comes first."""
    own, *others = _ALSO_KNOWN.split(re.sub(r"\([^)]*\)", " ", firm))
    bare = [_LEGAL_FORM.sub("", _PLACE.sub("", part)).strip(" ,.;") for part in [*others, own]]
    return [name for name in bare if name and len(tokens(name)) <= MAX_BRAND_WORDS]


def _branded(notice: Notice, full_name: str) -> list[str]:
    texts = (full_name, notice.title, notice.description)
    found = (match.group(1) for text in texts for match in _BRANDED.finditer(text))
    return unique(_without_opening(brand) for brand in found if _usable_brand(_without_opening(brand)))


def _without_opening(brand: str) -> str:
    words = tokens(brand)
    while words and key(words[0]) in _OPENINGS:
        words = words[1:]
    return " ".join(words)


def _leading_marks(words: Sequence[str], lower: frozenset[str]) -> list[str]:
    run: list[str] = []
    for word in words[:MAX_BRAND_WORDS]:
        if not (is_mark(word, lower) or (run and word.casefold() in _PARTICLES)):
            break
        run.append(word)
    while run and run[-1].casefold() in _PARTICLES:
        run.pop()
    brand = " ".join(run)
    return [brand] if _usable_brand(brand) else []


def _recallers(notice: Notice) -> list[str]:
    """Firms that the title names, without what they trade in: of "Acme Electric Bikes" only "Acme"."""
    brands = []
    for name in (name for firm in _recalling(notice.title) for name in _firm_names(firm)):
        words = tokens(name)
        while words and is_kind(words[-1]):
            words.pop()
        brands.append(" ".join(words) or (name if len(tokens(name)) > 1 else ""))
    return unique(brand for brand in brands if _usable_brand(brand, strict=False))


def _recalling(title: str) -> list[str]:
    return [match.group(1) for pattern in (_RECALLER, _RECALLED_BY) if (match := pattern.search(title))]


def _usable_brand(brand: str, *, strict: bool = True) -> bool:
    """False for placeholders; where nobody stated that it is a brand, also for plain words and single letters."""
    words = tokens(brand)
    bare = "".join(map(key, words))
    if not bare or bare in _PLACEHOLDERS:
        return False
    return not strict or (len(bare) > 1 and not all(is_plain(word) or word == "&" for word in words))


def _position(needle: Sequence[str], words: Sequence[str]) -> int:
    """Where the words of `needle` stand in a row within `words`, compared by key; -1 where they don't."""
    wanted, given = [key(word) for word in needle], [key(word) for word in words]
    if not any(wanted):
        return -1
    starts = range(len(given) - len(wanted) + 1)
    return next((start for start in starts if given[start : start + len(wanted)] == wanted), -1)


def unique(values: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for value in values:
        cleaned = " ".join(tokens(value)) if not is_wide(value) else value.strip()
        if cleaned:
            seen.setdefault("".join(map(key, tokens(cleaned))) or cleaned, cleaned)
    return list(seen.values())
