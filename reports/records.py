"""What the figures are made of: plain records, taken out of the ledger by `reports.data` (or built by a test).

Instants are aware and UTC. Nothing here judges; figures are pure functions over these records.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from crawler.marketplaces.states import STANDING, Standing, State
from reports.context import Context


@dataclass(frozen=True, slots=True)
class Recall:
    """A watched notice. `chosen_by` is `hand` or `sample:SEED`; `published_on` the authority's own calendar day."""

    notice_id: str
    kind: str
    authority: str
    number: str
    title: str
    url: str = ""
    published_on: date | None = None
    scope: str = "unknown"
    chosen_by: str = "hand"

    @property
    def sampled(self) -> bool:
        """Whether the recall was drawn at random: a hand-picked one is counted, but never in a rate."""
        return self.chosen_by.startswith("sample:")


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing as it was last read. `trader` is None where the page did not say who sells."""

    listing_key: str
    marketplace: str
    listing_id: str
    url: str
    first_seen_at: datetime
    found_by: str = ""
    title: str = ""
    price: str = ""
    currency: str = ""
    seller: str = ""
    trader: bool | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One visit with its judged state and the pointers to its evidence."""

    look_id: int
    listing_key: str
    vantage: str
    looked_at: datetime
    state: str
    rule: str = ""
    says: str = ""
    quarantined: str = ""
    method: str = "crawler"
    run_id: str = ""
    warc_record_id: str = ""
    body_sha256: str = ""
    http_status: int | None = None

    @property
    def standing(self) -> Standing:
        """What the look says about buying; unknown where the controls of its run failed."""
        return Standing.UNKNOWN if self.quarantined else STANDING[State(self.state)]


@dataclass(frozen=True, slots=True)
class Episode:
    """A spell on sale as the fold derived it (docs/reference/episodes.md): two endpoints, each with its interval.

    Off sale in (`last_on_sale_at`, `first_off_at`] once `confirmed_at` stands; taken down in (`last_up_at`,
    `first_down_at`] once `down_confirmed_at` stands. Episodes of one `spell` are divided only by absences that nobody
    confirmed; one that ends with a return has `returned_at`.
    """

    listing_key: str
    vantage: str
    ordinal: int
    spell: int
    first_on_sale_at: datetime
    last_on_sale_at: datetime
    last_look_at: datetime
    first_off_at: datetime | None = None
    confirmed_at: datetime | None = None
    returned_at: datetime | None = None
    status: str = ""
    cause: str = ""
    endpoint: str = ""
    last_up_at: datetime | None = None
    first_down_at: datetime | None = None
    down_confirmed_at: datetime | None = None
    takedown_cause: str = ""
    renamed: bool = False
    unknown_looks_inside: int = 0
    looks: int = 0

    @property
    def ended(self) -> bool:
        """Off sale, and confirmed."""
        return self.first_off_at is not None and self.confirmed_at is not None

    @property
    def taken_down(self) -> bool:
        """Taken down, and confirmed."""
        return self.first_down_at is not None and self.down_confirmed_at is not None


@dataclass(frozen=True, slots=True)
class Case:
    """A listing that people confirmed as matching a watched notice, with all that was seen of it at one vantage.

    `last_seen` is the newest look whose state is known. Out of the ledger, `looks` are read when they are
    asked for. `cleared_by` names who cleared it for the public.
    """

    recall: Recall
    listing: Listing
    tier: str
    episodes: tuple[Episode, ...] = ()
    last_seen: Look | None = None
    looks: Sequence[Look] = ()
    cleared_by: str = ""
    reply: str = ""

    @property
    def case_id(self) -> str:
        return f"{self.recall.notice_id}/{self.listing.listing_key}"


@dataclass(frozen=True, slots=True)
class Search:
    """One search page asked for on behalf of a notice."""

    notice_id: str
    marketplace: str
    searched_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder that was ingested."""

    run_id: str
    folder: str
    started_at: datetime
    finished_at: datetime
    finish_reason: str
    manifest_sha256: str
    slots_planned: int
    slots_answered: int
    protocol_sha256: str = ""


@dataclass(frozen=True, slots=True)
class LookCount:
    """How many looks of one marketplace and purpose ended in one state (or as unknown, for one failed control)."""

    marketplace: str
    purpose: str
    outcome: str
    state: str
    quarantined: str
    looks: int

    @property
    def unknown(self) -> bool:
        return bool(self.quarantined) or STANDING[State(self.state)] is Standing.UNKNOWN


@dataclass(frozen=True, slots=True)
class GapCount:
    """How often one listing was looked at, and over which span: the mean gap follows."""

    listing_key: str
    marketplace: str
    looks: int
    first_at: datetime
    last_at: datetime

    @property
    def mean_gap_hours(self) -> float | None:
        if self.looks < 2:
            return None
        return (self.last_at - self.first_at).total_seconds() / 3600 / (self.looks - 1)


@dataclass(frozen=True, slots=True)
class Review:
    """How many of the matcher's proposals of one tier people confirmed and rejected."""

    tier: str
    confirmed: int
    rejected: int


@dataclass(frozen=True)
class Observed:
    """Everything that the figures see: one vantage, up to the instant `at`.

    `cleared_only`: cases that nobody cleared for the public were left out, so every count is a lower bound.
    """

    at: datetime
    vantage: str
    country: str
    recalls: tuple[Recall, ...]
    cases: tuple[Case, ...]
    searches: tuple[Search, ...] = ()
    runs: tuple[Run, ...] = ()
    look_counts: tuple[LookCount, ...] = ()
    gaps: tuple[GapCount, ...] = ()
    reviews: tuple[Review, ...] = ()
    counted_apart: Mapping[str, int] = field(default_factory=dict)
    cleared_only: bool = False
    context: Context = field(default_factory=Context)

    def exported(self) -> "Observed":
        """What an internal export may hold: everything but dates that their sender marked as private."""
        return replace(self, context=self.context.exported())

    def cleared(self) -> "Observed":
        """What the public may see: only cases that a named person cleared. Other listings have numbers for names."""
        cases = tuple(case for case in self.cases if case.cleared_by)
        keys = {case.listing.listing_key for case in cases}
        others = sorted({gap.listing_key for gap in self.gaps} | {one.listing_key for one in self.context.found_by})
        names = {key: key if key in keys else f"listing {number}" for number, key in enumerate(others, start=1)}
        return replace(
            self,
            cases=cases,
            gaps=tuple(replace(gap, listing_key=names[gap.listing_key]) for gap in self.gaps),
            counted_apart={},
            cleared_only=True,
            context=self.context.cleared(keys, names.__getitem__),
        )

    @property
    def period(self) -> tuple[datetime, datetime]:
        """From the first run to the instant of the report."""
        return min((run.started_at for run in self.runs), default=self.at), self.at
