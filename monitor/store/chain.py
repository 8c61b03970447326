"""The chains of manifests: each run names the run before it, so that one that was removed shows.

There is a chain for each origin, what crawlers made and what people saved: both go on at the same moment, and neither
can know the other's last seal when its plan is written.
"""

from pathlib import Path
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.errors import BadInput
from crawler.record import Manifest
from monitor.store.archive import read_manifest, run_folders
from monitor.store.ledger_tables import RunRow

Origin = Literal["crawler", "person"]

PERSON = "person"


def origin_of(method: str) -> Origin:
    """The chain that a run belongs to, by its method: an interface is asked in the same runs as pages are."""
    return "person" if method == PERSON else "crawler"


def last_manifest(session: Session, origin: Origin, runs_dir: Path) -> str:
    """The seal that the next run of this origin follows, "" for its first.

    A person's session may be sealed while a cycle keeps the ledger, and wait there: the next one follows it even so.
    """
    of_people = RunRow.method == PERSON
    newest = (
        select(RunRow.manifest_sha256, RunRow.started_at)
        .where(of_people if origin == "person" else ~of_people)
        .order_by(RunRow.started_at.desc(), RunRow.run_id.desc())
        .limit(1)
    )
    taken_in = session.execute(newest).first()
    waiting = _waiting(session, runs_dir) if origin == "person" else []
    return waiting[-1] if waiting else taken_in.manifest_sha256 if taken_in else ""


def _waiting(session: Session, runs_dir: Path) -> list[str]:
    """Seals of sessions that are not in the ledger yet, the oldest first."""
    known = set(session.scalars(select(RunRow.folder)))
    found: list[tuple[str, str, str]] = []
    for folder in run_folders(runs_dir):
        if folder.name in known:
            continue
        try:
            manifest, digest = read_manifest(folder)
        except BadInput:
            continue
        if _by_person(manifest):
            found.append((manifest.started_at, manifest.run_id, digest))
    return [digest for _, _, digest in sorted(found)]


def _by_person(manifest: Manifest) -> bool:
    return manifest.settings.get("method") == PERSON
