"""Words and numbers that tell one version of a line from another, by their place in the name."""

from collections.abc import Container, Sequence
from itertools import pairwise

from monitor.matching.vocabulary import vocabulary

_LEAST_WEIGHT = 2.0
_LOOKS = frozenset(
    "black white navy blue pink grey gray red teal charcoal natural beige green yellow purple orange brown silver gold"
    " ivory cream tan mint rose infant baby toddler kid children boy girl deluxe large small medium".split()
)


def other_variant(line: Sequence[str], title: Sequence[str], known: Container[str]) -> str:
    """The word that the title has where the name has another (`Nemo Wide computer` for `Nemo Air computer`).

    Both stand right behind the line's invented word and before another word of the name; colours and ages are no
    versions.
    """
    vocab = vocabulary()
    said = frozenset(title)
    follows: dict[str, str] = {}
    for first, second in pairwise(title):
        follows.setdefault(first, second)
    for at in range(len(line) - 2):
        own, other = line[at + 1], follows.get(line[at], "")
        if (
            vocab.count(line[at])
            or own in said
            or not other.isalpha()
            or other in known
            or other in line
            or other in _LOOKS
        ):
            continue
        if min(vocab.weight(own), vocab.weight(other)) < _LEAST_WEIGHT or vocab.is_kind(other) or vocab.is_kind(own):
            continue
        if follows.get(other) in line[at + 2 :]:
            return other
    return ""


def other_number(line: Sequence[str], name_runs: Container[str], title: Sequence[str]) -> str:
    """The version in the title (`sl 5`) where the name has other numbers behind the same word (`SL 6 and SL 7`)."""
    numbered = {first for first, second in pairwise(line) if first.isalpha() and _is_version(second)}
    if not numbered:
        return ""
    said = [first + second for first, second in pairwise(title) if first in numbered and _is_version(second)]
    return "" if any(run in name_runs for run in said) else next(iter(said), "")


def _is_version(word: str) -> bool:
    return word.isdigit() and len(word) <= 2
