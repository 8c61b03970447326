"""Model numbers in names and prose: lists, ranges, wildcards, and letters that share one number.

A model number is an identifier: compared exactly after folding, never by similarity.
"""

import re
from collections.abc import Iterable

from monitor.matching.normalise import squash

_INTRODUCED = re.compile(
    r"\b(?:models?|items?|styles?|skus?|part|gpu|product|catalog|reference)\s*"
    r"(?:numbers?|nos?\.?|#|codes?)?\s*(?:(?:is|are|include[sd]?|of|with|ending in)\s+)?[:#]?\s*"
    r"(?P<list>[\"“(]?[A-Z0-9][\w./*-]*\d[\w./*-]*(?:[\s\"”)]*(?:,|;|and|or|&|through|thru|to)[\s\"“(]*"
    r"(?:and\s+|or\s+)?[A-Z0-9][\w./*-]*\d[\w./*-]*)*)",
    re.IGNORECASE,
)
_SHARED_NUMBER = re.compile(r"\b((?:[A-Z]{1,4}\s*[,/]\s*)+(?:(?:and|or)\s+)?[A-Z]{1,4})[\s-]+(\d{2,4})\b")
_TOKEN = re.compile(r"[A-Za-z0-9][\w./*-]*")
_IN_NAME = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\b")
_RANGE = re.compile(r"([\w-]*?)(\d+)\s+(?:through|thru|to)\s+([\w-]*?)(\d+)$", re.IGNORECASE)
_NOT_A_MODEL = re.compile(
    r"^(?:\d+in\d|\d+(?:st|nd|rd|th)|\d{1,4}s|(?:19|20)\d\d|\d+(?:x\d+)+|[1-9]d"
    r"|\d{1,5}(?:pc|pcs|piece|pieces|pack|packs|ct|count|mm|cm|m|ft|feet|in|inch|inches|oz|ounce|lb|lbs|kg|g|ml|l|qt|quart"
    r"|gallon|v|volt|volts|w|watt|watts|mah|ah|a|amp|amps|hz|ghz|mhz|gb|tb|mb|k|hp|cc|btu|btuh?|psi|mph|mp|month|months|m\+"
    r"|year|years|yr|yrs|speed|way|drawer|light|lights|led|person|ply|sided|tier|seat|step|wheel|wheeled|volts?|cup|burner"
    r"|player|players|key|keys|note|d|p|fps|cut|door|seater|panel|day|hour|hours|min|gauge|foot|grade|up|wood|g|gram|grams))$"
)
_TWO_PARTS = re.compile(r"\b(?:[Mm]odel|[Tt]ype)s?\s+(?:(?:number|no\.?)\s+)?([A-Z]{1,4}) (\d{1,4})\b")
_SHORT = re.compile(
    r"\b(?:models?|items?|styles?)\s*(?:(?:numbers?|nos?\.?)\s*)?[:#]?\s*"
    r"(?P<list>#?\d{3,4}\b(?:(?:,|;|\s+and|\s+or|&)+\s*#?\d{3,4}\b)*)",
    re.IGNORECASE,
)
_LONGEST_RANGE = 300
_WILD = re.compile(r"(?P<head>[A-Za-z0-9-]*?\d[A-Za-z0-9-]*?)-?(?P<any>[*#?]+|[xX]{2,})")
_BEGINNING = re.compile(
    r"\bmodels?\b(?:\s+(?:numbers?|nos?\.?))?[^.;]{0,40}?\b(?:begin|start)(?:s|ning|ing)?\s+with\s+"
    r"(?:(?:the|either|any of|one of|following|letters?|digits?|prefix(?:es)?)[\s:]+)*"
    r"(?P<list>[\"“”(]?[A-Z0-9][\w-]*[\"”)]?(?:(?:\s*,\s*(?:and |or )?|\s+(?:and|or)\s+)[\"“(]?[A-Z0-9][\w-]*[\"”)]?)*)"
)


def is_model(value: str, introduced: bool = False) -> bool:
    """Whether the folded `value` can name a model: at least four characters with letter and digit, no measure.

    Digits alone count only where the text introduced them as a model number.
    """
    if len(value) < 4 or len(value) > 24 or not any(char.isdigit() for char in value) or _NOT_A_MODEL.match(value):
        return False
    if value.isdigit():
        return introduced and len(value) >= 5
    return True


def models_in_name(name: str) -> set[str]:
    """Model numbers that stand in a product's name, folded."""
    found = {squash(token) for token in _IN_NAME.findall(name)}
    found.update(models_introduced(name))
    return {value for value in found if is_model(value)} | {v for v in models_introduced(name) if is_model(v, True)}


def models_introduced(text: str) -> set[str]:
    """Model numbers that prose introduces as such (`models A100, A200 and A300 through A310`), folded."""
    found: set[str] = set()
    for letters, number in _SHARED_NUMBER.findall(text):
        found.update(squash(letter + number) for letter in re.findall(r"\b[A-Z]{1,4}\b", letters) if letter.isupper())
    found.update(squash("".join(pair)) for pair in _TWO_PARTS.findall(text))
    for hit in _INTRODUCED.finditer(text):
        found.update(_listed(hit["list"]))
    return {value for value in found if is_model(value, introduced=True)}


def short_numbers(texts: Iterable[str]) -> frozenset[str]:
    """Model numbers of three or four digits that `texts` introduce as such: they say little without brand and kind."""
    found = {number for text in texts for hit in _SHORT.finditer(text) for number in re.findall(r"\d+", hit["list"])}
    return frozenset(number for number in found if not _NOT_A_MODEL.match(number))


def wildcards(values: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """Patterns over folded text for model numbers with `*`, `#`, `?` or two and more `x` for any character
    (`XR12**`, `XR-1xx`)."""
    patterns = []
    for value in values:
        hit = _WILD.fullmatch(value.strip())
        head = squash(hit["head"]) if hit else ""
        if hit and len(head) >= (4 if "*" in value else 3) and any(char.isdigit() for char in head):
            few = len(hit["any"])
            patterns.append(re.compile(re.escape(head) + (r"\w{0,6}" if "*" in hit["any"] else rf"\w{{{few}}}")))
    return tuple(patterns)


def beginnings(text: str) -> tuple[re.Pattern[str], ...]:
    """Patterns over folded text for `model numbers that begin with AB, CD-9 and EF12`.

    Behind letters alone a digit must follow.
    """
    patterns = []
    for hit in _BEGINNING.finditer(text):
        for token in _TOKEN.findall(re.sub(r"\b(?:and|or|the|letters?|digits?|numbers?)\b", " ", hit["list"])):
            head = squash(token)
            if head.isalpha() and token.isupper() and 2 <= len(head) <= 6:
                patterns.append(re.compile(re.escape(head) + r"\d\w{1,8}"))
            elif len(head) >= 3 and not head.isalpha() and not head.isdigit():
                patterns.append(re.compile(re.escape(head) + r"\w{0,8}"))
    return tuple(patterns)


def shape(model: str) -> str:
    """The pattern of a folded model number: `ep320` is `AA999`."""
    return "".join("9" if char.isdigit() else "A" for char in model)


def _listed(text: str) -> Iterable[str]:
    for part in re.split(r"\s*(?:,|;|\band\b|\bor\b|&)\s*", text):
        span = _RANGE.search(part.strip(' "“”().'))
        if span and span[3] in ("", span[1]) and len(span[2]) == len(span[4]):
            first, last = int(span[2]), int(span[4])
            if 0 <= last - first <= _LONGEST_RANGE:
                yield from (squash(f"{span[1]}{number:0{len(span[2])}d}") for number in range(first, last + 1))
                continue
        yield from (squash(token) for token in _TOKEN.findall(part) if "*" not in token)
