"""Crawling in a child process: what became of each folder comes back as data, whatever the child did."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crawler.errors import BadInput
from crawler.folder import read_manifest
from crawler.record import Manifest

FINISHED, INTERRUPTED, KILLED, TIMED_OUT, FAILED = "finished", "interrupted", "killed", "timed_out", "failed"
DRAIN_S = 20.0


@dataclass(frozen=True)
class ChildResult:
    """What became of one folder.

    `status` is `finished`; `interrupted` or `stop_switch` (sealed, the rest was not looked at); `OutOfSpace`,
    `killed`, `timed_out` or `failed` (not sealed: the same call goes on with it); `FolderBusy`; or `BadInput`.
    `error` is one sentence where there is something to say.
    """

    folder: Path
    status: str
    manifest: Manifest | None
    error: str = ""

    @property
    def sealed(self) -> bool:
        """Whether the folder can be ingested."""
        return self.manifest is not None


def status_of(manifest: Manifest) -> str:
    """How a sealed run ended."""
    return manifest.finish_reason


def crawl_in_child(folders: Sequence[Path], timeout_s: float | None = None) -> list[ChildResult]:
    """Carry out the plans in `folders` in one child process, one after another; one result a folder, in order.

    A bad, failed or killed child is told in the results and never raised. After `timeout_s` seconds the child is
    asked to end and drains. KeyboardInterrupt and SystemExit drain the child, too, and then go on.
    """
    if not folders:
        return []
    child = _start([*map(str, folders)], subprocess.DEVNULL)
    late = False
    try:
        out, err = child.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        late = True
        out, err = _drained(child)
    except BaseException:
        _drained(child)
        raise
    told = _told(out)
    return [_result(folder, told.get(str(folder)), child.returncode, late, err) for folder in folders]


class CrawlChild:
    """One child for many runs, as a context: where turns follow each other closely, a start each would cost more
    than the work. A child that dies is told in the results, and the next call starts another."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> "CrawlChild":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def crawl(self, folders: Sequence[Path]) -> list[ChildResult]:
        """As `crawl_in_child`, without a time limit."""
        return [self._crawl(folder) for folder in folders]

    def _crawl(self, folder: Path) -> ChildResult:
        child = self._child
        if child is None or child.poll() is not None:
            child = self._child = _start(["--stay"], subprocess.PIPE)
        if child.stdin is None or child.stdout is None:
            raise RuntimeError("the child was started without pipes")
        try:
            child.stdin.write(f"{folder}\n")
            child.stdin.flush()
            told = _told(child.stdout.readline())
        except BaseException:
            self._end()
            raise
        if str(folder) in told:
            return _result(folder, told[str(folder)], 0, False, "")
        return _result(folder, None, child.wait(), False, self._end())

    def _end(self) -> str:
        """Ask the child to end; gives what it said on stderr."""
        child, self._child = self._child, None
        if child is None:
            return ""
        if child.stdin is not None and not child.stdin.closed:
            with suppress(OSError):
                child.stdin.close()
            child.stdin = None
        return _drained(child)[1]


def _start(arguments: Sequence[str], stdin: int) -> "subprocess.Popen[str]":
    """The child has a session of its own, so that one Ctrl-C reaches it once: through us."""
    root = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    return subprocess.Popen(  # noqa: S603 - our own module, folders as arguments
        [sys.executable, "-m", "crawler.run", f"--parent={os.getpid()}", *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": path},
    )


def _drained(child: "subprocess.Popen[str]") -> tuple[str, str]:
    """Ask the child to end in order; kill it where it doesn't."""
    child.send_signal(signal.SIGTERM)
    try:
        return child.communicate(timeout=DRAIN_S)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.communicate()


def _told(out: str) -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = {}
    for line in out.splitlines():
        with suppress(ValueError, KeyError, TypeError):
            result = json.loads(line)
            told[result["folder"]] = result
    return told


def _result(folder: Path, told: dict[str, str] | None, code: int, late: bool, err: str) -> ChildResult:
    try:
        manifest = read_manifest(folder)
    except BadInput as error:
        return ChildResult(folder, "BadInput", None, str(error))
    if told is not None:
        return ChildResult(folder, told["status"], manifest, told["error"])
    if manifest is not None:
        return ChildResult(folder, status_of(manifest), manifest)
    if late:
        return ChildResult(folder, TIMED_OUT, None, "the time for this run was over before it began or ended")
    if code < 0:
        return ChildResult(folder, KILLED, None, f"the crawl was killed by signal {-code}")
    if code in (0, 1):
        return ChildResult(folder, INTERRUPTED, None, "the crawl ended before this folder's turn")
    return ChildResult(folder, FAILED, None, _last_line(err) or f"the crawl ended with status {code}")


def _last_line(err: str) -> str:
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
