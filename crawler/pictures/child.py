"""The process that decodes hostile pictures: `python -m crawler.pictures.child`, bytes in, one JSON line out.

Once its libraries are loaded it gives up what it doesn't need: no file and no socket can be opened any more (no file
descriptor is left for one), nothing can be written to a disk, memory is bounded, and each picture has so many seconds
of processor time. What a bomb or a broken decoder does beyond that ends this process and nothing else.
"""

import resource
import struct
import sys
import warnings
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from crawler.pictures.facts import PictureFacts
from crawler.pictures.views import hashes_of

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_PIXELS = 25_000_000
MAX_MEMORY_BYTES = 1024 * 1024 * 1024
CPU_S_PER_PICTURE = 10
SIDE = 256
"""Pictures are compared at this size: PDQ looks at 64 by 64 points in the end."""

_LENGTH = struct.Struct(">I")


def read_picture(data: bytes) -> PictureFacts:
    """What the bytes show; never raises for what they are."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                return PictureFacts(trouble=f"too_large: {image.width} by {image.height} pixels")
            return _read(image)
    except UnidentifiedImageError:
        return PictureFacts(trouble="format: no JPEG, PNG, WebP or GIF")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        return PictureFacts(trouble=f"too_large: {error}"[:200])
    except MemoryError:
        return PictureFacts(trouble="limits: not enough memory")
    except Exception as error:
        return PictureFacts(trouble=f"broken: {type(error).__name__}: {error}"[:200])


def _read(image: "Image") -> PictureFacts:
    import numpy as np

    form, width, height = image.format or "", image.width, image.height
    image.draft("RGB", (2 * SIDE, 2 * SIDE))
    image.load()
    small = image.copy()
    small.thumbnail((2 * SIDE, 2 * SIDE), reducing_gap=2.0)
    small = _on_white(small)
    small.thumbnail((SIDE, SIDE), reducing_gap=2.0)
    quality, hashes = hashes_of(np.asarray(small, dtype=np.uint8))
    return PictureFacts(format=form, width=width, height=height, quality=quality, hashes=hashes)


def _on_white(image: "Image") -> "Image":
    """The picture in RGB; where it lets something shine through, white, as pages show it."""
    from PIL import Image

    if "transparency" not in image.info and image.mode not in ("RGBA", "LA", "PA", "La", "RGBa"):
        return image.convert("RGB")
    clear = image.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(white, clear).convert("RGB")


def lock_in() -> None:
    """Load what decoding needs, then let go of everything else."""
    from PIL import Image

    for name in ("Gif", "Jpeg", "Mpo", "Png", "WebP"):
        import_module(f"PIL.{name}ImagePlugin")
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    sample = BytesIO()
    Image.effect_noise((64, 64), 90).convert("RGBA").save(sample, "PNG")
    if not read_picture(sample.getvalue()).hashes:
        raise RuntimeError("the picture reader doesn't read its own sample")
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer pictures, each behind its length in four bytes, until the source ends."""
    lock_in()
    sink.write(b"ready\n")
    sink.flush()
    while len(head := source.read(_LENGTH.size)) == _LENGTH.size:
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent_s = int(used.ru_utime + used.ru_stime) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (spent_s + CPU_S_PER_PICTURE, resource.RLIM_INFINITY))
        facts = read_picture(source.read(_LENGTH.unpack(head)[0]))
        sink.write(facts.model_dump_json().encode() + b"\n")
        sink.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
