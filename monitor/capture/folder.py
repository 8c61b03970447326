"""The run folder of a person's session: hidden while it is open, so that no crawl goes on with it; sealed and shown
under its own name at the end."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from crawler.archive.append import DiskFull, sync_folder
from crawler.clock import Clock
from crawler.errors import NeedsPerson
from crawler.folder import ROOM_FILE, RunFolder, read_manifest
from crawler.manifest import seal
from crawler.plan import Slot, write_plan
from crawler.record import PLAN_FILE, Capture
from crawler.recovery import ATTEMPTS_FILE
from crawler.vantage import our_version
from monitor.config import Settings
from monitor.schedule.planner import plan_of

OPEN_SUFFIX = ".person"
FIDELITY = (
    "Each resource record is the DOM (document.documentElement.outerHTML, UTF-8) of a page that a person opened in "
    "their own browser, with a metadata record that says how it was saved. No wire bytes, cookies or storage."
)


class PersonFolder(RunFolder):
    """A run folder that a person fills; it says so in its warcinfo record."""

    def _info(self) -> dict[str, str]:
        return {
            "software": f"stillforsale/{our_version()} capture",
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "operator": self.plan.identity.operator,
            "isPartOf": self.plan.run_id,
            "description": FIDELITY,
        }


def open_folders(runs_dir: Path) -> list[Path]:
    """Sessions that were neither finished nor stopped in order, oldest first."""
    if not runs_dir.is_dir():
        return []
    return sorted(path for path in runs_dir.glob(f".*{OPEN_SUFFIX}") if (path / PLAN_FILE).is_file())


def new_folder(session: Session, settings: Settings, slots: Sequence[Slot], at: datetime, protocol: str) -> Path:
    """Write the plan of a session. No marketplace is allowed in it: no crawler could carry it out by mistake."""
    settings.runs_dir.mkdir(parents=True, exist_ok=True)
    plan = plan_of(session, settings, slots, "person", at, protocol)
    plan = plan.model_copy(update={"allowed_marketplaces": (), "allowed_hosts": (), "stop_file": ""})
    making = settings.runs_dir / f".{plan.run_id}.making"
    making.mkdir()
    write_plan(making / PLAN_FILE, plan, slots)
    return making.rename(settings.runs_dir / f".{plan.run_id}{OPEN_SUFFIX}")


def open_folder(path: Path, clock: Clock) -> PersonFolder | None:
    """Go on with a session; None where it was sealed already and only lacked its name. Raises FolderBusy."""
    if read_manifest(path) is not None:
        _show(path)
        return None
    return PersonFolder.open(path, clock)


def seal_folder(folder: PersonFolder, rest: list[Capture], finish_reason: str, reviewer: str) -> Path:
    """Write the lines of what was not looked at and the seal, and give the folder its name.

    Raises NeedsPerson where the disk is full: what was saved is kept, and the next session goes on from there.
    """
    browser = folder.browser.get("user_agent", "")
    settings: dict[str, str | int | float] = {"method": "person", "reviewer": reviewer}
    try:
        folder.give_room()
        folder.append_now(rest)
        seal(folder, finish_reason, (), agent=browser or "none: no page was saved", settings=settings)
        folder.tidy()
    except DiskFull as error:
        raise NeedsPerson(
            f"the disk is full: what was saved of {folder.plan.run_id} is kept; make room, then run "
            f"`stillforsale capture` again ({error})"
        ) from error
    finally:
        folder.close()
    return _show(folder.path)


def _show(path: Path) -> Path:
    """Give a sealed folder its name, without what only an open one needs."""
    for name in (ROOM_FILE, ATTEMPTS_FILE):
        (path / name).unlink(missing_ok=True)
    shown = path.rename(path.parent / path.name.removeprefix(".").removesuffix(OPEN_SUFFIX))
    sync_folder(shown.parent)
    return shown
