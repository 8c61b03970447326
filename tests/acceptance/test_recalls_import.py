"""`stillforsale recalls`, as a person or a script uses it: stdout, stderr, exit status."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import BadInput, NeedsPerson
from crawler.feeds.registry import read_any
from monitor.commands.recalls import app
from tests.conftest import REPOSITORY
from tests.unit.feeds.records import RECALL_HEADER, api, export_row, recall, table

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in an empty folder: (exit status, stdout, the sentence)."""
    monkeypatch.chdir(tmp_path)

    def command(*words: str | Path) -> tuple[int, str, str]:
        try:
            app([str(word) for word in words], standalone_mode=False)
        except (BadInput, NeedsPerson) as problem:
            return (2 if isinstance(problem, BadInput) else 1), capsys.readouterr().out, str(problem)
        return 0, capsys.readouterr().out, ""

    return command


def counted(out: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(out)
    assert value["records"] == value["new"] + value["changed"] + value["unchanged"] + len(value["refused"])
    return value


def test_the_sample_is_imported_once_and_for_all(run: Run) -> None:
    sample = REPOSITORY / "monitor/data/sample_recalls.json"
    status, out, _ = run("import", sample, "--source", "cpsc", "--json")
    first = counted(out)
    assert (status, first["source"], first["records"], first["new"]) == (0, "cpsc", 31, 31)
    status, out, _ = run("import", sample, "--json")
    assert (status, counted(out)["unchanged"]) == (0, 31)
    status, out, _ = run("import", sample)
    assert "nothing changed: 31 records as they were" in out


def test_several_files_print_a_line_each(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(api(recall())))
    (tmp_path / "b.csv").write_bytes(table(RECALL_HEADER, export_row()))
    status, out, _ = run("import", "a.json.gz", "b.csv", "--json")
    assert (status, [json.loads(line)["source"] for line in out.splitlines()]) == (0, ["cpsc", "cpsc-csv"])


def test_a_broken_record_costs_no_other_and_asks_for_a_person(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(api(recall("24001"), recall("24002", RecallDate="soon"), recall("24003")))
    status, out, sentence = run("import", "a.json", "--json")
    done = counted(out)
    assert (status, done["new"]) == (1, 2)
    assert done["refused"] == [{"record": "24002", "reason": "RecallDate: 'soon' is not a day like 2024-05-06"}]
    assert "1 of 3 records refused: 24002" in sentence


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"<!doctype html><title>x</title>", 2, "HTML where JSON was promised"),
        (b"[]", 1, "holds no records"),
        (api(recall())[:-50], 2, "is not JSON"),
        (b'{"hello": "world"}', 2, "no list of CPSC recall records"),
        (api(recall(RecallDate="2099-01-01")), 1, "dated in the future"),
    ],
)
def test_a_bad_file_is_one_sentence_that_names_it(
    run: Run, tmp_path: Path, data: bytes, status: int, words: str
) -> None:
    (tmp_path / "a.json").write_bytes(data)
    found, _, sentence = run("import", "a.json", "--source", "cpsc")
    assert found == status
    assert words in sentence
    assert "a.json" in sentence
    assert "\n" not in sentence


def test_a_bad_file_costs_no_good_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"<html></html>")
    (tmp_path / "b.json").write_bytes(api(recall()))
    status, out, _ = run("import", "a.json", "b.json", "--source", "cpsc", "--json")
    assert (status, counted(out)["new"]) == (2, 1)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("import", "x.json", "--source", "nobody"), "no source is called 'nobody'"),
        (("import", "x.json", "--seen-on", "May"), "is not a day like"),
        (("import", "x.json", "--seen-on", "2099-01-01"), "lies in the future"),
        (("import",), "name a FILE"),
        (("show", "us-cpsc:1"), "the register has no"),
    ],
)
def test_wrong_use_is_said(run: Run, tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    (tmp_path / "x.json").write_bytes(api(recall()))
    status, _, said = run(*words)
    assert status == 2
    assert sentence in said


def test_an_old_capture_is_seen_on_its_day(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(api(recall()))
    run("import", "a.json", "--seen-on", "2024-06-01")
    _, out, _ = run("show", "us-cpsc:24999", "--json")
    assert json.loads(out)["versions"][0]["seen_at"].startswith("2024-06-01")


def test_what_is_listed_as_json_is_imported_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(api(recall(), recall("24001")))
    run("import", "a.json")
    _, out, _ = run("list", "--json")
    (tmp_path / "b.jsonl").write_text(out)
    assert len(read_any(tmp_path / "b.jsonl").notices) == 2
    status, again, _ = run("import", "b.jsonl", "--json")
    assert (status, counted(again)["source"]) == (0, "jsonl")


def test_list_and_show_read_well(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(api(recall()))
    run("import", "a.json")
    _, out, _ = run("list", "kettles", "--status", "recall")
    assert out.startswith("2024-05-06  recall           us-cpsc:24999             Acme Kettles 24999")
    _, out, _ = run("show", "24999")
    assert "Marks it can be known by" in out
    _, out, _ = run("list", "--identifiability", "--json")
    assert json.loads(out)["levels"]["identifier"] == 1
    _, out, _ = run("list", "--sources")
    assert "safety-gate      UNVERIFIED" in out


def test_bans_ship_with_the_program(run: Run) -> None:
    status, out, _ = run("import", "--bans", "--json")
    assert (status, counted(out)["new"]) == (0, 32)
    _, out, _ = run("list", "--status", "ban")
    assert "(unverified)" in out


@pytest.mark.shared
@pytest.mark.parametrize(
    ("path", "source", "records"),
    [
        ("cpsc/recalls_api_2023-12_2026-03.json", "cpsc", 902),
        ("cpsc/product_safety_warning_listing.csv", "cpsc-warnings", 299),
        ("cpsc/recalls_union.jsonl", "jsonl", 5867),
    ],
)
def test_the_real_lists_add_up(run: Run, shared: Path, path: str, source: str, records: int) -> None:
    status, out, _ = run("import", shared / "data/recalls" / path, "--source", source, "--json")
    done = counted(out)
    assert (status, done["source"], done["records"], done["new"]) == (0, source, records, records)
