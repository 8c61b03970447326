"""Hosts that asked for a rest, kept in a small file beside the runs so that the next run honours them too."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from crawler.clock import Clock, instant, read_instant
from crawler.errors import BadInput

PAUSES_FILE = "host-pauses.json"


class Pause(BaseModel):
    """One host's rest. `until` is an instant; a pause of kind `pace` is waited for, one of kind `backoff` is not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    until: str
    why: str
    kind: str = "backoff"


_FILE = TypeAdapter(dict[str, Pause])


class HostPauses:
    """The pauses in one file. Raises BadInput where the file is not what this class wrote."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path, self._clock = path, clock
        self._seen_ns = -1
        self._pauses: dict[str, Pause] = {}

    def of(self, host: str) -> Pause | None:
        """The pause that holds for `host` now, whoever wrote it."""
        self._refresh()
        pause = self._pauses.get(host)
        return pause if pause and read_instant(pause.until) > self._clock.now() else None

    def pause(self, host: str, until: datetime, why: str, kind: str = "backoff") -> None:
        """Keep `host` at rest until an instant, unless it rests longer already."""
        with _locked(self.path.parent):
            self._seen_ns = -1
            self._refresh()
            now = self._clock.now()
            kept = {name: one for name, one in self._pauses.items() if read_instant(one.until) > now}
            earlier = kept.get(host)
            if earlier is None or earlier.kind != "backoff" or read_instant(earlier.until) < until:
                kept[host] = Pause(until=instant(until), why=why, kind=kind)
            part = self.path.with_suffix(".part")
            part.write_bytes(_FILE.dump_json(kept, indent=1))
            part.replace(self.path)
            self._pauses = kept

    def _refresh(self) -> None:
        try:
            written_ns = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            self._pauses, self._seen_ns = {}, -1
            return
        if written_ns != self._seen_ns:
            try:
                self._pauses = _FILE.validate_python(json.loads(self.path.read_bytes()))
            except (ValueError, ValidationError) as error:
                raise BadInput("is not a file of host pauses; remove it to go on", file=str(self.path)) from error
            self._seen_ns = written_ns


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One writer at a time among all processes: the folder itself is the lock."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
