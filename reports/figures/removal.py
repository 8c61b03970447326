"""Removal intervals, one a listing: when it went off sale, as far as our looks can say, on both endpoints.

It went off sale in (left, right]: after the last look that saw it on sale and by the first look of the series that was
later confirmed. Still there, or gone but not confirmed: no right end. An absence that it came back from before anybody
could confirm it may have been real, so the interval begins before it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from reports.context import Dated
from reports.figures.base import Figure
from reports.records import Case, Episode, Observed
from reports.words import cause_in_words, day, number_of, span

Endpoint = Literal["off_sale", "takedown"]
Clock = Literal["A0", "A4"]

CLOCK_WORDS = {"A0": "the public recall", "A4": "our first sighting"}

LIVE_WITHIN = timedelta(hours=72)
"""A look that saw it on sale at most so long before the clock began proves it live then: the schedule's own floor."""

AUTHORITY_ZONES = {"us-cpsc": "America/New_York", "us-cpsc-warning": "America/New_York"}
"""Where the authority's calendar day begins; elsewhere UTC stands in."""


@dataclass(frozen=True)
class Removal:
    """One listing's interval, in hours since the clock's start; `right` None while still there or not confirmed.

    `entry` is when we first saw it (delayed entry: a listing removed before that could not be seen).
    `ended_otherwise` is the right end where it went off sale for a cause that is not this endpoint's.
    `cohort` and `proof`: see `cohort_of`. `undecided`: seen gone, but not confirmed. `returns`: how often it came back
    after an end.
    """

    case: Case
    endpoint: Endpoint
    clock: str
    started_at: datetime
    entry: float
    left: float
    right: float | None
    ended_otherwise: float | None
    cause: str
    cohort: int
    proof: str
    undecided: bool
    returns: int

    @property
    def in_words(self) -> str:
        """The interval as a sentence of the report."""
        if self.right is not None:
            return f"{span(self.left, self.right)}: {cause_in_words(self.cause)}"
        if self.cause:
            return f"no takedown seen: {cause_in_words(self.cause)}"
        if self.undecided:
            return f"seen gone, not confirmed; {span(self.left, None)}"
        return f"still on sale {span(self.left, None)}" if self.left else "seen on sale once, not clearly since"


def one_case_a_listing(cases: Iterable[Case]) -> list[Case]:
    """Each listing once, under its strongest match, so that a listing of two recalls is not counted twice."""
    order = {"identifier": 0, "line": 1, "regulated_kind": 2}
    chosen: dict[str, Case] = {}
    for case in sorted(cases, key=lambda case: (order.get(case.tier, 9), case.case_id)):
        chosen.setdefault(case.listing.listing_key, case)
    return [chosen[key] for key in sorted(chosen)]


def removals(observed: Observed, endpoint: Endpoint, clock: Clock = "A4") -> list[Removal]:
    """The removal after the clock's start of every confirmed listing that was seen on sale at least once.

    On the takedown endpoint an end of another cause (sold, out of stock) keeps `right` None and names the cause: it
    competes with a takedown and is never one. What had ended before the clock began is not counted on that clock.
    """
    found = []
    dated = {one.listing_key: one for one in observed.context.dated}
    for case in one_case_a_listing(observed.cases):
        started_at = _clock_start(case, clock)
        if started_at is not None:
            row = removal_since(case, endpoint, clock, started_at, dated.get(case.listing.listing_key))
            if row is not None:
                found.append(row)
    return found


def removal_since(
    case: Case, endpoint: Endpoint, clock: str, started_at: datetime, dated: Dated | None = None
) -> Removal | None:
    """The interval of the first removal after `started_at`; None where every spell that we saw was over by then.

    Of the spell that was under way only what came after the start counts: an absence before it, and back again, is no
    doubt about what came later.
    """
    running = [one for one in case.episodes if not _over_by(one, started_at)]
    if not running:
        return None
    spell = [one for one in running if one.spell == running[0].spell]
    return _removal(case, endpoint, clock, started_at, spell, dated)


def removal_figure(observed: Observed, endpoint: Endpoint) -> Figure:
    """How many of the confirmed listings seen on sale went off sale (or were taken down), counted since first sight."""
    rows = removals(observed, endpoint)
    gone = [row for row in rows if row.right is not None]
    undecided = [row for row in rows if row.right is None and row.undecided]
    what = "were taken down by the platform or the seller" if endpoint == "takedown" else "went off sale, for any cause"
    sentence = f"Of {number_of(len(rows), 'confirmed listing')} seen on sale, {len(gone)} {what} by {day(observed.at)}"
    if undecided:
        sentence += f"; {len(undecided)} more {'was' if len(undecided) == 1 else 'were'} seen gone, not confirmed"
    return Figure(
        id="K5",
        name="removals seen",
        cell="all",
        unit="count",
        count=len(gone),
        count_high=len(gone) + len(undecided),
        denominator=len(rows),
        denominator_is="confirmed listings seen on sale",
        period=observed.period,
        unknown=len(undecided),
        unknown_of=len(rows),
        unknown_why={"seen gone, not confirmed": len(undecided)} if undecided else {},
        endpoint=endpoint,
        clock="A4",
        cohort="every confirmed listing that we saw on sale",
        ids=tuple(row.case.case_id for row in gone),
        sentence=f"{sentence}.",
    )


def recall_day_start(case: Case) -> datetime | None:
    """The first instant of the authority's calendar day on which the recall was published."""
    published = case.recall.published_on
    if published is None:
        return None
    zone = ZoneInfo(AUTHORITY_ZONES.get(case.recall.notice_id.split(":")[0], "UTC"))
    return datetime(published.year, published.month, published.day, tzinfo=zone).astimezone(UTC)


def _clock_start(case: Case, clock: Clock) -> datetime | None:
    if clock == "A0":
        return recall_day_start(case)
    return case.episodes[0].first_on_sale_at if case.episodes else None


def _over_by(episode: Episode, at: datetime) -> bool:
    """Whether the episode had surely ended by `at`: confirmed as over, or back again from an absence before it."""
    if episode.ended:
        return episode.first_off_at is not None and episode.first_off_at <= at
    return episode.returned_at is not None and episode.returned_at <= at


def _removal(
    case: Case,
    endpoint: Endpoint,
    clock: str,
    started_at: datetime,
    spell: Sequence[Episode],
    dated: Dated | None,
) -> Removal:
    """One spell's end. An absence inside it that nobody confirmed may have been real: left is before it."""
    first, last = spell[0], spell[-1]
    ended_at = last.first_down_at if endpoint == "takedown" else last.first_off_at
    ended = last.taken_down if endpoint == "takedown" else last.ended
    left_at = first.last_on_sale_at
    if endpoint == "takedown" and len(spell) == 1 and first.last_up_at is not None:
        left_at = max(left_at, first.last_up_at)
    cohort, proof = cohort_of(first, started_at, dated)
    return Removal(
        case=case,
        endpoint=endpoint,
        clock=clock,
        started_at=started_at,
        entry=max(0.0, hours(first.first_on_sale_at - started_at)),
        left=max(0.0, hours(left_at - started_at)),
        right=hours(ended_at - started_at) if ended and ended_at is not None else None,
        ended_otherwise=hours(last.first_off_at - started_at)
        if not ended and last.ended and last.first_off_at
        else None,
        cause=_cause(last, endpoint),
        cohort=cohort,
        proof=proof,
        undecided=len(spell) > 1 or (not last.ended and last.first_off_at is not None),
        returns=len(case.episodes) - 1,
    )


def cohort_of(first: Episode, started_at: datetime, dated: Dated | None) -> tuple[int, str]:
    """The cohort of a listing for a clock that began at `started_at`, and what proves it.

    1: proven live when the clock began, because we saw it on sale at most LIVE_WITHIN before and not gone since, or
    because its page names an earlier day. 3: its page names a later day, or it first appeared in a search that had been
    answered without it after the clock began. 2: nobody knows.
    """
    if first.first_on_sale_at <= started_at:
        seen = first.last_on_sale_at >= started_at or started_at - first.last_on_sale_at <= LIVE_WITHIN
        doubted = first.first_off_at is not None and first.first_off_at <= started_at
        if seen and not doubted:
            return 1, "seen"
    elif dated is not None:
        if dated.listed_on is not None and dated.listed_on < started_at.date():
            return 1, "dated page"
        if dated.listed_on is not None and dated.listed_on > started_at.date() + timedelta(days=1):
            return 3, "dated page"
        if dated.absent_at is not None and dated.absent_at >= started_at:
            return 3, "first appearance in a search"
    return 2, ""


def _cause(episode: Episode, endpoint: Endpoint) -> str:
    if endpoint == "takedown" and episode.taken_down:
        return episode.takedown_cause or episode.cause
    return episode.cause if episode.ended else ""


def hours(length: timedelta) -> float:
    return length / timedelta(hours=1)
