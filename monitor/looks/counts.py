"""Counts how the looks of a run ended, once its controls were judged."""

from collections.abc import Iterable

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from monitor.store.ledger_tables import JudgementRow, LookRow
from monitor.store.standing_tables import LookCountRow


def count_looks(session: Session, run_ids: Iterable[str]) -> None:
    """Count the looks of these runs anew, in the caller's transaction."""
    kinds = (
        LookRow.run_id,
        LookRow.marketplace,
        LookRow.vantage,
        LookRow.purpose,
        LookRow.outcome,
        JudgementRow.state,
        JudgementRow.quarantined,
    )
    names = [*(column.key for column in kinds), "looks"]
    for run_id in run_ids:
        session.execute(delete(LookCountRow).where(LookCountRow.run_id == run_id))
        counted = (
            select(*kinds, func.count())
            .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
            .where(LookRow.run_id == run_id)
            .group_by(*kinds)
        )
        session.execute(insert(LookCountRow).from_select(names, counted))
