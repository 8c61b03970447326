"""Speed of the matcher on one core against real recalls: half of the bars, for a machine that others share."""

from pathlib import Path

import pytest

from monitor.matching.bench import bench_match

pytestmark = [pytest.mark.shared, pytest.mark.nightly]


def test_candidates_and_decisions_a_second(shared: Path) -> None:
    recalls = shared / "data" / "recalls" / "cpsc" / "recalls_union.jsonl"
    found = bench_match(recalls=[recalls], listings=shared / "data" / "matching" / "listings.jsonl.gz")
    assert found["candidates_per_s"] >= 1000
    assert found["decided_per_s"] >= 300
    assert found["build_s"] < 20
    assert found["start_s"] < 1
    assert found["times_token_set"] > 10
    assert found["peak_memory_mb"] < 500
