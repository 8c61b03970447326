"""The contract of an official interface: its addresses, how a call is signed, and what its answers say.

Written from the documentation of each interface. No answer of a live one has been seen yet: what an answer is taken
for is a signature in `marketplace.toml` (layout `api`) with its own verified status, and the ladder names the state.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.extract.scripts import at_path, text_at
from crawler.marketplaces.base import Marketplace
from crawler.plan import Vantage
from crawler.reading import ListingFacts, SearchHit

LAYOUT = "api"
"""The layout of signatures that stand in an interface's answer, never on a page."""


@dataclass(frozen=True, repr=False)
class ApiRequest:
    """One call. `url` is what is written down, `wire_url` what is asked for where that carries a signature; a call
    with a `body` is a POST. `secrets` are the texts that may stand in no file and no log."""

    url: str
    headers: dict[str, str]
    secrets: tuple[str, ...]
    wire_url: str = ""
    body: bytes = b""

    @property
    def target(self) -> str:
        return self.wire_url or self.url


@dataclass(frozen=True)
class ApiAnswer:
    """One answer, to be read: `data` is its JSON (None where it is none), `country` the buyer's, `at` when it came."""

    site: Marketplace
    data: Any
    url: str
    status: int | None
    asked_id: str = ""
    country: str = ""
    at: datetime | None = None

    def text(self, path: str) -> str:
        """What stands at a dotted path, as text; "" for nothing."""
        return text_at(self.data, path)

    def value(self, path: str) -> Any:
        """What stands at a dotted path; None for nothing."""
        return at_path(self.data, path)


@dataclass(frozen=True)
class Sign:
    """A signature that an answer shows: its id in `marketplace.toml`, the JSON path, and what stands there."""

    signature: str
    where: str
    says: str = ""


@dataclass(frozen=True)
class Findings:
    """What an answer says. `trouble`: it is no answer to the question (bad key, too many calls, an error that says
    nothing about the listing), so that nothing may be read from it."""

    signs: tuple[Sign, ...] = ()
    facts: ListingFacts = field(default_factory=ListingFacts)
    hits: tuple[SearchHit, ...] = ()
    next_page_url: str = ""
    trouble: str = ""
    notes: tuple[str, ...] = ()


class NoToken(Exception):
    """The token service's answer is no token; the message says why, and names no secret."""


class Api:
    """One official interface. `keys` come from the operator's settings; reading an answer needs none."""

    marketplace: ClassVar[str]
    label: ClassVar[str]
    needs: ClassVar[tuple[str, ...]]
    """Names of the keys that it can't do without."""
    base: ClassVar[str]
    min_delay_s: ClassVar[float] = 1.0
    looks: ClassVar[bool] = True
    """Whether its answers can tell how a listing stands; else it only finds listings."""
    signatures: ClassVar[tuple[str, ...]]
    """Ids of all signatures that its answers may show."""

    def __init__(self, keys: Mapping[str, str] | None = None) -> None:
        self.keys = dict(keys or {})
        self.root = (self.keys.get("base_url") or self.base).rstrip("/")

    def missing(self) -> tuple[str, ...]:
        """The keys that are needed and not there."""
        return tuple(name for name in self.needs if not self.keys.get(name))

    def owns(self, url: str) -> bool:
        """Whether a URL is one of this interface: keys are sent nowhere else."""
        return url.startswith(f"{self.root}/")

    def item_url(self, listing_id: str, vantage: Vantage) -> str:
        """The address that answers for one listing. No secret stands in it."""
        raise NotImplementedError

    def search_url(self, query: str, page: int, vantage: Vantage) -> str:
        """The address of one page of results, counted from 1. No secret stands in it."""
        raise NotImplementedError

    def seller_url(self, seller: str, query: str, vantage: Vantage) -> str:
        """The address of a seller's listings, "" where the interface has none."""
        return ""

    def token_request(self) -> ApiRequest | None:
        """The call that gets a token, None where calls need none."""
        return None

    def token_in(self, body: bytes) -> tuple[str, int]:
        """A token and the seconds that it lasts. Raises NoToken."""
        raise NotImplementedError

    def request(self, url: str, vantage: Vantage, token: str, at: datetime) -> ApiRequest:
        """The call for one of this interface's addresses. Raises ValueError where a key can't be used."""
        raise NotImplementedError

    def item(self, answer: ApiAnswer) -> Findings:
        """What the answer for one listing says."""
        raise NotImplementedError

    def search(self, answer: ApiAnswer) -> Findings:
        """What a page of results says."""
        raise NotImplementedError


def with_query(url: str, **changed: int | str) -> str:
    """The URL with some of its query replaced."""
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query)), **{name: str(value) for name, value in changed.items()}}
    return parts._replace(query=urlencode(query)).geturl()


def query_number(url: str, name: str, default: int) -> int:
    """A whole number of the URL's query."""
    text = dict(parse_qsl(urlsplit(url).query)).get(name, "")
    return int(text) if text.isdecimal() else default


def hits_of(found: Iterable[SearchHit | None]) -> tuple[SearchHit, ...]:
    """Each listing once, in the answer's order; those without an id are left out."""
    return tuple({hit.listing_id: hit for hit in found if hit is not None and hit.listing_id}.values())


def number_at(value: Any, path: str) -> int:
    """A whole number at a path, 0 for anything else."""
    text = text_at(value, path)
    return int(text) if text.isdecimal() else 0
