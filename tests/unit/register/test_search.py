"""Search, case file, list."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from crawler.errors import BadInput
from crawler.feeds.registry import read_data
from monitor.register.casefile import case_file, case_json
from monitor.register.register import import_notices
from monitor.register.search import Query, find_one, search
from tests.unit.feeds.records import WARNING_HEADER, api, recall, table, warning_row

DAY = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def filled(session: Session) -> Session:
    other = recall(
        "24001",
        RecallDate="2023-01-02",
        Title="Mowers_100%",
        Description="Mower.",
        Products=[{"Name": "Mow Mowers"}],
        Hazards=[{"Name": "It cuts."}],
        ProductUPCs=[],
    )
    import_notices(session, read_data(api(recall(), other), "x", "cpsc"), "cpsc", DAY)
    warning = read_data(table(WARNING_HEADER, warning_row("26-376")), "x", "cpsc-warnings")
    import_notices(session, warning, "cpsc-warnings", DAY)
    return session


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (Query(), ["26-376", "24999", "24001"]),
        (Query(words="KETTLES acme"), ["24999"]),
        (Query(words="100%"), ["24001"]),
        (Query(words="_______"), []),
        (Query(number="24-999"), ["24999"]),
        (Query(number="26-376"), ["26-376"]),
        (Query(identifier="ak1700"), ["24999"]),
        (Query(identifier="0 36000 29145 2"), ["24999"]),
        (Query(identifier="0036000291452"), ["24999"]),
        (Query(identifier="RailDirect"), ["26-376"]),
        (Query(brand="mow"), ["24001"]),
        (Query(hazard="LEAKS"), ["24999"]),
        (Query(country="china", kind="recall"), ["24999", "24001"]),
        (Query(since="2024-01-01"), ["26-376", "24999"]),
        (Query(until="2024-01-01"), ["24001"]),
        (Query(kind="warning"), ["26-376"]),
        (Query(source="cpsc", limit=1), ["24999"]),
        (Query(authority="xx"), []),
    ],
)
def test_every_way_to_search(filled: Session, query: Query, numbers: list[str]) -> None:
    assert [notice.number for notice in search(filled, query)] == numbers


def test_one_is_found_by_id_or_number(filled: Session) -> None:
    assert find_one(filled, "us-cpsc:24999").id == find_one(filled, "24-999").id == "us-cpsc:24999"
    with pytest.raises(BadInput, match="the register has no 'nothing'"):
        find_one(filled, "nothing")


def test_a_case_file_says_what_why_by_which_marks_and_since_when(filled: Session) -> None:
    text = case_file(filled, find_one(filled, "us-cpsc:24999"))
    for words in (
        "Acme Kettles 24999\n====",
        "recall 24999 of us-cpsc, 2024-05-06",
        'model AK-1700, from the words "model number AK-1700"',
        "gtin 036000291452",
        "It leaks.",
        "How well it can be recognised\n  identifier",
        "2026-05-01 cpsc: first seen",
    ):
        assert words in text
    told = case_json(filled, find_one(filled, "us-cpsc:24999"))
    assert json.dumps(told)
    assert told["versions"][0]["source"] == "cpsc"
