"""The lines that a product's name holds: `Quattro Tour and MetroLite strollers` names two, with one kind.

A line is a bag of weighed words. Words that tell products apart are required; those of the kind at the end are
not, but they count.
"""

import re
from dataclasses import dataclass, field

from monitor.matching.models import is_model
from monitor.matching.normalise import words
from monitor.matching.vocabulary import Vocabulary

_END_OF_NAME = re.compile(
    r"\s*[(\[]|,?\s+(?:and\s+)?(?:model|style|item|sku|gpu)s?\s+(?:number|no|#)|\s+(?P<after_kind>with|sold|that|containing|"
    r"including|which|featuring|manufactured|made|packaged|from|by|designed|labeled|used|intended|imported|having|"
    r"purchased|marked|fitted|for|in|on|at)\s",
    re.IGNORECASE,
)
_ALTERNATIVES = re.compile(r"[,;/]")
_SHARED_NUMBER = re.compile(r"\b(?:[A-Z]{1,4}\s*[,/]\s*)+(?:(?:and|or)\s+)?[A-Z]{1,4}[\s-]+\d{2,4}\b")
_MEASURE = re.compile(r"^(?:v?\d{1,2}|\d+(?:inch|ft|oz|qt|v|w|mah|mm|cm|pcs|k|l|lb))$")
_KIND_WORDS_AT_END = 4
_TAIL_COUNT = 25
_TAIL_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """`weights` of all words that count, `required` ones, `kinds` as single words and run together, `head` the last
    word, `pairs` neighbours run together. `voided_by` are runs that show the split to be wrong (`laughandlearn` for the half `Laugh`)."""

    text: str
    weights: dict[str, float]
    required: frozenset[str]
    kinds: frozenset[str]
    head: str
    total: float
    voided_by: tuple[str, ...] = ()
    pairs: dict[str, tuple[str, str]] = field(default_factory=dict)


def lines_of(name: str, brands: frozenset[str], vocab: Vocabulary) -> tuple[Line, ...]:
    """The lines in `name`, the words of `brands` taken out; at least one where any word is left."""
    bare = _SHARED_NUMBER.sub(" ", _bare(name, vocab))
    chunks = [_content(without_brands(part, brands), vocab) for part in _ALTERNATIVES.split(bare)]
    chunks = [chunk for chunk in chunks if chunk]
    if not chunks:
        return ()
    tail = _tail(chunks[-1], vocab)
    halves = [half for chunk in chunks for half in _halves(chunk, vocab)]
    lines = [_line(tokens, tail, vocab, voids) for tokens, voids in halves]
    telling = [line for line in lines if line.required]
    if telling:
        return tuple(telling)
    whole = [word for chunk in chunks for word in chunk]
    return (_line(whole, tail, vocab, ()),)


def _bare(name: str, vocab: Vocabulary) -> str:
    """`name` up to what only describes it: a bracket, a list of models, or `with`, `for`, `in` after a kind of thing."""
    for cut in _END_OF_NAME.finditer(name):
        before = words(name[: cut.start()])
        if before and (not cut["after_kind"] or vocab.is_kind(before[-1])):
            return name[: cut.start()]
    return name


def _content(tokens: list[str], vocab: Vocabulary) -> list[str]:
    """`tokens` without model numbers, and without words that say nothing at the end."""
    kept = [token for token in tokens if not (is_model(token) and not _MEASURE.match(token))]
    while kept and vocab.weight(kept[-1]) == 0:
        kept.pop()
    return kept


def without_brands(name: str, brands: frozenset[str]) -> list[str]:
    """The words of `name` with every run that is a brand taken out."""
    tokens = words(name)
    kept: list[str] = []
    at = 0
    while at < len(tokens):
        for length in (5, 4, 3, 2, 1):
            if "".join(tokens[at : at + length]) in brands:
                at += length
                break
        else:
            kept.append(tokens[at])
            at += 1
    return kept


def _halves(chunk: list[str], vocab: Vocabulary) -> list[tuple[list[str], tuple[str, ...]]]:
    """Cut at `and` or `or` where both sides tell products apart."""
    for at, word in enumerate(chunk):
        if word not in ("and", "or") or not 0 < at < len(chunk) - 1:
            continue
        left, right = chunk[:at], chunk[at + 1 :]
        if _tells(left, vocab) and _tells(right, vocab):
            joint = left[-1] + word + right[0]
            return [(left, (joint,)), *((half, (*voids, joint)) for half, voids in _halves(right, vocab))]
    return [(chunk, ())]


def _tells(tokens: list[str], vocab: Vocabulary) -> bool:
    return any(vocab.count(token) < 15 and vocab.weight(token) >= 2 for token in tokens)


def _tail(chunk: list[str], vocab: Vocabulary) -> list[str]:
    tail: list[str] = []
    for word in reversed(chunk):
        common = vocab.count(word) >= _TAIL_COUNT or vocab.is_kind(word)
        if tail and (not common or len(tail) == _KIND_WORDS_AT_END):
            break
        tail.insert(0, word)
    return tail


def _line(tokens: list[str], tail: list[str], vocab: Vocabulary, voids: tuple[str, ...]) -> Line:
    own_tail = tail if tokens[-len(tail) :] == tail else []
    front = tokens[: len(tokens) - len(own_tail)]
    weights: dict[str, float] = {}
    for word in front:
        weights[word] = vocab.weight(word) * (_TAIL_SHARE if _MEASURE.match(word) else 1.0)
    for word in tail:
        share = 1.0 if word == tail[-1] else _TAIL_SHARE
        weights.setdefault(word, vocab.weight(word) * share)
    weights = {word: weight for word, weight in weights.items() if weight > 0}
    head = tail[-1]
    required = frozenset(w for w in weights if w in front and vocab.is_rare(w) and not _MEASURE.match(w))
    required -= {head}
    kinds = {word for word in tail if vocab.is_kind(word) or word == head}
    kinds |= {first + second for first, second in zip(tail, tail[1:], strict=False)}
    kinds |= {word for word in front if vocab.is_kind(word)}
    neighbours = [*front, *tail]
    pairs = {first + second: (first, second) for first, second in zip(neighbours, neighbours[1:], strict=False)}
    return Line(" ".join(neighbours), weights, required, frozenset(kinds), head, sum(weights.values()), voids, pairs)
