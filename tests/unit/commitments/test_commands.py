"""`stillforsale commitments` and `notices`: what a person types, and what comes back."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from crawler.errors import BadInput, NeedsPerson
from monitor.commands import commitments, notices


def run(app: typer.Typer, *words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def lines(app: typer.Typer, *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(app, *words, "--json").splitlines()]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_commitments_are_listed() -> None:
    listed = lines(commitments.app, "list")
    assert len(listed) == 9
    assert all(one["shipped"] for one in listed)
    assert "jp-product-safety-pledge" in run(commitments.app, "list")


def test_one_is_shown_with_what_goes_with_it() -> None:
    page = run(commitments.app, "show", "cpsc-alibaba-2015")
    for said in ("not a measure of compliance", "access-points", "Alibaba Group", "2015-01-13", "Not verified"):
        assert said in page
    (told,) = lines(commitments.app, "show", "us-cpsa-19")
    assert (told["clock"], told["terms"][0]["kind"]) == ("A0", "at_once")


def test_a_deadline_is_counted() -> None:
    (told,) = lines(commitments.app, "deadline", "jp-product-safety-pledge", "2026-04-30")
    assert told["deadline_at"] == "2026-05-07T15:00:00Z"
    (other,) = lines(commitments.app, "deadline", "eu-gpsr-22", "2025-10-02", "--act", "order", "--country", "DE")
    assert other["deadline_at"] == "2025-10-07T22:00:00Z"
    assert "has no deadline" in run(commitments.app, "deadline", "kr-kftc-2024", "2026-04-30")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show", "no-such"), "no commitment 'no-such'; there are au-"),
        (("deadline", "eu-gpsr-22", "soon"), "neither a day"),
        (("deadline", "eu-gpsr-22", "2026-01-01T10:00"), "no zone"),
        (("deadline", "eu-gpsr-22", "2026-01-01", "--act", "hint"), "no deadline for a hint"),
        (("deadline", "eu-gpsr-22", "2026-01-01", "--country", "ZZ"), "ZZ not available"),
        (("deadline", "eu-gpsr-22", "2026-01-01", "--zone", "Mars/Base"), "Mars/Base"),
    ],
)
def test_wrong_use_is_one_sentence(words: tuple[str, ...], says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        run(commitments.app, *words)
    assert "\n" not in str(caught.value)


def test_a_bad_file_of_ones_own_is_named_after_the_others(folder: Path) -> None:
    own = folder / "stillforsale-data" / "commitments"
    own.mkdir(parents=True)
    (own / "mine.toml").write_text('id = "mine"\n', encoding="utf-8")
    result = CliRunner().invoke(commitments.app, ["list", "--json"])
    assert len(result.stdout.splitlines()) == 9
    assert isinstance(result.exception, NeedsPerson)
    assert "mine.toml, field title" in str(result.exception)
    with pytest.raises(BadInput, match="field title"):
        run(commitments.app, "show", "mine")


def table(folder: Path, *rows: str) -> str:
    file = folder / "letters.csv"
    head = "listing,recall,sent_by,sent,acknowledged,private"
    file.write_text("\n".join((head, *rows)), encoding="utf-8")
    return str(file)


def test_notices_are_imported_once(folder: Path) -> None:
    file = table(folder, "amazon:B01,us-cpsc:26001,authority,2026-03-02,2026-03-03,yes", ",r,group,2026-03-02,,")
    result = CliRunner().invoke(notices.app, ["import", file, "--json"])
    told = json.loads(result.stdout)
    assert {name: told[name] for name in ("records", "new", "changed", "unchanged")} == {
        "records": 2,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
    }
    assert told["refused"] == [{"line": 3, "field": "platform", "reason": "is empty"}]
    assert isinstance(result.exception, NeedsPerson)
    assert "letters.csv, line 3, field platform" in str(result.exception)
    assert CliRunner().invoke(notices.app, ["import", file]).stderr.startswith("0 new, 0 changed, 1 unchanged")
    (kept,) = lines(notices.app, "list")
    assert (kept["clock"], kept["sent"], kept["acknowledged"], kept["private"]) == (
        "A2",
        "2026-03-02",
        "2026-03-03",
        True,
    )


def test_a_notice_by_hand_is_added_to() -> None:
    words = ("add", "--listing", "ebay:12", "--sent", "2026-03-02T09:00+00:00")
    run(notices.app, *words)
    run(notices.app, *words, "--acknowledged", "2026-03-03")
    (kept,) = lines(notices.app, "list", "--clock", "A3")
    assert (kept["listing"], kept["sent"], kept["acknowledged"]) == ("ebay:12", "2026-03-02T09:00:00Z", "2026-03-03")
    assert lines(notices.app, "list", "--clock", "A2") == []
    assert "(private)" not in run(notices.app, "list")
    with pytest.raises(BadInput, match="no clock of a notice"):
        run(notices.app, "list", "--clock", "A0")
    with pytest.raises(BadInput, match="field sent"):
        run(notices.app, "add", "--listing", "ebay:12", "--sent", "some day")


def test_a_file_that_is_no_table_imports_nothing(folder: Path) -> None:
    file = folder / "page.csv"
    file.write_text("<html><body>Sign in</body></html>", encoding="utf-8")
    with pytest.raises(BadInput, match="HTML"):
        run(notices.app, "import", str(file))
    with pytest.raises(BadInput, match="can't be read"):
        run(notices.app, "import", str(folder / "absent.csv"))
    assert lines(notices.app, "list") == []
