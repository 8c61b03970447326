"""A run folder as it lies in the archive: sealed, whole, and only then read.

Nothing here touches the database. A folder that is torn, foreign or changed raises BadInput, which names the file.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from crawler.archive.reader import ArchivedPage
from crawler.errors import BadInput
from crawler.plan import Plan, Slot, read_plan
from crawler.reading import FetchedPage
from crawler.record import CAPTURES_FILE, MANIFEST_FILE, PLAN_FILE, Capture, FileDigest, Manifest

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class SealedRun:
    """A run folder whose every byte was checked against its manifest."""

    folder: Path
    manifest: Manifest
    manifest_sha256: str
    plan: Plan
    slots: dict[str, Slot]
    strangers: tuple[str, ...]
    """Files that stand in the folder and not in the manifest: they are part of nothing."""

    @property
    def run_id(self) -> str:
        return self.manifest.run_id


@dataclass(frozen=True, slots=True)
class Answered:
    """One capture with the slot that it answers and its line in the file."""

    line: int
    slot: Slot
    capture: Capture


def open_run(folder: Path) -> SealedRun:
    """Check the folder against its seal and read its plan.

    Raises BadInput where it was not finished, a file is missing, changed or lies outside, or the plan is another's.
    """
    manifest, digest = read_manifest(folder)
    _check_files(folder, manifest)
    plan, slots = read_plan(folder / PLAN_FILE)
    path = str(folder / PLAN_FILE)
    if plan.run_id != manifest.run_id:
        raise BadInput(f"the plan of run {plan.run_id} lies in the folder of run {manifest.run_id}", file=path)
    if plan.previous_manifest_sha256 != manifest.previous_manifest_sha256:
        raise BadInput("the plan names another run before it than the manifest does", file=path, line=1)
    if len(slots) != manifest.slots:
        raise BadInput(f"the manifest counts {manifest.slots} slots, the plan has {len(slots)}", file=path)
    listed = {entry.name for entry in manifest.files} | {MANIFEST_FILE}
    strangers = sorted(
        name for path in folder.rglob("*") if path.is_file() and (name := _name(folder, path)) not in listed
    )
    return SealedRun(folder, manifest, digest, plan, {slot.slot_id: slot for slot in slots}, tuple(strangers))


def read_manifest(folder: Path) -> tuple[Manifest, str]:
    """The seal of a run folder, and the SHA-256 of its bytes. Raises BadInput without one: the run was not finished."""
    path = folder / MANIFEST_FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        what = "the run was not finished" if (folder / PLAN_FILE).exists() else "this is no run folder"
        raise BadInput(f"has no {MANIFEST_FILE}: {what}", file=str(folder)) from error
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=str(path)) from error
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(first["msg"], file=str(path), field=".".join(map(str, first["loc"]))) from error
    return manifest, hashlib.sha256(content).hexdigest()


def captures(run: SealedRun) -> Iterator[Answered]:
    """Every capture with its slot, in the file's order.

    Raises BadInput for a foreign or doubled capture, a slot without one, or a count other than the manifest's.
    """
    path = run.folder / CAPTURES_FILE
    seen: set[tuple[str, int]] = set()
    line = 0
    with path.open("rb") as file:
        for line, content in enumerate(file, start=1):
            capture = _capture(content, path, line)
            slot = run.slots.get(capture.slot_id)
            if capture.run_id != run.run_id or slot is None:
                raise BadInput(f"belongs to run {capture.run_id}, slot {capture.slot_id}", file=str(path), line=line)
            key = (capture.slot_id, capture.page)
            if key in seen or (slot.purpose != "search" and capture.page != 1):
                raise BadInput(
                    f"slot {slot.slot_id} has two captures of page {capture.page}", file=str(path), line=line
                )
            seen.add(key)
            yield Answered(line, slot, capture)
    if line != run.manifest.captures:
        raise BadInput(f"the manifest counts {run.manifest.captures} captures, the file has {line}", file=str(path))
    missing = run.slots.keys() - {slot_id for slot_id, _ in seen}
    if missing:
        raise BadInput(f"slot {min(missing)} has no capture", file=str(path))


def fetched_page(answered: Answered, archived: ArchivedPage) -> FetchedPage:
    """The page of one capture as the readers take it, out of its record in the archive."""
    capture = answered.capture
    return FetchedPage(
        url=capture.final_url,
        body=archived.body,
        status=capture.status,
        requested_url=capture.requested_url,
        content_type=archived.content_type,
        listing_id=answered.slot.listing_id,
        at=capture.finished_at,
    )


def run_folders(runs_dir: Path) -> list[Path]:
    """The folders of an archive that may be runs, by name; hidden ones are work in progress."""
    if not runs_dir.is_dir():
        return []
    return sorted(path for path in runs_dir.iterdir() if path.is_dir() and not path.name.startswith("."))


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _check_files(folder: Path, manifest: Manifest) -> None:
    names = {entry.name for entry in manifest.files}
    for needed in (PLAN_FILE, CAPTURES_FILE):
        if needed not in names:
            raise BadInput(f"the manifest does not list {needed}", file=str(folder / MANIFEST_FILE), field="files")
    for entry in manifest.files:
        _check_file(folder, entry)


def _check_file(folder: Path, entry: FileDigest) -> None:
    parts = PurePosixPath(entry.name).parts
    path = folder / entry.name
    if not parts or entry.name.startswith("/") or ".." in parts or path.is_symlink():
        raise BadInput(f"{entry.name!r} is no file of this folder", file=str(folder / MANIFEST_FILE), field="files")
    try:
        size, digest = path.stat().st_size, sha256_of(path)
    except OSError as error:
        raise BadInput(f"is in the manifest and can't be read ({error.strerror})", file=str(path)) from error
    if size != entry.bytes or digest != entry.sha256:
        raise BadInput("was changed after the run was sealed: its SHA-256 is not the manifest's", file=str(path))


def _capture(content: bytes, path: Path, line: int) -> Capture:
    try:
        return Capture.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadInput(first["msg"], file=str(path), line=line, field=field) from error


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()
