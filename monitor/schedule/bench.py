"""`stillforsale bench schedule`: what the same number of looks tells under each policy, on an invented market."""

from typing import Any

from monitor.schedule.simulate import POLICIES, Outcome, simulate
from monitor.schedule.world import World, attainable_width, make_world


def bench_schedule(seed: int, looks_per_day: int, listings: int, hours: int) -> dict[str, Any]:
    """One market, every policy: mean width and delay in hours, undecided deadlines, width over the attainable one."""
    world = make_world(seed, listings, hours)
    return {"seed": seed, "listings": listings, "hours": hours, **compare(world, looks_per_day, seed)}


def compare(world: World, looks_per_day: int, seed: int) -> dict[str, Any]:
    """Every policy on `world`; `attainable_width_h` is the optimum for learned rates (monitor.schedule.world)."""
    best = attainable_width(world, looks_per_day)
    outcomes = {policy.name: simulate(world, policy, looks_per_day, seed) for policy in POLICIES}
    uniform = outcomes["uniform"].width_h
    return {
        "looks_per_day": looks_per_day,
        "attainable_width_h": round(best, 3),
        "policies": {name: _row(outcome, best, uniform) for name, outcome in outcomes.items()},
    }


def _row(outcome: Outcome, best: float, uniform: float) -> dict[str, Any]:
    return {
        "width_h": round(outcome.width_h, 3),
        "delay_h": round(outcome.delay_h, 3),
        "to_attainable": round(outcome.width_h / best, 4),
        "narrower_than_uniform": round(uniform / outcome.width_h, 4),
        "undecided": {name: round(share, 5) for name, share in outcome.undecided.items()},
        "within_24h": round(outcome.within_24h, 4),
        "pin_share": round(outcome.pin_share, 4),
        "looks": outcome.looks,
    }
