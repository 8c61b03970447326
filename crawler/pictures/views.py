"""The views of a picture and their PDQ hashes. Runs in the sandbox: numpy and pdqhash are imported when used."""

from typing import TYPE_CHECKING, Any

from crawler.pictures.facts import CROPS, MIN_QUALITY, TURNS

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ndarray[Any, np.dtype[np.uint8]]

_MIRROR = TURNS.index("mirror")
_TOP = 0.86
_PLAIN = 20
_SAME_COLOUR = 24
_SPECKS = 0.04
_LEAST_LEFT = 0.2


def hashes_of(pixels: "Pixels") -> tuple[int, dict[str, str]]:
    """Quality of the whole picture, and the hash of each view that has enough to see. `pixels`: (rows, columns, 3)."""
    found: dict[str, str] = {}
    quality = _turned(pixels, found)
    _mirrored("trimmed", trimmed(pixels), found)
    _mirrored("top86", pixels[: max(1, round(len(pixels) * _TOP))], found)
    for share in CROPS:
        _single(f"crop{share}", _centre(pixels, share / 100), found)
    middle = pixels.shape[1] // 2
    if middle:
        _single("left", pixels[:, :middle], found)
        _single("right", pixels[:, -middle:], found)
    return quality, found


def trimmed(pixels: "Pixels") -> "Pixels":
    """The picture without plain edges, each side judged by itself; the whole where hardly anything would be left."""
    rows = _inside(pixels)
    columns = _inside(pixels[rows[0] : rows[1]].swapaxes(0, 1))
    part = pixels[rows[0] : rows[1], columns[0] : columns[1]]
    return part if part.size >= _LEAST_LEFT**2 * pixels.size else pixels


def _inside(pixels: "Pixels") -> tuple[int, int]:
    """The first and the last line (excluded) of what is not a plain edge."""
    first = _edge(pixels)
    last = len(pixels) - _edge(pixels[::-1])
    return (first, last) if last - first >= _LEAST_LEFT * len(pixels) else (0, len(pixels))


def _edge(lines: "Pixels") -> int:
    """How many lines from the start on are plain and of one colour. Specks, of noise or of a badge, don't count."""
    import numpy as np

    colour = np.median(lines[0], axis=0)
    off = np.abs(lines.astype(np.int16) - colour.astype(np.int16)).max(axis=2) > _SAME_COLOUR
    plain = off.mean(axis=1) <= _SPECKS
    if not plain[0] or np.abs(lines[0].astype(np.int16) - colour).mean() > _PLAIN:
        return 0
    return int(np.argmin(plain)) if not plain.all() else 0


def _centre(pixels: "Pixels", share: float) -> "Pixels":
    rows, columns = (max(1, round(side * share / 2)) for side in pixels.shape[:2])
    part = pixels[rows:-rows, columns:-columns]
    return part if part.size else pixels


def _turned(pixels: "Pixels", found: dict[str, str]) -> int:
    hashes, quality = _dihedral(pixels)
    if quality >= MIN_QUALITY:
        found.update(zip(TURNS, map(_hex, hashes), strict=True))
    return quality


def _mirrored(name: str, pixels: "Pixels", found: dict[str, str]) -> None:
    hashes, quality = _dihedral(pixels)
    if quality >= MIN_QUALITY:
        found[name], found[f"{name}_mirror"] = _hex(hashes[0]), _hex(hashes[_MIRROR])


def _single(name: str, pixels: "Pixels", found: dict[str, str]) -> None:
    hashes, quality = _dihedral(pixels)
    if quality >= MIN_QUALITY:
        found[name] = _hex(hashes[0])


def _dihedral(pixels: "Pixels") -> tuple[Any, int]:
    """Its eight hashes cost one transform, so there is no cheaper call for one of them."""
    import numpy as np
    import pdqhash

    hashes, quality = pdqhash.compute_dihedral(np.ascontiguousarray(pixels))
    return hashes, int(quality)


def _hex(bits: Any) -> str:
    import numpy as np

    return np.packbits(np.asarray(bits, dtype=np.uint8)).tobytes().hex()
