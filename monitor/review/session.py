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
from monitor.store.relisting_tables import RelistingReviewRow


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
    return ReviewResult(review.reviewer, _decided(review), _waiting(review))


def _decided(review: ReviewSession) -> dict[str, int]:
    """The newest decision of each proposal of this session, counted."""
    mine: Counter[str] = Counter()
    with review.store.reader() as session:
        for number in set(review.decided):
            table = RelistingReviewRow if number.startswith("r") else ReviewRow
            column = RelistingReviewRow.relisting_id if number.startswith("r") else ReviewRow.match_id
            newest = session.scalar(
                select(table.decision)
                .where(column == int(number.removeprefix("r")), table.reviewer == review.reviewer.strip())
                .order_by(table.review_id.desc())
                .limit(1)
            )
            mine[newest or ""] += 1
    return dict(sorted(mine.items()))


def _waiting(review: ReviewSession) -> int:
    with review.store.reader() as session:
        return len(due_to(session, review.reviewer, review.reviewers_needed).numbers)
