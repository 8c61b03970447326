"""What speaks for and against one listing being the product of one notice: facts, before any weight."""

from dataclasses import dataclass
from itertools import combinations

from monitor.matching.agreement import longest_run, matched_words, rank_of
from monitor.matching.counts import number_conflict
from monitor.matching.lines import Line
from monitor.matching.models import shape
from monitor.matching.normalise import words
from monitor.matching.relation import accessory_word, audience_conflict, media_word, other_size
from monitor.matching.units import Entry, Unit
from monitor.matching.variants import other_number, other_variant
from monitor.matching.view import BEFORE_NAME, View
from monitor.matching.vocabulary import COLLECTIVE, vocabulary
from monitor.pictures.likeness import strength_of

_SURE_MODEL = 6
_TELLING_WEIGHT = 3.5


@dataclass(slots=True)
class Evidence:
    """One pair. Empty text means that nothing was found; `brand_where` is field, title, seller, after_for or empty.

    `share` counts the words before the kind and one slot for the kind, `words_share` all words of the name, both by
    weight from 0 to 1; `weight` is what agreed. `run` is the longest run of words that both have in the same order.
    """

    recall_id: str
    cosine: float = 0.0
    margin: float = 0.0
    rival: str = ""
    gtin: str = ""
    model: str = ""
    model_conflict: str = ""
    brand: str = ""
    brand_where: str = ""
    brand_leading: bool = False
    brands: frozenset[str] = frozenset()
    sub_brands: frozenset[str] = frozenset()
    two_brands: bool = False
    unit_brands: frozenset[str] = frozenset()
    other_brand: str = ""
    name: str = ""
    line: str = ""
    matched: tuple[str, ...] = ()
    missing_required: tuple[str, ...] = ()
    share: float = 0.0
    words_share: float = 0.0
    weight: float = 0.0
    tail_weight: float = 0.0
    run: int = 0
    proper_weight: float = 0.0
    described: str = ""
    telling: int = 0
    soft: bool = False
    specific_words: int = 0
    kind_words: int = 0
    head: str = ""
    head_weight: float = 0.0
    kind_pair: bool = False
    kind: str = ""
    kind_conflict: str = ""
    foreign_kind: str = ""
    headlined: bool = False
    strange_words: int = 0
    invented_missing: int = 0
    prose_words: int = 0
    collective: bool = False
    partial: bool = False
    brand_of_many: bool = False
    accessory: str = ""
    media: str = ""
    audience: str = ""
    other_size: str = ""
    number_conflict: str = ""
    later_year: int = 0
    rule: str = ""
    rule_says: str = ""
    price_ratio: float = 0.0
    picture: str = ""
    picture_bits: int = 256


def weigh_up(entry: Entry, view: View, cosine: float) -> Evidence:
    """Everything that can be said about `view` against `entry`."""
    found = Evidence(entry.recall_id, cosine=cosine, partial=entry.partial)
    found.gtin = next(iter(sorted(entry.gtins & view.gtins)), "")
    _brand(entry, view, found)
    _models(entry, view, found)
    _made_known(entry, view, found)
    best: tuple[tuple[bool, float, float], Unit, Line, set[str]] | None = None
    for unit in entry.units:
        for line in unit.lines:
            matched = matched_words(line, view, bool(found.brand_where))
            rank = rank_of(line, view, matched)
            if unit.brand_keys and not unit.brand_keys & found.brands:
                rank = (rank[0], rank[1] / 2, rank[2] / 2)
            if best is None or rank > best[0]:
                best = rank, unit, line, matched
    if best is not None:
        _line(best[1], best[2], best[3], view, found)
    if not found.model and found.kind and found.brand_where in ("field", "title") and not found.brand_leading:
        found.model = next(iter(sorted(entry.short_models.intersection(view.tokens))), "")
    if found.brand_where in ("field", "title") and found.matched:
        found.strange_words = _strange_words(entry, view)
    found.headlined = best is not None and not best[2].required.isdisjoint(entry.headline)
    if found.kind and not found.telling:
        found.prose_words = _prose_words(entry, view, found)
    _unlisted_model(entry, view, found)
    if found.brand_where and not found.proper_weight:
        found.described = _described(entry, view)
    _other_brand(entry, best[1] if best else None, view, found)
    _against(entry, best[1] if best else None, view, found)
    found.picture_bits = dict(view.listing.shown()).get(entry.recall_id, 256)
    found.picture = strength_of(found.picture_bits)
    return found


_BRAND_ORDER = ("field", "title", "seller", "after_for", "")


def _brand(entry: Entry, view: View, found: Evidence) -> None:
    agreeing = set()
    own_for = view.for_at < len(view.tokens) and view.tokens[view.for_at - 1] in entry.says_for
    fits_at = len(view.tokens) if own_for else view.for_at
    for brand in entry.brands:
        where = ""
        if view.brand_key and brand.key == view.brand_key:
            where = "field"
        elif brand.key in view.spans and (not (brand.weak or brand.leading) or view.heads(brand.key)):
            where = "title" if view.spans[brand.key] < fits_at or _by(brand.key, view) else "after_for"
        elif not brand.weak and brand.key in view.brand_spans:
            where = "field"
        elif not (brand.weak or brand.leading) and brand.key in view.seller_spans:
            where = "seller"
        if where in ("field", "title"):
            agreeing.add(brand.key)
        better = _BRAND_ORDER.index(where) < _BRAND_ORDER.index(found.brand_where)
        if better or (where and found.brand_leading and not brand.leading):
            found.brand, found.brand_where, found.brand_leading = brand.text, where, brand.leading
    if found.brand_where not in ("field", "title") and view.brand_key and _names_part_of(entry, view):
        found.brand, found.brand_where, found.brand_leading = view.listing.brand, "field", False
        agreeing.add(view.brand_key)
    strong = [brand for brand in entry.brands if brand.key in agreeing and not (brand.weak or brand.leading)]
    found.sub_brands = frozenset(brand.key for brand in strong if brand.sub)
    found.two_brands = any(a.key not in b.key and b.key not in a.key for a, b in combinations(strong, 2))
    if agreeing:
        agreeing.update(
            brand.key for brand in entry.brands if brand.weak and view.spans.get(brand.key, fits_at) < fits_at
        )
    found.brands = frozenset(agreeing)


def _names_part_of(entry: Entry, view: View) -> bool:
    """Whether the brand field holds a run of the product's own name that is more than a kind of thing."""
    vocab = vocabulary()
    parts = words(view.listing.brand)
    telling = len(parts) > 1 or (bool(parts) and vocab.is_rare(parts[0]) and not vocab.is_ordinary(parts[0]))
    plain = all(vocab.is_kind(part) or part in COLLECTIVE for part in parts)
    return telling and not plain and any(view.brand_key in unit.name_runs for unit in entry.units)


def _by(brand: str, view: View) -> bool:
    place = view.spans[brand]
    return place > 0 and view.tokens[place - 1] == "by"


def _other_brand(entry: Entry, unit: Unit | None, view: View, found: Evidence) -> None:
    """Another maker at the head of the title, or in the brand field while ours does not head the title."""
    heads = any(view.heads(key) for key in entry.brand_keys)
    own = unit.name_words if unit else frozenset()
    runs = unit.name_runs if unit else frozenset()
    if view.head_brand and not heads and not own.issuperset(view.head_brand):
        found.other_brand = " ".join(view.head_brand)
    elif view.brand_key and not heads and found.brand_where != "field" and view.brand_key not in runs:
        found.other_brand = view.listing.brand


def _models(entry: Entry, view: View, found: Evidence) -> None:
    agreeing = entry.models & view.raw
    if agreeing:
        found.model = max(sorted(agreeing), key=len)
        return
    for pattern in entry.patterns:
        hit = next((run for run in sorted(view.raw) if pattern.fullmatch(run)), "")
        if hit:
            found.model = hit
            return
    if entry.models:
        shapes = {shape(model) for model in entry.models}
        alike = sorted(model for model in view.models if shape(model) in shapes)
        found.model_conflict = alike[0] if alike else view.stated_model


def _unlisted_model(entry: Entry, view: View, found: Evidence) -> None:
    """Where only a kind agrees and the notice lists what it means, a model number that it does not know."""
    vocab = vocabulary()
    named = any(not vocab.is_ordinary(word) for word in found.matched if word in found.line.split()) and not found.soft
    if (found.telling and named and not found.missing_required) or found.model or found.model_conflict:
        return
    if entry.lists_models or not found.telling or not named or found.missing_required:
        known = entry.all_words.union(*(unit.name_runs for unit in entry.units))
        found.model_conflict = next(iter(sorted((view.models | view.spaced_models) - known)), "")


def _made_known(entry: Entry, view: View, found: Evidence) -> None:
    """Beside an exact model number an invented word of the notice's headline counts as a brand."""
    marked = sorted(word for word in entry.headline if word in view.spans and view.spans[word] < view.for_at)
    marked += sorted(word for word in entry.headline if word in view.brand_spans)
    if found.model and not found.brand_where and marked and len(found.model) >= _SURE_MODEL:
        found.brand, found.brand_where, found.brand_leading = marked[0], "title", True


def _line(unit: Unit, line: Line, matched: set[str], view: View, found: Evidence) -> None:
    vocab = vocabulary()
    _, found.share, found.weight = rank_of(line, view, matched)
    weights = line.weights
    total = sum(weights.values())
    found.words_share = sum(weights[word] for word in matched) / total if total else 0.0
    found.matched, found.missing_required = tuple(sorted(matched)), tuple(sorted(line.required - matched))
    found.invented_missing = sum(
        vocab.count(word) == 0 and word + line.head not in line.heads for word in found.missing_required
    )
    found.telling, found.soft = len(line.required), line.soft
    found.unit_brands = unit.brand_keys
    found.name, found.line, found.head, found.head_weight = unit.name, line.text, line.head, line.slot
    found.specific_words = sum(weights[word] >= 3.5 for word in matched)
    found.kind_words = sum(vocab.weight(word) >= 3.5 for word in matched)
    found.proper_weight = sum(weights[word] for word in matched if word in line.front and vocab.count(word) == 0)
    found.collective = line.head in COLLECTIVE
    found.tail_weight = sum(weight for word, weight in line.tail.items() if word in matched and word != line.head)
    if len(matched) > 1:
        found.run = longest_run(line.sequence, view.tokens)
    agreeing = sorted(head for head in line.heads if head in view.spans)
    found.kind_pair = any(head in view.spans and head not in view.tokens for head in line.heads)
    found.kind = line.head if line.head in view.spans else (agreeing[0] if agreeing else "")
    if not found.kind:
        foreign = [w for w in view.tokens if vocab.is_kind(w) and w not in COLLECTIVE and w not in unit.name_words]
        found.foreign_kind = foreign[-1] if foreign else ""
        found.kind_conflict = "" if found.collective else found.foreign_kind


def _strange_words(entry: Entry, view: View) -> int:
    """How many telling words of the title the notice does not know; colours and condition left out."""
    vocab = vocabulary()
    known = (entry.all_words, entry.brand_words, BEFORE_NAME, *(unit.name_words for unit in entry.units))
    strange = frozenset(view.tokens).difference(*known)
    return sum(vocab.weight(word) >= _TELLING_WEIGHT for word in strange)


def _prose_words(entry: Entry, view: View, found: Evidence) -> int:
    """How many telling words of the title, neither brand nor kind nor in the line, the notice's text holds too."""
    vocab = vocabulary()
    said = frozenset(view.tokens).intersection(entry.all_words).difference(entry.brand_words, found.matched)
    return sum(word.isalpha() and vocab.weight(word) >= _TELLING_WEIGHT and not vocab.is_kind(word) for word in said)


def _described(entry: Entry, view: View) -> str:
    """Two neighbouring words of the title that the notice's prose writes as a name."""
    agreeing = entry.described & view.spans.keys()
    return max(sorted(agreeing), key=len) if agreeing else ""


def _against(entry: Entry, unit: Unit | None, view: View, found: Evidence) -> None:
    own = unit.name_words if unit else frozenset()
    found.accessory = accessory_word(view, own, found.brand_where, found.brands)
    if found.gtin and view.for_at == len(view.tokens):
        found.accessory = ""
    found.media = media_word(view, own)
    found.number_conflict = number_conflict(unit.numbers, view.numbers) if unit else ""
    found.audience = audience_conflict(view, own)
    found.other_size = other_size(view, entry.all_words, (own - entry.brand_words) | set(found.matched))
    if unit and found.matched:
        line = found.line.split()
        found.number_conflict = found.number_conflict or other_number(line, unit.name_runs, view.tokens)
        found.other_size = found.other_size or other_variant(line, view.tokens, entry.all_words)
    if entry.year and view.years and min(view.years) > entry.year and str(min(view.years)) not in entry.all_words:
        found.later_year = min(view.years)
    if entry.prices and view.price:
        low, high = entry.prices
        found.price_ratio = view.price / high if view.price > high else view.price / low if view.price < low else 1.0
