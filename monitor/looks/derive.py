"""From the ledger to its episodes and standings: what is new is folded on from where each listing stood.

A look from before others that were folded already (a late folder) has its listing folded again from its first look;
another rule for confirmation, another version of the rules or another voided week have all of them.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Row, Select, Table, delete, func, select
from sqlalchemy.orm import Session

from monitor.config import Confirmation
from monitor.looks.episode import FOLD_VERSION
from monitor.looks.listing import Listing, Look, Voided
from monitor.looks.standings import Written, forget, pages_of, standing_of, write
from monitor.store.bulk import chunks
from monitor.store.ledger_tables import EpisodeRow, JudgementRow, LookRow, RunControlRow
from monitor.store.session import Store, lock_writers
from monitor.store.standing_tables import FoldProgressRow, StandingRow
from monitor.verification.blind import Void, judged_looks, voids

_LOOKS = cast("Table", LookRow.__table__)
_JUDGEMENTS = cast("Table", JudgementRow.__table__)
_CONTROLS = cast("Table", RunControlRow.__table__)
_GROUPS_AT_ONCE = 500
_ROWS_AT_ONCE = 5_000
_PROGRESS_ID = 1

Key = tuple[str, str]


def derive_episodes(store: Store, rule: Confirmation) -> int:
    """Fold all looks of the ledger from the first and replace all episodes and standings, in one transaction.

    Returns the number of episodes written. Facts are only read; the same looks give the same episodes.
    """
    with store.session() as session:
        lock_writers(session)
        return derive_in(session, rule)


def derive_in(session: Session, rule: Confirmation) -> int:
    """`derive_episodes` within the caller's transaction."""
    voided, basis = _basis(session, rule)
    session.execute(delete(StandingRow))
    session.execute(delete(EpisodeRow))
    written = _fold(session, _looks(), rule, voided, anew=True)
    _note_progress(session, basis)
    return written


def derive_new(session: Session, rule: Confirmation) -> int:
    """Fold what came into the ledger since the last time, in the caller's transaction; as `derive_in` would.

    Returns the number of episodes written. The caller holds the writers' lock.
    """
    voided, basis = _basis(session, rule)
    progress = session.get(FoldProgressRow, _PROGRESS_ID)
    if progress is None or progress.basis_sha256 != basis:
        return derive_in(session, rule)
    written = _fold(session, _looks_after(progress.look_id), rule, voided)
    _note_progress(session, basis)
    return written


def folded_up_to(session: Session) -> int:
    """The newest look that is in the standings; 0 before anything was folded."""
    return session.scalar(select(FoldProgressRow.look_id).where(FoldProgressRow.progress_id == _PROGRESS_ID)) or 0


def _basis(session: Session, rule: Confirmation) -> tuple[Voided, str]:
    """The weeks in which a blind re-check voided a marketplace's absences, and the digest of all that is no look."""
    found: dict[str, list[Void]] = {}
    for void in voids(judged_looks(session), rule.blind_error_bound):
        found.setdefault(void.marketplace, []).append(void)
    named = sorted((marketplace, void.week) for marketplace, some in found.items() for void in some)
    text = json.dumps([FOLD_VERSION, rule.model_dump(), named], sort_keys=True)
    return found, hashlib.sha256(text.encode()).hexdigest()


def _note_progress(session: Session, basis: str) -> None:
    newest = session.scalar(select(func.max(LookRow.look_id))) or 0
    row = session.get(FoldProgressRow, _PROGRESS_ID)
    if row is None:
        row = FoldProgressRow(progress_id=_PROGRESS_ID)
        session.add(row)
    row.look_id, row.basis_sha256, row.rules_version = newest, basis, FOLD_VERSION
    session.flush()


def _looks() -> Select[*tuple[Any, ...]]:
    """Looks as `monitor.looks.listing.Look` has them, those of one listing and vantage together, in order of time."""
    looks, judged, controls = _LOOKS.c, _JUDGEMENTS.c, _CONTROLS.c
    return (
        select(
            looks.listing_key,
            looks.vantage,
            looks.look_id,
            looks.run_id,
            looks.looked_at,
            looks.took_ms,
            judged.state,
            judged.quarantined,
            controls.verdict,
            func.coalesce(judged.reading_sha256, looks.reading_sha256),
            looks.purpose,
            looks.outcome,
        )
        .join_from(_LOOKS, _JUDGEMENTS, judged.look_id == looks.look_id)
        .outerjoin(
            _CONTROLS,
            (controls.run_id == looks.run_id)
            & (controls.marketplace == looks.marketplace)
            & (controls.vantage == looks.vantage),
        )
        .order_by(looks.listing_key, looks.vantage, looks.looked_at, looks.look_id)
    )


def _looks_after(look_id: int) -> Select[*tuple[Any, ...]]:
    """The looks that came in after one, as `_looks` has them.

    They are sorted by a value that no index holds: SQLite would otherwise walk the index of all looks ever made to
    save itself sorting a few hundred.
    """
    looks = _LOOKS.c
    order = (looks.listing_key.concat(""), looks.vantage, looks.looked_at, looks.look_id)
    return _looks().where(looks.look_id > look_id).order_by(None).order_by(*order)


def _fold(
    session: Session, statement: Select[*tuple[Any, ...]], rule: Confirmation, voided: Voided, *, anew: bool = False
) -> int:
    """Fold the looks of a statement; `anew` where nothing stands of any listing yet."""
    written = 0
    rows = session.execute(statement.execution_options(yield_per=_ROWS_AT_ONCE))
    groups = ((key, [Look(*row) for row in some]) for key, some in groupby(rows, key=_key))
    for some in chunks(groups, _GROUPS_AT_ONCE):
        listings = {key: Listing() for key, _ in some} if anew else _standing(session, [key for key, _ in some])
        late = [key for key, looks in some if listings[key].is_late(looks, voided)]
        if late:
            some = [*((key, looks) for key, looks in some if key not in set(late)), *_all_looks(session, late)]
            forget(session, [(key, listings[key]) for key in late])
            listings.update((key, Listing()) for key in late)
        pages = pages_of(session, [(listings[key], looks) for key, looks in some])
        for key, looks in some:
            listings[key].see(looks, pages, rule, voided)
        written += write(session, [Written(*key, listings[key]) for key, _ in some])
    return written


def _key(row: Row[*tuple[Any, ...]]) -> Key:
    return row[0], row[1]


def _standing(session: Session, keys: Sequence[Key]) -> dict[Key, Listing]:
    wanted = sorted({listing_key for listing_key, _ in keys})
    rows = session.execute(select(StandingRow.__table__).where(StandingRow.listing_key.in_(wanted)))
    found = {(row.listing_key, row.vantage): row for row in rows}
    return {key: standing_of(found[key]) if key in found else Listing() for key in keys}


def _all_looks(session: Session, keys: Iterable[Key]) -> list[tuple[Key, list[Look]]]:
    """Every look at these listings from these vantages."""
    found = []
    for key in keys:
        of_it = _looks().where(_LOOKS.c.listing_key == key[0], _LOOKS.c.vantage == key[1])
        found.append((key, [Look(*row) for row in session.execute(of_it)]))
    return found
