"""The lines that a product's name holds: `Quattro Tour and MetroLite strollers` names two, with one kind.

A line is a bag of weighed words. Words that tell products apart are required; the kind at the end is one slot that
any of the name's kinds can fill.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

from monitor.matching.foreign import synonyms
from monitor.matching.models import is_model
from monitor.matching.normalise import fold, word_form, words
from monitor.matching.vocabulary import COLLECTIVE, Vocabulary

_END_OF_NAME = re.compile(
    r"\s*[(\[]|,\s+UPC\b|,?\s+(?:and\s+)?(?:model|style|item|sku|gpu)s?\s+(?:number|no|#)|,\s+(?:[Mm]odel|[Tt]ype|[Ss]tyle)s?\s|\s+(?P<after_kind>with|sold|that|containing|"
    r"including|which|featuring|manufactured|made|packaged|from|by|designed|labeled|used|intended|imported|having|"
    r"purchased|marked|fitted|for|in|on|at)\s",
    re.IGNORECASE,
)
_FIRM_WORDS = frozenset({"industry", "enterprise", "manufacturing", "mfg"})
_BRACKET = re.compile(r"\s*\([^()]*\)(?=\s+\w)")
_ALTERNATIVES = re.compile(r"[,;/]")
_PIECES = re.compile(r"[,;/]|\s(?:and|or)\s|\s&\s", re.IGNORECASE)
_SHARED_NUMBER = re.compile(r"\b(?:[A-Z]{1,4}\s*[,/]\s*)+(?:(?:and|or)\s+)?[A-Z]{1,4}[\s-]+\d{2,4}\b")
_MEASURE = re.compile(r"^(?:v?\d{1,2}|(?:19|20)\d\d|\d+(?:inch|ft|oz|qt|v|w|mah|mm|cm|pcs|k|l|lb))$")
_N_IN_ONE = re.compile(r"^\d+in1$")
_EITHER = re.compile(r"([A-Za-z]{3,})/([A-Za-z]{3,})\s*$")
_SAYS_NOTHING = re.compile(r"\b(?:certain\s+)?model[- ]years?\s+(?:19|20)\d\d\b|-?\bbrand(?:ed)?\b", re.IGNORECASE)
_FIRM_LENGTH = 3
_FIRM_WORD_COUNT = 2
_TAIL_LENGTH = 4
_TAIL_COUNT = 25
_TAIL_SHARE = 0.5
_SLOT = 5.0
_SOFT = 4.3


@dataclass(frozen=True, slots=True)
class Line:
    """`front` and `tail` weigh the words before and of the kind; `required` must all be there.

    `soft` lines are told apart by common words only. `heads` are the kinds, single and as two words run together;
    `slot` is the weight of agreeing on one. `pairs` are neighbours run together, `sequence` all words in order.
    `voided_by` are runs that show the split to be wrong (`laughandlearn` for the half `Laugh`).
    """

    text: str
    front: dict[str, float]
    tail: dict[str, float]
    required: frozenset[str]
    soft: bool
    heads: frozenset[str]
    head: str
    slot: float
    pairs: dict[str, tuple[str, ...]]
    sequence: tuple[str, ...]
    voided_by: tuple[str, ...]
    synonyms: frozenset[str]

    @property
    def weights(self) -> dict[str, float]:
        return self.tail | self.front


def lines_of(name: str, brands: frozenset[str], vocab: Vocabulary) -> tuple[Line, ...]:
    """The lines in `name`, the words of `brands` taken out; none where no word is left."""
    bare = _SHARED_NUMBER.sub(" ", _bare(_SAYS_NOTHING.sub(" ", name), vocab))
    chunks = [_content(without_brands(part, brands, vocab), vocab) for part in _ALTERNATIVES.split(bare)]
    chunks = [chunk for chunk in chunks if chunk]
    last = words(bare)[-1:]
    if not chunks and last and vocab.is_kind(last[0]):
        chunks = [list(last)]
    if not chunks:
        return ()
    tail = _tail(chunks[-1], vocab)
    heads = _heads(bare, tail, vocab)
    whole = tail[-1] in COLLECTIVE
    halves = [half for chunk in chunks for half in _halves(chunk, vocab, firm=whole)]
    cut = [(chunk, ()) for chunk in chunks if (chunk, ()) not in halves]
    lines = [_line(tokens, tail, heads, vocab, voids) for tokens, voids in [*halves, *cut]]
    telling = [line for line in lines if line.required and not line.soft]
    if telling:
        return tuple(telling)
    together = _line([word for chunk in chunks for word in chunk], tail, heads, vocab, ())
    return (together, *(line for line in lines if line.required)) if len(chunks) > 1 else (together,)


def without_brands(name: str, brands: frozenset[str], vocab: Vocabulary) -> list[str]:
    """The words of `name` with every run that is a brand taken out, and invented names before the first of them."""
    tokens = words(name)
    kept: list[str] = []
    at = 0
    while at < len(tokens):
        for length in (5, 4, 3, 2, 1):
            if "".join(tokens[at : at + length]) in brands:
                if at <= _FIRM_LENGTH and not any(_is_plain(word, vocab) for word in kept):
                    kept.clear()
                at += length
                while at < len(tokens) - 1 and tokens[at] in _FIRM_WORDS:
                    at += 1
                break
        else:
            kept.append(tokens[at])
            at += 1
    return kept


def _is_plain(word: str, vocab: Vocabulary) -> bool:
    return vocab.weight(word) > 0 and (vocab.is_ordinary(word) or vocab.is_kind(word))


def _bare(name: str, vocab: Vocabulary) -> str:
    """`name` up to what only describes it: a bracket, a list of models, or `with`, `for`, `in` after a kind.

    A bracket behind a firm's name (`KI (Kole Imports) Pacifiers`) is taken out.
    """
    bracket = _BRACKET.search(name)
    if bracket and len(words(name[: bracket.start()])) <= _FIRM_WORD_COUNT:
        name = f"{name[: bracket.start()]} {name[bracket.end() :]}"
    for cut in _END_OF_NAME.finditer(name):
        before = words(name[: cut.start()])
        if before and (not cut["after_kind"] or vocab.is_kind(before[-1])):
            return name[: cut.start()]
    return name


def _content(tokens: list[str], vocab: Vocabulary) -> list[str]:
    """`tokens` without model numbers, and without words that say nothing at the end."""
    kept = [token for token in tokens if not is_model(token) or _MEASURE.match(token) or _N_IN_ONE.match(token)]
    while kept and (vocab.weight(kept[-1]) == 0 or (kept[-1] == "unisex" and len(kept) > 1)):
        kept.pop()
    while kept and kept[0] in ("and", "or"):
        kept.pop(0)
    return kept


def _halves(chunk: list[str], vocab: Vocabulary, firm: bool) -> list[tuple[list[str], tuple[str, ...]]]:
    """Cut at `and` or `or` where both sides tell products apart; by rare words where `firm`."""
    for at, word in enumerate(chunk):
        if word not in ("and", "or") or not 0 < at < len(chunk) - 1:
            continue
        left, right = chunk[:at], chunk[at + 1 :]
        if _tells(left, vocab, firm) and _tells(right, vocab, firm):
            joint = left[-1] + word + right[0]
            return [(left, (joint,)), *((half, (*voids, joint)) for half, voids in _halves(right, vocab, firm))]
    return [(chunk, ())]


def _tells(tokens: list[str], vocab: Vocabulary, firm: bool) -> bool:
    if firm:
        return any(vocab.is_rare(token) and not vocab.is_kind(token) and not _is_minor(token) for token in tokens)
    return any(vocab.count(token) < 15 and vocab.weight(token) >= 2 and not _is_minor(token) for token in tokens)


def _tail(chunk: list[str], vocab: Vocabulary) -> list[str]:
    tail: list[str] = []
    for word in reversed(chunk):
        common = vocab.count(word) >= _TAIL_COUNT or vocab.is_kind(word)
        if tail and (not common or len(tail) == _TAIL_LENGTH):
            break
        tail.insert(0, word)
    return tail


def _heads(bare: str, tail: list[str], vocab: Vocabulary) -> frozenset[str]:
    heads = {tail[-1], *(first + second for first, second in pairwise(tail[-2:]))}
    for piece in _PIECES.split(bare):
        last = words(piece)[-2:]
        if last and vocab.is_kind(last[-1]) and last[-1] not in COLLECTIVE:
            heads.add(last[-1])
            heads.add("".join(last))
    slashed = _EITHER.search(bare)
    if slashed:
        heads.update(word_form(fold(one)) for one in slashed.groups())
    also = synonyms()
    return frozenset(heads | {other for head in heads for other in also.get(head, ())})


def _line(tokens: list[str], tail: list[str], heads: frozenset[str], vocab: Vocabulary, voids: tuple[str, ...]) -> Line:
    own = tokens[: len(tokens) - len(tail)] if tokens[-len(tail) :] == tail else tokens
    front = {word: vocab.weight(word) * (_TAIL_SHARE if _is_minor(word) else 1.0) for word in own if word not in heads}
    front = {word: weight for word, weight in front.items() if weight > 0}
    kind = {word: vocab.weight(word) * (1.0 if word == tail[-1] else _TAIL_SHARE) for word in tail if word not in front}
    required = _required(front, vocab)
    soft = not required
    if soft:
        required = frozenset(word for word, weight in front.items() if weight >= _SOFT)
    neighbours = [*own, *tail]
    return Line(
        text=" ".join(neighbours), front=front, tail=kind, required=required, soft=soft, heads=heads, head=tail[-1],
        slot=min(_SLOT, vocab.weight(tail[-1])), sequence=tuple(neighbours), voided_by=voids, synonyms=_synonyms(tail),
        pairs=_joined(neighbours),
    )  # fmt: skip


def _synonyms(tail: list[str]) -> frozenset[str]:
    """Other names of the kind that the last words are, up to three written together."""
    also = synonyms()
    runs = ["".join(tail[-length:]) for length in (1, 2, 3)]
    return frozenset(other for run in runs for other in also.get(run, ()) if other not in runs)


def _joined(neighbours: list[str]) -> dict[str, tuple[str, ...]]:
    """Two and three neighbours run together (`peekaboo`), with the words that they are."""
    runs: dict[str, tuple[str, ...]] = {}
    for length in (3, 2):
        for at in range(len(neighbours) - length + 1):
            run = tuple(neighbours[at : at + length])
            runs["".join(run)] = run
    return runs


def _required(front: dict[str, float], vocab: Vocabulary) -> frozenset[str]:
    rare = {word for word in front if vocab.is_rare(word) and not _MEASURE.match(word) and not vocab.is_kind(word)}
    proper = {word for word in rare if vocab.count(word) == 0 and not _N_IN_ONE.match(word)}
    return frozenset(word for word in rare if not (proper and _N_IN_ONE.match(word)))


def _is_minor(word: str) -> bool:
    return bool(_MEASURE.match(word) or _N_IN_ONE.match(word))
