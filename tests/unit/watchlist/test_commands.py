"""`stillforsale watchlist`: what a person types, and what comes back."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from crawler.errors import BadInput, NeedsPerson
from monitor.commands import recalls, watchlist

REGISTER = [
    {
        "id": f"us-cpsc:260{number:02}",
        "kind": "recall" if number % 2 else "warning",
        "authority": "us-cpsc",
        "number": f"260{number:02}",
        "published_on": f"2026-01-{number:02}",
        "title": ("Toys" if number == 30 else f"Zibbo{number} Bed Rails") + " Recalled Due to Fall Hazard",
        "products": [{"name": "Toys" if number == 30 else f"Zibbo{number} Bed Rails"}],
    }
    for number in range(1, 31)
]


def run(app: typer.Typer, *words: str) -> str:
    result = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def lines(*words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(watchlist.app, *words, "--json").splitlines()]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "register.jsonl"
    file.write_text("\n".join(map(json.dumps, REGISTER)), encoding="utf-8")
    run(recalls.app, "import", str(file), "--source", "jsonl")
    return tmp_path


def test_a_hand_picked_entry_comes_back_with_its_phrases() -> None:
    (added,) = lines("add", "us-cpsc:26001", "--priority", "1", "--by", "ann")
    assert added["new"] == ["us-cpsc:26001"]
    (entry,) = lines("list")
    assert (entry["priority"], entry["chosen_by"], entry["in_rates"], entry["added_by"]) == (1, "hand", False, "ann")
    assert {"text": "Zibbo1 Bed Rails", "strategy": "brand-name", "family": ""}.items() <= entry["phrases"][0].items()
    assert "Zibbo1 Bed Rails" in run(watchlist.app, "list")


def test_a_sample_is_the_same_again_and_is_written_down() -> None:
    words = ("add", "--authority", "us-cpsc", "--kind", "recall", "--sample", "4", "--seed", "spring")
    (first,) = lines(*words)
    (again,) = lines(*words)
    assert first["sample"] == again["sample"]
    assert first["sample"]["population"] == 15
    assert again["already"] == first["new"] == first["sample"]["notice_ids"]
    (written,) = lines("samples")
    assert (written["seed"], written["filters"]) == ("spring", {"authority": "us-cpsc", "kind": "recall"})
    assert all(one["in_rates"] for one in lines("list"))


def test_filters_add_what_passes_them() -> None:
    (added,) = lines("add", "--since", "2026-01-28", "--until", "2026-01-29")
    assert added["new"] == ["us-cpsc:26028", "us-cpsc:26029"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "say what to watch"),
        (["us-cpsc:26001", "us-cpsc:1"], "holds no notice 'us-cpsc:1'"),
        (["us-cpsc:26001", "--authority", "us-cpsc"], "don't go together"),
        (["--sample", "3"], "needs --sample N of at least 1 and a --seed"),
        (["--sample", "-3", "--seed", "s"], "needs --sample N of at least 1"),
        (["--authority", "us-cpsc", "--seed", "s"], "--seed belongs"),
        (["--since", "yesterday"], "no day"),
        (["--authority", "nobody", "--sample", "3", "--seed", "s"], "holds no notice with authority 'nobody'"),
    ],
)
def test_wrong_use_adds_nothing(words: list[str], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        run(watchlist.app, "add", *words)
    assert lines("list") == lines("samples") == []


def test_a_notice_that_no_phrase_fits_needs_a_person() -> None:
    with pytest.raises(NeedsPerson, match="us-cpsc:26030"):
        run(watchlist.app, "add", "us-cpsc:26030")
    run(watchlist.app, "phrases", "add", "us-cpsc:26030", "painted toy drum")
    (phrase,) = lines("phrases", "list", "us-cpsc:26030")
    assert (phrase["text"], phrase["strategy"]) == ("painted toy drum", "hand")


def test_phrases_are_taken_off_and_derived_for_another_language() -> None:
    run(watchlist.app, "add", "us-cpsc:26001")
    first = lines("phrases", "list")[0]
    run(watchlist.app, "phrases", "remove", first["phrase_id"])
    with pytest.raises(NeedsPerson, match="no phrase has the id 9999"):
        run(watchlist.app, "phrases", "remove", "9999")
    run(watchlist.app, "phrases", "derive", "--language", "en", "--language", "zh")
    texts = {(one["language"], one["text"]) for one in lines("phrases", "list")}
    assert ("en", first["text"]) not in texts
    assert ("zh", "Zibbo1 床护栏") in texts


def test_a_bare_phrase_is_refused() -> None:
    with pytest.raises(BadInput, match="bare"):
        run(watchlist.app, "phrases", "add", "us-cpsc:26001", "toys")


def test_what_is_taken_off_is_gone_from_the_list() -> None:
    run(watchlist.app, "add", "us-cpsc:26001", "us-cpsc:26002")
    with pytest.raises(NeedsPerson, match="us-cpsc:26009 was not"):
        run(watchlist.app, "remove", "us-cpsc:26001", "us-cpsc:26009")
    assert [one["notice_id"] for one in lines("list")] == ["us-cpsc:26002"]


def test_more_than_fifteen_first_are_remarked() -> None:
    result = CliRunner().invoke(watchlist.app, ["add", "--until", "2026-01-16", "--priority", "1"])
    assert "priority 1 now holds 16" in result.stderr
