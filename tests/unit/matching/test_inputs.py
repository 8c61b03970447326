"""Listings from files: good lines are kept beside bad ones, and every bad one is named."""

import gzip
import json
from pathlib import Path

import pytest

from crawler.errors import BadInput
from monitor.matching.inputs import read_listings
from monitor.matching.records import Listing


def test_json_lines_and_csv_say_the_same(tmp_path: Path) -> None:
    facts = {"listing_id": "a:1", "title": "Lamp, red", "price": "9.90", "extra": "ignored"}
    (tmp_path / "l.jsonl").write_text(json.dumps(facts) + "\n\n")
    (tmp_path / "l.csv").write_text('listing_id,title,price,extra\na:1,"Lamp, red",9.90,ignored\n')
    (tmp_path / "l.csv.gz").write_bytes(gzip.compress((tmp_path / "l.csv").read_bytes()))
    for name in ("l.jsonl", "l.csv", "l.csv.gz"):
        found = read_listings(tmp_path / name)
        assert found.listings == [Listing("a:1", "Lamp, red", price="9.90")]
        assert found.problems == []


def test_numbers_and_null_are_read_as_text(tmp_path: Path) -> None:
    (tmp_path / "l.jsonl").write_text('{"listing_id": 7, "title": null, "price": 9.5}\n')
    assert read_listings(tmp_path / "l.jsonl").listings == [Listing("7", price="9.5")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"listing_id": "a"}\n{torn\n', "line 2: not JSON"),
        ('{"listing_id": "a"}\n[1]\n', "line 2: a list where an object was expected"),
        ('{"listing_id": "a"}\n{"title": "x"}\n', "line 2, field listing_id: is empty"),
        (
            '{"listing_id": "a"}\n{"listing_id": "b", "title": {}}\n',
            "line 2, field title: a dict where text was expected",
        ),
        (
            '{"listing_id": "a"}\n{"listing_id": "a", "title": "x"}\n',
            "line 2, field listing_id: a stands in line 1 too",
        ),
        ("listing_id,title\na,x\n,y\n", "line 3, field listing_id: is empty"),
        ("listing_id,title\na,x\nb,y,z\n", "line 3: 3 values for 2 columns"),
    ],
)
def test_one_bad_line_never_costs_the_others(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "listings"
    path.write_text(text)
    found = read_listings(path)
    assert [listing.listing_id for listing in found.listings] == ["a"]
    assert len(found.problems) == 1
    assert found.problems[0].startswith(f"{path}, {says}")


def test_the_same_line_twice_is_one_listing(tmp_path: Path) -> None:
    (tmp_path / "l.jsonl").write_text('{"listing_id": "a", "title": "x"}\n' * 2)
    found = read_listings(tmp_path / "l.jsonl")
    assert (len(found.listings), found.problems) == (1, [])


@pytest.mark.parametrize(
    "text", ["", "name,price\nx,1\n", "listing_id,title,title\na,b,c\n", '[{"listing_id": ""}]', "{torn"]
)
def test_a_file_without_any_listing_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "l").write_text(text)
    with pytest.raises(BadInput, match=str(tmp_path)):
        read_listings(tmp_path / "l")
