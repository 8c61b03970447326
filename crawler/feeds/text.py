"""Small readings that all feeds share: plain text out of markup, days, http addresses."""

import html
import re
from datetime import date

from crawler.feeds.result import RecordProblem

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_MONTHS = "january february march april may june july august september october november december".split()
_LONG_DAY = re.compile(r"([A-Za-z]+)\.? (\d{1,2}),? (\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ][0-9:.]+(?:Z|[+-]\d\d:?\d\d)?)?")
_SLASH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_HTTP = re.compile(r"https?://[^/\s]+\.[^/\s]+(/\S*)?")


def plain(text: str) -> str:
    """Text without markup, entities or invisible characters, with single spaces."""
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "&" in text:
        text = html.unescape(text)
    return " ".join(text.translate(_INVISIBLE).split())


def iso_day(text: str, field: str) -> str:
    """`2024-05-06`, with or without a time of day, as an ISO day; empty stays empty. Raises RecordProblem."""
    text = text.strip()
    found = _ISO_DAY.fullmatch(text)
    if text and not found:
        raise RecordProblem(f"{field}: {text[:40]!r} is not a day like 2024-05-06")
    return _checked(int(found[1]), int(found[2]), int(found[3]), text, field) if found else ""


def month_number(name: str) -> int:
    """1 for January or Jan; 0 for what is no English month."""
    lower = name.lower().rstrip(".")
    return next((at for at, full in enumerate(_MONTHS, 1) if len(lower) > 2 and full.startswith(lower)), 0)


def long_day(text: str, field: str) -> str:
    """`May 06, 2024` as an ISO day; empty stays empty. Raises RecordProblem."""
    text = plain(text)
    if not text:
        return ""
    found = _LONG_DAY.fullmatch(text)
    month = month_number(found[1]) if found else 0
    if not found or not month:
        raise RecordProblem(f"{field}: {text[:40]!r} is not a day like May 06, 2024")
    return _checked(int(found[3]), month, int(found[2]), text, field)


def slash_day(text: str, field: str) -> str:
    """`06/05/2024` (day first) as an ISO day; empty stays empty. Raises RecordProblem."""
    text = text.strip()
    found = _SLASH_DAY.fullmatch(text)
    if text and not found:
        raise RecordProblem(f"{field}: {text[:40]!r} is not a day like 06/05/2024")
    return _checked(int(found[3]), int(found[2]), int(found[1]), text, field) if found else ""


def is_http(url: str) -> bool:
    """Whether an address is well formed enough to be opened."""
    return bool(_HTTP.fullmatch(url))


def _checked(year: int, month: int, day: int, text: str, field: str) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise RecordProblem(f"{field}: {text[:40]!r} is no day of the calendar") from None
