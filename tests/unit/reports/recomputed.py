"""Reads an export and estimates from it, with numpy alone and without a line of ours: what a stranger would write."""

import csv
import json
import math
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

Row = dict[str, Any]
Interval = tuple[float, float]
SEED = 20150113
DAY = 24.0


def read(folder: Path) -> dict[str, list[Row]]:
    """Every CSV of the export, its cells by the type that the codebook gives."""
    types: dict[str, dict[str, str]] = {}
    with (folder / "codebook.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            types.setdefault(line["table"], {})[line["column"]] = line["type"]
    found = {}
    for name, columns in types.items():
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found[name] = [
                {column: _value(cell, columns[column]) for column, cell in line.items()}
                for line in csv.DictReader(file)
            ]
    return found


def _value(cell: str, kind: str) -> Any:
    if kind == "text":
        return cell
    if not cell:
        return None
    readers: dict[str, Callable[[str], Any]] = {
        "instant": lambda text: datetime.fromisoformat(text).astimezone(UTC),
        "day": date.fromisoformat,
        "integer": int,
        "number": float,
        "boolean": lambda text: {"true": True, "false": False}[text],
        "json": json.loads,
    }
    return readers[kind](cell)


def hours(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds() / 3600


def wilson(count: int, of: int) -> Interval:
    z, share = 1.959963984540054, count / of
    centre, half = share + z * z / (2 * of), z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, (centre - half) / (1 + z * z / of)), min(1.0, (centre + half) / (1 + z * z / of))


def bounds_interval(low: Sequence[float], high: Sequence[float], cluster: Sequence[str]) -> Interval | None:
    """Imbens-Manski with standard errors between clusters; c by bisection."""
    groups = sorted(set(cluster))
    if len(groups) < 2:
        return None
    errors = []
    for values in (low, high):
        mean = sum(values) / len(values)
        sums = [sum(v - mean for v, c in zip(values, cluster, strict=True) if c == group) for group in groups]
        errors.append(math.sqrt(len(groups) / (len(groups) - 1) * sum(s * s for s in sums)) / len(values))
    below, above = sum(low) / len(low), sum(high) / len(high)
    worst = max(errors)
    width = above - below

    def covers(c: float) -> float:
        ratio = width / worst if worst > 0 else (math.inf if width > 0 else 0.0)
        return _phi(c + ratio) - _phi(-c) - 0.95

    small, large = 0.0, 10.0
    for _ in range(200):
        middle = (small + large) / 2
        small, large = (middle, large) if covers(middle) < 0 else (small, middle)
    return below - small * errors[0], above + small * errors[1]


def _phi(x: float) -> float:
    return 0.5 * (1 + math.erf(x / math.sqrt(2))) if math.isfinite(x) else float(x > 0)


Key = tuple[float, int]


def keys_of(left: float, right: float) -> tuple[Key, Key]:
    """(L, R] begins just after L; an exact time is L itself."""
    return ((left, 0) if left == right else (left, 1)), (right, 0)


def innermost(rows: Sequence[Interval], entries: Sequence[float] = ()) -> list[tuple[Key, Key]]:
    keys = [keys_of(*row) for row in rows]
    lefts, rights = {key[0] for key in keys}, {key[1] for key in keys} | {(one, 0) for one in entries if one > 0}
    found = []
    for right in sorted(rights):
        before = [key for key in lefts if key <= right]
        if before and not any(max(before) <= other < right for other in rights):
            found.append((max(before), right))
    return found


class Fit:
    """Masses on intervals: P(T <= t) lies between `sure` and `maybe`."""

    def __init__(self, support: Sequence[tuple[Key, Key]], mass: np.ndarray) -> None:
        self.support, self.mass = support, mass

    def by(self, time: float) -> Interval:
        sure = sum(m for (_, right), m in zip(self.support, self.mass, strict=True) if right[0] <= time)
        maybe = sum(
            m for (left, right), m in zip(self.support, self.mass, strict=True) if left <= (time, 0) or right[0] <= time
        )
        return min(1.0, float(sure)), min(1.0, float(maybe))

    def median(self) -> Interval:
        total = 0.0
        for (left, right), mass in zip(self.support, self.mass, strict=True):
            total += mass
            if total >= 0.5 - 1e-9:
                return left[0], right[0]
        return math.inf, math.inf


def turnbull(rows: Sequence[Interval], weights: np.ndarray, entries: Sequence[float] = (), steps: int = 20_000) -> Fit:
    """The NPMLE by self-consistency; with entries, what an observation could not have shown is added back (ghosts)."""
    kept = [i for i, weight in enumerate(weights) if weight > 0]
    rows, count = [rows[i] for i in kept], weights[kept]
    entries = [entries[i] for i in kept] if entries else []
    support = innermost(rows, entries)
    covers = np.array(
        [[keys_of(*row)[0] <= left and right <= keys_of(*row)[1] for left, right in support] for row in rows], float
    )
    after = (
        np.array([[entry <= 0 or right > (entry, 0) for _, right in support] for entry in entries], float)
        if entries
        else None
    )
    mass = np.full(len(support), 1 / len(support))
    for _ in range(steps):
        fresh = mass * (covers.T @ (count / (covers @ mass)))
        if after is not None:
            fresh = fresh + mass * ((1 - after).T @ (count / (after @ mass)))
        fresh = fresh / fresh.sum()
        done = float(np.abs(fresh - mass).max()) < 1e-9
        mass = fresh
        if done:
            break
    return Fit(support, mass)


def by_cause(rows: Sequence[Interval], causes: Sequence[str], weights: np.ndarray) -> dict[str, Fit]:
    """Masses of every cause and of "beyond" together; a row that ended is covered by its own cause alone."""
    kept = [i for i, weight in enumerate(weights) if weight > 0]
    rows, causes, count = [rows[i] for i in kept], [causes[i] for i in kept], weights[kept]
    names = sorted({cause for cause in causes if cause})
    censored = [row for row, cause in zip(rows, causes, strict=True) if not cause]
    columns: list[tuple[str, tuple[Key, Key]]] = []
    for name in names:
        own = [row for row, cause in zip(rows, causes, strict=True) if cause == name]
        columns += [(name, one) for one in innermost([*own, *censored]) if math.isfinite(one[1][0])]
    covers = np.zeros((len(rows), len(columns) + 1))
    for i, (row, cause) in enumerate(zip(rows, causes, strict=True)):
        left, right = keys_of(*row)
        for j, (name, (begin, end)) in enumerate(columns):
            covers[i, j] = left <= begin and (not cause or (name == cause and end <= right))
        covers[i, -1] = not cause
    mass = np.full(len(columns) + 1, 1 / (len(columns) + 1))
    for _ in range(20_000):
        fresh = mass * (covers.T @ (count / (covers @ mass))) / count.sum()
        done = float(np.abs(fresh - mass).max()) < 1e-9
        mass = fresh
        if done:
            break
    return {
        name: Fit(
            [one for cause, one in columns if cause == name],
            np.array([m for (cause, _), m in zip(columns, mass[:-1], strict=True) if cause == name]),
        )
        for name in names
    }


def bootstrap(
    cluster: Sequence[str], draws: int, answer: Callable[[np.ndarray], list[Interval]]
) -> list[Interval] | None:
    """For each answer its 95 % interval over samples of whole clusters; None with fewer than five."""
    names, of = np.unique(np.array(cluster), return_inverse=True)
    if names.size < 5:
        return None
    generator = np.random.default_rng(SEED)
    drawn = []
    for _ in range(draws):
        count = np.bincount(generator.integers(0, names.size, names.size), minlength=names.size)
        drawn.append(answer(count[of].astype(float)))
    found = []
    for index in range(len(drawn[0])):
        lows, highs = [one[index][0] for one in drawn], [one[index][1] for one in drawn]
        found.append(
            (float(np.percentile(lows, 2.5, method="lower")), float(np.percentile(highs, 97.5, method="higher")))
        )
    return found
