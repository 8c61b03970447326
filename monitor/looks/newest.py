"""What the newest looks of a listing said, without the others: for the schedule, the figures and the case pages."""

from dataclasses import dataclass
from datetime import datetime

from crawler.marketplaces.states import STANDING, Standing, State
from crawler.record import Outcome

NOT_MADE = frozenset({str(Outcome.NOT_ALLOWED), str(Outcome.NOT_LOOKED)})
"""Outcomes of slots for which nothing was asked."""


@dataclass(slots=True)
class Newest:
    """The part of a listing's standing that is no fold; `StandingRow` says what each field is."""

    newest_at: datetime
    last_look_at: datetime | None = None
    last_standing: str = str(Standing.UNKNOWN)
    unknown_in_a_row: int = 0
    last_clear_at: datetime | None = None
    last_clear_look_id: int | None = None
    titled_at: datetime | None = None
    titled_look_id: int | None = None
    listed_on: str = ""
    visits: int = 0
    first_visit_at: datetime | None = None
    last_visit_at: datetime | None = None

    def see(self, look_id: int, at: datetime, state: State, *, quarantined: bool, purpose: str, outcome: str) -> None:
        """Take in the next look, in order of time and id. `quarantined` by its run's controls only."""
        self.newest_at = at
        standing = Standing.UNKNOWN if quarantined else STANDING[state]
        if outcome != str(Outcome.NOT_LOOKED):
            self.last_look_at, self.last_standing = at, str(standing)
            self.unknown_in_a_row = self.unknown_in_a_row + 1 if standing is Standing.UNKNOWN else 0
        if standing is not Standing.UNKNOWN:
            self.last_clear_at, self.last_clear_look_id = at, look_id
        if purpose == "look" and outcome not in NOT_MADE:
            self.visits += 1
            self.first_visit_at, self.last_visit_at = self.first_visit_at or at, at

    def see_page(self, look_id: int, at: datetime, *, titled: bool, listed_on: str) -> None:
        """Take in what that look's page stated."""
        if titled:
            self.titled_at, self.titled_look_id = at, look_id
        if listed_on and (not self.listed_on or listed_on < self.listed_on):
            self.listed_on = listed_on
