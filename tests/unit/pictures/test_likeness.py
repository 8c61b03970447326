"""The measurements of docs/reference/pictures.md, made again on a part of the drawn pictures."""

import random
from collections.abc import Mapping

import pytest

from crawler.pictures.child import read_picture
from monitor.pictures.likeness import STRONG, WEAK, agreement
from tests.unit.pictures.drawing import EDITS, encoded, photo, product_shot

PICTURES = 16
AT_LEAST = {
    "resize and JPEG": (1.0, 1.0),
    "banner 5-20 %": (0.6, 0.9),
    "corner badge": (0.5, 0.85),
    "crop 3-10 %": (0.0, 0.3),
    "crop 10-20 %": (0.0, 0.0),
    "uneven border": (0.9, 0.95),
    "mirror": (0.9, 1.0),
    "half of a collage": (0.95, 1.0),
}
"""Shares found within 31 and within 60 bits: below what was measured on 60, as few pictures scatter."""


@pytest.fixture(scope="module")
def known() -> list[Mapping[str, str]]:
    return [read_picture(encoded(photo(number))).hashes for number in range(PICTURES)]


@pytest.mark.parametrize("edit", EDITS)
def test_edited_pictures_are_known_again(edit: str, known: list[Mapping[str, str]]) -> None:
    found = []
    for number, one in enumerate(known):
        changed = EDITS[edit](photo(number), random.Random(f"{edit}:{number}"))
        found.append(agreement(one, read_picture(encoded(changed)).hashes))
    apart = [one.distance if one else 256 for one in found]
    strong, weak = AT_LEAST[edit]
    assert sum(bits <= STRONG for bits in apart) >= strong * PICTURES
    assert sum(bits <= WEAK for bits in apart) >= weak * PICTURES


def test_unrelated_photographs_and_product_shots_are_never_alike(known: list[Mapping[str, str]]) -> None:
    shots = [read_picture(encoded(product_shot(number))).hashes for number in range(PICTURES)]
    pairs = [
        agreement(one, other)
        for side in (known, shots)
        for at, one in enumerate(side)
        for place, other in enumerate(side)
        if at != place
    ]
    apart = [one.distance for one in pairs if one is not None]
    assert len(apart) >= PICTURES * (PICTURES - 1)
    assert min(apart) > WEAK


def test_a_picture_without_anything_to_see_agrees_with_nothing(known: list[Mapping[str, str]]) -> None:
    from PIL import Image

    plain = read_picture(encoded(Image.new("RGB", (300, 300), "white"), "PNG"))
    assert plain.hashes == {}
    assert plain.trouble == ""
    assert agreement(plain.hashes, known[0]) is None
