"""Hostile pictures: bombs, torn and foreign files, a decoder that hangs; and what the child can't do any more."""

import subprocess
import sys
import zlib
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from crawler.pictures import child, sandbox
from crawler.pictures.sandbox import MAX_BYTES, PictureReader
from crawler.shop.pictures import picture
from monitor.pictures.likeness import STRONG, agreement
from tests.conftest import REPOSITORY
from tests.unit.pictures.drawing import encoded, photo


@pytest.fixture(scope="module")
def reader() -> Iterator[PictureReader]:
    with PictureReader() as one:
        yield one


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_four_formats_are_read(reader: PictureReader, form: str) -> None:
    facts = reader.read(encoded(photo(1), form))
    assert (facts.trouble, facts.format, facts.width, facts.height) == ("", form, 640, 480)
    assert len(facts.hashes["full"]) == 64


@pytest.mark.parametrize("form", ["TIFF", "BMP", "PPM", "ICO"])
def test_no_other_format_is_read(reader: PictureReader, form: str) -> None:
    assert reader.read(encoded(photo(1, (64, 64)), form)).trouble.startswith("format")


def test_of_an_animation_the_first_picture_is_read(reader: PictureReader) -> None:
    out = BytesIO()
    photo(1).save(out, "GIF", save_all=True, append_images=[photo(2), photo(3)])
    found = agreement(reader.read(encoded(photo(1), "GIF")).hashes, reader.read(out.getvalue()).hashes)
    assert found is not None
    assert found.distance <= STRONG


def test_what_shines_through_is_white(reader: PictureReader) -> None:
    clear = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    clear.paste(photo(5, (200, 200)), (50, 50))
    white = Image.new("RGB", (300, 300), "white")
    white.paste(photo(5, (200, 200)), (50, 50))
    found = agreement(reader.read(encoded(white, "PNG")).hashes, reader.read(encoded(clear, "PNG")).hashes)
    assert found is not None
    assert found.distance <= 4


def bomb(width: int, height: int) -> bytes:
    """A small PNG that claims to be huge."""
    small = bytearray(picture(1, 1))
    at = small.index(b"IHDR") + 4
    small[at : at + 8] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    small[at + 13 : at + 17] = zlib.crc32(bytes(small[at - 4 : at + 13])).to_bytes(4, "big")
    return bytes(small)


@pytest.mark.parametrize("size", [(5001, 5000), (100_000, 100_000), (2**31 - 1, 2**31 - 1)])
def test_bombs_are_refused_before_they_are_unpacked(reader: PictureReader, size: tuple[int, int]) -> None:
    assert reader.read(bomb(*size)).trouble.startswith("too_large")


def test_a_real_bomb_of_flat_colour_is_refused(reader: PictureReader) -> None:
    flat = encoded(Image.new("L", (6000, 6000)), "PNG")
    assert len(flat) < 100_000
    assert reader.read(flat).trouble.startswith("too_large")


@pytest.mark.parametrize("data", [b"", b"\0" * 1000, b"GIF89a", picture(1, 1)[:300], b"<svg onload='x()'/>"])
def test_torn_and_foreign_bytes_are_said(reader: PictureReader, data: bytes) -> None:
    facts = reader.read(data)
    assert facts.trouble
    assert facts.hashes == {}


def test_too_many_bytes_never_reach_the_decoder(reader: PictureReader) -> None:
    assert reader.read(b"\0" * (MAX_BYTES + 1)).trouble.startswith("too_large")


def test_a_child_that_hangs_or_dies_costs_one_picture() -> None:
    with PictureReader(longest_s=0.0) as hasty:
        assert hasty.read(picture(1, 1)).trouble.startswith("limits")
    with PictureReader() as one:
        assert one.read(picture(1, 1)).trouble == ""
        assert one._child is not None
        one._child.kill()
        one._child.wait()
        assert one.read(picture(1, 1)).trouble.startswith("limits")
        assert one.read(picture(1, 1)).trouble == ""


def test_a_machine_without_the_libraries_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def start() -> "subprocess.Popen[bytes]":
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", "raise ModuleNotFoundError('No module named pdqhash')"]
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe)

    monkeypatch.setattr(sandbox, "_start", start)
    monkeypatch.setattr(sandbox, "find_spec", lambda name: None)
    assert not sandbox.available()
    with PictureReader() as reader:
        assert reader.read(picture(1, 1)).trouble == "no_reader: ModuleNotFoundError: No module named pdqhash"


LOCKED_IN = """
import resource, socket
from crawler.pictures import child
child.lock_in()
for name, act in (
    ("file", lambda: open("/etc/hostname")),
    ("socket", lambda: socket.socket()),
    ("memory", lambda: bytearray(2 * child.MAX_MEMORY_BYTES)),
):
    try:
        act()
        print(name, "worked")
    except (OSError, MemoryError):
        print(name, "refused")
"""


def test_the_child_can_open_nothing_and_take_no_more_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOCKED_IN], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.stdout.split("\n")[:3] == ["file refused", "socket refused", "memory refused"], done.stderr


def test_the_processor_time_of_a_picture_is_bounded() -> None:
    code = (
        "import resource\nfrom crawler.pictures import child\nchild.CPU_S_PER_PICTURE = 1\n"
        "def spin(data):\n    while True: pass\nchild.read_picture = spin\nchild.lock_in = lambda: None\n"
        "import io, sys\nchild.serve(io.BytesIO(b'\\0\\0\\0\\1x'), sys.stdout.buffer)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, check=False, timeout=60)
    assert done.returncode < 0
    assert child.CPU_S_PER_PICTURE == 10
