"""What precision a number of looks a day would buy: Keller's law over the listings that are under watch now. Pure."""

from dataclasses import dataclass

import numpy as np

from monitor.schedule.allocate import FLOOR_H
from monitor.schedule.hazard import Floats


@dataclass(frozen=True)
class Precision:
    """Hours: `mean_width_h` of a removal's interval with looks in proportion to the root of the hazard, `uniform_h`
    with the same looks spread evenly, `median_gap_h` between looks at one listing; `removals_a_day` expected."""

    looks_per_day: int
    listings: int
    mean_width_h: float
    uniform_h: float
    median_gap_h: float
    removals_a_day: float


def precision_of(hazard: Floats, looks_per_day: int) -> Precision:
    """`hazard` per hour of each listing on sale, frailty taken in. At most one look an hour, at least one in 72 hours
    as far as the budget carries it. Raises ValueError without listings or looks."""
    if not len(hazard) or looks_per_day < 1:
        raise ValueError("precision needs listings on sale and at least one look a day")
    looks = looks_per_day / 24.0
    floor = min(1 / FLOOR_H, looks / len(hazard))
    density = _between(np.sqrt(np.maximum(hazard, 1e-12)), looks, floor)
    even = min(looks / len(hazard), 1.0)
    return Precision(
        looks_per_day,
        len(hazard),
        float((hazard / density).sum() / max(hazard.sum(), 1e-12)),
        1 / even,
        float(np.median(1 / density)),
        float(hazard.sum() * 24),
    )


def _between(weight: Floats, looks: float, floor: float) -> Floats:
    """Densities in proportion to `weight`, kept in [floor, 1], that add up to `looks`: bisection on the factor."""
    if looks >= len(weight):
        return np.ones(len(weight))
    low, high = 0.0, 1 / float(weight.min())
    for _ in range(100):
        factor = (low + high) / 2
        if np.clip(weight * factor, floor, 1.0).sum() > looks:
            high = factor
        else:
            low = factor
    return np.clip(weight * (low + high) / 2, floor, 1.0)
