"""What looks like a model number, and what only seems to: units, batteries, standards, years, pack counts."""

import re
from functools import lru_cache

_UNITS = (
    r"vdc|vac|volts?|kw|watts?|wh|mah|ah|ma|amps?|hz|khz|mhz|ghz|mm|cm|km|in|inch(?:es)?|ft|foot|feet|yd|oz|fl|"
    r"lbs?|kg|mg|mcg|ml|qt|gal|gallons?|gb|tb|mb|btu|psi|lumens?|lm|hp|cc|rpm|mph|pcs?|pk|pack|piece|count|ct|"
    r"st|nd|rd|th|am|pm|yrs?|years?|months?|seater|wheel|speed|drawer|tier|person|players?|sided|way"
)
_DENIED = re.compile(
    rf"""
    \d+(?:[.,/-]\d+)*-?(?:{_UNITS})                  # 450lumens, 12-inch
  | \d{{1,3}}(?:\.\d+)?-?[vwahmglkfctxds]            # 24V, 5A: single letters after few digits
  | (?-i:\d{{2,3}}[a-z])                              # engine sizes: 150i
  | (?-i:x\d+(?:\.\d+)?)                                  # half of a measure: 48x x10.5
  | \d+-[a-z]{{3,}}                                  # 18-Gun
  | \d+(?:\.\d+)?x\d+(?:\.\d+)?(?:x\d+(?:\.\d+)?)?(?:{_UNITS})?   # 4x4, 18x52in
  | \d+-?in-?\d+                                     # 3-in-1
  | cr-?(?:[123]\d{{3}}|123a?|p?2) | (?:lr|sr)-?\d{{2,3}}(?:sw|w)? | ag-?\d{{1,2}}   # button cells: CR2032, LR44
  | w/\w+ | \d{{2}}/\d{{2}}/\d{{2,4}}\w* | e\d{{6}} | [a-hj-npr-z0-9]{{17}}   # laboratory files, vehicles
  | a{{2,4}}|18650|21700|26650|14500                 # batteries by size
  | (?:par|br|mr|gu|er|led|e|a|t|g|b|c)-?\d{{1,2}}(?:\.\d)?   # lamps: PAR30, MR16, E26
  | v\.?\d+(?:\.\d+)+ | v\d                          # versions
  | (?:ul|astm|ansi|iec|iso|csa|ieee|nfpa|cfr|hts|ip|usb|hdmi|ddr|ios|uv|spf|zip)-?[a-z]?\d{{1,5}}(?:[.:/-]\d+)*
  | en-?71(?:-\d+)?|f963(?:-\d+)?|rn-?\d{{5,6}}|ca-?\d{{5}}|m1913|ar-?15|[2348]k|[345]g|[23]d|mp[34]|h2o|co2
  | (?:19|20)\d\d(?:[-/.](?:19|20)?\d\d)*            # years
  | \d{{1,2}}[-/.]\d{{1,2}}(?:[-/.]\d{{2,4}})?       # days
  | \d{{1,2}}-?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-?\d{{2,4}}
  | \d{{1,2}}[/.](?:19|20)\d\d | (?:19|20)\d\d[./-]\d\d?(?:[./-]\d\d?)?
  | [a-z]{{0,2}}20[12]\d[01]\d[0-3]\d(?:-\d+)?       # lots that are days: A20240910
  | \d{{3}}-\d{{3}}-\d{{4}} | 1-8\d\d-\d{{3}}-\d{{4}}            # telephones
  | \$?\d+(?:,\d{{3}})+ | \d+% | \d{{1,3}}\.\d+ | q[1-4] | \w*x{{3,}}\w*
  | m{{1,2}}/?d{{0,2}}/?y{{2,4}} | y{{4}}[./-]?m{{2}}[\w./-]* | d{{2}}[./-]?m{{2}}[\w./-]*
    """,
    re.IGNORECASE | re.VERBOSE,
)
ASIN = re.compile(r"B0[A-Z0-9]{8}")
_FNSKU = re.compile(r"X00[A-Z0-9]{7}")
_LOWER_RUN = re.compile(r"[a-z]{4,}")
_TAILED = re.compile(r"[A-Z]{2,}\d{2,}[a-z]{1,4}")
"""MX725adve: what stands small behind the digits is no word."""
_TWO_WORDS = re.compile(r"[a-z]{2}.*\d.*[a-z]{2}")
_JOINED_CODE = re.compile(r"(?=.*\d)[A-Z]{2,}-\w+-[\w-]*\w")
_NUMBERED_WORD = re.compile(r"[A-Z][a-z]{2,}-?\d{1,2}(?:st|nd|rd|th)?")
_MEASURE = re.compile(
    rf"\s*(?:{_UNITS}|pounds?|ounces?|percent|degrees|units?|models?|products?|different|feet|square|minutes|hours|days)\b",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"[A-Z]{2,}(?:[-/+][A-Z]{1,})+")
_LONG_CAPITALS = re.compile(r"[A-Z]{6,14}")
_HEADINGS = frozenset({"SERIAL", "NUMBER", "NUMBERS", "MODELS", "DESCRIPTION", "PRODUCT", "COLOR", "RECALLED", "RANGE"})
_BARE_CAPITALS = re.compile(r"[A-Z]{3,8}")
_EDGES = "\"'“”‘’()[]{}<>,;:.*!?®™–—-/+"


def trimmed(token: str) -> str:
    """The token without quotes, brackets, trade marks and punctuation at its ends."""
    return token.strip(_EDGES).lstrip("#").replace("®", "").replace("™", "")


def bare(value: str) -> str:
    """A model number as it is compared: letters and digits alone, in upper case."""
    return re.sub(r"[\W_]+", "", value).upper()


def is_measured(after: str) -> bool:
    """Whether the words right after a number measure it: 116 inches, 12 pounds, 20 percent."""
    return bool(_MEASURE.match(after))


def is_denied(token: str) -> bool:
    """Whether the token names a unit, battery, lamp, standard, version, year, day or pack count."""
    return bool(_DENIED.fullmatch(token) or ASIN.fullmatch(token) or _FNSKU.fullmatch(token))


@lru_cache(maxsize=1 << 16)
def is_code(token: str) -> bool:
    """Letters and digits mixed as in a model number (at least three characters, no ordinary word in it)."""
    if len(token) < 3 or is_denied(token) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9./+#_-]*", token):
        return False
    has_digit = any(char.isdigit() for char in token)
    has_letter = any(char.isalpha() for char in token)
    if not (has_digit and has_letter):
        return False
    worded = (_LOWER_RUN.search(token) or _TWO_WORDS.search(token)) and not (
        _JOINED_CODE.fullmatch(token) or _TAILED.fullmatch(token)
    )
    return not (worded or _NUMBERED_WORD.fullmatch(token))


def is_number(token: str) -> bool:
    """Digits alone (or with hyphens, or as 790.990121), three to eighteen: a model only where the text calls it one."""
    digits = re.sub(r"[-_/ ]", "", token)
    if re.fullmatch(r"\d{3}\.\d{5,8}", token):
        return True
    return bool(re.fullmatch(r"\d[\d_/-]*\d", token)) and 3 <= len(digits) <= 18 and not is_denied(token)


def is_capital_code(token: str) -> bool:
    """Capitals joined by a hyphen (FKL-BG) or six and more in a row: a model only where the text calls it one."""
    return (bool(_CAPITALS.fullmatch(token)) and len(token) >= 4) or (
        bool(_LONG_CAPITALS.fullmatch(token)) and token not in _HEADINGS
    )


def is_bare_capitals(token: str) -> bool:
    """Capitals alone (TGB): a model only between others."""
    return bool(_BARE_CAPITALS.fullmatch(token))
