"""`stillforsale lag`: the contract of its output, and one clear sentence for what can't be used."""

import gzip
import json
import math
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from crawler.errors import BadInput
from reports.lag import estimate, read_table
from reports.lag_command import lag

EIGHT = "left,right\n0,12\n20,30\n40,60\n48,72\n36,48\n0,\n100,\n10,20\n"


def table(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def results(folder: Path, text: str) -> list[dict[str, object]]:
    return list(estimate(read_table(table(folder, text)).rows))


def test_one_line_without_a_group_has_null(tmp_path: Path) -> None:
    (result,) = results(tmp_path, EIGHT)
    assert result["group"] is None
    assert result["n"] == 8
    assert result["loglik"] == pytest.approx(-10.325534, abs=1e-6)
    assert "share_by_deadline" not in result


def test_support_is_left_right_mass_with_null_beyond(tmp_path: Path) -> None:
    (result,) = results(tmp_path, EIGHT)
    support = result["support"]
    assert isinstance(support, list)
    assert [(part["left"], part["right"]) for part in support] == [(10, 12), (20, 30), (40, 48), (48, 60), (100, None)]
    assert [part["mass"] for part in support] == pytest.approx([4 / 14, 2 / 14, 3 / 14, 3 / 14, 2 / 14], abs=1e-7)


def test_median_is_bounds_and_its_interval_stands_apart(tmp_path: Path) -> None:
    (result,) = results(tmp_path, EIGHT)
    assert result["median"] == [40, 48]
    interval = result["median_interval"]
    assert isinstance(interval, list)
    low, high = interval
    assert low <= 40
    assert high is None or high >= 48


def test_median_beyond_all_looks_is_null(tmp_path: Path) -> None:
    (result,) = results(tmp_path, "left,right\n5,\n5,\n5,\n1,2\n")
    assert result["median"] == [5, None]


def test_few_recalls_give_no_interval_of_the_median(tmp_path: Path) -> None:
    (result,) = results(tmp_path, "left,right,recall\n0,1,a\n0,2,a\n3,4,b\n3,9,b\n")
    assert result["median_interval"] is None
    assert result["clusters"] == 2


def test_groups_come_in_order_of_first_appearance(tmp_path: Path) -> None:
    found = results(tmp_path, "left,right,group\n1,2,b\n1,3,a\n1,4,b\n")
    assert [(one["group"], one["n"]) for one in found] == [("b", 2), ("a", 1)]


def test_equal_ends_are_an_exact_time(tmp_path: Path) -> None:
    (result,) = results(tmp_path, "left,right\n3,3\n3,3\n7,7\n")
    assert result["support"] == [
        {"left": 3.0, "right": 3.0, "mass": pytest.approx(2 / 3)},
        {"left": 7.0, "right": 7.0, "mass": pytest.approx(1 / 3)},
    ]


def test_share_by_deadline_counts_met_missed_undecided(tmp_path: Path) -> None:
    rows = ["0,12,48", "20,30,48", "40,60,48", "48,72,48", "36,48,48", "0,,48", "100,,48"]
    (result,) = results(tmp_path, "left,right,deadline\n" + "\n".join(rows) + "\n")
    share = result["share_by_deadline"]
    assert isinstance(share, dict)
    assert {name: share[name] for name in ("met", "missed", "undecided")} == {"met": 3, "missed": 2, "undecided": 2}
    assert [share["low"], share["high"]] == pytest.approx([3 / 7, 5 / 7])
    assert set(share) == {"met", "missed", "undecided", "low", "high", "ci_low", "ci_high"}


def test_rows_of_one_recall_widen_the_interval(tmp_path: Path) -> None:
    body = "".join(f"{left},{left + 1},{{}},10\n" for left in [1] * 20 + [20] * 20)
    alone = results(tmp_path, "left,right,recall,deadline\n" + body.format(*range(40)))[0]
    nested = results(tmp_path, "left,right,recall,deadline\n" + body.format(*(n // 5 for n in range(40))))[0]
    one, other = alone["share_by_deadline"], nested["share_by_deadline"]
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    assert other["ci_high"] - other["ci_low"] > 1.5 * (one["ci_high"] - one["ci_low"])


def test_delayed_entry_raises_the_share_of_early_ends(tmp_path: Path) -> None:
    late = "".join(f"{left},{left + 1},{left - 1}\n" for left in range(10, 30))
    (plain,) = results(tmp_path, "left,right,entry\n" + "1,2,0\n1,2,0\n" + late.replace(",9\n", ",0\n"))
    first = plain["support"][0]  # type: ignore[index]
    assert first["mass"] > 2 / 22


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("left,right\n3,2\n", "line 2, field left: left 3 is after right 2"),
        ("left,right\n1,2\n-1,2\n", "line 3, field left: -1 is negative"),
        ("left,right\nnan,2\n", "line 2, field left: 'nan' is no number (leave right empty"),
        ("left,right\n1,soon\n", "line 2, field right: 'soon' is no number"),
        ("left,right\n,2\n", "line 2, field left: '' is no number"),
        ("left,right\n1,inf\n", "line 2, field right: 'inf' is no number (leave right empty"),
        ("left,right\n1\n", "line 2: the row has not the 2 fields"),
        ("left,right\n1,2,3\n", "line 2: the row has not the 2 fields"),
        ("left\n1\n", "line 1, field right: the column is missing"),
        ("left,right,left\n1,2,3\n", "line 1, field left: the column stands twice"),
        ("left,right\n", "line 1: the table has no rows"),
        ("", "line 1: the file is empty"),
        ("left,right\n1_0,2\n", "line 2, field left: '1_0' is no number"),
        ("left,right\n\u0661,2\n", "line 2, field left: '\u0661' is no number"),
        ('left,right\n"1,5",2\n', "line 2, field left: '1,5' is no number"),
        ("left,right,entry\n1,2,1.5\n", "line 2, field entry: entry 1.5 is not before the end"),
        ("left,right,recall\n1,2,\n", "line 2, field recall: empty"),
        ("left,right,deadline\n1,2,x\n", "line 2, field deadline: 'x' is no number"),
    ],
)
def test_bad_rows_are_named_by_file_line_and_field(tmp_path: Path, text: str, says: str) -> None:
    path = table(tmp_path, text)
    with pytest.raises(BadInput) as caught:
        read_table(path)
    assert str(caught.value).startswith(f"{path}, {says}")


def test_missing_and_torn_files_are_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read_table(tmp_path / "none.csv")
    torn = tmp_path / "torn.csv.gz"
    torn.write_bytes(gzip.compress(EIGHT.encode())[:-12])
    with pytest.raises(BadInput, match="can't be read"):
        read_table(torn)
    latin = tmp_path / "latin.csv"
    latin.write_bytes("left,right\n1,2\n# caf\u00e9,1\n".encode("latin-1"))
    with pytest.raises(BadInput, match="not UTF-8"):
        read_table(latin)


def test_gzip_and_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "table.csv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + EIGHT.encode()))
    assert read_table(path).rows[-1].right == 20
    assert read_table(path).rows[5].right == math.inf


def test_command_prints_json_lines_and_nothing_else_on_stdout(tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(lag)
    shown = CliRunner().invoke(app, [str(table(tmp_path, "left,right,group,note\n1,2,a,x\n3,,b,y\n")), "--json"])
    assert [json.loads(line)["group"] for line in shown.stdout.splitlines()] == ["a", "b"]
    assert "not used: note" in shown.stderr
    plain = CliRunner().invoke(app, [str(table(tmp_path, EIGHT))])
    assert "half of them by 40 to 48" in plain.stdout


@pytest.mark.parametrize(
    "text",
    [
        "left;right\n1;2\n2;\n",
        "left\tright\n1\t2\n2\t\n",
        "Left,RIGHT\n1,2\n2,\n",
        "\ufeffleft,right\r\n1,2\r\n\r\n2,\r\n",
    ],
)
def test_other_ways_of_writing_the_same_table(tmp_path: Path, text: str) -> None:
    (value,) = results(tmp_path, text)
    assert value["n"] == 2
    assert value["median"] == [1.0, 2.0]
    assert value["support"][-1] == {"left": 2.0, "right": None, "mass": 0.5}  # type: ignore[index]


def test_a_torn_gz_is_said_in_one_sentence(tmp_path: Path) -> None:
    whole = gzip.compress(b"left,right\n" + b"1,2\n" * 500)
    for number, data in enumerate((whole[:-20], whole[:30] + b"xx" + whole[32:], b"no gzip")):
        path = tmp_path / f"torn{number}.csv.gz"
        path.write_bytes(data)
        with pytest.raises(BadInput, match=r"torn\d.csv.gz"):
            read_table(path)


def test_all_still_there_has_no_median_and_an_exact_row_is_a_point(tmp_path: Path) -> None:
    (value,) = results(tmp_path, "left,right\n1,\n2,\n5,\n")
    assert value["support"] == [{"left": 5.0, "right": None, "mass": 1.0}]
    assert value["median"] == [5.0, None]
    (point,) = results(tmp_path, "left,right\n3,3\n")
    assert (point["support"], point["median"], point["loglik"]) == (
        [{"left": 3.0, "right": 3.0, "mass": 1.0}],
        [3.0, 3.0],
        0,
    )


def test_where_all_at_risk_have_ended_the_likelihood_goes_on(tmp_path: Path) -> None:
    """One ends at 3 to 4 alone at risk; those who entered at 5 still count: one of two ends by 7."""
    (value,) = results(tmp_path, "left,right,entry\n3,4,0\n6,7,5\n7,,5\n")
    assert value["support"] == [{"left": 3.0, "right": 4.0, "mass": 1.0}]
    assert value["loglik"] == pytest.approx(2 * math.log(0.5))
