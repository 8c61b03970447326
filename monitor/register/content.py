"""What of a notice is the authority's own: the content that versions keep and compare."""

import hashlib
import json
import re
from typing import Any

from crawler.feeds.notice import Identifier, Notice

_DERIVED = {"flags", "scope", "verified", "facts"}


def content_of(notice: Notice) -> dict[str, Any]:
    """The notice without what our own rules found (flags, scope, facts, identifiers and links out of prose) and empty
    fields."""
    repeated = {*notice.upcs, *(product.model for product in notice.products)}
    stated = tuple(one for one in notice.identifiers if one.provenance == "structured" and one.value not in repeated)
    links = tuple(link for link in notice.links if not link.span)
    bare = notice.model_copy(update={"identifiers": stated, "links": links})
    return bare.model_dump(mode="json", exclude_defaults=True, exclude=_DERIVED)


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the content as JSON with sorted keys."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def normalised(identifier: Identifier) -> str:
    """What is compared: a GTIN as 14 digits, a model as letters and digits in upper case, a name in lower case."""
    if identifier.kind == "gtin":
        return re.sub(r"\D", "", identifier.value).zfill(14)
    if identifier.kind in ("brand", "seller"):
        return " ".join(identifier.value.casefold().split())
    return re.sub(r"[\W_]+", "", identifier.value).upper()
