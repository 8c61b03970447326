"""One listing as the matcher sees it: its words, their runs, and the values that could identify it."""

import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import lru_cache

from monitor.matching.counts import counts
from monitor.matching.foreign import english_title
from monitor.matching.gtins import gtin_key
from monitor.matching.models import is_model
from monitor.matching.normalise import fold, key, spans, squash, words
from monitor.matching.records import Listing

_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(?<![\w$.])(19[89]\d|20[0-4]\d)(?![\w.])")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_MODEL = re.compile(r"(?=[\w-]*\d)[A-Za-z0-9]+(?:[-/.][A-Za-z0-9]+)*")
_SPACED_MODEL = re.compile(
    r"\b([A-Z]{1,4}|[b-hj-wyz]) (\d{2,4}[A-Z]{0,3})\b(?!\s?(?:[\"”″]|in(?:ch(?:es)?)?\b|ft\b|mm\b|cm\b|oz\b|qt\b))"
)
_BEFORE_NUMBER = frozenset(
    "size age ages set pack lot of year no nr pcs qty new usa and to w in for with the a x l m s xl".split()
)
_LONG_NUMBER = re.compile(r"(?<!\d)\d{12,14}(?!\d)")
_FOR = frozenset({"for", "fit", "fits", "compatible", "replace", "replaces", "replacing", "fur", "pour", "para"})
_SEGMENT = re.compile(r"\s[-–|:]\s|[,(|;]|:\s|\bw/|\swith\s", re.IGNORECASE)
_DESCRIPTION_LENGTH = 1500
BEFORE_NAME = frozenset(
    "new brand used good great excellent condition free fast ship shipping delivery best seller sale hot deal lot"
    " gift idea open box in pre owned preowned lightly gently nwt nwot nib bnib nip sealed vintage retro rare"
    " genuine authentic original official set of the a an 2 3 4 5 6 10 12 pack pcs day 2pcs 3pcs 4pcs 6pcs 12pcs"
    " clearance discount limited edition wholesale factory price customized custom oem odm high quality popular"
    " cheap hottest latest premium refurbished like tested working works black white navy blue light dark sky pink"
    " grey gray red teal charcoal natural beige green yellow purple orange brown silver gold multicolor multi"
    " ivory cream tan color colour neutral mint rose".split()
)
_NOT_WHAT_IT_FITS = frozenset(
    "kid baby boy girl child children toddler infant newborn teen men women man woman adult him her age home"
    " outdoor indoor kitchen travel party school garden sale only gift christma birthday holiday office bedroom"
    " everyone family beginner senior elderly playing use everyday daily".split()
)


@dataclass(frozen=True, slots=True)
class View:
    """`spans` are runs of title words with their places (`starts` is where the name begins, behind what sellers put
    before it: condition, colour, promises); `raw` runs of the text as written, for model numbers.

    `for_at` is the place of the first `for` or `fits` in the title (its length where there is none), `head` the last
    word of the title's first part, `models` what looks like a model number.
    """

    listing: Listing
    tokens: tuple[str, ...]
    spans: dict[str, int]
    brand_key: str
    brand_spans: frozenset[str]
    seller_spans: frozenset[str]
    for_at: int
    head: str
    raw: frozenset[str]
    models: frozenset[str]
    stated_model: str
    gtins: frozenset[str]
    years: tuple[int, ...]
    price: float | None
    head_brand: tuple[str, ...]
    starts: int
    first_part: tuple[str, ...]
    spaced_models: frozenset[str]
    numbers: dict[str, frozenset[str]]

    def heads(self, brand: str) -> bool:
        """Whether `brand` stands where a title names its maker: at its beginning, or behind `by`."""
        place = self.spans.get(brand)
        return place is not None and (place <= self.starts or self.tokens[place - 1] == "by")


def view_of(listing: Listing, known_brands: Container[str] = (), read_digits: Callable[[str], str] = str) -> View:
    """Prepare `listing` once for all comparisons; `known_brands` are those of the whole register, as keys.

    `read_digits` gives the word that a token is when its digits stand for letters.
    """
    title = english_title(listing.title)
    tokens = tuple(map(read_digits, words(title)))
    raw = _raw_runs(f"{listing.title} {listing.model}")
    stated = squash(listing.model) if listing.model else ""
    described = _raw_runs(listing.description[:_DESCRIPTION_LENGTH]) if listing.description else frozenset()
    for_at = _for_at(tokens)
    starts = next((at for at, token in enumerate(tokens) if token not in BEFORE_NAME), 0)
    first_part = words(_SEGMENT.split(title.strip(" -|,"), maxsplit=1)[0])
    first_part = first_part[:for_at] or first_part
    return View(
        listing=listing, tokens=tokens, spans=spans(tokens), brand_key=_key(listing.brand),
        brand_spans=_runs(listing.brand), seller_spans=_runs(listing.seller), for_at=for_at,
        head=first_part[-1] if first_part else "", raw=raw | described,
        models=frozenset(
            model for model in map(squash, _MODEL.findall(listing.title)) if is_model(model)
            and key(model) not in known_brands
        ),
        stated_model=stated if is_model(stated, True) else "",
        gtins=_gtins(listing), years=tuple(int(year) for year in _YEAR.findall(listing.title)),
        price=_price(listing.price), head_brand=_head_brand(tokens[starts:], known_brands), starts=starts,
        first_part=first_part, spaced_models=_spaced_models(listing.title),
        numbers=counts(tokens),
    )  # fmt: skip


def _for_at(tokens: tuple[str, ...]) -> int:
    """The place of the first `for` or `fits` that says what a thing fits, not whom it is for; the end without one."""
    for at, token in enumerate(tokens):
        if at and token in _FOR and not (tokens[at + 1 : at + 2] and tokens[at + 1] in _NOT_WHAT_IT_FITS):
            return at
    return len(tokens)


def _spaced_models(title: str) -> frozenset[str]:
    """Model numbers written in two parts (`BR 600`)."""
    pairs = (
        hit
        for hit in _SPACED_MODEL.findall(title)
        if hit[0].lower() not in _BEFORE_NUMBER and not _YEAR.fullmatch(hit[1])
    )
    return frozenset(filter(is_model, (squash("".join(hit)) for hit in pairs)))


def _head_brand(tokens: tuple[str, ...], known: Container[str]) -> tuple[str, ...]:
    """The words of the longest known brand that the title begins with; empty where there is none."""
    for length in (4, 3, 2, 1):
        if "".join(tokens[:length]) in known:
            return tokens[:length]
    return ()


@lru_cache(maxsize=50_000)
def _key(text: str) -> str:
    return key(text)


@lru_cache(maxsize=50_000)
def _runs(text: str) -> frozenset[str]:
    return frozenset(spans(words(text))) if text else frozenset()


def _raw_runs(text: str) -> frozenset[str]:
    """Runs of up to three neighbouring words as written that hold a digit."""
    tokens = _WORD.findall(fold(text))
    runs = set()
    for at, token in enumerate(tokens):
        run = token
        for following in ("", *tokens[at + 1 : at + 3]):
            run += following
            if 4 <= len(run) <= 24 and any(char.isdigit() for char in run):
                runs.add(run)
    return frozenset(runs)


def _gtins(listing: Listing) -> frozenset[str]:
    stated = [listing.gtin, *_LONG_NUMBER.findall(f"{listing.title} {listing.model} {listing.description}")]
    return frozenset(found for found in map(gtin_key, stated) if found)


def _price(text: str) -> float | None:
    hit = _NUMBER.search(text.replace(",", ""))
    return float(hit.group()) if hit else None
