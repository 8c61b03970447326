"""Small pictures of goods, drawn from a number: the same number gives the same bytes."""

import random
import struct
import zlib
from functools import lru_cache

_CELLS, _CELL_PIXELS = 8, 16
_SIDE = _CELLS * _CELL_PIXELS


@lru_cache(maxsize=512)
def picture(seed: int, number: int) -> bytes:
    """A PNG of 128 by 128 pixels: coloured fields, all drawn from `seed` and the number of the view."""
    chance = random.Random(f"{seed}:{number}")
    rows = bytearray()
    for _ in range(_CELLS):
        cells = [bytes(chance.randrange(256) for _ in range(3)) * _CELL_PIXELS for _ in range(_CELLS)]
        rows += (b"\0" + b"".join(cells)) * _CELL_PIXELS
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(bytes(rows))), _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
