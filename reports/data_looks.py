"""The looks behind the cases: read when somebody asks for them and one listing at a time, for there may be millions."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, overload

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.marketplaces.states import Standing, State
from monitor.store.ledger_tables import JudgementRow, LookRow
from reports.records import Look

REPLACED_RULE = "fold.replaced"
_LOOK = (
    LookRow.look_id,
    LookRow.listing_key,
    LookRow.vantage,
    LookRow.looked_at,
    JudgementRow.state,
    JudgementRow.rule,
    JudgementRow.says,
    JudgementRow.quarantined,
    LookRow.method,
    LookRow.run_id,
    LookRow.warc_record_id,
    LookRow.body_sha256,
    LookRow.http_status,
)


@dataclass(frozen=True)
class Span:
    """When one product stood under a listing's id: from `start` (None: the beginning) until `end` (None: still)."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return (self.start is None or at >= self.start) and (self.end is None or at < self.end)


def base_key(key: str) -> str:
    """The listing under whose id a product stands: `demo:7#2` is the second product of `demo:7`."""
    base, mark, number = key.rpartition("#")
    return base if mark and number.isdigit() else key


class LookReader:
    """Reads the looks at one product from one vantage up to `at`, and keeps the last answer.

    In the transaction of the session as long as that lasts, afterwards in one of its own.
    """

    def __init__(self, session: Session, at: datetime, vantage: str, spans: Mapping[str, Span]) -> None:
        self._session, self._at, self._vantage, self._spans = session, at, vantage, spans
        self._kept: tuple[str, tuple[Look, ...]] = ("", ())

    def of(self, key: str) -> tuple[Look, ...]:
        """The looks at the key's own product in order of time, and the first at what replaced it, as `replaced`."""
        if self._kept[0] != key:
            rows = (
                select(*_LOOK)
                .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
                .where(LookRow.listing_key == base_key(key), LookRow.vantage == self._vantage)
                .where(LookRow.looked_at <= self._at)
                .order_by(LookRow.looked_at, LookRow.look_id)
            )
            with self._reading() as session:
                looks = [Look(*row) for row in session.execute(rows)]
            self._kept = key, tuple(_of_one_product(looks, self._spans.get(key, Span())))
        return self._kept[1]

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        if self._session.in_transaction():
            yield self._session
        else:
            with Session(self._session.get_bind()) as session, session.begin():
                yield session


class LooksOf(Sequence[Look]):
    """The looks of one case as a sequence that holds none of them."""

    def __init__(self, reader: LookReader, key: str) -> None:
        self._reader, self._key = reader, key

    @overload
    def __getitem__(self, index: int) -> Look: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Look]: ...
    def __getitem__(self, index: int | slice) -> Look | Sequence[Look]:
        return self._reader.of(self._key)[index]

    def __len__(self) -> int:
        return len(self._reader.of(self._key))

    def __iter__(self) -> Iterator[Look]:
        return iter(self._reader.of(self._key))

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Sequence) and self._reader.of(self._key) == tuple(other)

    def __hash__(self) -> int:
        return hash(self._reader.of(self._key))


def newest_clear(looks: Sequence[Look]) -> Look | None:
    """The newest look whose state is known."""
    return next((look for look in reversed(looks) if look.standing is not Standing.UNKNOWN), None)


def looks_by_id(session: Session, ids: Sequence[int]) -> Iterator[Look]:
    """These looks, in no order."""
    rows = select(*_LOOK).join(JudgementRow, JudgementRow.look_id == LookRow.look_id).where(LookRow.look_id.in_(ids))
    return (Look(*row) for row in session.execute(rows))


def _of_one_product(looks: Sequence[Look], span: Span) -> list[Look]:
    own = [look for look in looks if span.holds(look.looked_at)]
    if span.end is not None:
        after = next((look for look in looks if look.looked_at >= span.end), None)
        if after is not None:
            own.append(replace(after, state=State.REPLACED.value, rule=REPLACED_RULE, says="another product"))
    return own
