"""The text of a page as a tree of elements, within bounds that no page of a shop comes near."""

from typing import Any

from lxml import etree, html  # type: ignore[import-untyped]

MOST_TAGS = 200_000
"""Start and end tags, as counted by `<`. The largest of the pages that this was tried on has 23,000."""


class TooMuchMarkup(ValueError):
    """The page has more elements, or deeper ones, than any page that a person could read."""


def tree_of(text: str) -> Any:
    """The root of a page's tree, an empty document's where there is nothing in it. Raises TooMuchMarkup.

    The parser itself ends at elements nested 2,048 deep and drops the rest of the page: what such a tree does not show
    says nothing.
    """
    tags = text.count("<")
    if tags > MOST_TAGS:
        raise TooMuchMarkup(f"{tags} tags, over the limit of {MOST_TAGS}")
    parser = html.HTMLParser(recover=True, encoding="utf-8", huge_tree=True)
    root = etree.fromstring(text.strip().encode() or b"<html/>", parser=parser)
    last = parser.error_log.last_error
    if last is not None and "xcessive depth" in last.message:
        raise TooMuchMarkup("elements nested deeper than the parser goes")
    return etree.fromstring(b"<html/>", parser=parser) if root is None else root
