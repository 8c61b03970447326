"""What a host's robots.txt says to us (RFC 9309, the Robots Exclusion Protocol), read with Protego.

Two choices are stricter than the RFC: 401, 403 and 429 forbid instead of allowing, and rules that name the library
we are built on (Scrapy) bind us too. A robots.txt that can't be had forbids everything.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

MAX_BYTES = 500 * 1024
MAX_AGE_S = 24 * 3600.0
MAX_REDIRECTS = 5
FORBIDDING = frozenset({401, 403, 429})

OUR_NAME = "stillforsale"
LIBRARY_NAME = "Scrapy"
"""What robots.txt calls a product token."""
_NAMES_US = re.compile(
    rf"^\s*user-?\s?agent\s*:?\s*((?:{OUR_NAME}|{LIBRARY_NAME})(?![A-Za-z])[^\s#]*)", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True)
class RobotsRules:
    """The rules of one host. `verdict` is `rules`, `allow_all` or `forbid_all`; `reason` says why."""

    verdict: str
    reason: str
    parsed: Protego | None = None
    agents: tuple[str, ...] = (OUR_NAME,)

    def allows(self, url: str) -> bool:
        """Whether every rule that binds us lets this URL be fetched, as it is written and as a server may take it."""
        if self.parsed is None:
            return self.verdict == "allow_all"
        forms = {url, _resolved(url)}
        return all(self.parsed.can_fetch(form, agent) for form in forms for agent in self.agents)

    @property
    def delay_s(self) -> float:
        """Seconds between two requests that the host asks for (Crawl-delay and Request-rate, whichever is slower)."""
        if self.parsed is None:
            return 0.0
        asked = [0.0]
        for agent in self.agents:
            asked.append(self.parsed.crawl_delay(agent) or 0.0)
            rate = self.parsed.request_rate(agent)
            if rate is not None and rate.requests:
                asked.append(rate.seconds / rate.requests)
        return max(asked)


def _resolved(url: str) -> str:
    """The URL with the dot segments of its path resolved (RFC 3986, section 5.2.4) and empty ones left out: servers
    take `/x/../private` and `//private` for `/private`."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    kept: list[str] = []
    segments = re.sub("%2e", ".", parts.path, flags=re.IGNORECASE).replace("\\", "/").split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    end = "/" if kept and segments[-1] in ("", ".", "..") else ""
    return parts._replace(path=f"/{'/'.join(kept)}{end}").geturl()


def rules_from(status: int, body: bytes) -> RobotsRules:
    """The rules in a robots.txt answer: its final status after redirects, and its decoded body."""
    if 200 <= status < 300:
        text = body[:MAX_BYTES].decode("utf-8-sig", errors="replace")
        agents = tuple(dict.fromkeys([OUR_NAME, *(name.lower() for name in _NAMES_US.findall(text))]))
        return RobotsRules("rules", f"status {status}", Protego.parse(text), agents)
    if 400 <= status < 500 and status not in FORBIDDING:
        return RobotsRules("allow_all", f"status {status}: there is no robots.txt")
    return RobotsRules("forbid_all", f"status {status}")


def unreachable(why: str) -> RobotsRules:
    """The rules where robots.txt could not be had: RFC 9309 section 2.3.1.4 assumes complete disallow."""
    return RobotsRules("forbid_all", f"unreachable ({why})")
