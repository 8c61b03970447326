"""A session at the review desk: serve it on 127.0.0.1 until the reviewer is done."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from crawler.errors import BadInput
from monitor.localweb.guard import Door
from monitor.localweb.server import LocalServer
from monitor.review.app import ReviewSession, build_app
from monitor.review.case import due_to
from monitor.store.decision_tables import ReviewRow


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """What a session decided, by decision (the newest of each proposal), and how many proposals wait on."""

    reviewer: str
    decided: dict[str, int]
    waiting: int


def hold_review(review: ReviewSession, port: int, announce: Callable[[int, Door], None]) -> ReviewResult:
    """Serve the desk until its end; `announce` is given how many proposals wait, and the door.

    Raises BadInput where nobody is named or the port can't be had.
    """
    if not review.reviewer.strip():
        raise BadInput("a decision needs the name of who decided (--by)", field="by")
    server = LocalServer(lambda door, stop: build_app(review, door, stop), port)
    announce(_waiting(review), server.door)
    server.run()
    with review.store.reader() as session:
        rows = session.scalars(
            select(ReviewRow).where(ReviewRow.match_id.in_(set(review.decided))).order_by(ReviewRow.review_id)
        )
        newest = {row.match_id: row.decision for row in rows if row.reviewer == review.reviewer.strip()}
    return ReviewResult(review.reviewer, dict(sorted(Counter(newest.values()).items())), _waiting(review))


def _waiting(review: ReviewSession) -> int:
    with review.store.reader() as session:
        return len(due_to(session, review.reviewer, review.reviewers_needed))
