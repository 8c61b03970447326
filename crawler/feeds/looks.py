"""How a product looks by its notice: colours and sizes out of prose, each with the words that it was read from.

Colours are those of the product and its parts: what is said of labels, boxes and printed letters, what stands in
quotation marks and what is part of a name is left out. Sizes are measures (`9 in`, `2.5 mm`, `4 gal`), counts of a
pack, and sizes of clothes and beds where the text speaks of sizes.
"""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from crawler.feeds.found import Found

_COLOURS = (
    "black white gray grey silver gold red blue navy green teal turquoise aqua yellow orange pink purple violet lilac "
    "lavender brown tan beige cream ivory bronze copper charcoal burgundy maroon coral mint khaki camouflage camo "
    "champagne camel amber olive taupe plum peach fuchsia magenta cyan cobalt espresso walnut almond lime sage pearl "
    "mauve mustard rust rose salmon bisque golden"
).split()
_SHADES = (
    "light dark hot baby bright matte sky royal pastel deep rustic sand off neon forest army dusty pale midnight "
    "metallic glossy heather brushed burnt ice steel slate ocean wine powder soft antique brick jet navy rose olive "
    "charcoal mint lime misty marina sakura hunter sea yellow gray silver"
).split()
_COLOUR = re.compile(
    rf"(?<![\w'’-])(?:multi-?\s?colou?red|(?:(?:{'|'.join(_SHADES)})[\s-])?(?:{'|'.join(_COLOURS)})"
    rf"(?:[\s-](?:camo|camouflage)(?![\w-]))?)(?![\w'’]|-(?!colou?r(?:ed)?\b|painted\b|and\b|{'|'.join(_COLOURS)}))",
)
_ANY_COLOUR = rf"(?:{'|'.join(_COLOURS)}|{'|'.join(_SHADES)})"
_ON_PAPER = re.compile(
    rf"(?:[\s,/&-]+(?:and|or|{_ANY_COLOUR}))*(?:\s+(?!and\b|or\b)[\w-]+){{0,2}}\s+"
    r"(?:labels?|tags?|stickers?|packag(?:e|es|ing)|box(?:es)?|cartons?|bags?|lettering|letters|text|font|ink|writing|"
    r"words|"
    r"decals?|background|hang\s?tags?|cards?|wrap(?:per)?|instructions?)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“][^\"”]{0,80}[\"”]")
_NAME_GOES_ON = re.compile(r"\s(?=[A-Z][a-z])(?!\s(?:And|Or|With|In)\b)")
_NAME_JOINED = re.compile(r"\s?[+&]\s?[A-Z]")
_NUMBER_WORDS = {
    word: at
    for at, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(), 1
    )
}
_PARTS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}
_SIGNS = "".join(_PARTS)
_NUMBER = (
    r"(?:\d+[-\s]\d/\d{1,2}|\d+/\d{1,2}|(?:\d[\d,]*)?\.\d+|"
    rf"\d[\d,]*(?:[\s-]?[{_SIGNS}])?|[{_SIGNS}]|{'|'.join(_NUMBER_WORDS)})"
)
_UNITS = {
    "in": r"inch(?:es)?|in\.",
    "ft": r"feet|foot|ft\.?",
    "cm": r"cm|centimeters?",
    "mm": r"mm|millimeters?",
    "oz": r"(?:fluid\s|fl\.?\s)?(?:oz\.?|ounces?)",
    "lb": r"lbs?\.?|pounds?",
    "qt": r"quarts?|qt\.?",
    "gal": r"gallons?|gal\.?",
    "l": r"liters?|litres?|l",
    "ml": r"ml|milliliters?",
    "pack": r"packs?",
    "count": r"count",
    "pieces": r"pieces?|pcs?\.?",
}
_COUNTS = frozenset({"pack", "count", "pieces"})
"""Written in words they say how a set is made up: a two-piece pajama."""
_JOIN = r"(?:\s*(?:,\s*(?:and|or)|,|to|and|or|by|x|×|-|–|through|/)\s*)"
_MEASURE = re.compile(
    rf"(?<![\w$.#/-])(?P<numbers>{_NUMBER}(?:{_JOIN}{_NUMBER}){{0,8}})[-\s]?"
    rf"(?:{'|'.join(f'(?P<{unit}>{words})' for unit, words in _UNITS.items())})(?![\w])",
)
_INCH_MARK = re.compile(
    rf"(?<![\w$#/.-])(?:(?P<feet>\d+)['’]\s?[x×]\s?)?(?P<numbers>{_NUMBER}(?:[-–]{_NUMBER})?)\s?[\"”″]"
    r"(?=\s?(?:x|×|by|wide|high|long|tall|deep|thick|W|H|L|D|-)\b|\s?[-–]\s?\d|[\s.,;)])"
)
_MARKED = re.compile(r"\s?(?:x|×|by|wide|high|long|tall|deep|thick|W|H|L|D)\b|\s?[-–]\s?\d")
_OPENING_QUOTE = re.compile(r"(?:^|[\s(])[\"“](?=\S)")
_FOOT_MARK = re.compile(r"(?<![\w$#/.-])(\d{1,2})['’](?=\s(?:and|to|x|by|long|wide|high|tall|[A-Z]))")
_SIZE_WORD = re.compile(r"\bsizes?\b", re.IGNORECASE)
_NAMED = re.compile(
    r"(?<![\w$./-])(?:\d{1,2}(?:-\d{1,2})?\s?(?:T|M|Y|years?|months?|mos?\.?)(?:\s?[-–]\s?\d{1,2}\s?(?:T|M|Y|years?|months?))?"
    r"|\d{1,2}[-–]\d{1,2}|\d{1,2}|X{0,3}[SML](?:/X{0,3}[SML])?|(?:extra[\s-]|x-?)?(?:small|large)|medium"
    r"|twin(?:\sxl)?|full(?:\sxl)?|queen|(?:california\s|cal[-\s])?king)(?![\w'’/-]|\.\d)",
    re.IGNORECASE,
)
_BEFORE_SIZES = re.compile(r"\b(?:in|of)\s+([\w\s,/-]{3,80})$")
_LIST_LEAD = re.compile(
    r"[\s:]*(?:sold\s|ranging\s|from\s|range\s|includ(?:e|es|ing)\s|in\s|of\s|are\s|available\s|were\s|between\s)*",
    re.I,
)
_LIST_JOIN = re.compile(r"\s*(?:,\s*(?:and|or)?|and|or|to|through|-|–|/)\s*", re.IGNORECASE)
_GOES_ON_AS_MEASURE = re.compile(r"(?:\s*(?:to|and|or|-|–)\s*\d+)?\s*(?:inch|feet|foot|ft|cm|mm|by|x\b)")
_LARGEST = 999
_AROUND = 30


def colours_in(text: str) -> tuple[Found, ...]:
    """The colours of the product and its parts, in lower case, each once."""
    unquoted = _QUOTED.sub(lambda match: " " * len(match[0]), text)
    return _each(_colours(unquoted), text)


def sizes_in(text: str) -> tuple[Found, ...]:
    """The measures, counts and named sizes, each once."""
    unquoted = re.sub(r"[\"“”]", " ", text)
    return _each((*_measures(text), *_feet(text), *_named_sizes(unquoted)), text)


def _colours(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _COLOUR.finditer(_lower(text)):
        capital = text[match.start()].isupper()
        named = capital and _NAME_GOES_ON.match(text, match.end())
        listed = text[: match.start()].rstrip().endswith((",", "/", ":", "and"))
        joined = capital and _NAME_JOINED.match(text, match.end())
        if joined or _ON_PAPER.match(text, match.end()) or (named and not listed):
            continue
        value = " ".join(match[0].lower().replace("grey", "gray").split())
        yield ("multicolored" if value.startswith("multi") else value), match.start(), match.end()


def _lower(text: str) -> str:
    """The text in lower case, letter by letter in its place."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text


def _measures(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _MEASURE.finditer(_lower(text)):
        unit = next(name for name in _UNITS if match[name])
        if unit not in ("in", "ft") and ("," in match["numbers"] or "/" in match["numbers"]):
            yield from ((f"{number} {unit}", match.start(), match.end()) for number in _last_number(match["numbers"]))
            continue
        if unit in _COUNTS and match["numbers"].isalpha():
            continue
        for number in _numbers(match["numbers"]):
            yield f"{number} {unit}", match.start(), match.end()
    for match in _INCH_MARK.finditer(text):
        if match["feet"]:
            yield f"{match['feet']} ft", match.start(), match.end()
        closes = _OPENING_QUOTE.search(text[max(0, match.start() - 60) : match.start() + 1])
        if match["feet"] or "." in match["numbers"] or _MARKED.match(text, match.end()) or not closes:
            for number in _numbers(match["numbers"]):
                yield f"{number} in", match.start(), match.end()


def _feet(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _FOOT_MARK.finditer(text):
        yield f"{match[1]} ft", match.start(), match.end()


def _last_number(words: str) -> Iterator[str]:
    """The number right before the unit: what commas and strokes part from it may be anything ("Model 1090, 90 LB")."""
    last = re.split(r",\s+", words)[-1]
    if "/" not in last or re.fullmatch(r"(?:\d+[-\s])?\d/\d{1,2}", last):
        yield from _numbers(last)


def _numbers(words: str) -> Iterator[str]:
    """The numbers of a list or range, as decimals: 18-1/2 is 18.5."""
    for part in re.findall(_NUMBER, words, re.IGNORECASE):
        value = _number(part)
        if 0 < value <= _LARGEST or not value % 1:
            yield f"{float(value):.2f}".rstrip("0").rstrip(".")


def _number(text: str) -> Fraction:
    if text.lower() in _NUMBER_WORDS:
        return Fraction(_NUMBER_WORDS[text.lower()])
    for sign, part in _PARTS.items():
        text = text.replace(sign, f" {part}")
    pieces = re.split(r"[-\s]+", text.replace(",", "").strip())
    return sum((Fraction(piece) for piece in pieces if not piece.endswith("/0")), Fraction(0))


def _named_sizes(text: str) -> Iterator[tuple[str, int, int]]:
    """Sizes of clothes and beds: a list right after the word, or right before it ("in twin and full sizes")."""
    for word in _SIZE_WORD.finditer(text):
        lead = _LIST_LEAD.match(text, word.end())
        at = lead.end() if lead else word.end()
        while named := _NAMED.match(text, at):
            if _GOES_ON_AS_MEASURE.match(text, named.end()):
                break
            yield _size(named[0]), named.start(), named.end()
            joined = _LIST_JOIN.match(text, named.end())
            at = joined.end() if joined else len(text)
        if before := _BEFORE_SIZES.search(text[max(0, word.start() - 90) : word.start()].rstrip()):
            for named in _NAMED.finditer(before[1]):
                if not named[0].isdigit():
                    yield _size(named[0]), word.start() - len(before[1]), word.end()


def _size(words: str) -> str:
    return re.sub(r"(?<=\d)\s?[-–]\s?(?=\d)", "-", " ".join(words.lower().split()))


def _each(found: Iterable[tuple[str, int, int]], text: str) -> tuple[Found, ...]:
    kept: dict[str, Found] = {}
    for value, start, end in found:
        kept.setdefault(value, Found(value, text[max(0, start - _AROUND) : end + _AROUND]))
    return tuple(kept.values())
