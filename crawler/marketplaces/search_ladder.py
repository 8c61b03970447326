"""What became of a search page, and of a capture that brought no page: the shorter half of the ladder."""

from collections.abc import Callable

from crawler.marketplaces.evidence import MISSING, REFUSALS, RULES_VERSION, Evidence, Ground, Rule, decide
from crawler.marketplaces.states import SearchState, State
from crawler.reading import Judgement, MarkKind, Reading
from crawler.record import Outcome


def _mark(kind: MarkKind) -> Callable[[Evidence], Ground]:
    return lambda evidence: evidence.mark(kind)


def _server_error(evidence: Evidence) -> Ground:
    status = evidence.status
    failed = status is not None and status >= 400 and status not in REFUSALS
    walled = evidence.mark(MarkKind.WALL, MarkKind.LOGIN)
    return f"HTTP status {status}" if failed and not walled else None


SEARCH_RULES: tuple[Rule, ...] = (
    Rule(
        "search.refused",
        SearchState.BLOCKED,
        "401, 403, 407 and 429 refuse us: this page was not searched.",
        lambda evidence: f"HTTP status {evidence.status}" if evidence.status in REFUSALS else None,
    ),
    Rule(
        "search.server_error",
        SearchState.FAILED,
        "Any other 4xx or 5xx: this page was not searched.",
        _server_error,
    ),
    Rule(
        "search.searched",
        SearchState.SEARCHED,
        "Listings stand on the page.",
        lambda evidence: f"{evidence.hits} listings" if evidence.hits else None,
    ),
    Rule(
        "search.unreadable",
        SearchState.FAILED,
        "Zero bytes, a body over the limit, or a page that our reader could not read.",
        lambda evidence: evidence.unreadable or None,
    ),
    Rule("search.wall", SearchState.BLOCKED, "A bot wall and no listing.", _mark(MarkKind.WALL)),
    Rule("search.login", SearchState.BLOCKED, "A login page and no listing.", _mark(MarkKind.LOGIN)),
    Rule(
        "search.shell",
        SearchState.FAILED,
        "The frame of a search page whose listings are filled in by scripts: an empty list is no evidence.",
        _mark(MarkKind.SHELL),
    ),
    Rule(
        "search.no_results",
        SearchState.NO_RESULTS,
        "The site says that it found nothing, by a confirmed signature.",
        lambda evidence: evidence.mark(MarkKind.NO_RESULTS, verified=True),
    ),
    Rule(
        "search.unclear",
        SearchState.UNCLEAR,
        "No listing on the page and nothing that explains it. Never read as `nothing found`.",
        lambda _: "no listing on the page, and nothing says why",
    ),
)


def judge_search(evidence: Evidence) -> Judgement:
    """The state of a search or seller page."""
    return decide(SEARCH_RULES, evidence)


CAPTURE_RULES: dict[str, str] = {
    "capture.failed": "No whole response came: DNS, TLS, timeout, reset, a torn or oversized body.",
    "capture.not_looked": "The run stopped before this slot was visited.",
    "capture.not_allowed": "robots.txt, the operator's decision on terms, our own limits, or a host that asked for a"
    " pause forbade the visit.",
    "capture.refused": "401, 403, 407 or 429 and no page that was kept.",
    "capture.wall_met": "A person met a wall or a login in the listing's place and saved no page of it.",
    "capture.unread": "A response came, but no page of it was kept to be read.",
}
"""Rules for captures without a page, by id."""

WALL_MET = "person: wall"
"""The reason of a capture whose reviewer met a wall instead of the listing."""


def judge_capture(
    outcome: Outcome, reason: str, status: int | None, reading: Reading | None, *, search: bool = False
) -> Judgement:
    """The state of one capture: that of its page where one was read, else what its outcome allows to say.

    Nothing here can give an off-sale state: without a page there is no evidence. A bare 404 stays unread.
    """
    if reading is not None:
        return reading.judgement
    failed: State | SearchState = SearchState.FAILED if search else State.FAILED
    blocked: State | SearchState = SearchState.BLOCKED if search else State.BLOCKED
    forbidden: State | SearchState = SearchState.NOT_ALLOWED if search else State.NOT_ALLOWED
    says = reason or (f"HTTP status {status}" if status is not None else "")
    if outcome is Outcome.NOT_ALLOWED:
        return Judgement(state=forbidden, rule="capture.not_allowed", version=RULES_VERSION, says=says)
    if outcome is Outcome.NOT_LOOKED:
        return Judgement(state=failed, rule="capture.not_looked", version=RULES_VERSION, says=says)
    if outcome is Outcome.FAILED and reason == WALL_MET:
        return Judgement(state=blocked, rule="capture.wall_met", version=RULES_VERSION, says=says)
    if outcome is Outcome.FAILED:
        return Judgement(state=failed, rule="capture.failed", version=RULES_VERSION, says=says)
    if status in REFUSALS:
        return Judgement(state=blocked, rule="capture.refused", version=RULES_VERSION, says=says)
    if status in MISSING and not search:
        return Judgement(state=State.UNVERIFIED, rule="ladder.missing_status", version=RULES_VERSION, says=says)
    return Judgement(state=failed, rule="capture.unread", version=RULES_VERSION, says=says)
