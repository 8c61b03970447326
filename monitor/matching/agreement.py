"""How a line of a notice agrees with a title, word by word."""

from rapidfuzz.distance import OSA

from monitor.matching.lines import Line
from monitor.matching.view import View

_NEAR_LENGTH = 6
_YOUNGEST = (("infant", "baby"), ("baby", "infant"))


def matched_words(line: Line, view: View, branded: bool) -> set[str]:
    """The words of `line` in the title, also run together; beside the brand, a long one with one typing error."""
    if any(joint in view.spans for joint in line.voided_by):
        return set()
    matched = {word for word in line.front if word in view.spans}
    matched.update(word for word in line.tail if word in view.spans)
    matched.update(word for word, other in _YOUNGEST if word in line.weights and other in view.spans)
    for joined, pair in line.pairs.items():
        if joined in view.tokens or (joined[-1].isdigit() and any(_suffixed(joined, token) for token in view.tokens)):
            matched.update(word for word in pair if word in line.front or word in line.tail)
    if line.head not in view.spans and any(other in view.spans for other in line.synonyms):
        matched.update(line.tail)
    missing = line.required - matched
    if branded and len(missing) == 1 and matched:
        matched.update(word for word in missing if _near(word, view))
    return matched


def _suffixed(joined: str, token: str) -> bool:
    """Whether `token` is the name and number `joined` with letters of a variant behind (`br800x` for `BR 800`)."""
    return (
        joined[0].isalpha()
        and token.startswith(joined)
        and token[len(joined) :].isalpha()
        and len(token) <= len(joined) + 3
    )


def _near(word: str, view: View) -> bool:
    return len(word) >= _NEAR_LENGTH and any(
        abs(len(token) - len(word)) <= 1 and token[0] == word[0] and OSA.distance(token, word, score_cutoff=1) <= 1
        for token in view.tokens
    )


def rank_of(line: Line, view: View, matched: set[str]) -> tuple[bool, float, float]:
    slot = line.slot if line.heads & view.spans.keys() else 0.0
    front = sum(weight for word, weight in line.front.items() if word in matched)
    whole = sum(line.front.values()) + line.slot
    return line.required <= matched and not line.soft, (front + slot) / whole if whole else 0.0, front + slot


def longest_run(name: tuple[str, ...], title: tuple[str, ...]) -> int:
    """The length of the longest run of words in both."""
    longest = 0
    before = [0] * (len(title) + 1)
    for word in name:
        now = [0] * (len(title) + 1)
        for at, other in enumerate(title, start=1):
            if word == other:
                now[at] = before[at - 1] + 1
                longest = max(longest, now[at])
        before = now
    return longest
