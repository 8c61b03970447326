"""The seal of a run folder: versions, settings, counts, and the SHA-256 of every file in it."""

import hashlib
import platform
import ssl
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from crawler.archive.append import write_whole
from crawler.clock import instant
from crawler.folder import RunFolder
from crawler.record import MANIFEST_FILE, FileDigest, Manifest
from crawler.vantage import our_version, user_agent

_LIBRARIES = ("scrapy", "twisted", "protego", "lxml", "parsel", "web-poet", "pydantic")


def seal(
    folder: RunFolder,
    finish_reason: str,
    clock_jumps: tuple[dict[str, str], ...],
    *,
    agent: str = "",
    settings: dict[str, str | int | float] | None = None,
) -> Manifest:
    """Write `manifest.json` as the last file. Raises DiskFull.

    `agent` and `settings` stand for what else than our crawler and its limits made the run: a person's browser.
    """
    plan = folder.plan
    manifest = Manifest(
        run_id=plan.run_id,
        started_at=folder.started_at,
        finished_at=instant(folder.clock.now()),
        finish_reason=finish_reason,
        previous_manifest_sha256=plan.previous_manifest_sha256,
        protocol_sha256=plan.protocol_sha256,
        identity=plan.identity.model_dump(),
        user_agent=agent or user_agent(plan.identity),
        vantages={name: vantage.model_dump() for name, vantage in plan.vantages.items()},
        software=software(),
        settings={**(settings or plan.limits.model_dump()), "sessions": folder.before.sessions + 1},
        slots=len(folder.slots),
        captures=sum(folder.counts.values()),
        counts=dict(sorted(folder.counts.items())),
        robots=tuple(folder.robots),
        browser=folder.browser,
        clock=plan.clock,
        clock_jumps=clock_jumps,
        files=digests(folder.path),
    )
    write_whole(folder.path / MANIFEST_FILE, manifest.model_dump_json(indent=1).encode() + b"\n")
    return manifest


def digests(folder: Path) -> tuple[FileDigest, ...]:
    """Name, size and SHA-256 of every file of a run, in order of name; hidden files belong to an open run only."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    kept = [path for path in files if (path.name != MANIFEST_FILE and path.suffix != ".part") or path.parent != folder]
    return tuple(_digest(path, folder) for path in kept)


def software() -> dict[str, str]:
    """Versions of what had a hand in the run."""
    found = {"stillforsale": our_version(), "python": platform.python_version(), "openssl": ssl.OPENSSL_VERSION}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def _digest(path: Path, folder: Path) -> FileDigest:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return FileDigest(name=path.relative_to(folder).as_posix(), bytes=path.stat().st_size, sha256=digest.hexdigest())
