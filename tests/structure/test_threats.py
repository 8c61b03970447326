"""The page of faults and threats names tests that exist, and leaves no row out."""

import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "reference" / "threats.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_every_test_that_is_named_exists(file: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", (REPOSITORY / file).read_text("utf-8"), re.MULTILINE)


def test_every_threat_has_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| T\d+ \|", line)]
    assert rows
    assert all("::test_" in row for row in rows)


def test_no_row_is_left_out(shared: Path) -> None:
    notes = (shared / "research" / "evidence.md").read_text("utf-8")
    for letter in "FT":
        wanted = {int(number) for number in re.findall(rf"^\| {letter}(\d+) \|", notes, re.MULTILINE)}
        assert wanted == {int(number) for number in re.findall(rf"\b{letter}(\d+)\b", PAGE)}
