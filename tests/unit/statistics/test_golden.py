"""Every row of the published and reference values, to the digits that are printed there."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reports.statistics.bounds import critical_value, imbens_manski, share_by_deadline
from reports.statistics.by_cause import npmle_by_cause
from reports.statistics.coverage import chao_lower_bound, chapman, coverage_by_dependence
from reports.statistics.delayed_entry import npmle_with_entry
from reports.statistics.npmle import npmle
from reports.statistics.product_limit import aalen_johansen, kaplan_meier, log_rank
from reports.statistics.proportions import clopper_pearson
from reports.statistics.recurrence import mean_cumulative_count
from reports.statistics.score_test import Kind, permutation_test

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "statistics"


@pytest.fixture(scope="module")
def golden(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "golden.json").read_text("utf-8"))
    return loaded


def intervals(rows: list[list[Any]], group: str | None = None) -> tuple[np.ndarray, np.ndarray, list[str]]:
    kept = [row for row in rows if group in (None, row[2])]
    right = np.array([math.inf if row[1] is None else row[1] for row in kept])
    return np.array([row[0] for row in kept]), right, [row[2] for row in kept]


def columns(path: Path) -> dict[str, np.ndarray]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


@pytest.mark.parametrize("group", ["Rad", "RadChem"])
def test_npmle_of_the_breast_cosmesis_data(golden: dict[str, Any], group: str) -> None:
    left, right, _ = intervals(golden["bcos"], group)
    fitted, expected = npmle(left, right), golden["npmle"][group]
    assert [[a, b] for a, b in zip(fitted.left, fitted.right, strict=True)] == [row[:2] for row in expected["masses"]]
    assert fitted.mass == pytest.approx([row[2] for row in expected["masses"]], abs=5.1e-7)
    assert np.round(fitted.mass, 4).tolist() == expected["published_4dp"]
    assert fitted.loglik == pytest.approx(expected["loglik"], abs=5.1e-6)
    assert fitted.converged


def test_npmle_of_both_groups_together(golden: dict[str, Any]) -> None:
    left, right, _ = intervals(golden["bcos"])
    assert npmle(left, right).loglik == pytest.approx(golden["npmle"]["pooled"]["loglik"], abs=5.1e-5)


@pytest.mark.parametrize(
    ("kind", "row"), [("logrank1", "sun_logrank1"), ("logrank2", "finkelstein_logrank2"), ("wmw", "wmw")]
)
def test_score_tests_as_published(golden: dict[str, Any], kind: Kind, row: str) -> None:
    left, right, groups = intervals(golden["bcos"])
    found, expected = permutation_test(left, right, groups, kind), golden["tests_published"][row]
    assert found.group == "RadChem"
    assert found.score == pytest.approx(expected["U"], abs=5.1e-7)
    assert -found.z == pytest.approx(expected["Z_Rad"], abs=5.1e-5)
    assert found.p == pytest.approx(expected["p"], abs=5.1e-7 if kind != "wmw" else 5.1e-6)


def test_eight_listings_by_hand(golden: dict[str, Any]) -> None:
    hand = golden["hand8"]
    left = np.array(hand["L"], dtype=float)
    right = np.array([math.inf if end is None else end for end in hand["R"]])
    sold = np.array(hand["sold_out"], dtype=bool)
    due, each = np.full(8, float(hand["deadline"])), np.arange(8)
    off_sale = share_by_deadline(left, right, due, each)
    assert [off_sale.low, off_sale.high] == hand["off_sale_bounds"]
    removed = share_by_deadline(left[~sold], right[~sold], due[~sold], each[~sold])
    assert [removed.low, removed.high] == hand["removed_bounds_excl_sold"]
    surely, maybe = (right <= 48) & ~sold, (left < 48) & ~sold
    assert [surely.mean(), maybe.mean()] == hand["removed_bounds_all"]


def test_npmle_of_the_listings_by_hand(golden: dict[str, Any]) -> None:
    hand = golden["hand8"]
    sold = np.array(hand["sold_out"], dtype=bool)
    left = np.array(hand["L"], dtype=float)[~sold]
    right = np.array([math.inf if end is None else end for end in hand["R"]])[~sold]
    found = [npmle(left, right), npmle(hand["L"], [math.inf if end is None else end for end in hand["R"]])]
    matching = [one for one in found if abs(one.loglik - hand["loglik"]) < 5.1e-7]
    assert len(matching) == 1
    fitted = matching[0]
    expected = [[a, math.inf if b is None else b, mass] for a, b, mass in hand["npmle"]]
    assert [[a, b] for a, b in zip(fitted.left, fitted.right, strict=True)] == [row[:2] for row in expected]
    assert fitted.mass == pytest.approx([row[2] for row in expected], abs=1e-7)
    assert fitted.share_by(48.0)[0] == pytest.approx(hand["F48"], abs=1e-7)


def test_kaplan_meier_with_delayed_entry(golden: dict[str, Any], folder: Path) -> None:
    heart, expected = columns(folder / "heart.csv"), golden["km_delayed_entry"]
    start, stop, event = (heart[name].astype(float) for name in ("start", "stop", "event"))
    fitted = kaplan_meier(stop, event > 0, start)
    assert [round(fitted.at(when), 3) for when in expected["t"]] == expected["S"]
    assert [round(end, 3) for end in fitted.interval_at(100)] == expected["loglog_ci_at_100"]


def test_npmle_with_delayed_entry_of_exact_times_is_kaplan_meier(golden: dict[str, Any], folder: Path) -> None:
    heart, expected = columns(folder / "heart.csv"), golden["km_delayed_entry"]
    start, stop, event = (heart[name].astype(float) for name in ("start", "stop", "event"))
    fitted = npmle_with_entry(stop, np.where(event > 0, stop, math.inf), start)
    assert [round(1 - float(fitted.share_by(when)[0]), 3) for when in expected["t"]] == expected["S"]


def test_kaplan_meier_by_group_and_log_rank(golden: dict[str, Any], folder: Path) -> None:
    aml, expected = columns(folder / "aml.csv"), golden["aml"]
    time, event = aml["time"].astype(float), aml["status"].astype(int) > 0
    kept = aml["x"] == "Maintained"
    fitted = kaplan_meier(time[kept], event[kept])
    for when, (survival, low, high) in expected["Maintained"].items():
        assert round(fitted.at(float(when)), 3) == survival
        assert fitted.interval_at(float(when)) == pytest.approx((low, high), abs=5.1e-4)
    statistic, p = log_rank(time, event, aml["x"])
    assert round(statistic, 4) == expected["logrank_chi2"]
    assert round(p, 4) == expected["p"]


def mgus2(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    data = columns(folder / "mgus2.csv")
    progressed = data["pstat"].astype(int) > 0
    time = np.where(progressed, data["ptime"].astype(float), data["futime"].astype(float))
    return time, np.where(progressed, 1, 2 * data["death"].astype(int))


def test_incidence_by_cause_of_exact_times(golden: dict[str, Any], folder: Path) -> None:
    time, cause = mgus2(folder)
    expected = golden["mgus2_cif"]
    times, found = aalen_johansen(time, cause)
    index = np.searchsorted(times, expected["t"], side="right") - 1
    assert found[1][0][index] == pytest.approx(expected["pcm"], abs=5.1e-9)
    assert found[2][0][index] == pytest.approx(expected["death"], abs=5.1e-8)
    assert found[1][1][index] == pytest.approx(expected["se_pcm"], abs=5.1e-10)


def test_npmle_by_cause_of_exact_times_is_aalen_johansen(golden: dict[str, Any], folder: Path) -> None:
    time, cause = mgus2(folder)
    expected = golden["mgus2_cif"]
    right = np.where(cause > 0, time, math.inf)
    names = np.array(["", "pcm", "death"])[cause]
    fitted = npmle_by_cause(time, right, names)
    for name in ("pcm", "death"):
        shares = [fitted.causes[name].share_by(when)[0] for when in expected["t"]]
        assert shares == pytest.approx(expected[name], abs=1e-6)


def test_mean_cumulative_count(golden: dict[str, Any], folder: Path) -> None:
    cgd = columns(folder / "cgd.csv")
    start, stop, status = (cgd[name].astype(float) for name in ("tstart", "tstop", "status"))
    fitted = mean_cumulative_count(cgd["id"], start, stop, status > 0)
    for when, (count, error) in golden["cgd_mcf"].items():
        assert fitted.at(float(when))[0] == pytest.approx(count, abs=5.1e-8)
        assert fitted.at(float(when))[1] == pytest.approx(error, abs=5.1e-9)


def test_chao_lower_bound(golden: dict[str, Any]) -> None:
    row = golden["chao_cottontail"]
    once, twice, seen = row["f"][0], row["f"][1], sum(row["f"])
    found = chao_lower_bound(once, twice, seen)
    assert found.total == row["chao"]
    assert round(found.error, 2) == row["se"]
    assert [round(found.low, 1), round(found.high, 1)] == row["log_ci"]
    corrected = chao_lower_bound(once, twice, seen, bias_corrected=True)
    assert round(corrected.total, 4) == row["bias_corrected"]


def test_chapman_and_its_sensitivity(golden: dict[str, Any]) -> None:
    row = golden["chapman"]
    found = chapman(row["n1"], row["n2"], row["m"])
    assert round(found.total, 3) == row["N"]
    assert round(found.error, 4) == row["se"]
    by_ratio = coverage_by_dependence(row["n1"], row["n2"], row["m"], [1, 2, 5])
    assert {str(int(ratio)): share for ratio, share in by_ratio.items()} == pytest.approx(
        row["coverage_by_odds_ratio"], abs=1e-12
    )


def test_imbens_manski(golden: dict[str, Any]) -> None:
    row = golden["imbens_manski"]
    n, low, high = row["n"], row["lo"], row["up"]
    errors = [math.sqrt(share * (1 - share) / n) for share in (low, high)]
    c = critical_value(high - low, max(errors))
    assert round(c, 4) == row["C"]
    assert [round(low - c * errors[0], 4), round(high + c * errors[1], 4)] == row["ci"]
    items = np.arange(n)
    clustered = imbens_manski(items < round(low * n), items < round(high * n), items)
    assert clustered is not None
    assert [round(end, 4) for end in clustered] == [0.3429, 0.6080]


def test_clopper_pearson(golden: dict[str, Any]) -> None:
    assert clopper_pearson(27, 30) == pytest.approx(golden["clopper_pearson_27_30"], abs=5.1e-8)
