"""Visible text of elements: what a reader sees, without scripts, styles and hidden parts."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from parsel import Selector

_SPACE = re.compile(r"\s+")
_SILENT = frozenset({"script", "style", "noscript", "template", "textarea"})
_WITHIN_SILENT = etree.XPath(f"boolean(ancestor-or-self::*[{' or '.join(f'self::{tag}' for tag in sorted(_SILENT))}])")
_OWN = etree.XPath("text()", smart_strings=False)
_WITHIN = etree.XPath("string()", smart_strings=False)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MOST_TEXTS = 400
_MOST_STEPS = 20_000


def squeeze(text: str) -> str:
    """The text with every run of white space (non-breaking too) as one blank, and none at its ends."""
    return _SPACE.sub(" ", text.replace("\u200b", "").replace("\u200e", "").replace("\u200f", "")).strip()


def visible_text(element: Selector) -> str:
    """What the element says to a reader, squeezed; bounded, so that a hostile page costs no time."""
    if not hasattr(element.root, "xpath"):
        return squeeze(str(element.root))
    return "" if _WITHIN_SILENT(element.root) else squeeze(" ".join(islice(_texts(element.root), _MOST_TEXTS)))


def _texts(root: Any) -> Iterator[str]:
    """The texts in an element one by one, up to so many steps: a page of nested elements has each text in thousands."""
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, node in islice(walk, _MOST_STEPS):
        if event != "start":
            if node.tail and node is not root:
                yield node.tail
        elif node.tag in _SILENT:
            walk.skip_subtree()
        elif node.text:
            yield node.text


def own_text(element: Any) -> str:
    """The text that stands in an lxml element itself, as it is: a script's, say."""
    return "".join(_OWN(element))


def text_within(element: Any) -> str:
    """All text of an lxml element and of those in it, as it is."""
    return str(_WITHIN(element))


def is_hidden(element: Selector, hidden_classes: Sequence[str] = (), known: dict[Any, bool] | None = None) -> bool:
    """Whether the element or one around it is not shown: by attribute, inline style, or one of these classes. `known`
    keeps what was found out about the elements of a page for the next question."""
    known = {} if known is None else known
    node, climbed, hidden = element.root, [], False
    while node is not None and hasattr(node, "get"):
        if node in known:
            hidden = known[node]
            break
        climbed.append(node)
        if _hides(node, hidden_classes):
            hidden = True
            break
        node = node.getparent()
    known.update(dict.fromkeys(climbed, hidden))
    return hidden


def _hides(node: Any, hidden_classes: Sequence[str]) -> bool:
    if node.get("hidden") is not None or _HIDDEN_STYLE.search(node.get("style") or ""):
        return True
    return bool(hidden_classes) and not set(hidden_classes).isdisjoint((node.get("class") or "").split())
