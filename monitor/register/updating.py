"""Fetches the lists of authorities and brings the register up to date; every attempt is written down."""

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from crawler.clock import Clock
from crawler.egress import EgressGuard
from crawler.errors import BadInput, NeedsPerson
from crawler.feeds.feed import Feed
from crawler.feeds.fetch import Addresses, Answer, FetchFailed, Known, fetch_list
from crawler.feeds.registry import read_data
from crawler.feeds.result import ReadResult
from crawler.plan import Identity
from crawler.vantage import user_agent
from monitor.register.register import ImportResult, Origin, import_notices
from monitor.store.register_tables import FeedCheckRow
from monitor.store.session import Store, lock_writers


@dataclass(frozen=True)
class Updated:
    """What became of one source: `outcome` is fetched, unchanged, failed or refused; `done` only where fetched."""

    source: str
    outcome: str
    reason: str
    done: ImportResult | None


@dataclass(frozen=True)
class Updater:
    """Who asks, by which way out, at what time, for which register."""

    store: Store
    identity: Identity
    addresses: Addresses
    clock: Clock

    def update(self, feed: Feed, endpoint: str = "") -> Updated:
        """Fetch one list and import it in one transaction; the register stays as it was where anything is wrong."""
        url = endpoint or feed.info.endpoint
        if not endpoint and not (url and feed.info.fetched_whole):
            raise BadInput(f"{feed.info.name} can't be fetched whole; import its files", field="SOURCE")
        identity = {"User-Agent": user_agent(self.identity)}
        if "@" in self.identity.contact:
            identity["From"] = self.identity.contact
        known = self._known(feed.info.name, url)
        try:
            answer = fetch_list(url, identity_headers=identity, known=known, addresses=self.addresses, clock=self.clock)
        except FetchFailed as problem:
            return self._kept(feed, url, "failed", str(problem), None)
        if answer.body is None:
            return self._kept(feed, url, "unchanged", "", answer)
        return self._imported(feed, url, answer, answer.body)

    def _imported(self, feed: Feed, url: str, answer: Answer, body: bytes) -> Updated:
        source = feed.info.name
        try:
            result = read_data(body, url, source)
            _assert_size(feed, result)
            with self.store.session() as session:
                lock_writers(session)
                now = self.clock.now()
                origin = Origin(url.rsplit("/", 1)[-1], hashlib.sha256(body).hexdigest(), now)
                done = import_notices(session, result, source, now, origin)
                session.add(self._check(source, url, "fetched", "", answer))
        except (BadInput, NeedsPerson) as problem:
            return self._kept(feed, url, "refused", str(problem), answer)
        return Updated(source, "fetched", "", done)

    def _kept(self, feed: Feed, url: str, outcome: str, reason: str, answer: Answer | None) -> Updated:
        with self.store.session() as session:
            session.add(self._check(feed.info.name, url, outcome, reason, answer))
        return Updated(feed.info.name, outcome, reason, None)

    def _check(self, source: str, url: str, outcome: str, reason: str, answer: Answer | None) -> FeedCheckRow:
        body = (answer.body if answer else None) or b""
        known = answer.known if answer and outcome in ("fetched", "unchanged") else Known()
        return FeedCheckRow(
            source=source,
            url=url,
            checked_at=self.clock.now(),
            outcome=outcome,
            reason=reason,
            http_status=answer.status if answer else None,
            etag=known.etag,
            last_modified=known.last_modified,
            body_sha256=hashlib.sha256(body).hexdigest() if body else "",
            body_bytes=len(body),
        )

    def _known(self, source: str, url: str) -> Known:
        """What the last good fetch of this very address told us."""
        query = (
            select(FeedCheckRow.etag, FeedCheckRow.last_modified)
            .where(FeedCheckRow.source == source, FeedCheckRow.url == url)
            .where(FeedCheckRow.outcome.in_(("fetched", "unchanged")))
            .order_by(FeedCheckRow.check_id.desc())
            .limit(1)
        )
        with self.store.reader() as session:
            row = session.execute(query).first()
        return Known(row[0], row[1]) if row else Known()


def guarded_addresses(clock: Clock, allowed_hosts: Iterable[str]) -> Addresses:
    """The way out that every fetch takes: addresses checked by the egress guard."""
    guard = EgressGuard(clock, allowed_hosts)
    return lambda url: asyncio.run(guard.addresses(url))


def _assert_size(feed: Feed, result: ReadResult) -> None:
    least, most = feed.info.min_records, feed.info.max_records
    if not least <= result.records <= most:
        raise NeedsPerson(
            f"{result.records} records where {least} to {most} are expected: the register is kept as it is"
        )
