"""docs/reference/episodes.md says of every pair of states, status and rule what the code does."""

import re
from datetime import UTC, datetime

import pytest

from crawler.marketplaces.states import STANDING, Standing, State
from monitor.looks.controls import CONTROL_RULES
from monitor.looks.episode import FOLD_RULES, STATUSES
from monitor.looks.facts import LookFact
from monitor.looks.judge import NOT_A_LISTING
from monitor.looks.series import OTHER_ENDS, Series, feed_off_sale, feed_takedown
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "reference" / "episodes.md").read_text()


def look(state: State) -> LookFact:
    return LookFact(1, "run", datetime(2026, 3, 1, tzinfo=UTC), state)


def off_sale_after(before: State, then: State) -> str:
    if STANDING[then] is Standing.ON_SALE:
        return "ends"
    series = Series()
    series.add(1, look(before))
    if feed_off_sale(series, 2, look(then)):
        return "joins" if len(series.looks) == 2 else "begins anew"
    return "–" if series.looks else "breaks"


def takedown_after(before: State, then: State) -> str:
    series = Series()
    series.add(1, look(before))
    feed_takedown(series, 2, look(then))
    if not series.looks:
        return "breaks for good" if then in OTHER_ENDS else "breaks"
    if len(series.looks) == 2:
        return "joins"
    return "begins anew" if series.looks[0].number == 2 else "–"


def row(state: State) -> str:
    cells = (
        f"`{state}`",
        STANDING[state].replace("_", " "),
        off_sale_after(State.REMOVED, state),
        off_sale_after(State.NOT_SHIPPED, state),
        takedown_after(State.REMOVED, state),
        takedown_after(State.VARIANT_GONE, state),
    )
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("state", list(State))
def test_what_a_state_does_to_a_series_is_written_down(state: State) -> None:
    assert row(state) in PAGE


@pytest.mark.parametrize("table", [FOLD_RULES, CONTROL_RULES, STATUSES], ids=["rules", "controls", "statuses"])
def test_rules_and_statuses_are_written_down(table: dict[str, str]) -> None:
    missing = [name for name, says in table.items() if f"| `{name}` | {says} |" not in PAGE]
    assert not missing


def test_no_rule_is_written_down_that_is_none() -> None:
    named = set(re.findall(r"^\| `((?:fold|controls|ingest)\.\w+)`", PAGE, re.MULTILINE))
    assert named == {*FOLD_RULES, *CONTROL_RULES, NOT_A_LISTING}
