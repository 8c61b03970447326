"""CSS over large and hostile pages: one walk builds an index by id, class and tag, and each selector is then only
evaluated below the few elements that it can begin with. No query hands back more than a thousand elements."""

import re
from collections import defaultdict
from functools import cache
from typing import Any, NamedTuple

import parsel
from lxml import etree  # type: ignore[import-untyped]

_MOST_ELEMENTS = 1000
_MOST_INDEXED = 400_000
_MOST_CONTEXTS = 200
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_ASIDE = re.compile(r"\[[^\]]*\]|::?[\w-]+\([^()]*\)")
_TOKEN = re.compile(r"(?<!\\)([#.])((?:[\w-]|\\.)+)")
_TAG = re.compile(r"^[a-z][a-z0-9]*")
_COMBINATOR = re.compile(r"[\s>+~]")


class _Part(NamedTuple):
    """One alternative of a selector: what must be on the page, what its first element is, and how to find it."""

    ids: frozenset[str]
    classes: frozenset[str]
    first_id: str
    first_class: str
    first_tag: str
    find: Any


class Elements:
    """One page's elements by CSS selector."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self._by_id: dict[str, list[Any]] = defaultdict(list)
        self._by_class: dict[str, list[Any]] = defaultdict(list)
        self._by_tag: dict[str, list[Any]] = defaultdict(list)
        for count, element in enumerate(root.iter(etree.Element)):
            if count >= _MOST_INDEXED:
                break
            self._index(element)

    def _index(self, element: Any) -> None:
        self._by_tag[element.tag].append(element)
        name = element.get("id")
        if name:
            self._by_id[name].append(element)
        for name in (element.get("class") or "").split():
            self._by_class[name].append(element)

    def css(self, query: str) -> parsel.SelectorList[parsel.Selector]:
        """The first thousand elements (or attributes, with `::attr(name)`) that the selector finds; its alternatives
        one after the other, each in the order of the page, and equal attributes once."""
        found: dict[Any, None] = {}
        for part in _parts(query):
            for context in self._contexts(part):
                found.update(dict.fromkeys(part.find(context)))
                if len(found) >= _MOST_ELEMENTS:
                    break
        return parsel.SelectorList(_selector(one) for one in list(found)[:_MOST_ELEMENTS])

    def _contexts(self, part: _Part) -> list[Any]:
        """The elements below which the part has to be looked for; none where the page lacks what it needs."""
        if not (all(map(self._by_id.get, part.ids)) and all(map(self._by_class.get, part.classes))):
            return []
        if part.first_id:
            return self._by_id[part.first_id]
        if part.first_class:
            starts = self._by_class[part.first_class]
        elif part.first_tag:
            starts = self._by_tag.get(part.first_tag, [])
        else:
            return [self.root]
        return starts if len(starts) <= _MOST_CONTEXTS else [self.root]


def _selector(found: Any) -> parsel.Selector:
    return parsel.Selector(root=found, type="text" if isinstance(found, str) else "html")


@cache
def _parts(query: str) -> tuple[_Part, ...]:
    return tuple(_part(text) for text in _alternatives(query))


def _part(text: str) -> _Part:
    bare = _ASIDE.sub("@", _ASIDE.sub("@", _QUOTED.sub("", text)))
    first = _COMBINATOR.split(bare.strip(), maxsplit=1)[0]
    tag = _TAG.match(first)
    return _Part(
        ids=frozenset(_tokens(bare, "#")),
        classes=frozenset(_tokens(bare, ".")),
        first_id=next(iter(_tokens(first, "#")), ""),
        first_class=next(iter(_tokens(first, ".")), ""),
        first_tag=tag.group() if tag else "",
        find=etree.XPath(parsel.css2xpath(text), smart_strings=False),
    )


def _tokens(selector: str, kind: str) -> list[str]:
    return [name.replace("\\", "") for sign, name in _TOKEN.findall(selector) if sign == kind]


def _alternatives(query: str) -> list[str]:
    """A selector split at its commas, but not at those within brackets or quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for at, char in enumerate(query):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "," and depth == 0:
            parts.append(query[start:at].strip())
            start = at + 1
    return [*parts, query[start:].strip()]
