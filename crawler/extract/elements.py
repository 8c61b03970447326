"""CSS over large and hostile pages: what a selector needs is looked up by id, class and tag first, and it is then only
evaluated below the few elements that it can begin with. Nothing is indexed before a selector asks for it: a walk over
a page costs as much as the fifth part of its parse. No query hands back more than a thousand elements."""

import re
from collections import defaultdict
from functools import cache, cached_property
from itertools import islice
from typing import Any, NamedTuple

import parsel
from lxml import etree  # type: ignore[import-untyped]

_MOST_ELEMENTS = 1000
_MOST_CONTEXTS = 200
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_ASIDE = re.compile(r"\[[^\]]*\]|::?[\w-]+\([^()]*\)")
_TOKEN = re.compile(r"(?<!\\)([#.])((?:[\w-]|\\.)+)")
_TAG = re.compile(r"^[a-z][a-z0-9]*")
_COMBINATOR = re.compile(r"[\s>+~]")
_RARE = frozenset({"title", "meta", "link", "base", "script", "iframe", "h1", "main", "article"})
"""Tags of which a page has few and that many selectors begin with: found together in one walk."""
_HAS_ID = etree.XPath("boolean(id($name))")
_WITH_ID = etree.XPath("descendant-or-self::*[@id]")
_WITH_CLASS = etree.XPath("descendant-or-self::*[@class]")


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
        self._found: dict[str, parsel.SelectorList[parsel.Selector]] = {}
        self._by_tag: dict[str, list[Any]] = {}

    def css(self, query: str) -> parsel.SelectorList[parsel.Selector]:
        """The first thousand elements (or attributes, with `::attr(name)`) that the selector finds; its alternatives
        one after the other, each in the order of the page, and equal attributes once."""
        if query not in self._found:
            self._found[query] = self._css(query)
        return self._found[query]

    def tagged(self, *names: str) -> list[Any]:
        """All elements of these tags, each one of the rare ones, in the order of the page; also of what stands behind
        the end of the document, which selectors don't see."""
        return [element for element in (*self._rare, *self._rare_behind) if element.tag in names]

    def _css(self, query: str) -> parsel.SelectorList[parsel.Selector]:
        found: dict[Any, None] = {}
        for part in _parts(query):
            for context in self._contexts(part):
                found.update(dict.fromkeys(part.find(context)))
                if len(found) >= _MOST_ELEMENTS:
                    break
        return parsel.SelectorList(_selector(one) for one in islice(found, _MOST_ELEMENTS))

    def _contexts(self, part: _Part) -> list[Any]:
        """The elements below which the part has to be looked for; none where the page lacks what it needs."""
        if not (all(map(self._has_id, part.ids)) and all(map(self._values_by_class.get, part.classes))):
            return []
        if part.first_id:
            return self._by_id[part.first_id]
        if part.first_class:
            starts = self._of_class(part.first_class)
        elif part.first_tag:
            starts = self._of_tag(part.first_tag)
        else:
            return [self.root]
        return starts if len(starts) <= _MOST_CONTEXTS else [self.root]

    def _has_id(self, name: str) -> bool:
        """Whether an element has this id, by the table that the parser has made."""
        return bool(_HAS_ID(self.root, name=name))

    @cached_property
    def _by_id(self) -> dict[str, list[Any]]:
        by_id: dict[str, list[Any]] = defaultdict(list)
        for element in _WITH_ID(self.root):
            by_id[element.get("id")].append(element)
        return by_id

    @cached_property
    def _classed(self) -> list[Any]:
        return _WITH_CLASS(self.root)  # type: ignore[no-any-return]

    @cached_property
    def _by_value(self) -> dict[str, list[int]]:
        """Where the elements of each value of the attribute stand among those that have it."""
        by_value: dict[str, list[int]] = defaultdict(list)
        for at, element in enumerate(self._classed):
            by_value[element.get("class")].append(at)
        return by_value

    @cached_property
    def _values_by_class(self) -> dict[str, list[str]]:
        values: dict[str, list[str]] = defaultdict(list)
        for value in self._by_value:
            for name in dict.fromkeys(value.split()):
                values[name].append(value)
        return values

    def _of_class(self, name: str) -> list[Any]:
        places = [at for value in self._values_by_class[name] for at in self._by_value[value]]
        return [self._classed[at] for at in sorted(places)[: _MOST_CONTEXTS + 1]]

    def _of_tag(self, name: str) -> list[Any]:
        if name not in self._by_tag:
            found = (one for one in self._rare if one.tag == name) if name in _RARE else self.root.iter(name)
            self._by_tag[name] = list(islice(found, _MOST_CONTEXTS + 1))
        return self._by_tag[name]

    @cached_property
    def _rare(self) -> list[Any]:
        return list(self.root.iter(*_RARE))

    @cached_property
    def _rare_behind(self) -> list[Any]:
        return [element for behind in self.root.itersiblings() for element in behind.iter(*_RARE)]


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
