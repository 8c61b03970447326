"""Writes plans: which searches and looks the next run makes. Reads the ledger, touches only the plan's folder."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.clock import instant
from crawler.marketplaces.confirmed import load_confirmed
from crawler.marketplaces.registry import Registry
from crawler.plan import Plan, Slot, Vantage, write_plan
from crawler.record import PLAN_FILE
from monitor.config import Settings
from monitor.schedule.controls import Controls, choose_controls
from monitor.schedule.policy import Due, Pace, due_looks
from monitor.schedule.watched import suspects, watched_listings
from monitor.store.decision_tables import PhraseRow, WatchRow
from monitor.store.ledger_tables import ListingRow, RunRow, SearchRow

SEARCH_EVERY_HOURS = 24.0
MAX_SEARCH_PAGES = 5


@dataclass(frozen=True, slots=True)
class Phrase:
    """One search phrase under watch."""

    phrase_id: str
    text: str
    language: str


def search_slots(
    session: Session, registry: Registry, settings: Settings, vantage: Vantage, at: datetime, slack_hours: float = 0.0
) -> list[Slot]:
    """One slot for each watched phrase on each allowed marketplace that was not searched for it in a day."""
    searched_at = _last_searches(session)
    since = at - timedelta(hours=SEARCH_EVERY_HOURS - slack_hours)
    slots: list[Slot] = []
    for name in allowed(settings):
        marketplace = registry.get(name)
        for phrase in _phrases(session):
            url = marketplace.search_url(phrase.text, 1, vantage)
            last = searched_at.get((name, vantage.name, phrase.phrase_id))
            if not url or (last is not None and last > since):
                continue
            slots.append(
                Slot(
                    slot_id=f"search-{len(slots):05d}",
                    purpose="search",
                    marketplace=name,
                    url=url,
                    vantage=vantage.name,
                    query=phrase.text,
                    phrase_id=phrase.phrase_id,
                    max_pages=MAX_SEARCH_PAGES,
                    due_at=instant(at),
                    why="searched once a day",
                )
            )
    return slots


def look_slots(
    session: Session,
    registry: Registry,
    settings: Settings,
    vantages: Iterable[Vantage],
    at: datetime,
    pace: Pace | None = None,
    slack_hours: float = 0.0,
    marketplaces: Iterable[str] | None = None,
) -> list[Slot]:
    """Due looks at listings of allowed marketplaces from each vantage, between the controls of each marketplace.

    `marketplaces` names others instead: those that a person looks at. No due look, no controls: a run is made of
    what it has to find out.
    """
    slots: list[Slot] = []
    permitted = set(allowed(settings) if marketplaces is None else marketplaces)
    keys = suspects(session)
    for vantage in vantages:
        due = due_looks(watched_listings(session, keys, vantage.name), pace or Pace(), at, slack_hours)
        due = [item for item in due if item.watched.listing_key.partition(":")[0] in permitted]
        for name in sorted({item.watched.listing_key.partition(":")[0] for item in due}):
            controls = choose_controls(session, registry.get(name), vantage.name, keys)
            slots.extend(_control_slots(controls, registry, name, vantage, len(slots)))
        slots.extend(_look_slots(session, registry, due, vantage, len(slots)))
    return slots


def make_plan_folder(
    session: Session, settings: Settings, slots: Sequence[Slot], what: str, at: datetime, protocol_sha256: str
) -> Path:
    """Write the plan into a folder of its own under the runs and give its path. `what` goes into the run's name."""
    settings.runs_dir.mkdir(parents=True, exist_ok=True)
    plan = plan_of(session, settings, slots, what, at, protocol_sha256)
    making = settings.runs_dir / f".{plan.run_id}.making"
    making.mkdir()
    write_plan(making / PLAN_FILE, plan, slots)
    return making.rename(settings.runs_dir / plan.run_id)


def plan_of(
    session: Session, settings: Settings, slots: Sequence[Slot], what: str, at: datetime, protocol_sha256: str
) -> Plan:
    """The header of a plan for these slots: who looks, from where, within which limits, after which run."""
    return Plan(
        run_id=f"{at:%Y%m%dT%H%M%S}{at.microsecond // 1000:03d}Z-{what}",
        made_at=instant(at),
        identity=settings.identity,
        vantages={name: settings.vantages[name] for name in sorted({slot.vantage for slot in slots})},
        clock=settings.clock,
        limits=settings.limits,
        allowed_marketplaces=tuple(allowed(settings)),
        allowed_hosts=settings.allowed_hosts,
        marketplaces_dir=settings.marketplaces_dir,
        confirmed=load_confirmed(settings.verified_dir),
        previous_manifest_sha256=_last_manifest(session),
        protocol_sha256=protocol_sha256,
        stop_file=str(settings.stop_file),
    )


def allowed(settings: Settings) -> list[str]:
    """The marketplaces whose terms the operator decided to allow automated looks on."""
    return sorted(name for name, terms in settings.terms.items() if terms.automation)


def has_phrases(session: Session) -> bool:
    """Whether anything is under watch that can be searched for."""
    return bool(_phrases(session))


def _control_slots(controls: Controls, registry: Registry, name: str, vantage: Vantage, start: int) -> list[Slot]:
    chosen = [
        *(("live", listing_id, url) for listing_id, url in controls.live),
        *(("dead", listing_id, url) for listing_id, url in controls.dead),
        *(("never_existed", listing_id, registry.get(name).listing_url(listing_id)) for listing_id in controls.never),
    ]
    return [
        Slot.model_validate(
            {
                "slot_id": f"control-{start + index:05d}",
                "purpose": "control",
                "control": kind,
                "marketplace": name,
                "listing_id": listing_id,
                "url": url,
                "vantage": vantage.name,
                "why": f"control: {kind}",
            }
        )
        for index, (kind, listing_id, url) in enumerate(chosen)
    ]


def _look_slots(session: Session, registry: Registry, due: list[Due], vantage: Vantage, start: int) -> list[Slot]:
    keys = [item.watched.listing_key for item in due]
    rows = {row.listing_key: row for row in session.scalars(select(ListingRow).where(ListingRow.listing_key.in_(keys)))}
    slots = []
    for index, item in enumerate(due, start=start):
        row = rows[item.watched.listing_key]
        slots.append(
            Slot(
                slot_id=f"look-{index:05d}",
                purpose="background" if row.role == "background" else "look",
                marketplace=row.marketplace,
                listing_id=row.listing_id,
                url=registry.get(row.marketplace).listing_url(row.listing_id) or row.url,
                vantage=vantage.name,
                due_at=instant(item.due_at),
                why=item.why,
            )
        )
    return slots


def _phrases(session: Session) -> list[Phrase]:
    statement = (
        select(PhraseRow.phrase_id, PhraseRow.text, PhraseRow.language)
        .join(WatchRow, WatchRow.notice_id == PhraseRow.notice_id)
        .where(WatchRow.removed_at.is_(None), PhraseRow.removed_at.is_(None))
        .order_by(WatchRow.priority, PhraseRow.phrase_id)
    )
    return [Phrase(str(phrase_id), text, language) for phrase_id, text, language in session.execute(statement)]


def _last_searches(session: Session) -> dict[tuple[str, str, str], datetime]:
    """When each phrase was last searched for with an answer, by marketplace, vantage and phrase."""
    answered = select(
        SearchRow.marketplace, SearchRow.vantage, SearchRow.phrase_id, func.max(SearchRow.searched_at)
    ).where(SearchRow.state.in_(("searched", "no_results")))
    grouped = answered.group_by(SearchRow.marketplace, SearchRow.vantage, SearchRow.phrase_id)
    return {(name, vantage, phrase): at for name, vantage, phrase, at in session.execute(grouped)}


def _last_manifest(session: Session) -> str:
    newest = select(RunRow.manifest_sha256).order_by(RunRow.started_at.desc(), RunRow.run_id.desc()).limit(1)
    return session.scalar(newest) or ""
