"""The brands under which a notice's goods are sold, each with the words that it was read from.

No list states them. The ways are tried in turns and the first that gives any decides: what is called a brand or is
quoted from the product or is a party's name, the words that open a product's name and that nothing else writes small,
the firm that recalls it by the title.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from crawler.feeds.codes import is_code
from crawler.feeds.found import Found
from crawler.feeds.makers import handed_by, is_spoken, recaller
from crawler.feeds.notice import Notice
from crawler.feeds.ordinary import (
    INVENTED,
    NOT_BRANDS,
    is_measured_word,
    is_no_brand,
    is_ordinary,
    plain_words,
    says_what,
)
from crawler.feeds.sellers import sellers_of
from crawler.feeds.words import common_keys, key, tokens

_BRANDED = re.compile(r"(?<![\w-])([A-Z0-9][\w&'+.™®]*(?:(?:\s&)?\s[A-Z][\w&'+.™®]*){0,2})[-\s][Bb]rand(?:ed)?\b")
_LISTED = re.compile(
    r"(?<!\S)((?:[A-Z][\w&'+.-]*(?:\s[A-Z][\w&'+.-]*)?,\s)*[A-Z][\w&'+.-]*(?:\s[A-Z][\w&'+.-]*)?),?\s+and\s+$"
)
_QUOTED = re.compile(r"[\"“]\s*([^\"”]{1,40}?)[,.]?\s*[\"”]")
_MARKED = re.compile(r"(?:^|Recalls\s|of\s|\s)((?:[A-Z][\w&'’+.-]*\s)?[A-Z][\w&'’+.-]*)[®™]")
_TYPED_MARK = re.compile(r"\((?:r|tm)\)?$", re.IGNORECASE)
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
_OWNED = re.compile(
    rf"\b(?:recall|warning|expansion)\s+(?:involves|includes|is\sfor|concerns)\s+"
    rf"(?:(?:all|certain|the|various|about\s[\d,]+)\s)*({_RUN}?)['’]s?\s"
)
_CUT = re.compile(
    r"^(?:.*[.:!?]\s+)?(?:The|These)\s+|^.*(?:\b(?:Recalls?|Recalled|Involves|Using|Consumers)|['’][Ss])\s+(?=[A-Z])"
)
_YEARS = re.compile(r"^(?:(?:19|20)\d\d(?:\s*[-–]\s*(?:19|20)\d\d)?\s+)+")
_GOES_ON = re.compile(
    r"\s(?:sold|which|that|with|and|in|for|from|made|manufactured|equipped|used|designed|purchased|is|are|was|were)\b"
)
"""What follows a capital name that says the kind as well; otherwise the kind follows, written small."""
_STORE_LINES = frozenset({"basics", "essentials"})
_ARTICLES = frozenset({"The", "This", "These", "A"})
_PARTICLES = frozenset({"&", "+", "de", "di", "du", "la", "le", "of", "by"})
_CERTAIN = re.compile(r"(?=.{4})(?:[A-Z]{4,}|[A-Z]{2,}[a-z]+|[A-Z]?[a-z]+[A-Z]\w*)")
"""A name that stands by itself: ZORBO, LShome, LuxJet."""
_MOST_WORDS = 3
_MOST_LEADING = 2


def brands_of(notice: Notice) -> tuple[Found, ...]:
    """The brands of a notice, each once, those that are called so first; empty where nothing tells."""
    firm = recaller(notice.title)
    own = [Found(firm, notice.title[:120])] if firm and is_spoken(firm, notice.description) else []
    found = [*_called(notice), *_opening_and_known(notice)]
    if not found and not own:
        found = list(_leading(notice)) or list(handed_by(notice))
        own = [Found(firm, notice.title[:120])] if firm else []
    found += own
    kept: dict[str, Found] = {}
    for one in (replace(one, value=_TYPED_MARK.sub("", one.value)) for one in found):
        if one in own or (len(one.value) > 1 and not is_no_brand(one.value)):
            kept.setdefault("".join(map(key, tokens(one.value))), one)
    return tuple(one for one in kept.values() if not _is_cut_short(one.value, kept.values()))


def _is_cut_short(value: str, found: Iterable[Found]) -> bool:
    """Whether another value goes on after these words, and they end in a small one: "Feel The", of "Feel The Beard"."""
    longer = any(other.value.startswith(f"{value} ") for other in found)
    return longer and (is_ordinary(value.split()[-1]) or value.split()[-1] in _ARTICLES)


def _called(notice: Notice) -> Iterator[Found]:
    """ "X-branded", and what is listed before it: "Acme, Bexo and Cordo-branded"."""
    for text in (*(product.name for product in notice.products), notice.title, notice.description):
        for match in _BRANDED.finditer(text):
            value = _without_opening(match[1])
            words = tokens(value)
            if not words or words[-1] in _ARTICLES or all(says_what(word) for word in words):
                continue
            before = text[max(0, match.start() - 60) : match.start()]
            if (listed := _LISTED.search(before)) and "brand" not in before.lower():
                parts = (_without_opening(part.strip()) for part in listed[1].split(","))
                yield from (Found(part, text[max(0, match.start() - 60) : match.end()]) for part in parts if part)
            yield Found(value, match[0])
    for text in (notice.title, *(product.name for product in notice.products)):
        for match in _MARKED.finditer(text):
            words = tokens(match[1])
            yield Found(" ".join(words[1:] if is_ordinary(words[0]) else words), match[0])
    owned = _OWNED.search(notice.description)
    if (
        owned
        and not _is_name(owned[1], notice)
        and not (is_ordinary(tokens(owned[1])[-1]) or tokens(owned[1])[-1].isdigit())
    ):
        yield Found(_without_opening(owned[1]), owned[0])


def _is_name(owner: str, notice: Notice) -> bool:
    """Whether a product's own name has the possessive: "Rebecca's Toys" are not Rebecca's."""
    return any(re.search(rf"\b{re.escape(owner)}['’]", product.name) for product in notice.products)


def _opening_and_known(notice: Notice) -> Iterator[Found]:
    """What opens a product's name and is quoted from the product, a seller, the firm that recalls, or a party."""
    exact = {plain_words(match[1]): match[0] for match in _QUOTED.finditer(notice.description)}
    parties_own = {plain_words(one.value): one.span for one in sellers_of(notice)}
    if firm := recaller(notice.title):
        parties_own[plain_words(firm)] = notice.title[:120]
    exact |= parties_own
    parties = {plain_words(one.name): one.name for one in notice.firms}
    for product in notice.products:
        words = _OPENINGS.sub("", product.name).split()
        leads = [" ".join(words[:count]).strip(',;:"“”®™') for count in range(1, min(5, len(words)))]
        leads = [lead for lead in leads if not is_no_brand(lead) or plain_words(lead) in parties_own]
        leads = [lead for lead in leads if not is_code(lead)]
        said = next((lead for lead in leads if plain_words(lead) in exact), "")
        called = next((lead for lead in reversed(leads[:3]) if _firm_called(parties, lead)), "")
        if lead := said or called:
            source = exact[plain_words(lead)] if said else _firm_called(parties, lead)
            bare = lead.replace("®", "").replace("™", "")
            yield Found(bare if plain_words(lead) in parties_own else _without_kind(bare), source)


def _without_kind(lead: str) -> str:
    """The first word, where only words that say the kind follow it: Viofairy, of "Viofairy Hair Growth"."""
    words = lead.split()
    kind = len(words) > _MOST_LEADING and not is_ordinary(words[0]) and all(map(is_ordinary, words[1:]))
    return words[0] if kind else lead


def _leading(notice: Notice) -> Iterator[Found]:
    """The capital words after "this recall involves"; else what opens a product's name and is no ordinary word."""
    small = _small_words(notice)
    for match in _INVOLVES.finditer(notice.description):
        words = tokens(_OPENINGS.sub("", match[1]))
        is_kind = is_ordinary if _GOES_ON.match(notice.description, match.end()) else says_what
        while words and (is_code(words[-1]) or is_kind(words[-1]) or re.search(r"^\d|-.*-", words[-1])):
            words.pop()
        named = len(words) <= _MOST_WORDS and not all(map(is_kind, words))
        if words and named and not is_no_brand(" ".join(words)):
            yield Found(_alone(words, notice.description), match[0])
            return
    for name in (*(product.name for product in notice.products), _recalled(notice.title)):
        for part in _listed(_OPENINGS.sub("", re.split(r"\s[\"“]", name)[0]), small):
            run = _run(tokens(part), small)
            if any(INVENTED.search(word) for word in run) or (run and key(run[0]) not in common_keys()):
                yield Found(_alone(run, notice.description), name[:120])


def _alone(run: list[str], description: str) -> str:
    """The shortest beginning of the words that the description also gives alone: Droyd, of "Droyd Fury"."""
    if _CERTAIN.fullmatch(run[0]) and not any(INVENTED.search(word) or word in _PARTICLES for word in run[1:2]):
        return run[0]
    plain = f" {plain_words(description)} "
    for count in range(1, len(run)):
        lead, following = plain_words(" ".join(run[:count])), plain_words(run[count])
        if all(map(is_ordinary, run[:count])):
            continue
        if re.search(rf" {re.escape(lead)} (?!{re.escape(following)}\b)", plain):
            return " ".join(run[:count])
    return " ".join(run)


def _listed(name: str, small: frozenset[str]) -> list[str]:
    """The names that open "Acme, Bexo and Cordo Kettles"; the name's first part where it opens with no such list."""
    parts = re.split(r",?\s+and\s+|,\s+", name)
    short = [len(_run(tokens(part), small)) == len(tokens(part)) for part in parts[:-1]]
    return parts if parts[:-1] and all(short) else parts[:1]


def _run(words: list[str], small: frozenset[str]) -> list[str]:
    run: list[str] = []
    for word in words:
        store = bool(run) and word.lower() in _STORE_LINES
        mark = _is_mark(word, small) or (not run and word.lower() in NOT_BRANDS and _opens_store_line(words)) or store
        full = sum(other.lower() not in _PARTICLES for other in run) == _MOST_LEADING
        if full or not (mark or (run and word.lower() in _PARTICLES)):
            break
        run.append(word)
    while run and run[-1].lower() in _PARTICLES:
        run.pop()
    return run


def _is_mark(word: str, small: frozenset[str]) -> bool:
    capital = any(sign.isupper() for sign in word)
    return capital and key(word) not in small and not is_ordinary(word) and not is_measured_word(word)


def _opens_store_line(words: list[str]) -> bool:
    """Whether a shop's own line opens the words: Amazon Basics."""
    return len(words) > 1 and words[1].lower() in _STORE_LINES


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
    words = plain_words(lead)
    return next((name for plain, name in parties.items() if words and f"{plain} ".startswith(f"{words} ")), "")


def _without_opening(text: str) -> str:
    return " ".join(tokens(_YEARS.sub("", re.sub(r"^(?:This|All|Certain)\s+", "", _CUT.sub("", text)))))
