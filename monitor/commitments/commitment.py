"""What one commitment file may say (docs/reference/commitments.md). Everything else in it is refused."""

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from monitor.commitments.workdays import Calendar

ClockId = Literal["A0", "A1", "A2", "A3"]
"""A0 the public recall, A1 the platform's own notice, A2 an authority's notice, A3 our own notice (DOMAIN.md)."""

TriggerSeen = Literal["no", "public_recall", "own_notices"]
Act = Literal["public_recall", "request", "notice", "order", "pushed_recall", "consumer_notice"]

NOT_COMPLIANCE = "not a measure of compliance"

EU_MEMBERS = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Term(_Part):
    on: Act
    clock: ClockId
    says: str = Field(default="", description="the promise's own words about time, in short")


class AtOnce(_Term):
    """No time at all: from the trigger on."""

    kind: Literal["at_once"]


class Hours(_Term):
    """So many hours after the trigger, nights and holidays included."""

    kind: Literal["hours"]
    hours: float = Field(gt=0, le=24 * 366)


class BusinessDays(_Term):
    """The end of the nth business day. `day_one` says which day is the first: the business day after the trigger's
    day, or the trigger's own day where that is one."""

    kind: Literal["business_days"]
    days: int = Field(ge=1, le=250)
    day_one: Literal["next_business_day", "same_day"]
    calendar: Calendar


Term = Annotated[AtOnce | Hours | BusinessDays, Field(discriminator="kind")]


class Party(_Part):
    """Who promised: `marketplaces` are our names of the sites that it binds. Where only a month or year is known,
    joining is taken as late and leaving as early as may be: nobody is held to a day that may not bind."""

    name: str = Field(min_length=1)
    marketplaces: tuple[str, ...] = ()
    joined_on: date | None = None
    left_on: date | None = None


class Obligation(_Part):
    """A page that must exist. `url` is empty where it was never published; then a person looks for `look_for`."""

    id: str = Field(pattern="^[a-z0-9-]+$")
    what: str = Field(min_length=1)
    marketplace: str = ""
    url: str = Field(default="", pattern="^(https?://.+)?$")
    look_for: str = ""


class Published(_Part):
    """A figure that others published, to be printed beside ours with how it was made."""

    what: str = Field(min_length=1)
    value: str = Field(min_length=1)
    percent: float | None = Field(default=None, ge=0, le=100)
    period: str
    how_computed: str
    source: str


class Source(_Part):
    """Where we have it from; `second_hand` where only a report about the text was read."""

    name: str = Field(min_length=1)
    url: str = Field(default="", pattern="^(https?://.+)?$")
    read: Literal["first_hand", "second_hand"]


class Commitment(_Part):
    """One promise or law. The first of `terms` is the main one; without terms no deadline was ever given.

    `buyers` are countries (ISO 3166-1 alpha-2) or `EU`; `everyone` means that every marketplace is bound.
    """

    id: str = Field(pattern="^[a-z0-9-]+$")
    title: str = Field(min_length=1)
    promise: str = Field(min_length=1)
    force: Literal["voluntary", "law"]
    in_force_from: date
    from_precision: Literal["day", "month", "year"] = "day"
    in_force_until: date | None = None
    buyers: tuple[str, ...] = Field(min_length=1)
    everyone: bool = False
    clock: ClockId
    trigger_observable: TriggerSeen
    deadline_says: str = Field(min_length=1)
    zone: str
    words: tuple[str, ...] = ()
    parties: tuple[Party, ...] = ()
    terms: tuple[Term, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    published: tuple[Published, ...] = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    unverified: tuple[str, ...] = ()

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError) as error:
            raise ValueError(f"{zone!r} is no time zone; write it like Europe/Brussels") from error
        return zone

    @field_validator("buyers")
    @classmethod
    def _known_buyers(cls, buyers: tuple[str, ...]) -> tuple[str, ...]:
        for one in buyers:
            if not (len(one) == 2 and one.isascii() and one.isupper()):
                raise ValueError(f"{one!r} is neither a country code of two capitals nor EU")
        return buyers

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Commitment":
        if not (self.parties or self.everyone):
            raise ValueError("it binds nobody: name `parties` or set `everyone = true`")
        if self.in_force_until and self.in_force_until < self.in_force_from:
            raise ValueError("in_force_until is before in_force_from")
        if self.terms and self.terms[0].clock != self.clock:
            raise ValueError(f"clock is {self.clock}, but the first of terms runs on {self.terms[0].clock}")
        if self.trigger_observable != "public_recall" and not any(NOT_COMPLIANCE in line for line in self.words):
            raise ValueError(f"its trigger can't be seen from outside, so `words` must say {NOT_COMPLIANCE!r}")
        return self

    def binds(self, marketplace: str, country: str, on: date) -> bool:
        """Whether it held that marketplace on that day, for buyers in that country."""
        if on < self.in_force_from or (self.in_force_until and on > self.in_force_until):
            return False
        if country not in self.buyers and not ("EU" in self.buyers and country in EU_MEMBERS):
            return False
        return self.everyone or any(_bound(party, marketplace, on) for party in self.parties)


def _bound(party: Party, marketplace: str, on: date) -> bool:
    return (
        marketplace in party.marketplaces
        and (party.joined_on is None or party.joined_on <= on)
        and (party.left_on is None or on < party.left_on)
    )
