"""What stands around the cases: notices and deadlines, pages that were promised, other vantages, the background,
blind re-checks. Plain records like those of `reports.records`, taken out of the ledger by `reports.context_data`.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from monitor.commitments.commitment import Commitment
from monitor.relisting.lineage import Return
from monitor.watchlist.phrases import Family

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from reports.records import Case

Basis = Literal["notice", "notice_not_bound", "public_recall"]


@dataclass(frozen=True, slots=True)
class Told:
    """One notice to a platform, as it bears on one listing. `clock` A2 an authority's, A3 a group's; `at` None where
    only the day `on` is known; `country` the sender's, whose holidays count. `private` dates are in no export and no
    public report."""

    listing_key: str
    notice_id: str
    clock: str
    act: str
    on: date
    at: datetime | None
    country: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """One commitment's deadline for one listing. `started_at` is the first instant at which its clock can have begun,
    `due_at` the instant by which it wants it done. `basis` `notice` alone can be met or missed; `notice_not_bound` and
    `public_recall` serve only to compute a rate the way of a pledge that binds nobody here, or whose notices are not
    known."""

    listing_key: str
    commitment: str
    basis: Basis
    clock: str
    act: str
    started_at: datetime
    due_at: datetime
    private: bool = False


@dataclass(frozen=True, slots=True)
class Dated:
    """What proves when a listing began: a date on its page, and the last answered search for the same phrase that did
    not bring it up before it first appeared in one."""

    listing_key: str
    listed_on: date | None = None
    absent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One listing from two vantages, as `monitor.verification.vantages` says; the states and instants that showed it.
    `live_there` is None where no clear look from there is near in time."""

    listing_key: str
    there: str
    verdict: str
    live_there: bool | None
    here_state: str = ""
    here_at: datetime | None = None
    there_state: str = ""
    there_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Twin:
    """A suspect's unrecalled stand-in: its looks folded like any other's. `case` has the suspect's recall, so that both
    count in the same cluster."""

    stands_for: str
    case: "Case"


@dataclass(frozen=True, slots=True)
class PageCheck:
    """One monthly look for a promised page. `state` is `reached`, `not_found` or `unknown`; `why` what came; `made` is
    False where no request went out."""

    commitment: str
    obligation: str
    marketplace: str
    url: str
    vantage: str
    checked_at: datetime
    state: str
    why: str
    rule: str
    run_id: str = ""
    warc_record_id: str = ""
    made: bool = True


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A platform's own notice of a watched recall: clocks A1 and A0, both calendar days."""

    notice_id: str
    platform: str
    platform_notice_id: str
    url: str
    recalled_on: date
    acknowledged_on: date


@dataclass(frozen=True, slots=True)
class Rechecked:
    """One look that a person judged without seeing what the crawler said."""

    look_id: int
    marketplace: str
    week: str
    person_says: str
    crawler_says: str


@dataclass(frozen=True, slots=True)
class FoundBy:
    """A listing found by a phrase of one of the two families of phrases that share no words."""

    marketplace: str
    language: str
    family: Family
    listing_key: str
    notice_id: str


@dataclass(frozen=True)
class Context:
    """All of it. `country` is the buyer's, ISO 3166-1 alpha-2; `other_vantage` the one that is compared with."""

    country: str = "US"
    other_vantage: str = ""
    commitments: tuple[Commitment, ...] = ()
    told: tuple[Told, ...] = ()
    dues: tuple[Due, ...] = ()
    dated: tuple[Dated, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()
    twins: tuple[Twin, ...] = ()
    returns: tuple[Return, ...] = ()
    page_checks: tuple[PageCheck, ...] = ()
    acknowledged: tuple[Acknowledged, ...] = ()
    rechecked: tuple[Rechecked, ...] = ()
    found_by: tuple[FoundBy, ...] = ()

    def exported(self) -> "Context":
        """Without the dates that their sender marked as private: they never leave the database."""
        return replace(
            self,
            told=tuple(one for one in self.told if not one.private),
            dues=tuple(one for one in self.dues if not one.private),
        )

    def cleared(self, keys: "Collection[str]", alias: "Callable[[str], str]") -> "Context":
        """What the public may see: what belongs to the listings `keys`, no private date, others by alias."""
        kept = self.exported()
        return replace(
            kept,
            told=tuple(one for one in kept.told if one.listing_key in keys),
            dues=tuple(one for one in kept.dues if one.listing_key in keys),
            dated=tuple(one for one in kept.dated if one.listing_key in keys),
            elsewhere=tuple(one for one in kept.elsewhere if one.listing_key in keys),
            twins=tuple(
                _nameless(number, one)
                for number, one in enumerate((one for one in kept.twins if one.stands_for in keys), start=1)
            ),
            returns=tuple(
                one if one.back_listing_key in {*keys, ""} else replace(one, back_listing_key="another listing")
                for one in kept.returns
                if one.listing_key in keys
            ),
            found_by=tuple(replace(one, listing_key=alias(one.listing_key)) for one in kept.found_by),
        )


def _nameless(number: int, twin: Twin) -> Twin:
    """A stand-in without its name: nobody accuses an unrecalled listing of anything."""
    name = f"stand-in {number}"
    listing = replace(twin.case.listing, listing_key=name, listing_id="", url="", title="", seller="")
    episodes = tuple(replace(one, listing_key=name) for one in twin.case.episodes)
    return replace(twin, case=replace(twin.case, listing=listing, episodes=episodes, looks=()))
