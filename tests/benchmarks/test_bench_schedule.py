"""The schedule's bars: on a small market of our own every time, on the three reference worlds by night."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from monitor.schedule.bench import bench_schedule, compare
from monitor.schedule.hazard import CELLS
from monitor.schedule.world import World


def reference_world(file: Path, seed: int) -> World:
    """A world of ../shared/data/statistics/market_world.py in our words."""
    spec = importlib.util.spec_from_file_location("market_world", file)
    assert spec is not None
    assert spec.loader is not None
    market: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(market)
    made = market.world(seed)
    notice = np.where(made["notice"] >= 1e9, np.inf, made["notice"])
    rates = made["base"][:, None] * (market.SHAPE[:, None] * np.array([1.0, 6.0])).reshape(CELLS)
    place, first = made["m"].astype(np.int64), made["start"].astype(float)
    return World(place, first, notice, market.removal_times(made), rates, market.H)


def test_a_small_market() -> None:
    """A tenth of the listings for a month: less is learned, and a marketplace with 15 looks a day can't carry every pin
    of a recall that brings several listings at once, so the bars are wider."""
    result = bench_schedule(seed=0, looks_per_day=500, listings=2000, hours=720)["policies"]
    assert result["index"]["to_attainable"] <= 1.15
    assert result["full"]["to_attainable"] <= 1.25
    assert result["full"]["width_h"] < result["square_root"]["width_h"] * 1.05
    assert result["full"]["narrower_than_uniform"] >= 1.25
    assert max(result["full"]["undecided"].values()) <= 0.01
    assert result["full"]["looks"] <= 500 * 30 + 500


@pytest.mark.nightly
@pytest.mark.shared
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_reference_worlds(shared: Path, seed: int) -> None:
    world = reference_world(shared / "data" / "statistics" / "market_world.py", seed)
    result = compare(world, 5000, seed)["policies"]
    assert result["index"]["to_attainable"] <= 1.05
    assert result["full"]["to_attainable"] <= 1.10
    assert result["full"]["narrower_than_uniform"] >= 1.4
    assert set(result["full"]["undecided"].values()) == {0.0}
    assert result["full_failing"]["width_h"] <= 1.2 * result["full"]["width_h"]
