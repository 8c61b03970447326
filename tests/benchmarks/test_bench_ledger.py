"""The benchmark of the ledger: what it loads in bulk is what ingest writes, and it says whether its bars are met."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from monitor.config import Confirmation
from monitor.store.ingest import ingest_run
from monitor.store.session import Store, open_store
from monitor.store.tables import all_tables
from reports import bench_ledger
from reports.bench_ledger_load import load, write_folder
from reports.bench_ledger_market import Market

RULE = Confirmation()
NOT_ALIKE = {"runs": {"ingested_at", "manifest_sha256"}, "episodes": {"episode_id"}, "standings": {"episode_id"}}
"""What can't be alike: a folder's seal, when it was taken in, and numbers given in the order of derivation."""


def rows(store: Store, table: Table) -> list[tuple[Any, ...]]:
    columns = [column for column in table.columns if column.name not in NOT_ALIKE.get(table.name, set())]
    with store.reader() as session:
        return sorted((tuple(row) for row in session.execute(select(*columns))), key=repr)


def test_bulk_loading_writes_what_ingest_writes(tmp_path: Path) -> None:
    runs = list(Market(seed=3).take(4000))
    bulk, piece = (open_store(f"sqlite:///{tmp_path / name}") for name in ("bulk.sqlite", "ingest.sqlite"))
    assert load(bulk, runs, RULE) == sum(len(run.looks) for run in runs)
    for run in runs:
        ingest_run(piece, write_folder(tmp_path / "runs", run), run.at, RULE)
    filled = 0
    for table in all_tables().tables.values():
        assert rows(bulk, table) == rows(piece, table), table.name
        filled += bool(rows(bulk, table))
    assert filled >= 9
    bulk.close()
    piece.close()


def test_a_small_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_ledger, "SMALLEST", 1000)
    monkeypatch.setattr(bench_ledger, "MEASURED", 1000)
    result = bench_ledger.bench_ledger(1000, folder=tmp_path)["sqlite"]
    (size,) = result["sizes"]
    assert size["looks"] >= 1000
    assert size["figures"]["cases"] == size["listings"] == 200
    assert result["met"]["figures_s"]
    assert result["met"]["peak_mib"]
    assert not list(tmp_path.iterdir())


def test_judged_says_what_is_not_met() -> None:
    sizes = [
        {"looks": looks, "ingest": {"processor_us_per_look": cost}, "figures": {"all_s": 61.0, "peak_mib": 100}}
        for looks, cost in ((10_000, 100.0), (100_000, 200.0), (1_000_000, 400.0))
    ]
    result = bench_ledger.judged(sizes)
    assert result["slope"] == pytest.approx(0.301, abs=0.001)
    assert result["met"] == {"figures_s": False, "peak_mib": True, "slope": False}


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_the_bars_are_met(tmp_path: Path) -> None:
    result = bench_ledger.bench_ledger(1_000_000, folder=tmp_path)["sqlite"]
    assert all(result["met"].values()), result
