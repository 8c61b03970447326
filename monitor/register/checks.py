"""Every time that we asked a source for something: written down, and asked again for conditional requests."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.feeds.fetch import NOTHING_KNOWN, Known
from monitor.store.register_tables import FeedCheckRow

_GOOD = ("fetched", "unchanged", "absent")


@dataclass(frozen=True)
class Check:
    """One address asked. `outcome` is fetched, unchanged, absent, failed or refused; `listed_as`: its index's word."""

    url: str
    outcome: str
    reason: str = ""
    status: int | None = None
    known: Known = NOTHING_KNOWN
    body: bytes = b""
    listed_as: str = ""

    def row(self, source: str, at: datetime) -> FeedCheckRow:
        """The row to keep; what would make the next request conditional only where this one was good."""
        known = self.known if self.outcome in _GOOD else NOTHING_KNOWN
        return FeedCheckRow(
            source=source,
            url=self.url,
            checked_at=at,
            outcome=self.outcome,
            reason=self.reason,
            http_status=self.status,
            etag=known.etag,
            last_modified=known.last_modified,
            listed_as=self.listed_as,
            body_sha256=hashlib.sha256(self.body).hexdigest() if self.body else "",
            body_bytes=len(self.body),
        )


@dataclass(frozen=True)
class LastGood:
    """What the last good fetch of an address told us."""

    known: Known
    listed_as: str


def last_good(session: Session, source: str) -> dict[str, LastGood]:
    """The last good fetch of each address of a source."""
    query = (
        select(FeedCheckRow.url, FeedCheckRow.etag, FeedCheckRow.last_modified, FeedCheckRow.listed_as)
        .where(FeedCheckRow.source == source, FeedCheckRow.outcome.in_(_GOOD))
        .order_by(FeedCheckRow.check_id)
    )
    return {
        url: LastGood(Known(etag, last_modified), listed_as)
        for url, etag, last_modified, listed_as in session.execute(query)
    }
