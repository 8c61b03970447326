"""Model, item, style, SKU and part numbers out of the prose of a notice, each with the words that it was read from.

A number counts where the text calls it one ("model number X", a list of them, a table under such a heading), or where
a product's name carries it. What is "not included" is left out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from crawler.extract.gtin import valid_gtin
from crawler.feeds.codes import bare, is_bare_capitals, is_capital_code, is_code, is_measured, is_number, trimmed
from crawler.feeds.found import Found
from crawler.feeds.printed import printed_codes

_NUMBER = r"(?:numbers?|nos?\b\.?|num\b\.?|\#(?:s\b)?|codes?)"
_CUE = re.compile(
    rf"""\b(?:
        (?:models?|skus?)(?:\(s\))?(?:\s*/\s*(?:sku|item|style|part|name|upc))?(?:\s*{_NUMBER}|\s*\#|\s*names?)?(?:\(s\))?
      | (?:item|style|part|product|catalogu?e?|reference|article|stock|kimball|mid|identification)(?:\s*/\s*sku)?
        \s*{_NUMBER}(?:\(s\))?
      | (?:item|mid|style)\s*[:\#]
      | styles?(?=\s+(?:(?:include|are)\s+)?[a-z]{{0,4}}\d[\w-]*[,\s(])(?:\s+include)?
      | p/[nc]\)?(?:\s*\#|\s*numbers?)?
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_HEADER_WORDS = (
    r"upc|serial|description|colou?rs?|style|product|name|item|dates?|size|manufactur\w*|lot|batch|price|brand|sku|asin|"
    r"range|production|year|units?|type|pid|capacity|dimensions?|retailer|sold|version|model"
)
_HEADER_AFTER = re.compile(rf"\s*(?:/|\#|\(s\)|and\s)?\s*(?:{_HEADER_WORDS})\b", re.IGNORECASE)
_HEADER_BEFORE = re.compile(rf"(?:\b(?:{_HEADER_WORDS}|number|code)(?:\(s\)|s)?\s*[/#]?\s*)$", re.IGNORECASE)
_GAP = re.compile(r"[\s,;:&/\"'“”‘’()\[\]•=|#®™–—*-]+")
_TOKEN = re.compile(r"[^\s,;:()\[\]\"“”|&]+")
_JOINING = frozenset({"and", "or", "as", "well", "plus", "also"})
_FILLING = frozenset(
    """is are was were of include includes included including the following listed below number numbers no nos
    name named be these a""".split()
)
_LEADING_IN = re.compile(r"(?:[\"“,]|\band|\bor)$")
_SHOUTED = re.compile(r"\b[A-Z]{3,}$")
_PARENTHESIS = re.compile(r"\s*\([^()]{0,80}\)")
_SENTENCE_END = re.compile(r"(?<!\bNo)(?<=[A-Za-z0-9)\"”])[.!?](?=\s+[A-Z\"“]|\s*$)")
_EXCLUDED = re.compile(
    r"(?:\bnot|n't)\b[^.]{0,40}\b(?:included|affected|subject|part of|recalled|involved|impacted)", re.IGNORECASE
)
_RANGE = re.compile(r"(\S+)\s*(?:\bto\b|\bthrough\b|\bthru\b|-|–|—)\s*(\S+)")
_BETWEEN_ENDS = re.compile(r"\bbetween\s+(\S+)\s+and\s+(\S+)", re.IGNORECASE)
_JOINED_RANGE = re.compile(r"\b([A-Z]*)\d{3,}[-–]\1\d{3,}\b")
_SPACED_UPC = re.compile(r"\b\d[ -]\d{5}[ -]\d{5}[ -]\d\b")
_GTIN_NEXT = re.compile(r"\s+\d{11,13}\b")
_NAME_CODE = re.compile(r"(?=(?:[^A-Z]*[A-Z]){2})(?=(?:\D*\d){2})[A-Z0-9][A-Z0-9/-]{4,}")
_QUOTED = re.compile(r"\s*[:=]?\s*(?:is|are|of)?\s*[\"“]([A-Z0-9][A-Z0-9 /.-]{2,24})[\"”]")
_INTRODUCTION = re.compile(r"[a-z\s,'-]{0,80}:|[a-z\s,'-]{0,60}\b(?:is|are)\b(?=\s+[\"“#]?\w*\d)")
_PAIR = re.compile(r"(?!UPC|SKU|LOT|NO |MY )[A-Z]{2,4} \d{3,6}(?:\.\d)?(?![\w.,-]*\w)")
_BRACKETS = re.compile(r"\([^()]*\)")
_SHORT = re.compile(r"[A-Z]{1,2}-?\d{1,3}[A-Z]?|V\d+\.\d+|\d{2,4}[a-z]{1,2}")
"""What else is a lamp, a version or a measure (T30, V1.1, 905e): a model where it stands right after the word."""
_NAME_BETWEEN = re.compile(r"(?:\s+[A-Z][\w-]*){1,5}\s*(?:,\s*(?:and\s+|or\s+)?|\s(?:and|or)\s+)(?=(\S+))")
_SERIES = re.compile(r"([A-Z]{2,}-[A-Z]+)-[\w-]+")
"""A model without digits: one of three and more that open alike, TA-BBL-Pink-NEW."""
_SUFFIX = re.compile(r"(?!UPC|LOT|SKU)[A-Z]{1,3}")
_BETWEEN = re.compile(r"\s*(?:[,;).]|and\b|or\b|$)")
_SERIAL = re.compile(r"\b(?:serial|lot|batch|cohort)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_LEADING_WORDS = 3
_PRICED = re.compile(r"\b(?:price|MSRP)\b", re.IGNORECASE)
_GTIN_DIGITS = 12
_LONG_CODE = 6
_SERIES_LEAST = 3
_USUAL_DIGITS = 9
_LONGEST_SENTENCE = 400
_SPAN = 120


def models_in(text: str) -> tuple[Found, ...]:
    """The model numbers that the text calls so, in order, each once."""
    found: dict[str, Found] = {}
    for cue in _CUE.finditer(text):
        for one in _after_cue(text, cue):
            found.setdefault(bare(one.value), one)
    for one in printed_codes(text):
        found.setdefault(bare(one.value), one)
    return tuple(found.values())


def models_in_name(name: str) -> tuple[Found, ...]:
    """The codes in a product's name that can only be a model: capitals and digits, five characters or more."""
    if not _DIGIT.search(name):
        return ()
    tokens = (trimmed(match[0]) for match in _TOKEN.finditer(name))
    codes = dict.fromkeys(token for token in tokens if _NAME_CODE.fullmatch(token) and is_code(token))
    return tuple(Found(code, name[:120]) for code in codes)


def _after_cue(text: str, cue: re.Match[str]) -> Iterator[Found]:
    if re.match(r"\s*years?\b", text[cue.end() :], re.IGNORECASE) or _is_excluded(text, cue.start()):
        return
    if _is_table(text, cue):
        yield from _in_table(text, cue)
    else:
        yield from _in_list(text, cue)


def _is_excluded(text: str, at: int) -> bool:
    first, last = max(0, at - _LONGEST_SENTENCE), min(len(text), at + _LONGEST_SENTENCE)
    around = text[first:last].lower()
    if "not" not in around and "n't" not in around:
        return False
    ends = [match.end() for match in _SENTENCE_END.finditer(text, first, at)]
    after = _SENTENCE_END.search(text, at, last)
    return bool(_EXCLUDED.search(text, ends[-1] if ends else first, after.start() if after else last))


def _is_table(text: str, cue: re.Match[str]) -> bool:
    capital = cue[0][0].isupper()
    before = text[: cue.start()].rstrip()
    headed = bool(_HEADER_AFTER.match(text, cue.end())) or bool(_HEADER_BEFORE.search(before + " "))
    shouted = cue[0].isupper() and bool(_SHOUTED.search(before))
    return shouted or (capital and headed and not _LEADING_IN.search(before))


def _in_list(text: str, cue: re.Match[str]) -> Iterator[Found]:
    """A list that follows its cue: codes between commas, "and" and colours in brackets, until an ordinary word."""
    if quoted := _QUOTED.match(text, cue.end()):
        if is_code(quoted[1].replace(" ", "")) or is_number(quoted[1]) or is_capital_code(quoted[1]):
            yield Found(trimmed(quoted[1]), text[cue.start() : quoted.end()][-_SPAN:])
        return
    introduced = _INTRODUCTION.match(text, cue.end())
    if introduced and introduced[0].endswith(":") and not _opens_with_code(text[introduced.end() :]):
        yield from _in_table(text, cue)
        return
    opened = text[max(0, cue.start() - 1) : cue.start()] in ('"', "“")
    called_number = opened or bool(re.search(_NUMBER, cue[0], re.IGNORECASE))
    called_model = cue[0].lower().startswith("model")
    at, found, skipped = introduced.end() if introduced else cue.end(), 0, 0
    last, before = at, ""
    while at < len(text) and not _SENTENCE_END.match(text, at):
        bracket = _PARENTHESIS.match(text, at) if found else None
        gap = _GAP.match(text, at)
        if bracket and not _CUE.search(bracket[0]):
            yield from (Found(code, text[cue.start() : bracket.end()][-_SPAN:]) for code in _codes(bracket[0]))
            at = bracket.end()
            continue
        if gap:
            at = gap.end()
            continue
        token = _PAIR.match(text, at) or _TOKEN.match(text, at)
        if not token:
            return
        value = trimmed(token[0])
        short = called_model and not skipped and bool(_SHORT.fullmatch(value)) and not is_measured(f" {value}")
        if short or _fits(value, text, token, found, called_number=called_number):
            found, last, before = found + 1, token.end(), value
            yield Found(value, text[cue.start() : token.end()][-_SPAN:])
        elif found and (between := _NAME_BETWEEN.match(text, last)) and _like(trimmed(between[1]), before):
            at = between.end()
            continue
        elif value.lower() not in _JOINING and not (found and _SUFFIX.fullmatch(value)):
            skipped += 1
            if found or (value.lower() not in _FILLING and (skipped > _LEADING_WORDS or not value[:1].isupper())):
                return
        at = token.end()


def _like(value: str, other: str) -> bool:
    """Whether two codes have digits and letters in the same places."""
    shapes = [re.sub(r"[A-Za-z]", "a", _shape(one)) for one in (value, other)]
    return shapes[0] == shapes[1] and any(char.isdigit() for char in value)


def _opens_with_code(text: str) -> bool:
    tokens = [trimmed(match[0]) for match in islice(_TOKEN.finditer(text), _LEADING_WORDS + 1)]
    return any(is_code(token) or is_number(token) or is_capital_code(token) for token in tokens) or bool(
        _PAIR.match(text.lstrip())
    )


def _codes(words: str) -> list[str]:
    return [value for match in _TOKEN.finditer(words) if is_code(value := trimmed(match[0])) and len(value) >= 4]


def _fits(value: str, text: str, token: re.Match[str], found: int, *, called_number: bool) -> bool:
    if is_number(value) and is_measured(text[token.end() : token.end() + 20]):
        return False
    if is_code(value) or is_number(value) or _PAIR.fullmatch(value):
        return True
    listed = _BETWEEN.match(text, token.start() + token[0].find(value) + len(value)) and text[
        : token.start()
    ].rstrip().endswith((",", "and", "or"))
    if is_capital_code(value) and ("-" in value or (called_number and (not found or listed))):
        return True
    return bool(found and listed and is_bare_capitals(value))


def _in_table(text: str, cue: re.Match[str]) -> Iterator[Found]:
    """A table whose cells were flattened to words.

    Codes of letters and digits count; bare numbers only before a UPC, or where they have the width of a column.
    """
    region = _SPACED_UPC.sub(" ", text[cue.start() : _table_end(text, cue.end())])
    serial = bool(_SERIAL.search(region[:250]))
    ranged = _ranged(region)
    first_column = not _HEADER_BEFORE.search(text[: cue.start()].rstrip() + " ")
    series = Counter(match[1] for match in _SERIES.finditer(region))
    width = _column_width(region[cue.end() - cue.start() :], first_column=first_column, serial=serial)
    for token in _TOKEN.finditer(region):
        value = trimmed(token[0])
        if value in ranged or (serial and _looks_serial(value)):
            continue
        number = is_number(value) and (_is_wide(value, width) or bool(_GTIN_NEXT.match(region, token.end())))
        joined = _SERIES.fullmatch(value)
        serried = bool(joined) and series[joined[1] if joined else ""] >= _SERIES_LEAST
        upc = len(value) >= _GTIN_DIGITS and bool(valid_gtin(value))
        if not upc and (number or serried or (is_code(value) and len(value) >= 4)):
            yield Found(value, region[max(0, token.start() - 40) : token.end() + 20].strip())


def _table_end(text: str, at: int) -> int:
    """The end of the sentence that holds the table, and of those after it that go on with codes."""
    while end := _SENTENCE_END.search(text, at):
        following = [trimmed(token[0]) for token in islice(_TOKEN.finditer(text, end.end()), 2)]
        if not following or not all(len(token) >= _LONG_CODE and is_code(token) for token in following):
            return end.start()
        at = end.end()
    return len(text)


def _ranged(region: str) -> set[str]:
    """The ends of ranges of serial or lot numbers: two of a length, joined by "to" or a dash."""
    pairs = (
        (trimmed(match[1]), trimmed(match[2])) for match in (*_RANGE.finditer(region), *_BETWEEN_ENDS.finditer(region))
    )
    ends = {end for low, high in pairs if abs(len(low) - len(high)) <= 1 and high[-1:].isdigit() for end in (low, high)}
    return ends | {match[0] for match in _JOINED_RANGE.finditer(region)}


def _shape(number: str) -> str:
    return re.sub(r"\d", "9", number)


def _column_width(region: str, *, first_column: bool, serial: bool) -> str:
    """The shape (99999, 99-99999) of the bare numbers of the model column; "" where there is no such column.

    They open the table where the model is its first column; elsewhere a shape that comes twice or more is taken,
    unless serial or lot numbers stand in the table too.
    """
    cells = [trimmed(match[0]) for match in _TOKEN.finditer(_BRACKETS.sub(" ", region[:80]) + region[80:])]
    body = [cell for cell in cells if not re.fullmatch(_HEADER_WORDS + r"|numbers?|codes?|#|of|and|\w+s", cell, re.I)]
    if first_column and body and is_number(body[0]):
        return _shape(body[0])
    shapes = Counter(_shape(cell) for cell in cells if is_number(cell) and 5 <= sum(map(str.isdigit, cell)) <= 11)
    if _PRICED.search(region[:250]):
        return ""
    common = shapes.most_common(1)
    least = 2 if common and sum(map(str.isdigit, common[0][0])) <= _USUAL_DIGITS else 3
    return common[0][0] if common and common[0][1] >= least and not serial else ""


def _is_wide(number: str, width: str) -> bool:
    """Whether a number has the column's width; plain numbers may be a digit shorter or longer."""
    shape = _shape(number)
    return shape == width or (bool(width) and set(shape + width) == {"9"} and abs(len(shape) - len(width)) <= 1)


def _looks_serial(value: str) -> bool:
    return bool(re.search(r"\d{7}", value)) and not value.isdigit()
