"""From looks to episodes: a pure fold over what was seen of one listing at one vantage.

It never asks the time and keeps nothing: the same looks in any order give the same episodes, so anybody can derive
them again. Rules, states and why: docs/reference/episodes.md. (DOMAIN of the audit; evidence: an unknown look widens
an interval and never ends one.)
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crawler.marketplaces.states import Standing
from monitor.config import Confirmation
from monitor.looks.entities import Entity, entities
from monitor.looks.episode import MIXED, OFF_SALE, TAKEDOWN, Episode, Status
from monitor.looks.facts import LookFact
from monitor.looks.series import OTHER_ENDS, UP, Series, feed_off_sale, feed_takedown

_AT_ONE_INSTANT = {Standing.OFF_SALE: 0, Standing.UNKNOWN: 1, Standing.LISTED: 2, Standing.ON_SALE: 3}
"""Looks at the very same instant: what is alive comes last, so that it breaks an absence and not the reverse."""


def fold(looks: Sequence[LookFact], rule: Confirmation) -> list[Episode]:
    """The episodes of one listing at one vantage, in time order.

    A listing that was never seen on sale has none: its looks are on record, and say nothing about a takedown.
    """
    ordered = sorted(looks, key=_order)
    found: list[Episode] = []
    for number, entity in enumerate(entities(ordered, rule), start=1):
        found.extend(_fold_entity(entity, number, rule))
    return found


def _order(look: LookFact) -> tuple[datetime, int, str, bool, str]:
    return look.looked_at, _AT_ONE_INSTANT[look.standing], look.state, look.quarantined, look.run_id


def _fold_entity(entity: Entity, number: int, rule: Confirmation) -> list[Episode]:
    found: list[Episode] = []
    current: _Spell | None = None
    for look in entity.looks:
        on_sale = look.standing is Standing.ON_SALE
        if current is not None and on_sale and current.absent_since is not None:
            found.append(current.episode(entity, returned_at=look.looked_at))
            current = current.next(look)
        elif current is not None:
            current.see(look, rule)
        elif on_sale:
            current = _Spell(number, 1, 1, look)
    if current is not None:
        found.append(current.episode(entity))
    return found


@dataclass(slots=True)
class _Spell:
    """An episode while it is folded: from the look that first saw it on sale on."""

    entity: int
    ordinal: int
    spell: int
    first: LookFact
    last_on: LookFact = field(init=False)
    last_on_number: int = 1
    last_up: LookFact = field(init=False)
    last: LookFact = field(init=False)
    looks: int = 1
    absent_since: LookFact | None = None
    other_end: bool = False
    off: Series = field(default_factory=Series)
    down: Series = field(default_factory=Series)
    confirmed: list[tuple[int, LookFact]] = field(default_factory=list)
    taken_down: list[tuple[int, LookFact]] = field(default_factory=list)
    platform_said: bool = False

    def __post_init__(self) -> None:
        self.last_on = self.last_up = self.last = self.first

    def next(self, look: LookFact) -> "_Spell":
        """The episode that begins with a return."""
        return _Spell(self.entity, self.ordinal + 1, self.spell + bool(self.confirmed), look)

    def see(self, look: LookFact, rule: Confirmation) -> None:
        """Take in the next look: any but one on sale after an absence, which ends this episode."""
        self.looks += 1
        self.last = look
        if not self.taken_down:
            self._see_takedown(look, rule)
        if look.standing is Standing.ON_SALE:
            self.last_on, self.last_on_number = look, self.looks
        elif not self.confirmed and feed_off_sale(self.off, self.looks, look):
            self.absent_since = self.absent_since or look
            self.confirmed, _ = self.off.confirming(rule)

    def _see_takedown(self, look: LookFact, rule: Confirmation) -> None:
        joined = feed_takedown(self.down, self.looks, look)
        if look.quarantined:
            return
        if look.state in UP:
            self.last_up, self.other_end = look, False
        elif look.state in OTHER_ENDS:
            self.other_end = True
        if joined and not self.other_end:
            self.taken_down, self.platform_said = self.down.confirming(rule)

    def episode(self, entity: Entity, returned_at: datetime | None = None) -> Episode:
        status, rule = self._verdict(returned_at is not None)
        absence = [look for _, look in self.confirmed or self.off.looks]
        if not absence and returned_at is not None and self.absent_since is not None:
            absence = [self.absent_since]
        first_off = absence[0] if absence else None
        if status is Status.WENT_AND_RETURNED:
            first_off = self.absent_since
        cause, causes = _causes(absence)
        return Episode(
            ordinal=self.ordinal,
            spell=self.spell,
            entity=self.entity,
            first_on_sale_at=self.first.looked_at,
            last_on_sale_at=self.last_on.looked_at,
            first_off_at=first_off.read_by if first_off else None,
            confirmed_at=self.confirmed[-1][1].read_by if self.confirmed else None,
            returned_at=returned_at,
            last_look_at=self.last.looked_at,
            status=status,
            cause=cause,
            causes=causes,
            endpoint=(TAKEDOWN if self.taken_down else OFF_SALE) if self.confirmed else "",
            last_up_at=self.last_up.looked_at,
            first_down_at=self.taken_down[0][1].read_by if self.taken_down else None,
            down_confirmed_at=self.taken_down[-1][1].read_by if self.taken_down else None,
            takedown_cause=_causes([look for _, look in self.taken_down])[0],
            renamed=entity.renamed_at is not None and entity.renamed_at <= self.last.looked_at,
            unknown_looks_inside=self._unknown_inside(),
            looks=self.looks,
            rule=rule,
        )

    def _verdict(self, returned: bool) -> tuple[Status, str]:
        if self.confirmed:
            if not self.taken_down:
                return Status.OFF_CONFIRMED, "fold.confirmed_off_sale"
            rule = "fold.platform_said_so" if self.platform_said else "fold.confirmed_takedown"
            return Status.OFF_CONFIRMED, rule
        if returned:
            return Status.WENT_AND_RETURNED, "fold.went_and_returned"
        if self.off.looks:
            return Status.OFF_UNCONFIRMED, "fold.absence_unconfirmed"
        return Status.ON_SALE, "fold.on_sale"

    def _unknown_inside(self) -> int:
        """Looks after the last one on sale that decided nothing: up to the interval's end, or all where it has none."""
        if self.confirmed:
            return self.confirmed[0][0] - self.last_on_number - 1
        return self.looks - self.last_on_number - len(self.off.looks)


def _causes(looks: Sequence[LookFact]) -> tuple[str, str]:
    states = sorted({str(look.state) for look in looks})
    if not states:
        return "", ""
    return states[0] if len(states) == 1 else MIXED, ",".join(states)
