"""What each way of spending the same looks would have told of one market, played hour by hour.

A policy knows only what its own looks showed; hazards are learned from them, daily. Hours throughout.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from monitor.schedule.allocate import RESERVE_H, Claims, allocate, refill, reserve
from monitor.schedule.hazard import Floats, Hazards, Ints, Tally, cells_at, hours_in_cells
from monitor.schedule.index import before_pin, expected_frailty, worth
from monitor.schedule.world import World

PIN_HOURS = (24.0, 48.0)
LAST_PINNED_H = max(PIN_HOURS) + 1


@dataclass(frozen=True)
class Policy:
    """A way to spend looks. `order` gives the wish of each listing (higher first); the rest are the rules around it."""

    name: str
    order: Callable[["State", Ints], Floats]
    learns: bool = False
    pins: bool = False
    floor: bool = False
    quotas: bool = False
    failing: float = 0.0


@dataclass
class State:
    """What a policy knows by listing: the last look that could tell, the last attempt, looks so far, hazards."""

    world: World
    last_h: Floats
    tried_h: Floats
    looks: Floats
    survived: Floats
    since: Floats
    rate: Floats
    found_h: Floats
    hazards: Hazards
    hour: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """Means over the removals: `width_h` of the interval, `delay_h` to its end; `undecided` the share of deadlines
    with no look in the hour after them that leaves open whether they were met; `pin_share` of looks spent on pins."""

    width_h: float
    delay_h: float
    undecided: dict[str, float]
    within_24h: float
    looks: int
    pin_share: float


def simulate(world: World, policy: Policy, looks_per_day: int, seed: int = 0) -> Outcome:
    """Play the policy against the world, hour by hour. The find itself counts as a first look, made by a search."""
    random = np.random.default_rng([seed, 7])
    state = _start(world)
    tally = Tally(len(world.rates))
    budget = _budgets(world, policy, looks_per_day)
    tokens, spent, pinned_looks = np.zeros(len(budget)), 0, 0
    by_start = np.argsort(world.first_h, kind="stable")
    for hour in range(1, world.hours):
        tokens = refill(tokens, budget, 1.0, bucket_h=max(RESERVE_H, 1.0))
        known = by_start[: np.searchsorted(world.first_h[by_start], hour, side="left")]
        known = known[np.isinf(state.found_h[known])]
        _grow(state, float(hour), known)
        claims, ahead = _claims(state, policy, float(hour), known, len(budget))
        chosen = allocate(claims, tokens, reserve(ahead, budget), 72.0 if policy.floor else np.inf)
        looked = known[chosen]
        tokens -= np.bincount(claims.host[chosen], minlength=len(budget))
        spent, pinned_looks = spent + len(chosen), pinned_looks + int(claims.pinned[chosen].sum())
        state.tried_h[looked] = hour
        if policy.failing:
            looked = looked[random.random(len(looked)) >= policy.failing]
        _look(state, tally, float(hour), looked)
        if policy.learns and hour % 24 == 0:
            state.hazards = tally.hazards()
    return _outcome(state, spent, pinned_looks)


def _start(world: World) -> State:
    size = len(world.first_h)
    zero = np.zeros(size)
    hazards = Hazards.unknown(len(world.rates))
    first = world.first_h
    never = np.full(size, np.inf)
    return State(world, first.copy(), first.copy(), zero.copy(), zero.copy(), zero.copy(), zero.copy(), never, hazards)


def _budgets(world: World, policy: Policy, looks_per_day: int) -> Floats:
    if not policy.quotas:
        return np.array([float(looks_per_day)])
    return looks_per_day * np.bincount(world.marketplace, minlength=len(world.rates)) / len(world.marketplace)


def _grow(state: State, hour: float, known: Ints) -> None:
    """An hour more of hazard for all that are not known to be gone."""
    state.hour = hour
    world = state.world
    cells = cells_at(hour - 1 - world.first_h[known], hour - 1 - world.notice_h[known])
    state.rate[known] = state.hazards.rates[world.marketplace[known], cells]
    state.since[known] += state.rate[known]


def _claims(state: State, policy: Policy, hour: float, known: Ints, hosts: int) -> tuple[Claims, Floats]:
    world = state.world
    host = world.marketplace[known] if policy.quotas else np.zeros(len(known), dtype=np.int64)
    unseen, untried = hour - state.last_h[known], hour - state.tried_h[known]
    priority = policy.order(state, known)
    pinned, ahead = np.zeros(len(known), dtype=bool), np.zeros(hosts)
    if policy.pins:
        young = np.flatnonzero(hour - world.first_h[known] <= LAST_PINNED_H)
        first, last = world.first_h[known[young]], state.last_h[known[young]]
        until = np.full(len(young), np.inf)
        for after in PIN_HOURS:
            due = first + after
            pinned[young] |= (due <= hour) & (hour <= due + 1) & (last < due)
            ahead += np.bincount(host[young[(hour < due) & (due <= hour + RESERVE_H)]], minlength=hosts)
            until = np.where(due > hour, np.minimum(until, due - hour), until)
        priority[young] = before_pin(priority[young], unseen[young], until)
    return Claims(host, pinned, unseen, untried, priority), ahead


def _look(state: State, tally: Tally, hour: float, looked: Ints) -> None:
    """What the looks show: still there, or gone since the last one; the tally learns from both."""
    world = state.world
    last = state.last_h[looked]
    gone = world.removed_h[looked] <= hour
    hours = hours_in_cells(world.first_h[looked], world.notice_h[looked], last, np.full(len(looked), hour))
    place = world.marketplace[looked]
    tally.add(place, hours, state.hazards.rates[place], gone, expected_frailty(state.survived[looked]))
    state.found_h[looked[gone]] = hour
    alive = looked[~gone]
    state.survived[alive] += state.since[alive]
    state.since[alive] = 0.0
    state.last_h[alive] = hour
    state.looks[alive] += 1


def _outcome(state: State, spent: int, pinned_looks: int) -> Outcome:
    """Removals not found by the end count with what is known of them: their interval is open until then."""
    world = state.world
    end = np.minimum(state.found_h, float(world.hours))
    removed = np.isfinite(world.removed_h) & (world.removed_h < world.hours)
    width, delay = end - state.last_h, end - world.removed_h
    undecided = {}
    for after in PIN_HOURS:
        due = world.first_h + after
        counted = due + 1 < world.hours
        left_open = counted & (state.last_h < due) & (state.found_h > due + 1)
        undecided[f"{after:g}h"] = float(left_open.sum() / max(1, counted.sum()))
    return Outcome(
        width_h=float(width[removed].mean()),
        delay_h=float(delay[removed].mean()),
        undecided=undecided,
        within_24h=float((width[removed] <= 24).mean()),
        looks=spent,
        pin_share=pinned_looks / max(1, spent),
    )


def by_rotation(state: State, known: Ints) -> Floats:
    """Uniform: whoever waited longest."""
    return state.hour - state.last_h[known]


def by_back_off(state: State, known: Ints) -> Floats:
    """Each look that finds the listing there makes the next gap half as long again, from 6 hours to a week."""
    gap = np.minimum(6.0 * 1.5 ** np.minimum(state.looks[known], 20), 168.0)
    return (state.hour - state.last_h[known]) / gap


def by_square_root(state: State, known: Ints) -> Floats:
    """Gaps in proportion to one over the root of the true rate: Keller's law, frailty left out."""
    world = state.world
    cells = cells_at(state.hour - world.first_h[known], state.hour - world.notice_h[known])
    return (state.hour - state.last_h[known]) * np.sqrt(world.rates[world.marketplace[known], cells])


def by_index(state: State, known: Ints) -> Floats:
    """Ours: the worth of a look with what was learned."""
    return worth(state.survived[known], state.since[known], state.rate[known]).priority


POLICIES = (
    Policy("uniform", by_rotation),
    Policy("back_off", by_back_off),
    Policy("square_root", by_square_root),
    Policy("index", by_index, learns=True),
    Policy("full", by_index, learns=True, pins=True, floor=True, quotas=True),
    Policy("full_failing", by_index, learns=True, pins=True, floor=True, quotas=True, failing=0.1),
)
"""What is compared; `full` is what ships, `full_failing` the same with every tenth look failing."""
