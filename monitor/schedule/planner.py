"""Writes plans: which searches and looks the next run makes. Reads the ledger, touches only the plan's folder."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.apis.base import Api
from crawler.clock import instant
from crawler.marketplaces.confirmed import load_confirmed
from crawler.marketplaces.registry import Registry
from crawler.plan import Plan, Slot, Vantage, write_plan
from crawler.record import PLAN_FILE
from monitor.config import Settings
from monitor.discovery.route import usable_apis, watched_phrases
from monitor.looks.background import standing_background
from monitor.schedule.controls import Controls, choose_controls
from monitor.schedule.learning import outlook_of, seen_and_pinned
from monitor.schedule.outlook import choose_looks
from monitor.schedule.policy import Due, Pace
from monitor.schedule.watched import suspects
from monitor.store.chain import last_manifest, origin_of
from monitor.store.ledger_tables import ListingRow


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

    A marketplace whose pages are not allowed is asked by its official interface where there is a key to one. No due
    look, no controls: a run is made of what it has to find out. `marketplaces` names others instead: those that a
    person looks at.
    """
    slots: list[Slot] = []
    vantages, apis = list(vantages), _apis_instead(settings) if marketplaces is None else {}
    permitted = {*allowed(settings), *apis} if marketplaces is None else set(marketplaces)
    keys = suspects(session)
    background = standing_background(session, keys).keys()
    watched = keys | background
    outlook = outlook_of(session, settings, at, budgeted=marketplaces is None)
    seen = seen_and_pinned(session, settings, watched, vantages, at)
    seen = [one for one in seen if one.marketplace in permitted]
    chosen = choose_looks(seen, pace or Pace(), at, outlook, slack_hours)
    for vantage in vantages:
        due = [item for item in chosen if item.watched.vantage == vantage.name]
        for name in sorted({item.watched.listing_key.partition(":")[0] for item in due}):
            controls = choose_controls(session, registry.get(name), vantage.name, watched)
            slots.extend(_control_slots(controls, registry, name, vantage, len(slots)))
        slots.extend(_look_slots(session, registry, due, background, vantage, len(slots)))
    return [_by_api(slot, apis, vantages) for slot in slots]


def make_plan_folder(
    session: Session,
    settings: Settings,
    slots: Sequence[Slot],
    what: str,
    at: datetime,
    protocol_sha256: str,
    left_out: Mapping[str, int] | None = None,
) -> Path:
    """Write the plan into a folder of its own under the runs and give its path. `what` goes into the run's name,
    `left_out` says what was due and did not fit."""
    settings.runs_dir.mkdir(parents=True, exist_ok=True)
    plan = plan_of(session, settings, slots, what, at, protocol_sha256)
    plan = plan.model_copy(update={"left_out": dict(left_out or {})})
    making = settings.runs_dir / f".{plan.run_id}.making"
    making.mkdir()
    write_plan(making / PLAN_FILE, plan, slots)
    return making.rename(settings.runs_dir / plan.run_id)


def plan_of(
    session: Session, settings: Settings, slots: Sequence[Slot], what: str, at: datetime, protocol_sha256: str
) -> Plan:
    """The header of a plan for these slots: who looks, from where, within which limits, after which run. `what` goes
    into the run's name; `person` is a session at the desk."""
    return Plan(
        run_id=f"{at:%Y%m%dT%H%M%S}{at.microsecond // 1000:03d}Z-{what}",
        made_at=instant(at),
        identity=settings.identity,
        vantages={name: settings.vantages[name] for name in sorted({slot.vantage for slot in slots})},
        clock=settings.clock,
        limits=settings.limits,
        allowed_marketplaces=tuple(allowed(settings)),
        allowed_apis=tuple(sorted({slot.marketplace for slot in slots if slot.method == "api"})),
        allowed_hosts=settings.allowed_hosts,
        marketplaces_dir=settings.marketplaces_dir,
        confirmed=load_confirmed(settings.verified_dir),
        previous_manifest_sha256=last_manifest(session, origin_of(what), settings.runs_dir),
        protocol_sha256=protocol_sha256,
        stop_file=str(settings.stop_file),
    )


def allowed(settings: Settings) -> list[str]:
    """The marketplaces whose terms the operator decided to allow automated looks on."""
    return sorted(name for name, terms in settings.terms.items() if terms.automation)


def has_phrases(session: Session) -> bool:
    """Whether anything is under watch that can be searched for."""
    return bool(watched_phrases(session))


def _apis_instead(settings: Settings) -> dict[str, Api]:
    """The interfaces that tell how a listing stands, of marketplaces whose pages the operator did not allow."""
    pages = set(allowed(settings))
    return {api.marketplace: api for api in usable_apis(settings) if api.looks and api.marketplace not in pages}


def _by_api(slot: Slot, apis: Mapping[str, Api], vantages: Iterable[Vantage]) -> Slot:
    api = apis.get(slot.marketplace)
    if api is None:
        return slot
    vantage = next(one for one in vantages if one.name == slot.vantage)
    return slot.model_copy(update={"method": "api", "url": api.item_url(slot.listing_id, vantage)})


def _control_slots(controls: Controls, registry: Registry, name: str, vantage: Vantage, start: int) -> list[Slot]:
    chosen = [
        *(("live", listing_id, url) for listing_id, url in controls.live),
        *(("dead", listing_id, url) for listing_id, url in controls.dead),
        *((None, listing_id, url) for listing_id, url in controls.fading),
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
                "why": f"control: {kind}" if kind else "was a live control and was seen gone: is it?",
            }
        )
        for index, (kind, listing_id, url) in enumerate(chosen)
    ]


def _look_slots(
    session: Session, registry: Registry, due: list[Due], background: Collection[str], vantage: Vantage, start: int
) -> list[Slot]:
    keys = [item.watched.listing_key for item in due]
    rows = {row.listing_key: row for row in session.scalars(select(ListingRow).where(ListingRow.listing_key.in_(keys)))}
    slots = []
    for index, item in enumerate(due, start=start):
        row = rows[item.watched.listing_key]
        slots.append(
            Slot(
                slot_id=f"look-{index:05d}",
                purpose="background" if row.listing_key in background else "look",
                marketplace=row.marketplace,
                listing_id=row.listing_id,
                url=registry.get(row.marketplace).listing_url(row.listing_id) or row.url,
                vantage=vantage.name,
                due_at=instant(item.due_at),
                why=item.why,
            )
        )
    return slots
