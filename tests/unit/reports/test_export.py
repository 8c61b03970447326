"""The export: every figure can be computed again from it alone, and nothing leaves that must not."""

import csv
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import BadInput
from reports.exports import tables
from reports.exports_columns import TYPES, columns_of
from reports.exports_write import Format, formats_of, write_export
from reports.figures.catalogue import all_figures
from reports.records import Observed
from tests.unit.reports.recomputed import read
from tests.unit.reports.recomputed_checks import k10_k11, k13
from tests.unit.reports.recomputed_curves import k5, removals_seen
from tests.unit.reports.recomputed_excess import k14, means
from tests.unit.reports.recomputed_listings import Answer, Listings, k1, k2, k3, pledges
from tests.unit.reports.recomputed_others import k4, k6, k7, k8, k9
from tests.unit.reports.story import observed
from tests.unit.reports.told_world import told_world

KEYS = ("count", "count_high", "denominator", "unknown", "unknown_of")
BOUNDS = ("low", "high", "ci_low", "ci_high")
NEAR = 3e-3
"""Two ways to the same maximum stop at different distances from it."""


def exported(world: Observed, folder: Path, *, public: bool = False) -> Path:
    seen = world.cleared() if public else world.exported()
    made = tables(seen, all_figures(seen), public=public)
    write_export(made, folder, [Format.CSV, Format.JSON], at=seen.at, public=public)
    return folder


def recomputed(folder: Path) -> dict[tuple[str, str, str, str], Answer]:
    """Every figure by id, name, cell and endpoint, with the guards of the page on figures applied."""
    found = read(folder)
    everybody, drawn = Listings(found), Listings(found, drawn_only=True)
    answers: dict[tuple[str, str, str, str], Answer] = {}
    for figures in (k4, removals_seen, k6):
        answers.update(figures(everybody))
    for figures in (k1, pledges, k2, k3, k5, k7, k8, k9, k14):
        answers.update(figures(drawn))
    answers.update(k10_k11(found))
    answers.update(k13(found))
    study = found["study"][0]
    picked = not any(row["sampled"] for row in found["recalls"])
    kept = {key: guarded(key, value, study["cleared_only"], picked) for key, value in answers.items()}
    return kept | dict(means(kept, everybody))


def guarded(key: tuple[str, str, str, str], value: Answer, cleared_only: bool, picked: bool) -> Answer:
    figure = key[0]
    few = value["denominator"] < 10 and figure != "K6" and key[1] != "gap between looks"
    about_us = figure in ("K10", "K11", "K13")
    rate = not about_us and figure != "K6" and "median" not in key[1]
    if few or (picked and rate) or (cleared_only and not about_us):
        return value | dict.fromkeys(BOUNDS)
    return value


def some_drawn(world: Observed) -> Observed:
    """Half of the recalls picked by hand: they are in counts and in no rate."""
    by_hand = {one.notice_id for one in world.recalls[:6]}
    recalls = tuple(replace(r, chosen_by="hand" if r.notice_id in by_hand else r.chosen_by) for r in world.recalls)
    cases = tuple(
        replace(one, recall=replace(one.recall, chosen_by="hand")) if one.recall.notice_id in by_hand else one
        for one in world.cases
    )
    return replace(world, recalls=recalls, cases=cases)


WORLDS: dict[str, Callable[[], Observed]] = {
    "told": told_world,
    "story": observed,
    "picked": lambda: replace(told_world(), recalls=tuple(replace(r, chosen_by="hand") for r in told_world().recalls)),
    "some drawn": lambda: some_drawn(told_world()),
    "empty": lambda: observed(cases=(), searches=(), look_counts=(), gaps=(), reviews=(), runs=()),
}


@pytest.fixture(scope="module", params=sorted(WORLDS))
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    folder = exported(WORLDS[request.param](), tmp_path_factory.mktemp(request.param))
    return read(folder)["figures"], recomputed(folder)


def test_every_figure_is_computed_again_from_the_tables_alone(pair: tuple[Any, Any]) -> None:
    figures, answers = pair
    measured = [row for row in figures if "not_measured" not in row["guards"]]
    assert measured
    for row in measured:
        key = (row["figure_id"], row["name"], row["cell"], row["endpoint"])
        assert key in answers, key
        again = answers[key]
        for name in KEYS:
            assert row[name] == again[name], (key, name, row[name], again[name])
        for name in BOUNDS:
            assert close(row[name], again[name], row["unit"]), (key, name, row[name], again[name])


def close(ours: float | None, theirs: float | None, unit: str) -> bool:
    if ours is None or theirs is None:
        return ours is None and theirs is None
    return math.isclose(ours, theirs, abs_tol=NEAR if unit in ("share", "points") else 1e-6)


def test_nothing_is_recomputed_that_the_report_does_not_give(pair: tuple[Any, Any]) -> None:
    figures, answers = pair
    given = {(row["figure_id"], row["name"], row["cell"], row["endpoint"]) for row in figures}
    silent = {row["figure_id"] for row in figures if "not_measured" in row["guards"]}
    assert {key for key in answers if key not in given and key[0] not in silent} == set()


def test_ids_are_those_of_cases(tmp_path: Path) -> None:
    found = read(exported(told_world(), tmp_path))
    cases = {row["case_id"] for row in found["cases"]}
    for row in found["figures"]:
        if row["figure_id"] in ("K1", "K2", "K3", "K5", "K6", "K8", "K9", "K14"):
            assert set(row["ids"]) <= cases, row["name"]


def test_the_codebook_has_every_column_and_every_column_is_written(tmp_path: Path) -> None:
    folder = exported(told_world(), tmp_path)
    for name, (what, columns) in columns_of().items():
        assert what
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == [column.name for column in columns]
        assert all(column.what and column.type in TYPES for column in columns)
        rows = json.loads((folder / f"{name}.json").read_text("utf-8"))
        assert all(list(row) == [column.name for column in columns] for row in rows)


def test_json_and_csv_say_the_same_and_twice_the_same_bytes(tmp_path: Path) -> None:
    first, second = exported(told_world(), tmp_path / "a"), exported(told_world(), tmp_path / "b")
    for path in sorted(first.iterdir()):
        assert path.read_bytes() == (second / path.name).read_bytes()
    cases = json.loads((first / "cases.json").read_text("utf-8"))
    assert [row["case_id"] for row in cases] == [row["case_id"] for row in read(first)["cases"]]


def test_parquet_holds_the_same_with_types(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    world = told_world()
    write_export(tables(world, all_figures(world), public=False), tmp_path, [Format.PARQUET], at=world.at, public=False)
    looks = parquet.read_table(tmp_path / "looks.parquet")
    assert looks.num_rows == sum(len(one.looks) for one in world.cases)
    assert str(looks.schema.field("looked_at").type) == "timestamp[us, tz=UTC]"
    assert looks.schema.field("state").metadata[b"meaning"]
    assert (
        parquet.read_table(tmp_path / "acknowledged.parquet").to_pylist()[0]["recalled_on"].isoformat() == "2026-01-01"
    )


def test_private_dates_are_in_no_table(tmp_path: Path) -> None:
    world = told_world()
    hidden = replace(
        world.context,
        told=tuple(replace(one, private=True) for one in world.context.told),
        dues=tuple(replace(one, private=True) for one in world.context.dues),
    )
    found = read(exported(replace(world, context=hidden), tmp_path))
    assert found["notices_to_platforms"] == found["deadlines"] == []
    assert all(row["count"] is None for row in found["figures"] if row["name"] == "on time after notice")


def test_a_public_export_holds_only_cleared_cases_and_no_names(tmp_path: Path) -> None:
    world = told_world()
    cases = tuple(replace(one, cleared_by="Ada" if number < 12 else "") for number, one in enumerate(world.cases))
    folder = exported(replace(world, cases=cases), tmp_path, public=True)
    found = read(folder)
    assert len(found["cases"]) == 12
    everything = "".join(path.read_text("utf-8") for path in folder.iterdir())
    assert "Only cases that a named person cleared" in everything
    assert "Seller 1" not in everything
    for one in cases[12:]:
        assert one.listing.listing_key not in everything
    for twin in world.context.twins:
        assert twin.case.listing.listing_key not in everything
    again = recomputed(folder)
    for row in found["figures"]:
        key = (row["figure_id"], row["name"], row["cell"], row["endpoint"])
        if "not_measured" not in row["guards"]:
            assert row["count"] == again[key]["count"], key
            assert all(close(row[name], again[key][name], row["unit"]) for name in BOUNDS), key
            assert row["figure_id"] in ("K10", "K11", "K13") or row["low"] is None


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    world = told_world()
    hostile = replace(
        world.cases[0], listing=replace(world.cases[0].listing, title='=HYPERLINK("http://x")', seller="@x")
    )
    folder = exported(replace(world, cases=(hostile, *world.cases[1:])), tmp_path)
    with (folder / "cases.csv").open(encoding="utf-8", newline="") as file:
        row = next(one for one in csv.DictReader(file) if "HYPERLINK" in one["title"])
    assert row["title"].startswith("'=")
    assert row["seller"] == "'@x"


def test_a_format_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput, match="'xlsx' is none of csv, json, parquet"):
        formats_of(["csv", "xlsx"])
