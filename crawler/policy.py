"""What we may fetch and when: terms, pauses, robots.txt, pace. Asked before every request and every redirect.

Whoever is refused here gets `not_allowed` and the reason; the network is not touched. 403, 429 and a wall put the
host to rest for hours, `Retry-After` is honoured, and a host that gives no answer is left alone for half an hour.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from crawler.clock import Clock, instant
from crawler.egress import DEFAULT_PORTS
from crawler.pace import Pace, TooLong
from crawler.pauses import HostPauses
from crawler.plan import Limits
from crawler.robots import MAX_AGE_S, RobotsRules

SHORT_RETRY_S = 120.0
LONGEST_PAUSE = timedelta(days=7)
MOST_FAILURES = 5
FAILING_PAUSE = timedelta(minutes=30)
_UNREACHABLE_AGE_S = 300.0

FetchRobots = Callable[[str], Awaitable[RobotsRules]]
Terms = Callable[[str], str]
"""The marketplace that a URL belongs to and that the operator has not allowed; empty where there is none."""


class NotAllowed(Exception):
    """We may not make this request; the message is the capture's reason."""


@dataclass(frozen=True)
class _Kept:
    rules: RobotsRules
    until: datetime


def host_key(url: str) -> str:
    """The host that pace and pauses are about: lower case, with the port where it is not the usual one. A name with a
    dot at its end is the same host."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().rstrip(".")
    return host if parts.port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


def retry_after(value: str, now: datetime) -> float:
    """The seconds that a Retry-After header asks for (RFC 9110, section 10.2.3: seconds or a date), the most where it
    was sent several times; 0 if it can't be read."""
    text = value.strip()
    numbers = [part.strip() for part in text.split(",")]
    if all(part.isascii() and part.isdecimal() for part in numbers):
        return max(float(part[:9]) for part in numbers)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, (at - now).total_seconds()) if at.tzinfo else 0.0


class Policy:
    """The rules of one run. `fetch_robots` gets the robots.txt of a URL's host; it may raise what a fetch raises."""

    def __init__(
        self,
        clock: Clock,
        limits: Limits,
        pauses: HostPauses,
        pace: Pace,
        fetch_robots: FetchRobots,
        terms: Terms = lambda _: "",
    ) -> None:
        self.clock, self.limits, self.pauses, self.pace = clock, limits, pauses, pace
        self._fetch_robots, self._terms = fetch_robots, terms
        self._robots: dict[str, _Kept] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._down: dict[str, tuple[float, Exception]] = {}
        self._failures: dict[str, int] = {}

    async def admit(self, url: str) -> None:
        """Raises NotAllowed where this URL may not be fetched now, or what fetching its robots.txt raised."""
        host = host_key(url)
        forbidden = self.forbidden(url)
        if forbidden:
            raise NotAllowed(f"terms: {forbidden} is not allowed by the operator")
        self._not_paused(host)
        rules = await self._rules(host, url)
        if not rules.allows(url):
            why = "disallowed" if rules.verdict == "rules" else rules.reason
            raise NotAllowed(f"robots: {why}")

    @asynccontextmanager
    async def turn(self, url: str, *, at_once: bool = False) -> AsyncIterator[None]:
        """The host's turn for one request; `at_once` as `Pace.turn` has it. What the answer asks for is to be told
        before the turn ends. Raises NotAllowed where the wait is too long for a run, Stopped or DiskFull."""
        host = host_key(url)
        self._not_paused(host)
        try:
            async with self.pace.turn(host, at_once=at_once):
                self._not_paused(host)
                yield
        except TooLong as wait:
            raise NotAllowed(f"host_paused: {wait}") from wait

    def forbidden(self, url: str) -> str:
        """The marketplace of the URL where the operator has not allowed it, empty where nothing stands against it."""
        return self._terms(url)

    def known_to_forbid(self, url: str) -> bool:
        """Whether a robots.txt that was read in this run disallows the URL. Asks nobody."""
        kept = self._robots.get(_origin(url))
        return kept is not None and not kept.rules.allows(url)

    def answered(self, url: str, status: int, retry_after_header: str) -> None:
        """Take note of a status that asks for restraint: 403 and 429 rest the host for hours, Retry-After as asked."""
        asked_s = retry_after(retry_after_header, self.clock.now()) if retry_after_header else 0.0
        if status in (403, 429):
            self.rest(url, f"status {status}", asked_s)
        elif status >= 500 and asked_s > SHORT_RETRY_S:
            self.rest(url, f"status {status} with Retry-After", asked_s, at_least_s=0.0)
        elif status >= 500 and asked_s:
            self.pace.hold(host_key(url), asked_s)

    def rest(self, url: str, why: str, asked_s: float = 0.0, at_least_s: float | None = None) -> None:
        """Put the URL's host to rest: for `limits.backoff_hours` or what it asked for, whichever is longer."""
        least_s = self.limits.backoff_hours * 3600 if at_least_s is None else at_least_s
        rest = min(timedelta(seconds=max(least_s, asked_s)), LONGEST_PAUSE)
        self.pauses.pause(host_key(url), self.clock.now() + rest, why)

    def visited(self, url: str, trouble: str = "") -> None:
        """Take note of how a visit ended at the URL's host: with an answer, or with a `trouble` of the transport.

        A host that gave no answer to five visits in a row is left alone for half an hour, so that one that is down does
        not cost a run its time; the first visit after that which fails again renews the rest.
        """
        host = host_key(url)
        if not trouble:
            self._failures.pop(host, None)
            return
        self._failures[host] = self._failures.get(host, 0) + 1
        if self._failures[host] >= MOST_FAILURES:
            name = trouble.partition(":")[0]
            self.pauses.pause(host, self.clock.now() + FAILING_PAUSE, f"failing: {name}")

    def keep_pace(self) -> None:
        """Write down what hosts with a long pace still have to wait, for the run that comes next."""
        for host, wait_s in self.pace.delays().items():
            if wait_s > 1:
                self.pauses.pause(host, self.clock.now() + timedelta(seconds=wait_s), "pace", kind="pace")

    def _not_paused(self, host: str) -> None:
        pause = self.pauses.of(host)
        if pause is None:
            return
        if pause.kind == "pace":
            self.pace.hold(host, (datetime.fromisoformat(pause.until) - self.clock.now()).total_seconds())
            return
        raise NotAllowed(f"host_paused: {pause.why}, until {pause.until}")

    async def _rules(self, host: str, url: str) -> RobotsRules:
        """The rules that hold for the URL; lanes that meet here at the same moment ask once."""
        origin = _origin(url)
        async with self._asking[origin]:
            kept = self._robots.get(origin)
            if kept is None or self.clock.now() >= kept.until:
                rules = await self._fetched_rules(host, url)
                age_s = _UNREACHABLE_AGE_S if rules.reason.startswith("unreachable") else MAX_AGE_S
                kept = _Kept(rules, self.clock.now() + timedelta(seconds=age_s))
                self._robots[origin] = kept
                self.pace.slow_down(host, rules.delay_s)
            return kept.rules

    async def _fetched_rules(self, host: str, url: str) -> RobotsRules:
        """A host that is beyond reach is not tried again for every slot: the error holds for five minutes."""
        down = self._down.get(host)
        if down is not None and self.clock.monotonic_s() < down[0]:
            raise down[1]
        try:
            return await self._fetch_robots(url)
        except Exception as error:
            self._down[host] = (self.clock.monotonic_s() + _UNREACHABLE_AGE_S, error)
            raise


def _origin(url: str) -> str:
    """What one robots.txt speaks for (RFC 9309, section 2.3): scheme, host and port."""
    return f"{urlsplit(url).scheme}://{host_key(url)}"


def robots_note(url: str, rules: RobotsRules, at: datetime, record_id: str) -> dict[str, str]:
    """One line of the manifest's `robots`."""
    note = {"url": url, "verdict": rules.verdict, "reason": rules.reason, "read_at": instant(at)}
    return {**note, "agents": " ".join(rules.agents), "delay_s": f"{rules.delay_s:g}", "warc_record_id": record_id}
