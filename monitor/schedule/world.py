"""An invented market for the benchmark of the schedule, and the least width that anyone could reach on it.

The law: marketplaces with log-normal rates, a shape over age, six times the rate for 72 hours after a notice, gamma
frailty, a share never removed. Removal times come from inverting the cumulative hazard. Nothing here is about the real
world. Hours throughout.
"""

from dataclasses import dataclass

import numpy as np

from monitor.schedule.hazard import CELLS, Floats, Ints, cells_at, hours_in_cells
from monitor.schedule.index import mean_frailty

AGE_SHAPE = np.array([0.6, 1.6, 2.0, 1.3, 0.8, 0.45, 0.25])
NOTICE_BOOST = 6.0
SHARES = np.array([0.30, 0.20, 0.15, 0.12, 0.10, 0.06, 0.04, 0.03])
RECALLS_PER_LISTING = 1 / 50


@dataclass(frozen=True)
class World:
    """Arrays by listing: marketplace, hour first seen, of the notice and of the removal (infinity: never).

    `rates` are the true rates, marketplaces by CELLS; `shape` and `permanent` the law of frailty.
    """

    marketplace: Ints
    first_h: Floats
    notice_h: Floats
    removed_h: Floats
    rates: Floats
    hours: int
    shape: float = 0.7
    permanent: float = 0.15


def make_world(seed: int, listings: int = 20_000, hours: int = 1440) -> World:
    """A market of our own making; the same seed gives the same market."""
    random = np.random.default_rng([seed, 6])
    base = np.exp(random.normal(np.log(1 / 144.0), 0.9, len(SHARES)))
    marketplace = random.choice(len(SHARES), listings, p=SHARES).astype(np.int64)
    recalls = max(1, int(listings * RECALLS_PER_LISTING))
    recall_h = random.uniform(0, hours * 0.75, recalls)[random.integers(0, recalls, listings)]
    late = random.random(listings) < 0.35
    first = recall_h + np.where(late, random.exponential(144.0, listings), random.uniform(0, 6, listings))
    first = np.floor(np.minimum(first, hours * 11 / 12))
    told = random.random(listings) < 0.4
    notice = np.where(told, first + np.floor(random.exponential(120.0, listings)), np.inf)
    frailty = random.gamma(0.7, 1 / 0.7, listings) * (random.random(listings) >= 0.15)
    rates = base[:, None] * (AGE_SHAPE[:, None] * np.array([1.0, NOTICE_BOOST])).reshape(CELLS)
    removed = _removals(rates[marketplace], first, notice, random.exponential(1, listings), frailty, hours)
    return World(marketplace, first, notice, removed, rates, hours)


def _removals(rates: Floats, first: Floats, notice: Floats, limit: Floats, frailty: Floats, hours: int) -> Floats:
    """When frailty times the gathered hazard reaches `limit`: bisection on the exact cumulative hazard."""
    low, high = first.copy(), np.full(len(first), float(hours))
    never = (hours_in_cells(first, notice, first, high) * rates).sum(1) * frailty < limit
    for _ in range(30):
        middle = (low + high) / 2
        reached = (hours_in_cells(first, notice, first, middle) * rates).sum(1) * frailty >= limit
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return np.where(never, np.inf, high)


def attainable_width(world: World, looks_per_day: int) -> float:
    """The least mean width (hours) for whoever knows the rates and each listing's own past, but not its frailty.

    Keller's density, looks in proportion to the root of the hazard, at most one an hour, the budget spent each hour.
    """
    gathered = np.zeros(len(world.first_h))
    cost = expected = 0.0
    for hour in range(world.hours):
        known = np.flatnonzero((world.first_h <= hour) & (world.removed_h > hour))
        if not len(known):
            continue
        place = cells_at(hour - world.first_h[known], hour - world.notice_h[known])
        rate = world.rates[world.marketplace[known], place]
        hazard = rate * mean_frailty(gathered[known], world.shape, world.permanent)
        density = _spread(np.sqrt(hazard), looks_per_day / 24.0)
        cost += float((hazard / density).sum())
        expected += float(hazard.sum())
        gathered[known] += rate
    return cost / expected


def _spread(weight: Floats, looks: float) -> Floats:
    """Looks in proportion to the weights, none above one an hour."""
    density = np.minimum(weight * looks / weight.sum(), 1.0)
    for _ in range(4):
        free = density < 1.0
        if not free.any():
            break
        left = looks - (~free).sum()
        density[free] = np.minimum(weight[free] * left / weight[free].sum(), 1.0)
    return np.asarray(density)
