"""Visible text of elements: what a reader sees, without scripts, styles and hidden parts."""

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from parsel import Selector

_SPACE = re.compile(r"\s+")
_VISIBLE = etree.XPath(
    ".//text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template"
    " or ancestor::textarea)]",
    smart_strings=False,
)
_OWN = etree.XPath("text()", smart_strings=False)
_WITHIN = etree.XPath("string()", smart_strings=False)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MOST_NODES = 400


def squeeze(text: str) -> str:
    """The text with every run of white space (non-breaking too) as one blank, and none at its ends."""
    return _SPACE.sub(" ", text.replace("\u200b", "").replace("\u200e", "").replace("\u200f", "")).strip()


def visible_text(element: Selector) -> str:
    """What the element says to a reader, squeezed; bounded, so that a hostile page costs no time."""
    nodes = _VISIBLE(element.root) if hasattr(element.root, "xpath") else [str(element.root)]
    return squeeze(" ".join(nodes[:_MOST_NODES]))


def own_text(element: Any) -> str:
    """The text that stands in an lxml element itself, as it is: a script's, say."""
    return "".join(_OWN(element))


def text_within(element: Any) -> str:
    """All text of an lxml element and of those in it, as it is."""
    return str(_WITHIN(element))


def is_hidden(element: Selector, hidden_classes: Sequence[str] = ()) -> bool:
    """Whether the element or one around it is not shown: by attribute, inline style, or one of these classes."""
    node = element.root
    while node is not None and hasattr(node, "get"):
        if node.get("hidden") is not None or _HIDDEN_STYLE.search(node.get("style") or ""):
            return True
        if hidden_classes and not set(hidden_classes).isdisjoint((node.get("class") or "").split()):
            return True
        node = node.getparent()
    return False
