"""Who recalls, makes or hands on the goods, as far as the title and the description tell."""

import re
from collections.abc import Iterator

from crawler.feeds.found import Found
from crawler.feeds.notice import Notice
from crawler.feeds.ordinary import is_no_brand, is_ordinary, plain_words
from crawler.feeds.sellers import sellers_of

_RECALLER = re.compile(
    r"^(?:CPSC,?\s+(?:and\s+)?)?(?P<firm>.{2,60}?),?\s+(?:Voluntarily\s+)?(?:Recalls|Expands|Re-?announces)\b"
)
_LEGAL_FORM = re.compile(
    r"[,\s]+(?:inc|llc|l\.l\.c|ltd|limited|co|corp|corporation|company|gmbh|s\.?a|plc|intl|international|usa|u\.s\.a|"
    r"enterprises?|industries|group|holdings?|america|north america|brands|products|technology|"
    r"technologies|equipment|homes?|sports|windows|lighting|systems|motors?|tractor|woodworking|furniture|bicycles?|"
    r"fitness|foods|tools|toys?|powersports|cooling)\b\.?(?:,?\s+of\s.*)?$",
    re.IGNORECASE,
)
_HANDED_BY = frozenset("by from at through contact via".split())
_MADE_BY = re.compile(
    r"\b(?:Manufactured|Distributed)\s+by\s+([^;,(]{2,60}?)\s*(?:$|[;,(]|\s(?:and|Due|Sold|in|Recalled)\s)"
)
_TRADER = re.compile(
    r"\b(?:on|by|trad\w+|co|company|technology|limited|ltd|import|export|e-?commerce)\b", re.IGNORECASE
)
"""Words of a firm that hands goods on: its name is no brand."""


def recaller(title: str) -> str:
    """The firm that recalls by the title, without its legal form and trade words: Yoto, of "Yoto Inc. Recalls"."""
    match = _RECALLER.match(title)
    if not match or " and " in match["firm"] or match["firm"].endswith(" to"):
        return ""
    whole = re.sub(r"\([^)]*\)", " ", match["firm"]).strip(" ,.")
    firm = _short(whole)
    firm = firm.removeprefix("The ") if firm != whole else firm
    certain = firm.isdigit() or (len(firm.split()) > 1 and "ecalls " in title[match.end("firm") :][:12])
    return "" if is_no_brand(firm) and not certain else firm


def _short(firm: str) -> str:
    """The firm's name without its legal form and trade words."""
    for _ in range(4):
        shorter = _LEGAL_FORM.sub("", firm).strip(" ,.")
        firm = shorter if shorter and not is_no_brand(shorter) else firm
    rest = firm.removeprefix("American ")
    return rest if " " not in rest and not is_ordinary(rest) else firm


def is_spoken(firm: str, description: str) -> bool:
    """Whether the description names the firm, not only as who sold or imported the goods."""
    words, name = plain_words(description).split(), plain_words(firm).split()
    places = (at for at in range(len(words)) if words[at : at + len(name)] == name)
    return any(at == 0 or words[at - 1] not in _HANDED_BY for at in places)


def handed_by(notice: Notice) -> Iterator[Found]:
    """Where no name told of a brand: who makes or distributes by the title; else a seller."""
    if made := _MADE_BY.search(notice.title):
        yield Found(_short(made[1]), made[0])
    else:
        yield from (one for one in sellers_of(notice) if not _TRADER.search(one.value))
