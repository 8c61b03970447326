"""Ways to change a page of a shop that change nothing about its offer, or take something away from it.

None of them may make a reader tell an end, a stock-out or a refusal that the page did not tell before: the notices are
in places that speak of something else (reviews, other items, translations), or nobody sees them.
"""

import re
from collections.abc import Callable

NOTICES = (
    "This item is no longer available.",
    "Currently unavailable.",
    "Out of stock",
    "Sold out",
    "This item is sold out",
    "Sorry, this item is unavailable",
    "This listing was ended by the seller",
    "This listing was removed",
    "Page not found",
    "This posting has expired.",
    "This posting has been flagged for removal",
    "This item cannot be shipped to your selected delivery location",
    "May not post to Netherlands",
    "ページが見つかりませんでした",
    "該当する商品は削除されています",
    "この商品は存在しません",
    "売り切れました",
    "商品已下架",
    "您访问的商品不存在",
    "无货",
)
WALL_WORDS = (
    "Robot or human?",
    "Enter the characters you see below",
    "Pardon Our Interruption...",
    "Sorry, we have detected unusual traffic from your network.",
    "Please log in to continue",
)
_SCRIPTS = re.compile(r"<script\b.*?</script>", re.DOTALL | re.IGNORECASE)
_JSON_LD = re.compile(r"<script[^>]*ld\+json[^>]*>.*?</script>", re.DOTALL | re.IGNORECASE)
_HEAD = re.compile(r"<head\b.*?</head>", re.DOTALL | re.IGNORECASE)
_CONTROLS = re.compile(r"<button\b.*?</button>|<input\b[^>]*>|<form\b[^>]*>", re.DOTALL | re.IGNORECASE)


def _each(tags: tuple[str, ...], words: tuple[str, ...]) -> str:
    return "".join(f"<{tag}>{word}</{tag}>" for word in words for tag in tags)


def _at_the_end(text: str, what: str) -> str:
    at = text.lower().rfind("</body>")
    return text[:at] + what + text[at:] if at >= 0 else text + what


def other_items(text: str) -> str:
    """A row of other items that are gone."""
    cards = "".join(f"<li class=card>{_each(('h2', 'h3', 'span', 'p', 'button'), (word,))}</li>" for word in NOTICES)
    return _at_the_end(text, f"<section class=recommendations><ul class=carousel>{cards}</ul></section>")


def reviews(text: str) -> str:
    """Buyers' reviews that quote notices and walls."""
    words = _each(("p",), (*NOTICES, *WALL_WORDS))
    return _at_the_end(text, f"<div class=reviews><h3>Reviews</h3><div class=review>{words}</div></div>")


def unseen(text: str) -> str:
    """Notices in comments, scripts, templates, and elements that are not shown."""
    said = _each(("h1", "h2", "p"), NOTICES)
    strings = ",".join(f'"{word}"' for word in (*NOTICES, *WALL_WORDS))
    hidden = f'<div hidden>{said}</div><div style="display: none">{said}</div>'
    made = f"<!--{said}--><script>var texts = [{strings}];</script><template>{said}</template>{hidden}"
    return _at_the_end(text, f"{made}<noscript>{said}</noscript>")


def without_scripts(text: str) -> str:
    return _SCRIPTS.sub("", text)


def without_json_ld(text: str) -> str:
    return _JSON_LD.sub("", text)


def without_head(text: str) -> str:
    return _HEAD.sub("", text)


def without_controls_beside_other_items(text: str) -> str:
    return other_items(_CONTROLS.sub("", text))


def bare_beside_other_items(text: str) -> str:
    return other_items(_CONTROLS.sub("", _SCRIPTS.sub("", text)))


def cut_off(text: str) -> str:
    return text[: len(text) * 6 // 10]


MUTATIONS: tuple[Callable[[str], str], ...] = (
    other_items,
    reviews,
    unseen,
    without_scripts,
    without_json_ld,
    without_head,
    without_controls_beside_other_items,
    bare_beside_other_items,
    cut_off,
)
