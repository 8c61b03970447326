"""From looks to episodes: a pure fold over what was seen of one listing at one vantage.

It never asks the time: the same looks in any order give the same episodes, so anybody can derive them again; looks that
come later are folded on from where it stood. Rules, states and why: docs/reference/episodes.md. (DOMAIN of the audit;
evidence: an unknown look widens an interval and never ends one.)
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crawler.marketplaces.states import Standing, State
from monitor.config import Confirmation
from monitor.looks.entities import Scan
from monitor.looks.episode import MIXED, OFF_SALE, TAKEDOWN, Episode, Status
from monitor.looks.facts import LookFact
from monitor.looks.series import OTHER_ENDS, UP, Seen, Series, feed_off_sale, feed_takedown

Order = tuple[datetime, int, State, bool, str]

_AT_ONE_INSTANT = {Standing.OFF_SALE: 0, Standing.UNKNOWN: 1, Standing.LISTED: 2, Standing.ON_SALE: 3}
"""Looks at the very same instant: what is alive comes last, so that it breaks an absence and not the reverse."""


def fold(looks: Sequence[LookFact], rule: Confirmation) -> list[Episode]:
    """The episodes of one listing at one vantage, in time order.

    A listing that was never seen on sale has none: its looks are on record, and say nothing about a takedown.
    """
    going = Fold()
    for look in sorted(looks, key=order):
        going.see(look, rule)
    return [*going.over, *going.open_episode()]


def order(look: LookFact) -> Order:
    """Where a look stands among those of its listing. Looks that are alike in it have no order among themselves."""
    return look.looked_at, _AT_ONE_INSTANT[look.standing], look.state, look.quarantined, look.run_id


@dataclass(slots=True)
class Fold:
    """The fold of one listing at one vantage as far as it has come: hand it looks in their `order`, and ask.

    It can be laid down and taken up again (`monitor.looks.kept`): what comes later needs none of the looks before.
    `over` are the episodes that ended since it was made or taken up; `seen_to` is the place of the newest look.
    """

    entity: int = 1
    scan: Scan = field(default_factory=Scan)
    spell: "Spell | None" = None
    seen_to: Order | None = None
    over: list[Episode] = field(default_factory=list)

    def see(self, look: LookFact, rule: Confirmation) -> None:
        """Take in the next look. Raises ValueError for one that belongs before the newest."""
        place = order(look)
        if self.seen_to is not None and place < self.seen_to:
            raise ValueError(f"look {look.look_id} belongs before others that were folded already")
        self.seen_to = place
        waiting = deque([look])
        while waiting:
            counted, rest = self.scan.see(waiting.popleft(), rule)
            self._see_one(counted, rule)
            if rest:
                self.over.extend(self.open_episode())
                self.entity, self.scan, self.spell = self.entity + 1, Scan(), None
                waiting.extendleft(reversed(rest))

    def open_episode(self) -> list[Episode]:
        """The episode that stands at the newest look; none where the product was never seen on sale."""
        return [] if self.spell is None else [self.spell.episode(self.scan.renamed_at)]

    def _see_one(self, look: LookFact, rule: Confirmation) -> None:
        on_sale = look.standing is Standing.ON_SALE
        if self.spell is None:
            self.spell = Spell.begin(self.entity, 1, 1, look) if on_sale else None
        elif on_sale and self.spell.absent_since is not None:
            self.over.append(self.spell.episode(self.scan.renamed_at, returned_at=look.looked_at))
            self.spell = self.spell.next(look)
        else:
            self.spell.see(look, rule)


@dataclass(slots=True)
class Spell:
    """An episode while it is folded: from the look that first saw it on sale on. See `Episode` for the instants."""

    entity: int
    ordinal: int
    spell: int
    first_on_at: datetime
    last_on_at: datetime
    last_up_at: datetime
    last_at: datetime
    last_on_number: int = 1
    looks: int = 1
    absent_since: tuple[datetime, State] | None = None
    other_end: bool = False
    off: Series = field(default_factory=Series)
    down: Series = field(default_factory=Series)
    confirmed: list[Seen] = field(default_factory=list)
    taken_down: list[Seen] = field(default_factory=list)
    platform_said: bool = False

    @classmethod
    def begin(cls, entity: int, ordinal: int, spell: int, look: LookFact) -> "Spell":
        at = look.looked_at
        return cls(entity, ordinal, spell, at, at, at, at)

    def next(self, look: LookFact) -> "Spell":
        """The episode that begins with a return."""
        return Spell.begin(self.entity, self.ordinal + 1, self.spell + bool(self.confirmed), look)

    def see(self, look: LookFact, rule: Confirmation) -> None:
        """Take in the next look: any but one on sale after an absence, which ends this episode."""
        self.looks += 1
        self.last_at = look.looked_at
        if not self.taken_down:
            self._see_takedown(look, rule)
        if look.standing is Standing.ON_SALE:
            self.last_on_at, self.last_on_number = look.looked_at, self.looks
        elif not self.confirmed and feed_off_sale(self.off, self.looks, look):
            self.absent_since = self.absent_since or (look.read_by, look.state)
            self.confirmed, _ = self.off.confirming(rule)

    def _see_takedown(self, look: LookFact, rule: Confirmation) -> None:
        if self.other_end and look.state not in UP:
            return  # whatever comes now is no takedown; what is up again ends that, and any series with it
        joined = feed_takedown(self.down, self.looks, look)
        if look.quarantined:
            return
        if look.state in UP:
            self.last_up_at, self.other_end = look.looked_at, False
        elif look.state in OTHER_ENDS:
            self.other_end = True
        if joined and not self.other_end:
            self.taken_down, self.platform_said = self.down.confirming(rule)

    def episode(self, renamed_at: datetime | None, returned_at: datetime | None = None) -> Episode:
        """The episode as it stands; `renamed_at`: when its product's title became another."""
        status, rule = self._verdict(returned_at is not None)
        absence = [(seen.read_by, seen.state) for seen in self.confirmed or self.off.looks]
        if not absence and returned_at is not None and self.absent_since is not None:
            absence = [self.absent_since]
        first_off = self.absent_since if status is Status.WENT_AND_RETURNED else absence[0] if absence else None
        cause, causes = _causes(state for _, state in absence)
        return Episode(
            ordinal=self.ordinal,
            spell=self.spell,
            entity=self.entity,
            first_on_sale_at=self.first_on_at,
            last_on_sale_at=self.last_on_at,
            first_off_at=first_off[0] if first_off else None,
            confirmed_at=self.confirmed[-1].read_by if self.confirmed else None,
            returned_at=returned_at,
            last_look_at=self.last_at,
            status=status,
            cause=cause,
            causes=causes,
            endpoint=(TAKEDOWN if self.taken_down else OFF_SALE) if self.confirmed else "",
            last_up_at=self.last_up_at,
            first_down_at=self.taken_down[0].read_by if self.taken_down else None,
            down_confirmed_at=self.taken_down[-1].read_by if self.taken_down else None,
            takedown_cause=_causes(seen.state for seen in self.taken_down)[0],
            renamed=renamed_at is not None and renamed_at <= self.last_at,
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
            return self.confirmed[0].number - self.last_on_number - 1
        return self.looks - self.last_on_number - sum(seen.times for seen in self.off.looks)


def _causes(found: Iterable[State]) -> tuple[str, str]:
    states = sorted({str(state) for state in found})
    if not states:
        return "", ""
    return states[0] if len(states) == 1 else MIXED, ",".join(states)
