"""Earlier recalls that a notice speaks of: by their number where it is given, else by the day or month named.

`expands` and `reannounces` are what the title says of this notice; `follows` is an earlier recall of the same or
another model that the text names.
"""

import re
from collections.abc import Iterator

from crawler.feeds.notice import Link, Notice
from crawler.feeds.text import month_number

_EXPANDS = re.compile(
    r"\b(?:Recall\s+)?(?:Expands|Expanded|Expanding|Expansion)\b(?!\s+(?:gate|enclosure|module))", re.I
)
_REANNOUNCES = re.compile(r"\bRe-?announce[sd]?\b|\bReannouncement\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"\b(?:previous(?:ly)?|prior|original(?:ly)?|earlier|initial(?:ly)?)\s+(?:\w+\s+){0,2}?"
    r"(?:recall(?:ed|s)?|announced|announcement)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\brecall\s+(?:number|no\.?|\#)\s*:?\s*(\d{2}-?\d{3}[a-z]?)\b", re.IGNORECASE)
_DAY = re.compile(r"\b([A-Z][a-z]{2,8})\.?\s+(?:(\d{1,2}),?\s+)?((?:19|20)\d\d)\b")
_SENTENCE = re.compile(r"(?<=[.;)])\s+(?=[A-Z(])")
_OWN_DATES = re.compile(
    r"\b(?:manufactured|made|sold|purchased|produced|built)\b[^(),]*,?[^(),]*?(?=\bwere\b|\bwas\b|\bon\b|[(),]|$)",
    re.IGNORECASE,
)
_SPAN = 160


def earlier_recalls(notice: Notice) -> tuple[Link, ...]:
    """A link for each earlier recall that is named. `target` is an id, a day or month (2021-04), or "" where no
    more is said than that there was one; `span` quotes the words."""
    kinds = _kinds(notice.title)
    found: dict[tuple[str, str], Link] = {}
    for target, span in _targets(notice):
        for kind in kinds or ("follows",):
            found.setdefault((kind, target), Link(kind=kind, target=target, span=span[:_SPAN]))
    if kinds and not found:
        found = {(kind, ""): Link(kind=kind, target="", span=notice.title[:_SPAN]) for kind in kinds}
    return tuple(found.values())


def _kinds(title: str) -> tuple[str, ...]:
    said = (("reannounces", _REANNOUNCES), ("expands", _EXPANDS))
    return tuple(kind for kind, pattern in said if pattern.search(title))


def _targets(notice: Notice) -> Iterator[tuple[str, str]]:
    for text in (notice.units, notice.description):
        for sentence in _SENTENCE.split(text):
            if not _BEFORE.search(sentence):
                continue
            for number in _NUMBER.finditer(sentence):
                yield f"{notice.authority}:{number[1].replace('-', '').lower()}", sentence
            if not _NUMBER.search(sentence):
                yield from ((day, sentence) for day in _days(_OWN_DATES.sub(" ", sentence)))


def _days(sentence: str) -> Iterator[str]:
    for month, day, year in _DAY.findall(sentence):
        if number := month_number(month):
            yield f"{year}-{number:02d}-{int(day):02d}" if day else f"{year}-{number:02d}"
