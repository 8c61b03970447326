"""The brands under which a notice's goods are sold, each with the words that it was read from.

No list states them. The ways are tried in turns and the first that gives any decides: what is called a brand or is
quoted from the product or is a party's name, the words that open a product's name and that nothing else writes small,
the firm that recalls it by the title.
"""

import re
from collections.abc import Iterable, Iterator

from crawler.feeds.codes import is_code
from crawler.feeds.models import Found
from crawler.feeds.notice import Notice
from crawler.feeds.sellers import sellers_of
from crawler.feeds.words import key, plain_keys, tokens

_BRANDED = re.compile(r"(?<![\w-])([A-Z0-9][\w&'+.™®]*(?:\s[A-Z][\w&'+.™®]*){0,2})[-\s][Bb]rand(?:ed)?\b")
_LISTED = re.compile(
    r"((?:[A-Z][\w&'+.-]*(?:\s[A-Z][\w&'+.-]*)?,\s)*[A-Z][\w&'+.-]*(?:\s[A-Z][\w&'+.-]*)?),?\s+and\s+$"
)
_QUOTED = re.compile(r"[\"“]\s*([^\"”]{2,40}?)[,.]?\s*[\"”]")
_RECALLER = re.compile(
    r"^(?:CPSC,?\s+(?:and\s+)?)?(?P<firm>.{2,60}?),?\s+(?:Voluntarily\s+)?(?:Recalls?|Expands?|Re-?announces?)\b(?!ed)"
)
_LEGAL_FORM = re.compile(
    r"[,\s]+(?:inc|llc|l\.l\.c|ltd|limited|co|corp|corporation|company|gmbh|s\.?a|plc|intl|international|usa|u\.s\.a|"
    r"enterprises?|industries|group|holdings?|america|north america|brands|products|technology|technologies|equipment|"
    r"homes?)\b\.?(?:,?\s+of\s.*)?$",
    re.IGNORECASE,
)
_OPENINGS = re.compile(
    r"^(?:(?:the\s(?=recalled)|recalled|certain|all|model\syears?|various|children['’]s|women['’]s|men['’]s"
    r"|kids['’]|adult|youth)\s+|(?:19|20)\d\d(?:\s*[-–]\s*(?:19|20)\d\d)?\s+|\d[\w.\"”'-]*\s+)+",
    re.IGNORECASE,
)
_WORD = r"(?:[A-Z0-9][\w&'’.+-]*|&|\+)"
_RUN = rf"{_WORD}(?:\s{_WORD}){{0,5}}"
_INVOLVES = re.compile(
    rf"\b(?:recall|warning|expansion|reannouncement)\s+(?:involves|includes|is\sfor|concerns)\s+"
    rf"(?:(?:all|certain|the|various|about\s[\d,]+)\s)*({_RUN})(?=\s[a-z(]|[-\s]brand)"
)
_INVENTED = re.compile(r"[a-z\d][A-Z]|^[A-Z]{3,}$|\d")
"""How invented names are often written: GhostKettle, ZORBO, Super9. An ordinary word with a capital may be anything."""
_CUT = re.compile(r"^.*\b(?:The|These|Recalls?|Recalled|Involves)\s+")
_PARTICLES = frozenset({"&", "+", "de", "di", "du", "la", "le", "of", "by"})
_NOT_BRANDS = frozenset(
    "the this these recalled all amazon walmart target costco generic no other some both various model year made style "
    "item cpsc".split()
)
_ACRONYMS = frozenset(
    "rov rovs utv utvs atv atvs led diy usb ac dc tv bb gps uv hd xl e-bike e-bikes ebike ebikes".split()
)
_MOST_WORDS = 3


def brands_of(notice: Notice) -> tuple[Found, ...]:
    """The brands of a notice, each once, those that are called so first; empty where nothing tells."""
    found = [*_called(notice), *_opening_and_known(notice)] or list(_by_firm_or_name(notice))
    kept: dict[str, Found] = {}
    for one in found:
        if len(one.value) > 1 and not _is_no_brand(one.value):
            kept.setdefault("".join(map(key, tokens(one.value))), one)
    return tuple(kept.values())


def _by_firm_or_name(notice: Notice) -> Iterator[Found]:
    """The firm that recalls it, where the description speaks of it; else also what opens the names."""
    firm = _recaller(notice.title)
    if not firm or f" {_plain(firm)} " not in f" {_plain(notice.description)} ":
        yield from _leading(notice)
    if firm:
        yield Found(firm, notice.title[:120])


def _called(notice: Notice) -> Iterator[Found]:
    """ "X-branded", and what is listed before it: "Acme, Bexo and Cordo-branded"."""
    for text in (*(product.name for product in notice.products), notice.title, notice.description):
        for match in _BRANDED.finditer(text):
            value = _without_opening(match[1])
            words = tokens(value)
            if not words or all(_says_what(word) for word in words):
                continue
            if listed := _LISTED.search(text[max(0, match.start() - 60) : match.start()]):
                parts = (_without_opening(part.strip()) for part in listed[1].split(","))
                yield from (Found(part, text[max(0, match.start() - 60) : match.end()]) for part in parts if part)
            yield Found(value, match[0])


def _opening_and_known(notice: Notice) -> Iterator[Found]:
    """What opens a product's name and is quoted from the product, a seller, the firm that recalls, or a party."""
    exact = {_plain(match[1]): match[0] for match in _QUOTED.finditer(notice.description)}
    exact |= {_plain(one.value): one.span for one in sellers_of(notice)}
    if firm := _recaller(notice.title):
        exact[_plain(firm)] = notice.title[:120]
    parties = {_plain(one.name): one.name for one in notice.firms}
    for product in notice.products:
        words = _OPENINGS.sub("", product.name).split()
        leads = [" ".join(words[:count]).strip(',;:"“”®™') for count in range(1, min(5, len(words)))]
        leads = [lead for lead in leads if not _is_no_brand(lead) and not is_code(lead)]
        said = next((lead for lead in leads if _plain(lead) in exact), "")
        called = next((lead for lead in reversed(leads[:3]) if _firm_called(parties, lead)), "")
        if lead := said or called:
            source = exact[_plain(lead)] if said else _firm_called(parties, lead)
            yield Found(lead.replace("®", "").replace("™", ""), source)


def _leading(notice: Notice) -> Iterator[Found]:
    """The capital words after "this recall involves"; else those that open a product's name."""
    small = _small_words(notice)
    for match in _INVOLVES.finditer(notice.description):
        words = tokens(_OPENINGS.sub("", match[1]))
        while words and (is_code(words[-1]) or _says_what(words[-1]) or re.search(r"^\d|-.*-", words[-1])):
            words.pop()
        if words and len(words) <= _MOST_WORDS and not all(_says_what(word) for word in words):
            yield Found(" ".join(words), match[0])
            return
    for name in (*(product.name for product in notice.products), _recalled(notice.title)):
        run = _run(tokens(_OPENINGS.sub("", re.split(r"\s+and\s+|,\s+", name)[0])), small)
        if any(_INVENTED.search(word) for word in run):
            yield Found(" ".join(run), name[:120])


def _run(words: list[str], small: frozenset[str]) -> list[str]:
    run: list[str] = []
    for word in words:
        mark = _is_mark(word, small)
        if len(run) == _MOST_WORDS or not (mark or (run and word.lower() in _PARTICLES)):
            break
        run.append(word)
    while run and run[-1].lower() in _PARTICLES:
        run.pop()
    return run


def _is_mark(word: str, small: frozenset[str]) -> bool:
    capital = any(sign.isupper() for sign in word)
    return capital and key(word) not in small and not _says_what(word) and not is_code(word)


def _says_what(word: str) -> bool:
    parts = [part for part in map(key, re.split(r"[/-]", word)) if part and not part.isdigit()]
    return word.lower() in _ACRONYMS or not parts or all(part in plain_keys() for part in parts)


def _recaller(title: str) -> str:
    """The firm that recalls by the title, without its legal form and trade words: Yoto, of "Yoto Inc. Recalls"."""
    match = _RECALLER.match(title)
    if not match or " and " in match["firm"] or match["firm"].endswith(" to"):
        return ""
    firm = re.sub(r"\([^)]*\)", " ", match["firm"]).strip(" ,.")
    whole = firm
    for _ in range(4):
        firm = _LEGAL_FORM.sub("", firm).strip(" ,.") or firm
    firm = firm.removeprefix("The ") if firm != whole else firm
    return "" if _is_no_brand(firm) else firm


def _is_no_brand(text: str) -> bool:
    return text.lower() in _NOT_BRANDS or all(_says_what(word) for word in tokens(text))


def _recalled(title: str) -> str:
    """What the title says is recalled: "X kettles" of "X kettles recalled due to ..."; "" for another form."""
    head, found, _ = title.partition(" Recalled ")
    return head if found else ""


def _small_words(notice: Notice) -> frozenset[str]:
    """Words that the notice writes small somewhere, outside of quotation marks and web addresses."""
    texts: Iterable[str] = (
        _QUOTED.sub(" ", notice.description),
        notice.title,
        *notice.hazards,
        *notice.remedies,
        *(product.name for product in notice.products),
    )
    words = (word for text in texts for word in tokens(text))
    return frozenset(key(word) for word in words if word[0].islower() and word == word.lower() and "." not in word)


def _firm_called(parties: dict[str, str], lead: str) -> str:
    """The party (by its plain name) whose name opens with these words: Yoto, of Yoto Inc."""
    words = _plain(lead)
    return next((name for plain, name in parties.items() if words and f"{plain} ".startswith(f"{words} ")), "")


def _without_opening(text: str) -> str:
    return " ".join(tokens(re.sub(r"^(?:This|All|Certain)\s+", "", _CUT.sub("", text))))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.lower().replace("'", "")).split())
