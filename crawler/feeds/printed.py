"""Model numbers that no word calls so: codes printed on the product, and codes that stand in its very name.

A code in quotation marks, or one whose letters and digits can be nothing else, counts where its sentence says that it
is printed on the product or its box and speaks of no lot or serial number. So does a code that both the title or
product's name and the sentence "this recall involves ..." carry.
"""

import re
from collections.abc import Iterator

from crawler.feeds.codes import is_code, trimmed
from crawler.feeds.found import Found

_SENTENCE_END = re.compile(r"(?<!\bNo)(?<=[A-Za-z0-9)\"”])[.!?](?=\s+[A-Z\"“]|\s*$)")
_PRINTED = re.compile(r"\b(?:printed|marked|labell?ed|engraved|embossed|imprinted|etched|written|stamped)\b")
_OTHER_MARKS = re.compile(
    r"\b(?:batch|lots?|serial|codes?|RN|PO|cohort|CA\d+|FCC|ID|VIN|prototype|expir\w+|tracking|UPC|production|"
    r"date(?! (?:of manufacture|are)))\b",
    re.IGNORECASE,
)
_MADE_ON = re.compile(
    r"\b(?:the\s+)?(?:manufactur\w+|production)\s+dates?\b|\bdates?\s+of\s+manufacture\b", re.IGNORECASE
)
_IN_QUOTES = re.compile(r"[\"“]([^\"“”]{4,40}?)[,.]?[\"”]")
_ALTERNATIVES = re.compile(r"\s*(?:,|\bor\b|\band\b|/)\s*")
_CODE = re.compile(r"[\w./-]{4,24}")
_STRONG = re.compile(r"[-_].*\d|\d.*[-_]|\d{3}")
_CERTAIN = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})(?=(?:\D*\d){3})[A-Z0-9][A-Z0-9_/-]{5,}")
_INVOLVES = re.compile(r"\b(?:involves|includes|is for|concerns)\b", re.IGNORECASE)
_FOR_OTHERS = re.compile(
    r"\b(?:used (?:in|on|with)|compatible with|for use|sold with|fits?|equipped with|powered by|that|batch|lots?|"
    r"serial|cohort|VINs?|date|codes?|purchase|PO|(?:starting|beginning) with)\b",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\s,;:()\[\]\"“”|&]+")
_NAMED = re.compile(
    r"(?:(?=.*[A-Za-z])(?=(?:\D*\d){3})|(?=(?:[^A-Z]*[A-Z]){2})(?=(?:\D*\d){2}))[A-Za-z0-9][A-Za-z0-9-]{3,}"
)
_DIGIT = re.compile(r"\d")
_LONGEST_NAME = 250
_SPAN = 120


def printed_codes(text: str) -> Iterator[Found]:
    """Codes that a sentence says are printed on the product or its box."""
    if not _PRINTED.search(text):
        return
    for sentence in _SENTENCE_END.split(text):
        plain = _MADE_ON.sub(" ", sentence)
        if not _PRINTED.search(plain) or _OTHER_MARKS.search(_IN_QUOTES.sub(" ", plain)):
            continue
        for quoted in _IN_QUOTES.finditer(plain):
            parts = _ALTERNATIVES.split(quoted[1])
            if all(_CODE.fullmatch(part) and _STRONG.search(part) and is_code(trimmed(part)) for part in parts):
                yield from (Found(trimmed(part), sentence.strip()[-_SPAN:]) for part in parts)
        before = _PRINTED.split(plain, maxsplit=1)[0]
        for token in _TOKEN.finditer(_IN_QUOTES.sub(" ", before)):
            if _CERTAIN.fullmatch(code := trimmed(token[0])) and is_code(code):
                yield Found(code, sentence.strip()[:_SPAN])


def codes_of_the_name(name: str, description: str) -> Iterator[Found]:
    """Codes (three digits and a letter, or two of each) that both the name and "this recall involves" carry."""
    involves = _INVOLVES.search(description)
    if not involves:
        return
    opening = description[involves.end() : involves.end() + _LONGEST_NAME]
    end = _SENTENCE_END.search(opening)
    opening = opening[: end.start()] if end else opening
    if others := _FOR_OTHERS.search(opening):
        opening = opening[: others.start()]
    if not _DIGIT.search(opening):
        return
    named = {trimmed(token[0]).upper() for token in _TOKEN.finditer(name)}
    for token in _TOKEN.finditer(opening):
        code = trimmed(token[0])
        certain = bool(_CERTAIN.fullmatch(code))
        if is_code(code) and (certain or (_NAMED.fullmatch(code) and code.upper() in named)):
            yield Found(code, opening.strip()[:_SPAN])
