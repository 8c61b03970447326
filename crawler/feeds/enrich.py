"""What our own rules find in a notice: identifiers and facts with their spans, the scope, and oddities."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from crawler.extract.gtin import valid_gtin
from crawler.feeds.earlier import earlier_recalls
from crawler.feeds.identifiers import identifiers_of
from crawler.feeds.notice import Notice, Scope
from crawler.feeds.prose import facts_of, made_months, sale_months
from crawler.feeds.sellers import sold_clause
from crawler.feeds.text import is_http

_CERTAIN = re.compile(
    r"\bonly\b[^.]{0,60}\b(?:manufactured|sold|with|purchased|made)\b"
    r"|\b(?:serial|lot|batch|cohort|date code)\w*\s*(?:numbers?|codes?|ranges?)?\b"
    r"|\bmanufactured (?:between|before|after|prior)\b|\bmanufactured (?:from|in|on) (?:[a-z]+ \d|\d{4}\b)"
    r"|\bcertain (?:VINs|units|serial|lots?)\b"
    r"|\bdates? of manufacture\b|\bmodel years?\b",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:recall|warning)\s+(?:involves|includes|covers|concerns)\s+all\b"
    r"|\ball\s+(?:units|models|lots|sizes|production dates|colors|serial numbers|date codes|batches)\b"
    r"[^.]{0,40}\b(?:recall|includ|affected|subject|concerned)",
    re.IGNORECASE,
)
_EXPANDED = re.compile(r"\b(?:expand(?:s|ed)?|expansion|re-?announce[sd]?|reannouncement)\b", re.IGNORECASE)
_BEFORE = re.compile(r"\bpreviously (?:recalled|announced)\b", re.IGNORECASE)
_LEAST_SHARED = 40


def enrich(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """The notices with identifiers, facts, scope and flags added; what the source says stays as it is."""
    listed = tuple(notices)
    pasted = _shared_places(listed)
    return tuple(_enriched(notice, pasted.get(notice.id, "")) for notice in listed)


def scope_of(notice: Notice) -> Scope:
    """Whether the notice is about all units or certain ones, as far as its words tell."""
    if notice.scope != "unknown":
        return notice.scope
    text = f"{notice.title}. {notice.description}"
    if _ALL.search(text) and not re.search(r"\bonly\b", text, re.IGNORECASE):
        return "all_units"
    return "certain_units" if _CERTAIN.search(text) else "unknown"


def _enriched(notice: Notice, shared_with: str) -> Notice:
    glued = any(flag.startswith("glued-cells") for flag in notice.flags)
    flags = list(notice.flags)
    flags += _flags(notice)
    if shared_with:
        flags.append(f"shared-places: {shared_with} gives the same words for where it was sold")
    return notice.model_copy(
        update={
            "identifiers": identifiers_of(notice, glued=glued),
            "facts": facts_of(notice),
            "links": tuple(dict.fromkeys((*notice.links, *earlier_recalls(notice)))),
            "scope": scope_of(notice),
            "flags": tuple(dict.fromkeys(flags)),
        }
    )


def _flags(notice: Notice) -> Iterator[str]:
    wrong = [upc for upc in notice.upcs if not valid_gtin(upc)]
    if wrong:
        yield f"upc-check-digit: {len(wrong)} of {len(notice.upcs)} UPCs are no valid GTIN: {', '.join(wrong[:5])}"
    for url in (notice.url, *(image.url for image in notice.images)):
        if url and not is_http(url):
            yield f"bad-address: {url[:80]!r} can't be opened as it stands"
    yield from _title_flags(notice)
    sold, made = sale_months(notice.sold_at), made_months(notice.description)
    if sold and made and (sold.last or sold.first) < made.first:
        yield f"sold-before-made: sold {sold.span!r}, but {made.span!r}"
    if _BEFORE.search(f"{notice.units} {notice.description}"):
        yield "recalled-before: the text speaks of an earlier recall of the same or another model"


def _title_flags(notice: Notice) -> Iterator[str]:
    title = notice.title
    if "(recall alert)" in title.lower():
        yield "recall-alert: a direct notice to purchasers, without a press release"
    if _EXPANDED.search(title):
        yield "recall-expanded: the title says that an earlier recall is expanded or announced again"
    slug = set(_words(notice.url.rstrip("/").rsplit("/", 1)[-1]))
    words = set(_words(title))
    if notice.url and len(words) > 3 and len(slug) > 3 and len(words & slug) / min(len(words), len(slug)) < 0.5:
        yield "title-not-address: the title and its web address speak of different things"
    clause = sold_clause(notice)
    if clause and notice.url and not clause.agrees:
        yield f"seller-disagrees: title, address and places of sale don't agree on {clause.span!r}"


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", text.lower()) if len(word) > 3]


def _shared_places(notices: tuple[Notice, ...]) -> dict[str, str]:
    """Notices of different firms whose places of sale are the same words: one of them was pasted."""
    groups: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        if len(notice.sold_at) >= _LEAST_SHARED:
            groups[notice.sold_at].append(notice)
    found: dict[str, str] = {}
    for group in groups.values():
        for notice in group:
            others = [other.id for other in group if other.id != notice.id and not _related(notice, other)]
            if others:
                found[notice.id] = ", ".join(others[:3])
    return found


def _related(one: Notice, other: Notice) -> bool:
    firms = {firm.name for firm in one.firms} & {firm.name for firm in other.firms}
    products = {product.name for product in one.products} & {product.name for product in other.products}
    return bool(firms or products)
