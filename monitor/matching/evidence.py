"""What speaks for and against one listing being the product of one notice: facts, before any weight."""

from dataclasses import dataclass

from rapidfuzz.distance import OSA

from monitor.matching.lines import Line
from monitor.matching.models import shape
from monitor.matching.relation import accessory_word, media_word, other_size
from monitor.matching.units import Entry, Unit
from monitor.matching.view import View
from monitor.matching.vocabulary import COLLECTIVE, vocabulary

_NEAR_LENGTH = 6


@dataclass(slots=True)
class Evidence:
    """One pair. Empty text means that nothing was found; `brand_where` is field, title, seller, after_for or empty."""

    recall_id: str
    cosine: float = 0.0
    margin: float = 0.0
    gtin: str = ""
    model: str = ""
    model_conflict: str = ""
    brand: str = ""
    brand_where: str = ""
    brand_leading: bool = False
    name: str = ""
    line: str = ""
    matched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    share: float = 0.0
    weight: float = 0.0
    has_required: bool = False
    missing_required: tuple[str, ...] = ()
    specific_words: int = 0
    kind: str = ""
    kind_conflict: str = ""
    collective: bool = False
    accessory: str = ""
    media: str = ""
    other_size: str = ""
    later_year: int = 0
    price_ratio: float = 0.0


def weigh_up(entry: Entry, view: View, cosine: float) -> Evidence:
    """Everything that can be said about `view` against `entry`."""
    found = Evidence(entry.recall_id, cosine=cosine)
    gtins = entry.gtins & view.gtins
    found.gtin = next(iter(sorted(gtins)), "")
    _brand(entry, view, found)
    _models(entry, view, found)
    best: tuple[Unit, Line] | None = None
    for unit in entry.units:
        for line in unit.lines:
            matched, near = _matched(line, view)
            weight = sum(line.weights[word] for word in matched) + sum(0.8 * line.weights[word] for word in near)
            lacking = line.required - matched - near
            rank = (not lacking and bool(line.required), weight / line.total if line.total else 0.0, weight)
            if best is None or rank > best_rank:
                best, best_rank = (unit, line), rank
                found.matched, found.weight, found.share = tuple(sorted(matched | near)), weight, rank[1]
                found.missing_required = tuple(sorted(lacking))
    if best is not None:
        _kind(*best, view, found)
        found.missing = tuple(sorted(set(best[1].weights) - set(found.matched)))
    _against(entry, best[0] if best else None, view, found)
    return found


def _brand(entry: Entry, view: View, found: Evidence) -> None:
    for brand in entry.brands:
        where = ""
        if view.brand_key and brand.key == view.brand_key:
            where = "field"
        elif brand.key in view.spans and (not brand.weak or view.spans[brand.key] == 0):
            where = "title" if view.spans[brand.key] < view.for_at else "after_for"
        elif not brand.weak and brand.key in view.brand_spans:
            where = "field"
        elif not brand.weak and brand.key in view.seller_spans:
            where = "seller"
        if where and (not found.brand_where or (found.brand_where in ("after_for", "seller") and where != "seller")):
            found.brand, found.brand_where, found.brand_leading = brand.text, where, brand.leading
            if where in ("field", "title") and not brand.leading:
                return


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


def _matched(line: Line, view: View) -> tuple[set[str], set[str]]:
    if any(joint in view.spans for joint in line.voided_by):
        return set(), set()
    matched = {word for word in line.weights if word in view.spans}
    for joined, pair in line.pairs.items():
        if joined in view.spans:
            matched.update(word for word in pair if word in line.weights)
    near = set()
    missing = line.required - matched
    if matched and 0 < len(missing) <= 1:
        near = {word for word in missing if _near(word, view)}
    return matched, near


def _near(word: str, view: View) -> bool:
    return len(word) >= _NEAR_LENGTH and any(
        abs(len(token) - len(word)) <= 1 and token[0] == word[0] and OSA.distance(token, word, score_cutoff=1) <= 1
        for token in view.tokens
    )


def _kind(unit: Unit, line: Line, view: View, found: Evidence) -> None:
    vocab = vocabulary()
    found.name, found.line, found.has_required = unit.name, line.text, bool(line.required)
    found.specific_words = sum(vocab.weight(word) >= 3.5 for word in found.matched)
    found.collective = line.head in COLLECTIVE and not line.required
    agreeing = sorted(kind for kind in line.kinds if kind in view.spans and kind not in COLLECTIVE)
    found.kind = line.head if line.head in view.spans else (agreeing[0] if agreeing else "")
    if not found.kind and line.head not in COLLECTIVE:
        others = [word for word in view.tokens if vocab.is_kind(word) and word not in COLLECTIVE]
        foreign = [word for word in others if word not in unit.name_words]
        found.kind_conflict = foreign[-1] if foreign else ""


def _against(entry: Entry, unit: Unit | None, view: View, found: Evidence) -> None:
    own = unit.name_words if unit else frozenset()
    found.accessory = accessory_word(view, own, found.brand_where)
    found.media = media_word(view, own)
    found.other_size = other_size(view, entry.all_words, found.matched)
    if entry.year and view.years and min(view.years) > entry.year:
        found.later_year = min(view.years)
    if entry.prices and view.price:
        low, high = entry.prices
        found.price_ratio = view.price / high if view.price > high else view.price / low if view.price < low else 1.0
