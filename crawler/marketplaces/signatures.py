"""Looks for the signatures of a `marketplace.toml` on a page, so that adapters need no code for most marks."""

from typing import TYPE_CHECKING, Any

from crawler.extract.text import squeeze, visible_text
from crawler.marketplaces.description import Signature
from crawler.marketplaces.patterns import pattern
from crawler.reading import Mark

if TYPE_CHECKING:
    from crawler.marketplaces.page import SitePage

_MOST_ELEMENTS = 200


def find_marks(page: "SitePage", kind: str) -> list[Mark]:
    """The marks of all signatures that apply to this kind of page and its layout."""
    layout = page.layout()
    marks = []
    for signature in page.site.signatures:
        if signature.page not in (kind, "any") or signature.layout not in ("", layout):
            continue
        mark = find_mark(page, signature)
        if mark is not None:
            marks.append(mark)
    return marks


def find_mark(page: "SitePage", signature: Signature) -> Mark | None:
    """The mark of one signature; None unless every condition that it names holds."""
    if signature.status and page.status not in signature.status:
        return None
    if signature.max_bytes and len(page.text) > signature.max_bytes:
        return None
    if signature.url and not pattern(signature.url).search(page.url):
        return None
    if signature.title and not pattern(signature.title).search(page.title_element):
        return None
    if signature.not_title and pattern(signature.not_title).search(page.title_element):
        return None
    if signature.raw and not (signature.max_bytes and pattern(signature.raw).search(page.text)):
        return None
    if signature.unless and page.css(signature.unless):
        return None
    return _by_place(page, signature)


def _by_place(page: "SitePage", signature: Signature) -> Mark | None:
    where, says = "page", page.title_element
    if signature.json_path:
        found = page.json_value(signature.json_path)
        if found is None or not _is_wanted(found, signature):
            return None
        where, says = signature.json_path, squeeze(str(found))
    if signature.css:
        element = _element(page, signature)
        if element is None:
            return None
        where, says = signature.css, element
    if signature.status and not (signature.css or signature.json_path):
        where, says = "status", f"HTTP status {page.status}"
    return Mark(kind=signature.kind, signature=signature.id, where=where, says=says[:300])


def _is_wanted(found: Any, signature: Signature) -> bool:
    if signature.values and not any(found == value and type(found) is type(value) for value in signature.values):
        return False
    return not (signature.text and not signature.css) or bool(pattern(signature.text).search(squeeze(str(found))))


def _element(page: "SitePage", signature: Signature) -> str | None:
    """What the first element says that fits; None where none does."""
    for element in page.css(signature.css)[:_MOST_ELEMENTS]:
        if page.is_hidden(element):
            continue
        says = squeeze(element.attrib.get(signature.attr, "")) if signature.attr else visible_text(element)
        if signature.attr and not says:
            continue
        found = pattern(signature.text).search(says) if signature.text else None
        if signature.text and found is None:
            continue
        return _around(says, found.start()) if found is not None else says
    return None


def _around(says: str, start: int) -> str:
    return says[max(0, start - 80) :] if start > 200 else says
