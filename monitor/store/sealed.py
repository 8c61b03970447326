"""Whether the archive is what the ledger says: every run's folder, its seal, and the chains that they make."""

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.errors import BadInput
from crawler.folder import FolderBusy, lock_folder
from crawler.record import PLAN_FILE
from monitor.store.archive import read_manifest, run_folders
from monitor.store.chain import origin_of
from monitor.store.ledger_tables import RunRow


def archive_problems(session: Session, runs_dir: Path) -> Iterator[tuple[str, str]]:
    """What is wrong, as (subject, sentence): `archive` about folders, `chain` about runs that are missing between.

    Compares seals (the SHA-256 of each manifest), not every byte; a run that is being filled now is no problem.
    """
    runs = list(session.scalars(select(RunRow).order_by(RunRow.started_at, RunRow.run_id)))
    known = {run.manifest_sha256 for run in runs}
    for run in runs:
        yield from (("archive", says) for says in _folder_problems(runs_dir / run.folder, run.manifest_sha256))
    ingested = {run.folder for run in runs}
    for folder in run_folders(runs_dir):
        if folder.name not in ingested:
            yield from (("archive", says) for says in _stray_problems(folder))
    begun: set[str] = set()
    for run in runs:
        before, origin = run.previous_manifest_sha256, origin_of(run.method)
        if before and before not in known:
            yield "chain", f"run {run.run_id} follows a run that is not here (manifest {before[:12]}): it was removed"
        elif not before and origin in begun:
            yield "chain", f"run {run.run_id} names no run before it, though it is not the first"
        begun.add(origin)


def _folder_problems(folder: Path, manifest_sha256: str) -> Iterator[str]:
    if not folder.is_dir():
        yield f"the folder of run {folder.name} is gone: its looks have lost their evidence"
        return
    try:
        _, digest = read_manifest(folder)
    except BadInput as error:
        yield str(error)
        return
    if digest != manifest_sha256:
        yield f"{folder.name}: the manifest was changed after the run was ingested"


def _stray_problems(folder: Path) -> Iterator[str]:
    """What a folder that no run of the ledger owns is: being filled, left by a killed run, not ingested, or foreign."""
    try:
        read_manifest(folder)
    except BadInput as error:
        if not (folder / PLAN_FILE).exists() or not _busy(folder):
            yield str(error)
        return
    yield f"{folder}: a finished run that is not in the ledger"


def _busy(folder: Path) -> bool:
    try:
        os.close(lock_folder(folder))
    except FolderBusy:
        return True
    return False
