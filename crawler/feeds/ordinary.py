"""Which words of a name are ordinary: they say what a thing is or measure it, and alone are no brand."""

import re

from crawler.feeds.codes import is_code
from crawler.feeds.words import common_keys, key, plain_keys, tokens

NOT_BRANDS = frozenset(
    "the this these recalled all amazon walmart target costco generic no other some both various model year made style "
    "item cpsc".split()
)
_ACRONYMS = frozenset(
    "rov rovs utv utvs atv atvs led diy usb ac dc tv bb gps uv hd xl e-bike e-bikes ebike ebikes".split()
)
_SHORT_CODE = re.compile(r"[A-Z]{1,2}\d{1,2}[a-z]?")
INVENTED = re.compile(r"[a-z\d][A-Z]|^[A-Z]{3,}$|\d")
"""How invented names are often written: GhostKettle, ZORBO, Super9. An ordinary word with a capital may be anything."""
_MEASURED = re.compile(r"\d+(?:\.\d+)?[-\s]?[A-Za-z]{1,4}$|\d+[A-Z][a-z]+$|.*/\d")
"""18Volt, 20V, 4pk: a measure, where a brand would be sought."""


def is_ordinary(word: str) -> bool:
    """Whether the word says what a thing is, or is one that prose writes small."""
    parts = [part for part in word.split("-") if not part.isdigit()]
    if not parts or (len(parts) == 1 and parts[0] != word and key(parts[0]) in plain_keys() | common_keys()):
        return True
    if len(parts) > 1 and all(key(part) in common_keys() for part in (parts if len(parts) > 2 else parts[1:])):
        return parts[-1].islower() or len(parts) > 2
    if len(parts) > 1 and parts[-1].islower() and key(parts[0]) in plain_keys() | common_keys():
        return True
    return says_what(word) or (key(word) in common_keys() and not INVENTED.search(word))


def is_measured_word(word: str) -> bool:
    """Whether the word is a code or a measure."""
    return is_code(word) or bool(_MEASURED.match(word) or _SHORT_CODE.fullmatch(word))


def says_what(word: str) -> bool:
    """Whether every part of the word names a kind of thing."""
    parts = [part for part in map(key, re.split(r"[/-]", word)) if part and not part.isdigit()]
    return word.lower() in _ACRONYMS or not parts or all(part in plain_keys() for part in parts)


def is_no_brand(text: str) -> bool:
    """Whether the text is only of words that name kinds, or a shop, or a filling word."""
    return text.lower() in NOT_BRANDS or all(says_what(word) for word in tokens(text))


def plain_words(text: str) -> str:
    """Letters and digits in lower case, single spaces between."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.lower().replace("'", "")).split())
