"""A made-up market for `bench ledger`: run after run of looks at listings that come, go and return. Nothing in it is
about the real world; the same seed gives the same looks.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from crawler.marketplaces.states import STANDING, Standing, State
from crawler.plan import Control, Purpose
from crawler.reading import Judgement, ListingFacts, Reading
from crawler.record import Outcome

START = datetime(2020, 1, 6, tzinfo=UTC)
MARKETPLACES = tuple(f"market-{number}" for number in range(8))
RUN_LOOKS = 500
GAP = timedelta(hours=12)
"""Every known listing is looked at once in this time."""

_ENDS = (State.REMOVED, State.REMOVED, State.REMOVED_POLICY, State.OUT_OF_STOCK, State.GEO_BLOCKED, State.ENDED)
_LOOKS_PER_READING = 10


class Said(NamedTuple):
    """A reading with its text and the SHA-256 of that."""

    reading: Reading
    text: str
    sha256: str


class Seen(NamedTuple):
    """One look: at which listing, what came, and what it said (None: nothing was read)."""

    purpose: Purpose
    control: Control | None
    marketplace: str
    listing_id: str
    at: datetime
    took_ms: int
    outcome: Outcome
    reason: str
    status: int | None
    state: State
    said: Said | None
    warc_record_id: str
    body_sha256: str

    @property
    def url(self) -> str:
        return f"https://{self.marketplace}.example/item/{self.listing_id}.html"


class Run(NamedTuple):
    """One run: its id, when it began, its looks with their controls before them."""

    run_id: str
    at: datetime
    looks: list[Seen]


@dataclass(slots=True)
class _Listing:
    """A listing's fate: on sale from its find on, `end` from `gone_at`, on sale again from `back_at`."""

    number: int
    marketplace: str
    listing_id: str
    gone_at: datetime
    back_at: datetime
    end: State
    looks: int = 0
    kept: tuple[tuple[State, int], Said] | None = None

    def state(self, at: datetime) -> State:
        return self.end if self.gone_at <= at < self.back_at else State.AVAILABLE


@dataclass
class Market:
    """Hands out runs; `known` listings grow with the looks, up to `most`, and then only their histories do."""

    seed: int = 0
    most: int = 20_000
    looks: int = 0
    runs: int = 0
    at: datetime = START
    known: list[_Listing] = field(default_factory=list)
    _next: int = 0
    _controls_say: dict[tuple[str, str], Said] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def take(self, looks: int) -> Iterator[Run]:
        """Runs with at least so many further looks in all, controls counted."""
        until = self.looks + looks
        while self.looks < until:
            yield self._run()

    def _run(self) -> Run:
        while len(self.known) < min(self.most, max(200, self.looks // 50)):
            self.known.append(self._find())
        chosen = [self._turn() for _ in range(min(RUN_LOOKS, len(self.known)))]
        places = sorted({listing.marketplace for listing in chosen})
        looks = [one for place in places for one in self._controls(place)]
        looks += [self._look(listing, self.at + timedelta(seconds=index)) for index, listing in enumerate(chosen)]
        run = Run(f"{self.at:%Y%m%dT%H%M%S}{self.runs:06d}Z-look", self.at, looks)
        self.at += GAP * len(chosen) / len(self.known)
        self.runs += 1
        self.looks += len(looks)
        return run

    def _turn(self) -> _Listing:
        self._next = (self._next + 1) % len(self.known)
        return self.known[self._next]

    def _find(self) -> _Listing:
        number = len(self.known)
        gone_at = self.at + timedelta(days=self._random.expovariate(1 / 30))
        back_at = gone_at + (timedelta(days=20) if self._random.random() < 0.2 else timedelta(days=36_500))
        place = MARKETPLACES[number % len(MARKETPLACES)]
        return _Listing(number, place, f"10050{number:08d}", gone_at, back_at, self._random.choice(_ENDS))

    def _controls(self, place: str) -> Iterator[Seen]:
        kinds: tuple[tuple[str, Control, State], ...] = (
            ("live-1", "live", State.AVAILABLE),
            ("never-1", "never_existed", State.REMOVED),
        )
        for listing_id, kind, shows in kinds:
            if (place, listing_id) not in self._controls_say:
                self._controls_say[place, listing_id] = _said(_reading(place, listing_id, shows, 0, -1))
            yield self._seen("control", kind, place, listing_id, self.at, shows, self._controls_say[place, listing_id])

    def _look(self, listing: _Listing, at: datetime) -> Seen:
        chance = self._random.random()
        listing.looks += 1
        if chance < 0.02:
            return self._seen("look", None, listing.marketplace, listing.listing_id, at, State.FAILED, None)
        state = State.BLOCKED if chance < 0.06 else listing.state(at)
        version = listing.looks // _LOOKS_PER_READING if STANDING[state] is Standing.ON_SALE else 0
        if listing.kept is None or listing.kept[0] != (state, version):
            reading = _reading(listing.marketplace, listing.listing_id, state, version, listing.number)
            listing.kept = (state, version), _said(reading)
        return self._seen("look", None, listing.marketplace, listing.listing_id, at, state, listing.kept[1])

    def _seen(
        self,
        purpose: Purpose,
        control: Control | None,
        place: str,
        listing_id: str,
        at: datetime,
        state: State,
        said: Said | None,
    ) -> Seen:
        took_ms = self._random.randrange(200, 3000)
        where = (purpose, control, place, listing_id, at, took_ms)
        if said is None:
            return Seen(*where, Outcome.FAILED, "timeout", None, state, None, "", "")
        status = 404 if state is State.REMOVED else 200
        bits = self._random.getrandbits(256)
        record_id = f"<urn:uuid:{UUID(int=bits & ((1 << 128) - 1))}>"
        return Seen(*where, Outcome.FETCHED, "", status, state, said, record_id, f"{bits:064x}")


def _said(reading: Reading) -> Said:
    text = reading.model_dump_json()
    return Said(reading, text, hashlib.sha256(text.encode()).hexdigest())


def _reading(place: str, listing_id: str, state: State, version: int, number: int) -> Reading:
    """What a page says: everything while it is up, hardly anything once it is gone."""
    judgement = Judgement(state=state, rule=f"ladder.{state}", version=1, signature=str(state), says="an element")
    if state in (State.BLOCKED, State.REMOVED, State.REMOVED_POLICY):
        facts = ListingFacts(listing_id=listing_id)
        return Reading(marketplace=place, kind="listing", layout="plain", facts=facts, judgement=judgement)
    digest = hashlib.sha256(f"{place}{listing_id}".encode()).hexdigest()
    facts = ListingFacts(
        listing_id=listing_id,
        title=f"{digest[:7]} {digest[7:12]} electric kettle with {digest[12:18]} lid",
        price=Decimal(1999 + 10 * version) / 100,
        currency="USD",
        seller=f"shop {number % 900}",
        seller_id=str(number % 900),
        description=" ".join(digest[start : start + 6] for start in range(0, 60, 2)),
        images=tuple(f"https://images.example/{digest[:20]}/{one}.jpg" for one in range(3)),
        listed_on="2020-01-01",
    )
    return Reading(marketplace=place, kind="listing", layout="plain", facts=facts, judgement=judgement)
