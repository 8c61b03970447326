"""Firms and brands as notices write them: company forms, places and `doing business as` taken apart.

Brand is no field of a CPSC record: it stands in the title (`X Recalls Y`, `Y Recalled by X`), in the address of
the notice, among the firms, or at the head of the product's name.
"""

import re
from urllib.parse import unquote, urlsplit

from monitor.matching.normalise import words

COMPANY_FORMS = frozenset(
    "inc llc ltd co corp corporation company limited incorporated usa us america american international intl group "
    "product enterprise industry manufacturing mfg technology technologie tech trading import export gmbh spa sa ag "
    "na plc bv holding brand worldwide global distribution distributor store shop north and the of cpsc".split()
)
_PLACE = re.compile(r",\s*of [A-Z].*$|(?<=[.C]) of [A-Z].*$|\(.*?\)")
_OTHER_NAME = re.compile(r"\b(?:d/?b/?a/?|doing business as|also known as|a\.?k\.?a\.?)\s*:?\s*", re.IGNORECASE)
_RECALLER = re.compile(
    r"^(?:CPSC,?\s+(?:[Aa]nd\s+)?)?(?P<who>.+?),?\s+(?:Expands?\s|Re-?announces?\s|Announces?\s|Voluntarily\s|Issues\s)*"
    r"(?:Recall|Recalls|Recalling|Offers|Announces?|Expands?|Re-?announces?|Agrees|Replaces)\b"
    r"(?!\s+(?:by|Expanded|Re-?announce|from)\b)",
)
_RECALLED_BY = re.compile(
    r"\b(?:Recalled|Recalls?|Recall to Repair|Imported|Made|Manufactured|Sold)\s[^;]*?\b[Bb]y\s+(?P<who>.+?)"
    r"(?:\s+(?:Due|Because|for|Following|After|to Repair|to Replace|Over)\b|;|\(|$)",
)
_OBJECT = (
    re.compile(
        r"\b(?:Recalls?(?: of)?(?!\s+(?:by|from)\b)|Recalling|Using|Recall to (?:Repair|Replace))\s+(?P<what>.+)$"
    ),
    re.compile(r"\bAnnounces?\s+(?!Recall|Voluntary|Expan)(?P<what>.+?)\s+Recall\b"),
    re.compile(r"^(?P<what>.+?)\s+(?:Recalled\b|Recall by\b)"),
)
_TITLE_END = re.compile(
    r"\s+(?:Due|Because|Following|After|Over|Recalled|Recall|Sold (?:Exclusively|Only|on|at|by)|Pos(?:e|ing)|Violat\w+"
    r"|Imported|Made by|Manufactured by|Immediately|Announced?)\b.*$|[;(].*$"
)
_NO_FIRM = re.compile(
    r"(?:(?:\d+|two|three|four|five|six|seven|eight|nine|ten|several|various)\s+)?"
    r"(?:firms?|importers?|manufacturers?|retailers?|distributors?|compan(?:y|ies)|stores?|announces?|cpsc)",
    re.IGNORECASE,
)
_BEFORE_FIRM = re.compile(r"^.*\b(?:Prompts?|Prompting|Leads?)\s+(?:Recall\s+(?:of|by)\s+)?|\s+to$")
_FILLER = re.compile(
    r"^(?:Certain|Additional|Various|Some|More|About|Approximately|All|to (?:Repair|Replace|Refund))\s+"
)
_NAMED_BRAND = re.compile(r"((?:[A-Z][\w'’&.-]*[ -]){1,3})(?:[Bb]rand(?:ed)?\b)")
_CONJOINED = re.compile(r",\s+(?:and\s+)?|\s+and\s+|;\s*|/")


def firm_names(firm: str) -> list[str]:
    """The names that one firm goes by, without place and company form: `X Inc., dba Y, of China` gives X and Y."""
    names = []
    for part in _OTHER_NAME.split(firm):
        bare = bare_name(_PLACE.sub("", part).strip(" ,()."))
        if bare and bare not in names:
            names.append(bare)
    return names


def bare_name(name: str) -> str:
    """`name` with leading and trailing company forms taken off, for people to read."""
    parts = [part for part in re.split(r"[\s,]+", name) if part]
    while len(parts) > 1 and _is_form(parts[-1]):
        parts.pop()
    while len(parts) > 1 and parts[0].lower() in {"the", "cpsc"}:
        parts.pop(0)
    return " ".join(parts).strip(" ,.")


def title_of(title: str, url: str) -> str:
    """The notice's headline; where the record has none, the words of its address (`/Recalls/2011/X-Recalls-Y`)."""
    if title:
        return title
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return last.replace("-", " ").strip() if last.count("-") >= 2 else ""


def recallers(title: str) -> list[str]:
    """The firms that a headline names as recalling or selling."""
    found: list[str] = []
    for pattern in (_RECALLER, _RECALLED_BY):
        hit = pattern.search(title)
        if hit and len(hit["who"]) <= 80:
            who_all = _BEFORE_FIRM.sub("", hit["who"])
            found.extend(bare_name(who) for who in _CONJOINED.split(who_all) if who.strip())
    return [name for name in dict.fromkeys(found) if name and not _NO_FIRM.fullmatch(name)]


def named_brands(text: str) -> list[str]:
    """Names that the text itself calls a brand (`Baby Mod and Da Vinci Brand Cribs`)."""
    return [bare_name(name.strip(" -")) for name in _NAMED_BRAND.findall(text)]


def recalled_thing(title: str) -> str:
    """What a headline says is recalled: `Baby Gates` in `X Recalls Baby Gates Due to ...`; empty where unclear."""
    for pattern in _OBJECT:
        hit = pattern.search(title)
        if hit:
            what = _TITLE_END.sub("", hit["what"]).strip(" ,")
            while _FILLER.match(what):
                what = _FILLER.sub("", what)
            return what
    return ""


def _is_form(part: str) -> bool:
    found = words(part)
    return not found or all(word in COMPANY_FORMS for word in found)
