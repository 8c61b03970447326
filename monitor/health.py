"""What is wrong here, for `stillforsale doctor`: each check looks, says one sentence, and repairs nothing."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Literal

from sqlalchemy import func, make_url, select, text
from sqlalchemy.orm import Session

from crawler.browser import available
from crawler.errors import BadInput, NeedsPerson
from crawler.marketplaces.states import State
from monitor.config import Settings
from monitor.store.guards import guarded
from monitor.store.ledger_tables import JudgementRow, LookRow, RunControlRow, RunRow
from monitor.store.sealed import archive_problems
from monitor.store.session import Store, open_store
from monitor.store.tables import APPEND_ONLY
from monitor.store.upgrade import VERSIONS

Level = Literal["ok", "note", "problem"]

MIN_FREE_BYTES = 1 << 30
CLOCK_SLACK = timedelta(minutes=5)
SILENT_AFTER = timedelta(days=3)

_EXTRAS = {
    "browser": ("playwright", "pages that need rendering can't be looked at"),
    "workers": ("procrastinate", "no worker in another country can be run from here"),
    "pdf": ("weasyprint", "reports are written as HTML only"),
    "parquet": ("pyarrow", "exports are written as CSV and JSON only"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. A `problem` needs a person, a `note` is good to know."""

    name: str
    level: Level
    says: str


def examine(settings: Settings, at: datetime) -> list[Check]:
    """Every check, in a fixed order. Opens the ledger where there is one; nothing is created."""
    checks = [*_operator(settings), *_vantages(settings), *_marketplaces(settings), *_disk(settings)]
    store = _ledger(settings, checks)
    if store is not None:
        try:
            with store.reader() as session:
                checks += [*_integrity(session, store), *_archive(session, settings)]
                checks += [*_clock(session, settings, at), *_looking(session, at)]
        finally:
            store.close()
    return [*checks, *_extras()]


def _operator(settings: Settings) -> Iterator[Check]:
    if not settings.operator:
        yield Check("operator", "problem", "no operator is named; run `stillforsale init`")
    elif not settings.contact:
        yield Check("operator", "problem", "no contact is named: a site's owner must be able to write to us")
    else:
        yield Check("operator", "ok", f"{settings.operator}, {settings.contact}")
    if settings.stop_file.exists():
        yield Check("stop", "problem", f"{settings.stop_file} lies there: nothing is looked at until it is removed")
    if not settings.protocol_file.exists():
        yield Check("protocol", "note", f"there is no {settings.protocol_file}: runs carry no hash of a protocol")


def _vantages(settings: Settings) -> Iterator[Check]:
    names = ", ".join(f"{name} ({vantage.country})" for name, vantage in sorted(settings.vantages.items()))
    if not settings.vantages:
        yield Check("vantages", "problem", "no vantage is named: it isn't known whom a page is to be served for")
    elif settings.default_vantage not in settings.vantages:
        yield Check("vantages", "problem", f"default_vantage {settings.default_vantage!r} is none of {names}")
    elif len(settings.vantages) == 1:
        yield Check("vantages", "note", f"only {names}: gone here and gone everywhere can't be told apart")
    else:
        yield Check("vantages", "ok", names)


def _marketplaces(settings: Settings) -> Iterator[Check]:
    allowed = sorted(name for name, terms in settings.terms.items() if terms.automation)
    if allowed:
        yield Check("terms", "ok", f"automated looks are allowed on {', '.join(allowed)}")
    else:
        yield Check("terms", "note", "automated looks are allowed nowhere; see `stillforsale sites allow`")


def _disk(settings: Settings) -> Iterator[Check]:
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.absolute().parent
    free = shutil.disk_usage(folder).free
    level: Level = "ok" if free >= MIN_FREE_BYTES else "problem"
    yield Check("disk", level, f"{free / 1e9:.1f} GB free at {folder}")


def _ledger(settings: Settings, checks: list[Check]) -> Store | None:
    """The open ledger, None where there is none or it can't be opened."""
    url = settings.ledger_url
    if (
        url.startswith("sqlite:///")
        and not settings.database_url
        and not (settings.data_dir / "ledger.sqlite").exists()
    ):
        checks.append(Check("database", "note", f"there is no ledger in {settings.data_dir} yet"))
        return None
    try:
        store = open_store(url)
    except (BadInput, NeedsPerson) as error:
        checks.append(Check("database", "problem", str(error)))
        return None
    shown = make_url(url).render_as_string(hide_password=True)
    checks.append(Check("database", "ok", f"{shown}, version {VERSIONS[-1]}"))
    return store


def _integrity(session: Session, store: Store) -> Iterator[Check]:
    missing = set(APPEND_ONLY) - guarded(session.connection())
    if missing:
        yield Check(
            "guards", "problem", f"the triggers that keep facts from changing are gone: {', '.join(sorted(missing))}"
        )
    if not store.is_sqlite:
        return
    found = [row[0] for row in session.execute(text("PRAGMA quick_check(3)"))]
    dangling = session.execute(text("PRAGMA foreign_key_check")).all()
    if found != ["ok"]:
        yield Check("integrity", "problem", f"the database is damaged: {found[0]}; restore a copy, then ingest again")
    elif dangling:
        yield Check("integrity", "problem", f"{len(dangling)} rows point to rows that are not there")
    else:
        yield Check("integrity", "ok", "the database is whole")


def _archive(session: Session, settings: Settings) -> Iterator[Check]:
    count = 0
    for name, says in archive_problems(session, settings.runs_dir):
        count += 1
        yield Check(name, "problem", says)
    if not count:
        runs = session.scalar(select(func.count()).select_from(RunRow))
        yield Check("archive", "ok", f"{runs} runs: every folder is there, sealed, and in one chain")


def _clock(session: Session, settings: Settings, at: datetime) -> Iterator[Check]:
    newest = session.scalar(select(func.max(RunRow.finished_at)))
    if newest is not None and newest > at + CLOCK_SLACK:
        yield Check("clock", "problem", f"it says {at:%Y-%m-%d %H:%M}Z, but a run ended at {newest:%Y-%m-%d %H:%M}Z")
    else:
        yield Check("clock", "ok", f"{at:%Y-%m-%d %H:%M:%S}Z ({settings.clock.partition(':')[0]})")


def _looking(session: Session, at: datetime) -> Iterator[Check]:
    """How well we look: the newest run, its controls, and what waits for a person."""
    newest = session.scalar(select(func.max(LookRow.looked_at)))
    if newest is not None and at - newest > SILENT_AFTER:
        yield Check("looks", "problem", f"the last look was on {newest:%Y-%m-%d}: nothing has been seen since")
    verdicts = (
        select(RunControlRow.marketplace, RunControlRow.vantage, RunControlRow.verdict, RunControlRow.why)
        .join(RunRow, RunRow.run_id == RunControlRow.run_id)
        .order_by(RunRow.started_at, RunRow.run_id)
    )
    latest = {(row.marketplace, row.vantage): row for row in session.execute(verdicts)}
    for (marketplace, vantage), row in sorted(latest.items()):
        if row.verdict != "passed":
            level: Level = "problem" if row.verdict == "failed" else "note"
            yield Check("controls", level, f"{marketplace} from {vantage}: {row.why}")
    if latest and all(row.verdict == "passed" for row in latest.values()):
        yield Check("controls", "ok", f"passed on {len(latest)} marketplaces and vantages when last looked at")
    waiting = session.scalar(
        select(func.count(func.distinct(LookRow.listing_key)))
        .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        .where(JudgementRow.state == State.UNVERIFIED, LookRow.control == "")
    )
    if waiting:
        yield Check("unverified", "note", f"{waiting} listings look like an end by a sign that no person has confirmed")


def _extras() -> Iterator[Check]:
    for extra, (module, without) in _EXTRAS.items():
        if find_spec(module) is None:
            yield Check("extras", "note", f"{extra} is not installed: {without}")
        elif extra == "browser":
            there, says = available()
            yield Check("browser", "ok" if there else "note", says if there else f"{says}: {without}")
