"""The CPSC recall API's records, whole and pruned."""

import json
from pathlib import Path

import pytest

from crawler.errors import BadInput
from crawler.feeds.cpsc.read import read, sniff
from crawler.feeds.registry import read_any, read_data
from tests.unit.feeds.records import api, recall


def test_every_field_of_a_whole_record_is_read() -> None:
    (notice,) = read(api(recall()), "x").notices
    assert (notice.id, notice.kind, notice.number) == ("us-cpsc:24999", "recall", "24999")
    assert (notice.published_on, notice.updated_on) == ("2024-05-06", "2024-05-06")
    assert notice.products[0].units == notice.units == "About 10"
    assert [(firm.name, firm.role) for firm in notice.firms] == [("Acme Inc., of Ohio", "importer")]
    assert notice.hazards == ("It leaks.",)
    assert notice.remedy_options == ("Refund",)
    assert notice.upcs == ("036000291452",)
    assert notice.links[0].kind == "joint"
    assert notice.extra == {"recall_id": "99999"}
    assert notice.flags == ()


def test_empty_keys_may_be_pruned() -> None:
    record = {key: value for key, value in recall().items() if value not in (None, [])}
    assert read(api(record), "x").notices == read(api(recall()), "x").notices


def test_one_record_alone_and_records_keyed_by_number_are_accepted() -> None:
    one = json.dumps(recall()).encode()
    keyed = json.dumps({"24999": recall()}).encode()
    assert read(one, "x").notices == read(keyed, "x").notices == read(api(recall()), "x").notices


@pytest.mark.parametrize(("text", "number"), [("24-726", "24726"), ("99003a", "99003a"), ("99003A", "99003a")])
def test_numbers_lose_their_hyphen_and_keep_their_letter(text: str, number: str) -> None:
    (notice,) = read(api(recall(text)), "x").notices
    assert (notice.number, notice.id) == (number, f"us-cpsc:{number}")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"RecallNumber": ""}, "RecallNumber: missing"),
        ({"RecallNumber": "6 of 7"}, "RecallNumber"),
        ({"RecallDate": "yesterday"}, "RecallDate"),
        ({"RecallDate": "2024-02-31"}, "no day of the calendar"),
        ({"Products": "Kettles"}, "Products: text where a list was promised"),
        ({"Hazards": ["It leaks."]}, "Hazards[0]"),
    ],
)
def test_a_broken_record_fails_alone_with_its_reason(change: dict[str, object], reason: str) -> None:
    result = read(api(recall("24001"), recall("24002") | change, "nonsense", recall("24003")), "x")
    assert [notice.number for notice in result.notices] == ["24001", "24003"]
    assert reason in result.refused[0].reason
    assert "an object was promised" in result.refused[1].reason
    assert result.records == 4


def test_what_the_reader_does_not_know_is_kept_and_named() -> None:
    record = recall() | {"Penalty": "$1", "Hazards": [{"Name": "It leaks.", "HazardType": "Burn"}]}
    (notice,) = read(api(record), "x").notices
    assert notice.extra["Penalty"] == "$1"
    assert notice.extra["Hazards[0].HazardType"] == "Burn"
    assert notice.flags == ("left-over: the reader does not know the field Hazards[0].HazardType, Penalty",)


def test_junk_remedy_options_survive_and_are_flagged() -> None:
    (notice,) = read(api(recall(RemedyOptions=[{"Option": "R"}, {"Option": "Repair"}])), "x").notices
    assert notice.remedy_options == ("R", "Repair")
    assert notice.flags == ("remedy-option: 'R' is no remedy that we know",)


def test_the_same_number_twice_keeps_the_fuller_and_names_the_other() -> None:
    same = read(api(recall(), recall()), "x")
    assert (len(same.notices), same.repeated, same.records) == (1, ("24999",), 2)
    other = read(api(recall(Description=""), recall()), "x")
    assert other.notices[0].description
    assert other.notices[0].flags[0].startswith("number-twice: ")
    assert "stands twice, with another description" in other.refused[0].reason
    assert other.records == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!doctype html><title>Down</title>", "HTML where JSON was promised"),
        (api(recall())[:-40], "is not JSON"),
        (b'{"fake": 1}', "no list of CPSC recall records"),
        (b"[1, 2" + b"[" * 100_000, "is not JSON"),
        ('["caf\u00e9"]'.encode("latin-1"), "is not UTF-8"),
    ],
)
def test_what_is_no_answer_of_the_api_is_bad_input(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read(data, "x")


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        ({"ProductUPCs": [{"UPC": "036000291453"}]}, "upc-check-digit"),
        ({"URL": "https:/www.cpsc.gov/Recalls/x"}, "bad-address"),
        ({"URL": "hhttps://www.cpsc.gov/Recalls/x"}, "bad-address"),
        ({"Title": "Acme Expands Recall of Kettles"}, "recall-expanded"),
        ({"Title": "Acme Recalls Kettles (Recall Alert)"}, "recall-alert"),
        ({"Title": "Zebra Blinds Recalled Due to Strangulation Hazard"}, "title-not-address"),
        ({"Title": "Acme Kettles 24999; Sold on Bazaar by Mallory"}, "seller-disagrees"),
        ({"Description": "Manufactured between April 1, 2024, and August 20, 2024."}, "sold-before-made"),
        ({"Description": "These kettles were previously recalled."}, "recalled-before"),
    ],
)
def test_oddities_survive_and_are_flagged(change: dict[str, object], flag: str) -> None:
    record = recall(URL="https://www.cpsc.gov/Recalls/2024/Acme-Recalls-Kettles-Strong-Leaks") | change
    result = read_data(api(record), "x", "cpsc")
    assert flag in {remark.flag for remark in result.flagged}
    plain = read_data(api(recall()), "x", "cpsc")
    assert not plain.flagged


def test_places_of_sale_shared_by_strangers_are_flagged_on_both() -> None:
    other = recall("24998", Products=[{"Name": "Mowers"}], Importers=[{"Name": "Mow Ltd"}])
    flagged = read_data(api(recall(), other), "x", "cpsc").flagged
    assert sorted(one.record for one in flagged if one.flag == "shared-places") == ["us-cpsc:24998", "us-cpsc:24999"]


def test_content_tells_the_form() -> None:
    assert sniff(api(recall()))
    assert not sniff(b"[]")
    assert not sniff(b"RecallNumber,Title")


@pytest.mark.shared
def test_the_real_records_are_all_read(shared: Path) -> None:
    result = read_any(shared / "data/recalls/cpsc/recalls_api_2023-12_2026-03.json")
    assert (result.source, len(result.notices), result.refused, result.repeated) == ("cpsc", 902, (), ())
    flags = {remark.flag: set() for remark in result.flagged}  # type: dict[str, set[str]]
    for remark in result.flagged:
        flags[remark.flag].add(remark.record.removeprefix("us-cpsc:"))
    assert flags["remedy-option"] == {"26010", "25326"}
    assert flags["title-not-address"] == {"26227"}
    assert flags["sold-before-made"] == {"25140"}
    assert {"25231", "25286", "26104"} <= flags["seller-disagrees"]
    assert "left-over" not in flags


@pytest.mark.shared
def test_the_unpruned_sample_is_read(shared: Path) -> None:
    result = read_any(shared / "data/recalls/cpsc/api_unpruned_sample.json")
    assert [notice.number for notice in result.notices] == ["25203", "25140"]
