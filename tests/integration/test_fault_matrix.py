"""The fault matrix, F1 to F25 and F27 to F29: each fault ends in the state that is expected of us, in bounded time and
memory. (F26, a timestamp authority that is down, is about the log of evidence and not about looking.)"""

import re
from pathlib import Path

import pytest

from crawler.marketplaces.states import STANDING, Standing
from tests.integration.browsing import needs_browser
from tests.integration.faults import ledger, page, process, wire
from tests.integration.faults.place import Row, a_place

ROWS = sorted([*process.ROWS, *ledger.ROWS, *wire.ROWS, *page.ROWS], key=lambda row: row.number)
NOT_OURS = {26}


def _param(row: Row) -> object:
    marks = [pytest.mark.browser, needs_browser] if row in page.ROWS else []
    return pytest.param(row, id=row.id, marks=marks)


@pytest.mark.parametrize("row", [_param(row) for row in ROWS])
def test_fault(tmp_path: Path, row: Row) -> None:
    with a_place(tmp_path, row) as place:
        states = row.act(place)
    assert states
    assert set(states) <= row.states
    assert not {state for state in states if STANDING[state] is Standing.OFF_SALE}, "a fault was taken for an end"


def test_every_row_of_the_matrix_is_acted_out(shared: Path) -> None:
    notes = (shared / "research" / "evidence.md").read_text("utf-8")
    matrix = {int(number) for number in re.findall(r"^\| F(\d+) \|", notes, re.MULTILINE)}
    assert {row.number for row in ROWS} == matrix - NOT_OURS
