"""What one look for a promised page says: reached, not found, or unknown. A wall or an error is never "missing"."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.marketplaces.states import State
from crawler.record import Capture, Outcome

PAGES_VERSION = 1
REACHED, NOT_FOUND, UNKNOWN = "reached", "not_found", "unknown"
PAGE_RULES = {
    "pages.reached": "The promised address answered with a page (2xx) that is no wall, login or empty shell.",
    "pages.not_found": "The promised address itself answered 404 or 410, and no wall stood on the page.",
    "pages.elsewhere": "The promised address led to another one: whether the page exists is unknown.",
    "pages.unknown": "A wall, a login, an error or a refusal, or no request was made: unknown, never missing.",
}
"""Rule ids with what they say (docs/reference/verification.md)."""

_MISSING = frozenset({404, 410})
_READ_AS_NOTHING = frozenset({State.BLOCKED, State.FAILED, State.NOT_ALLOWED})


@dataclass(frozen=True, slots=True)
class PageState:
    """`state` by `rule`; `why` says in words what came."""

    state: str
    rule: str
    why: str


def page_state(capture: Capture) -> PageState:
    """The state of one look for a promised page: a pure function of its capture."""
    if capture.outcome != Outcome.FETCHED or capture.status is None:
        return PageState(UNKNOWN, "pages.unknown", capture.reason or str(capture.outcome))
    if capture.reading is None or capture.reading.judgement.state in _READ_AS_NOTHING:
        said = capture.reading.judgement.says if capture.reading else capture.reason
        return PageState(UNKNOWN, "pages.unknown", said or f"HTTP status {capture.status}")
    if not _same_page(capture.requested_url, capture.final_url):
        return PageState(UNKNOWN, "pages.elsewhere", f"led to {capture.final_url}")
    if capture.status in _MISSING:
        return PageState(NOT_FOUND, "pages.not_found", f"HTTP status {capture.status}")
    if 200 <= capture.status < 300:
        return PageState(REACHED, "pages.reached", f"HTTP status {capture.status}")
    return PageState(UNKNOWN, "pages.unknown", f"HTTP status {capture.status}")


def _same_page(asked: str, landed: str) -> bool:
    """Whether both are one page: scheme, `www.`, a slash at the end and the query may differ."""
    first, second = urlsplit(asked), urlsplit(landed or asked)
    hosts = [(one.hostname or "").removeprefix("www.") for one in (first, second)]
    return hosts[0] == hosts[1] and first.path.rstrip("/") == second.path.rstrip("/")
