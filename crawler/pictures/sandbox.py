"""Our side of the sandbox: hands bytes to the child, waits so long and no longer, and starts another when it died."""

import os
import selectors
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from crawler.pictures.facts import PictureFacts

MAX_BYTES = 8 * 1024 * 1024
LONGEST_S = 20.0
START_S = 60.0
PICTURES_PER_CHILD = 500
_LONGEST_LINE = 64 * 1024
_ROOT = str(Path(__file__).resolve().parents[2])


def available() -> bool:
    """Whether pictures can be read here: Pillow and pdqhash are installed."""
    return all(find_spec(name) for name in ("PIL", "pdqhash"))


class NoReader(Exception):
    """The picture reader can't be started here: Pillow or pdqhash is missing."""


class PictureReader:
    """Reads pictures in a child process. Thread-safe, one picture at a time; `close` when done."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        """`longest_s` in real seconds, whatever clock a plan has."""
        self._longest_s = longest_s
        self._child: subprocess.Popen[bytes] | None = None
        self._read_by_child = 0
        self._lock = threading.Lock()

    def __enter__(self) -> "PictureReader":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def read(self, data: bytes) -> PictureFacts:
        """What the picture is; `trouble` where it could not be read. Raises nothing for what the bytes are."""
        if len(data) > MAX_BYTES:
            return PictureFacts(trouble=f"too_large: {len(data)} bytes")
        with self._lock:
            try:
                child = self._running()
            except NoReader as error:
                return PictureFacts(trouble=f"no_reader: {error}")
            try:
                return self._asked(child, data)
            except (OSError, EOFError, TimeoutError, ValidationError) as error:
                self._end()
                return PictureFacts(trouble=f"limits: {str(error) or 'the picture reader died'}"[:200])

    def close(self) -> None:
        """Let the child go."""
        with self._lock:
            self._end()

    def _asked(self, child: "subprocess.Popen[bytes]", data: bytes) -> PictureFacts:
        stdin, stdout = _pipes(child)
        stdin.write(struct.pack(">I", len(data)) + data)
        stdin.flush()
        self._read_by_child += 1
        return PictureFacts.model_validate_json(_line(stdout, self._longest_s))

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._read_by_child >= PICTURES_PER_CHILD:
            self._end()
        if self._child is None:
            self._child, self._read_by_child = _start(), 0
            try:
                _line(_pipes(self._child)[1], START_S)
            except (OSError, EOFError, TimeoutError):
                said = self._end()
                raise NoReader(said or "the picture reader does not start") from None
        return self._child

    def _end(self) -> str:
        """Kill the child; the last line that it said on stderr."""
        child, self._child = self._child, None
        if child is None:
            return ""
        child.kill()
        with suppress(OSError, ValueError):
            said = child.communicate()[1].decode("utf-8", "replace").strip().splitlines()
            return said[-1][:200] if said else ""
        return ""


def _start() -> "subprocess.Popen[bytes]":
    path = os.pathsep.join(part for part in (_ROOT, os.environ.get("PYTHONPATH", "")) if part)
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.pictures.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
    )


def _pipes(child: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes]]:
    if child.stdin is None or child.stdout is None:
        raise EOFError("the picture reader has no pipes")
    return child.stdin, child.stdout


def _line(stdout: IO[bytes], longest_s: float) -> bytes:
    """The next line. Raises TimeoutError, or EOFError where the child died."""
    line = b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(stdout, selectors.EVENT_READ)
        while not line.endswith(b"\n"):
            if not waiting.select(longest_s):
                raise TimeoutError(f"not read within {longest_s:g} s")
            part = os.read(stdout.fileno(), _LONGEST_LINE)
            if not part or len(line) > _LONGEST_LINE:
                raise EOFError("the picture reader died")
            line += part
    return line
