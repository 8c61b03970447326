"""Whether a run could see: its controls decide what all its other looks on that marketplace and vantage are worth."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from crawler.marketplaces.states import STANDING, Standing, State
from monitor.store.ledger_tables import JudgementRow, LookRow, RunControlRow

CONTROLS_VERSION = 1

Verdict = Literal["passed", "failed", "missing"]

READS_AS_GONE = frozenset(
    {
        State.REMOVED,
        State.REMOVED_POLICY,
        State.ENDED,
        State.SELLER_GONE,
        State.UNVERIFIED,
        State.REDIRECTED,
    }
)
"""What a dead or never existing id may read as. `unverified` and `redirected` are how some sites show an end: enough
to know that the site still tells the dead from the living, never enough for a takedown."""

CONTROL_RULES = {
    "controls.passed": "A live control reads as on sale, a dead or never existing one as gone, none says otherwise.",
    "controls.failed": "A control says otherwise than it must, or none could be read: the looks count as unknown.",
    "controls.missing": "No live control, or no dead one, was in the run: its absences can't confirm anything.",
}
"""Rule ids with what they say (docs/reference/episodes.md)."""


@dataclass(frozen=True, slots=True)
class ControlLook:
    """What one control read as. `kind`: live, dead or never_existed."""

    listing_key: str
    kind: str
    state: State


def control_verdict(looks: Sequence[ControlLook]) -> tuple[Verdict, str]:
    """What the controls of one run say on one marketplace and vantage, and why they fail.

    One of several controls may be unreadable (blocked, failed) or sold out where another of its kind reads as it
    must: what was unreadable for it is unknown for its neighbours by itself, and stock-outs happen. A control that
    reads as the opposite always fails.
    """
    live = [look for look in looks if look.kind == "live"]
    dead = [look for look in looks if look.kind != "live"]
    for look in live:
        if STANDING[look.state] is Standing.OFF_SALE and look.state is not State.OUT_OF_STOCK:
            return "failed", _says(look)
    for look in dead:
        if STANDING[look.state] is not Standing.UNKNOWN and look.state not in READS_AS_GONE:
            return "failed", _says(look)
    if live and not any(STANDING[look.state] is Standing.ON_SALE for look in live):
        return "failed", _says(live[0])
    if dead and not any(look.state in READS_AS_GONE for look in dead):
        return "failed", _says(dead[0])
    if not live or not dead:
        return "missing", "no live control" if not live else "no dead control"
    return "passed", ""


def apply_controls(session: Session, run_ids: Iterable[str]) -> dict[tuple[str, str, str], Verdict]:
    """Judge the controls of these runs anew, and quarantine their looks or lift that, in the caller's transaction.

    Returns the verdict by (run_id, marketplace, vantage).
    """
    verdicts: dict[tuple[str, str, str], Verdict] = {}
    for run_id in run_ids:
        found = _control_looks(session, run_id)
        session.execute(delete(RunControlRow).where(RunControlRow.run_id == run_id))
        _quarantine(session, run_id, "", "", "")
        for (marketplace, vantage), looks in sorted(found.items()):
            verdict, why = control_verdict(looks)
            verdicts[run_id, marketplace, vantage] = verdict
            session.add(
                RunControlRow(
                    run_id=run_id,
                    marketplace=marketplace,
                    vantage=vantage,
                    verdict=verdict,
                    why=why,
                    rule=f"controls.{verdict}",
                    rules_version=CONTROLS_VERSION,
                )
            )
            if verdict == "failed":
                _quarantine(session, run_id, marketplace, vantage, why)
        session.flush()
    return verdicts


def _control_looks(session: Session, run_id: str) -> dict[tuple[str, str], list[ControlLook]]:
    rows = (
        select(LookRow.marketplace, LookRow.vantage, LookRow.listing_key, LookRow.control, JudgementRow.state)
        .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        .where(LookRow.run_id == run_id, LookRow.control != "")
        .order_by(LookRow.look_id)
    )
    found: dict[tuple[str, str], list[ControlLook]] = defaultdict(list)
    for marketplace, vantage, key, kind, state in session.execute(rows):
        found[marketplace, vantage].append(ControlLook(key, kind, State(state)))
    return found


def _quarantine(session: Session, run_id: str, marketplace: str, vantage: str, why: str) -> None:
    """Set or (with no marketplace) lift the quarantine of a run's judgements."""
    looks = select(LookRow.look_id).where(LookRow.run_id == run_id)
    if marketplace:
        looks = looks.where(LookRow.marketplace == marketplace, LookRow.vantage == vantage)
    session.execute(
        update(JudgementRow)
        .where(JudgementRow.look_id.in_(looks), JudgementRow.quarantined != why)
        .values(quarantined=why)
        .execution_options(synchronize_session=False)
    )


def _says(look: ControlLook) -> str:
    return f"{look.kind} control {look.listing_key} reads {look.state}"
