"""Screenshots of rendered pages: PNG files in `shots/`, named by a hash of the slot so that no id becomes a path."""

import hashlib
from pathlib import Path

from crawler.archive.append import sync_folder, write_whole
from crawler.record import SHOTS_DIR

PNG = b"\x89PNG\r\n\x1a\n"


def shot_name(slot_id: str, page: int) -> str:
    """The name of a slot's screenshot within the run folder; the same at every attempt."""
    digest = hashlib.sha256(f"{slot_id}\n{page}".encode()).hexdigest()
    return f"{SHOTS_DIR}/{digest[:32]}.png"


def write_shot(folder: Path, slot_id: str, page: int, png: bytes) -> str:
    """Write a screenshot into a run folder; its name there. Raises DiskFull, or ValueError for what is no PNG."""
    if not png.startswith(PNG):
        raise ValueError("the screenshot is not a PNG image")
    name = shot_name(slot_id, page)
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    write_whole(path, png)
    sync_folder(folder)
    return name
