"""Fetches the lists of authorities and brings the register up to date; every attempt is written down."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.clock import Clock
from crawler.egress import EgressGuard
from crawler.errors import BadInput, NeedsPerson
from crawler.feeds.feed import Feed
from crawler.feeds.fetch import Addresses, FetchFailed, Visitor
from crawler.plan import Identity
from crawler.vantage import user_agent
from monitor.register.checks import Check, last_good
from monitor.register.obtaining import Obtained, obtain
from monitor.register.register import ImportResult, Origin, import_notices
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

    def update(self, feed: Feed, endpoint: str = "", most_documents: int = 0) -> Updated:
        """Fetch one list and import it in one transaction; the register stays as it was where anything is wrong.

        `most_documents` above 0 takes the place of the feed's own bound on what an index leads to.
        """
        source, url = feed.info.name, endpoint or feed.info.endpoint
        if not url or not (endpoint or feed.info.fetch):
            raise BadInput(f"{source} can't be fetched; import its files", field="SOURCE")
        with self.store.reader() as session:
            before = last_good(session, source)
        try:
            obtained = obtain(feed, url, self._visitor(), before, most_documents)
            done = self._imported(source, url, obtained)
        except (FetchFailed, BadInput, NeedsPerson) as problem:
            outcome, reason = ("failed" if isinstance(problem, FetchFailed) else "refused"), str(problem)
            self._write(source, (Check(url, outcome, reason),))
            return Updated(source, outcome, reason, None)
        return Updated(source, "fetched" if done else "unchanged", "", done)

    def _imported(self, source: str, url: str, obtained: Obtained) -> ImportResult | None:
        if obtained.result is None:
            self._write(source, obtained.checks)
            return None
        with self.store.session() as session:
            lock_writers(session)
            now = self.clock.now()
            origin = Origin(url.rsplit("/", 1)[-1], obtained.sha256, now)
            done = import_notices(session, obtained.result, source, now, origin)
            session.add_all(check.row(source, now) for check in obtained.checks)
        return done

    def _write(self, source: str, checks: Iterable[Check]) -> None:
        now = self.clock.now()
        with self.store.session() as session:
            session.add_all(check.row(source, now) for check in checks)

    def _visitor(self) -> Visitor:
        identity = {"User-Agent": user_agent(self.identity)}
        if "@" in self.identity.contact:
            identity["From"] = self.identity.contact
        return Visitor(identity, self.addresses, self.clock)


def guarded_addresses(clock: Clock, allowed_hosts: Iterable[str]) -> Addresses:
    """The way out that every fetch takes: addresses checked by the egress guard."""
    guard = EgressGuard(clock, allowed_hosts)
    return lambda url: asyncio.run(guard.addresses(url))
