"""One spell on sale, as the fold says it: `Episode`, its statuses and the ids of the rules that made it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

FOLD_VERSION = 1
"""Rises when the meaning of a rule changes; `stillforsale rebuild` then derives everything again."""

MIXED = "mixed"
"""The cause where the looks of a series named different ones; `causes` has them all."""

OFF_SALE = "off_sale"
TAKEDOWN = "takedown"


class Status(StrEnum):
    """How an episode stands at its last look; `STATUSES` says what each means."""

    ON_SALE = "on_sale"
    OFF_UNCONFIRMED = "off_unconfirmed"
    OFF_CONFIRMED = "off_confirmed"
    WENT_AND_RETURNED = "went_and_returned"


STATUSES = MappingProxyType(
    {
        Status.ON_SALE: "No absence since it was last seen on sale, or only one that a later page contradicted.",
        Status.OFF_UNCONFIRMED: "Seen off sale, not often or long enough to say so.",
        Status.OFF_CONFIRMED: "Off sale, confirmed.",
        Status.WENT_AND_RETURNED: "Seen off sale, and on sale again before that was confirmed: was it ever gone?",
    }
)
"""Every status with what it means (docs/reference/episodes.md)."""

FOLD_RULES = MappingProxyType(
    {
        "fold.on_sale": "No absence stands against the last look that saw it on sale: right-censored there.",
        "fold.absence_unconfirmed": "Off sale when last read, but fewer looks agree, or over a shorter time, than the"
        " rule for confirmation asks: right-censored at the last look that saw it on sale.",
        "fold.went_and_returned": "Off sale in at least one look and on sale again before that was confirmed: a"
        " deadline after the last look on sale is undecided, never missed.",
        "fold.confirmed_off_sale": "Looks of enough runs whose controls passed agree, over long enough, that nobody at"
        " this vantage can buy it, and none between saw it for sale.",
        "fold.confirmed_takedown": "The same, and all of these looks show a takedown of this very listing or variant.",
        "fold.platform_said_so": "The platform itself says that it removed the item, in looks a day apart.",
    }
)
"""Rule ids with what they say (docs/reference/episodes.md)."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A spell on sale of one product at one vantage. Instants are aware UTC; see `EpisodeRow` for the columns.

    Off sale in (`last_on_sale_at`, `first_off_at`], taken down in (`last_up_at`, `first_down_at`]: the left end is
    when a request began that still showed it, the right end when an answer had come that did not.
    """

    ordinal: int
    spell: int
    entity: int
    first_on_sale_at: datetime
    last_on_sale_at: datetime
    first_off_at: datetime | None
    confirmed_at: datetime | None
    returned_at: datetime | None
    last_look_at: datetime
    status: Status
    cause: str
    causes: str
    endpoint: str
    last_up_at: datetime
    first_down_at: datetime | None
    down_confirmed_at: datetime | None
    takedown_cause: str
    renamed: bool
    unknown_looks_inside: int
    looks: int
    rule: str
    rules_version: int = FOLD_VERSION
