"""How what was taken off sale comes back: by the same id, by the same seller, by another seller.

An offer is one listing id; a lineage is a chain of offers that people linked. Data for the figures of relisting.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

How = Literal["same_id", "same_seller", "other_seller"]


@dataclass(frozen=True, slots=True)
class Return:
    """The first return of one kind after one confirmed end; one row for each `how`, back or not.

    The offer ended in (`ended_after_at`, `ended_by_at`] and was back in (`back_after_at`, `back_by_at`], so the time to
    relisting lies in (`back_after_at` - `ended_by_at`, `back_by_at` - `ended_after_at`], never below 0. `back_by_at`
    None: not back by `watched_until_at` (right-censored there), and `back_listing_key` is empty. Instants are aware
    UTC. `confirmed_by_person`: a person's decision links the two; False for a proposal that still waits.
    """

    listing_key: str
    recall_id: str
    ended_after_at: datetime
    ended_by_at: datetime
    how: How
    back_listing_key: str
    back_after_at: datetime | None
    back_by_at: datetime | None
    confirmed_by_person: bool
    watched_until_at: datetime | None = None
