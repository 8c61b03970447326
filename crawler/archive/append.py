"""A file that only grows, whole entries at a time: what can't be written whole is taken back."""

import errno
import os
from pathlib import Path

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class DiskFull(Exception):
    """There is no room left on the disk for what was seen."""


class Appender:
    """Appends to `path`. An entry is there as a whole or not at all, unless the machine itself dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self.size = os.fstat(self._handle).st_size

    def append(self, entry: bytes) -> None:
        """Write one entry. Raises DiskFull where there is no room; the file then ends where it ended before."""
        rest = memoryview(entry)
        try:
            while rest:
                rest = rest[os.write(self._handle, rest) :]
        except OSError as error:
            os.ftruncate(self._handle, self.size)
            if error.errno in _FULL:
                raise DiskFull(f"{self.path} can't grow: {error.strerror}") from error
            raise
        self.size += len(entry)

    def sync(self) -> None:
        """Wait until everything appended is on the disk. Raises DiskFull."""
        try:
            os.fdatasync(self._handle)
        except OSError as error:
            if error.errno in _FULL:
                raise DiskFull(f"{self.path} can't grow: {error.strerror}") from error
            raise

    def close(self) -> None:
        os.close(self._handle)


def write_whole(path: Path, content: bytes) -> None:
    """Replace `path` in one step: written beside it, synced, renamed. Raises DiskFull."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        if error.errno in _FULL:
            raise DiskFull(f"{path} can't be written: {error.strerror}") from error
        raise


def sync_folder(folder: Path) -> None:
    """Wait until the names in `folder` are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
