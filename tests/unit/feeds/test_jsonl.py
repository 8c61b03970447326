"""The interchange form, in and out."""

import json
from pathlib import Path

import pytest

from crawler.errors import BadInput
from crawler.feeds.jsonl.read import read, write
from crawler.feeds.registry import read_any, read_data
from tests.unit.feeds.records import api, recall

LINE = {"id": "xx:1", "kind": "recall", "authority": "xx", "number": "1", "completeness": "short"}


def lines(*records: object) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def test_ids_stay_as_given_and_lists_of_one_become_text() -> None:
    (notice,) = read(lines({**LINE, "recall_id": 7, "sold_at": ["Shops."], "units": ["About 1"]}), "x").notices
    assert (notice.id, notice.sold_at, notice.units) == ("xx:1", "Shops.", "About 1")
    assert notice.extra == {"recall_id": "7"}


def test_what_is_written_is_read_back() -> None:
    notices = read_data(api(recall(), recall("24998")), "x", "cpsc").notices
    again = read_data("".join(write(notices)).encode(), "x")
    assert again.source == "jsonl"
    assert again.notices == notices


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({**LINE, "kind": "rumour"}, "field kind"),
        ({**LINE, "published_on": "May 1"}, "published_on"),
        ({key: value for key, value in LINE.items() if key != "id"}, "id: missing"),
        ({**LINE, "products": ["Kettle"]}, "an object was promised"),
        ({**LINE, "firms": [{"name": "Acme"}]}, "firms"),
        ([1], "an object was promised"),
    ],
)
def test_a_bad_line_fails_alone(record: object, reason: str) -> None:
    result = read(lines(LINE, record, {**LINE, "id": "xx:2"}) + b"{torn\n", "x")
    assert [notice.id for notice in result.notices] == ["xx:1", "xx:2"]
    assert reason in result.refused[0].reason
    assert "is not JSON" in result.refused[1].reason
    assert result.records == 4


def test_an_unknown_field_is_kept_and_named() -> None:
    (notice,) = read(lines({**LINE, "mood": "grim"}), "x").notices
    assert notice.extra == {"mood": "grim"}
    assert notice.flags == ("left-over: the reader does not know the field mood",)


def test_what_is_no_json_lines_is_bad_input() -> None:
    with pytest.raises(BadInput, match="no JSON lines"):
        read(b"a,b\n1,2\n", "x")


@pytest.mark.shared
def test_the_real_union_is_all_read(shared: Path) -> None:
    result = read_any(shared / "data/recalls/cpsc/recalls_union.jsonl")
    assert (result.source, len(result.notices), result.refused) == ("jsonl", 5867, ())
    wrong = [one for notice in result.notices for one in notice.identifiers if one.kind == "gtin" and not one.valid]
    assert sum(len(notice.upcs) for notice in result.notices) == 388
    assert len({(one.value) for one in wrong}) <= 73
    assert sum(not one.valid for notice in result.notices for one in notice.identifiers) == len(wrong) > 60
