"""K5, computed again from an export: curves, causes, and the curve since the recall. No line of ours is used."""

import math
from collections.abc import Iterator

import numpy as np

from tests.unit.reports.recomputed import DAY, Interval, Row, bootstrap, by_cause, hours, turnbull
from tests.unit.reports.recomputed_listings import Answer, Listings, Named, answer


def k5(listings: Listings) -> Iterator[Named]:
    watched = hours(listings.at, listings.start) / DAY
    for endpoint in ("off_sale", "takedown"):
        rows = listings.all(endpoint, "A4")
        for cell in ["all", *(listings.places if len({r["case"]["marketplace"] for r in rows}) > 1 else [])]:
            some = [row for row in rows if cell in ("all", row["case"]["marketplace"])]
            if some:
                yield from _curve(some, endpoint, cell, watched)
    yield from _causes(listings.all("off_sale", "A4"), watched)
    for endpoint in ("off_sale", "takedown"):
        yield from _since_recall([row for row in listings.all(endpoint, "A0") if row["cohort"] != 3], endpoint)


def removals_seen(listings: Listings) -> Iterator[Named]:
    """The counts: of every case, whoever chose its recall."""
    for endpoint in ("off_sale", "takedown"):
        rows = listings.all(endpoint, "A4")
        count = sum(row["right"] is not None for row in rows)
        undecided = sum(row["right"] is None and row["undecided"] for row in rows)
        rest: Answer = {"count": count, "count_high": count + undecided, "denominator": len(rows)}
        rest |= {"unknown": undecided, "unknown_of": len(rows)}
        yield ("K5", "removals seen", "all", endpoint), answer(None, None, **rest)


def _curve(rows: list[Row], endpoint: str, cell: str, watched: float) -> Iterator[Named]:
    """One curve: shares by four horizons and the median, each with its band."""
    count = sum(row["right"] is not None for row in rows)
    undecided = sum(row["undecided"] for row in rows)
    rest: Answer = {"denominator": len(rows), "unknown": undecided, "unknown_of": len(rows), "count_high": None}
    if len(rows) < 10:
        yield ("K5", "time to removal", cell, endpoint), answer(None, None, count=count, **rest)
        return
    ends = [row["right"] if row["right"] is not None else row["other"] for row in rows]
    spans = [
        (row["left"], max(row["left"], math.inf if end is None else end)) for row, end in zip(rows, ends, strict=True)
    ]
    causes = [
        "" if end is None else "taken" if row["right"] is not None else "other"
        for row, end in zip(rows, ends, strict=True)
    ]

    def fitted(weights: np.ndarray) -> list[Interval]:
        if endpoint == "off_sale":
            fit = turnbull(spans, weights)
        else:
            found = by_cause(spans, causes, weights).get("taken")
            if found is None:
                return [(0.0, 0.0)] * 4 + [(math.inf, math.inf)]
            fit = found
        return [*(fit.by(DAY * days) for days in (2, 7, 30, 90)), fit.median()]

    found = fitted(np.ones(len(rows)))
    bands = bootstrap([row["case"]["notice_id"] for row in rows], 200, fitted)
    for index, days in enumerate((2, 7, 30, 90)):
        if days <= watched:
            limit = DAY * days
            gone = sum(row["right"] is not None and row["right"] <= limit for row in rows)
            maybe = sum(
                row["left"] < limit
                and not (row["right"] is not None and row["right"] <= limit)
                and not (row["other"] is not None and row["other"] <= limit)
                for row in rows
            )
            yield (
                ("K5", f"gone within {days} days", cell, endpoint),
                answer(
                    *found[index], bands[index] if bands else None, **rest | {"count": gone, "count_high": gone + maybe}
                ),
            )
    low, high = (_finite(one) for one in found[4])
    band = [_finite(one) for one in bands[4]] if bands and low is not None else [None, None]
    key = ("K5", "median time to removal", cell, endpoint)
    yield key, answer(low, high, count=count, **rest) | {"ci_low": band[0], "ci_high": band[1]}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _causes(rows: list[Row], watched: float) -> Iterator[Named]:
    days = max((days for days in (2, 7, 30, 90) if days <= watched), default=0)
    if len(rows) < 10 or not days:
        return
    spans = [(row["left"], max(row["left"], math.inf if row["right"] is None else row["right"])) for row in rows]
    causes = [row["cause"] if row["right"] is not None else "" for row in rows]
    undecided = sum(row["undecided"] and row["right"] is None for row in rows)
    for cause, fit in by_cause(spans, causes, np.ones(len(rows))).items():
        gone = sum(row["cause"] == cause and row["right"] is not None and row["right"] <= DAY * days for row in rows)
        rest: Answer = {
            "count": gone,
            "count_high": None,
            "denominator": len(rows),
            "unknown": undecided,
            "unknown_of": len(rows),
        }
        yield ("K5", f"off sale by cause within {days} days", cause, "off_sale"), answer(*fit.by(DAY * days), **rest)


def _since_recall(rows: list[Row], endpoint: str) -> Iterator[Named]:
    if len(rows) < 10:
        return
    spans = [(row["left"], max(row["left"], math.inf if row["right"] is None else row["right"])) for row in rows]
    entries = [min(row["entry"], row["left"]) for row in rows]
    undecided = sum(row["undecided"] and row["right"] is None for row in rows)

    def fitted(weights: np.ndarray) -> list[Interval]:
        fit = turnbull(spans, weights, entries)
        return [fit.by(DAY * days) for days in (2, 7, 30, 90)]

    found = fitted(np.ones(len(rows)))
    for index, days in enumerate((2, 7, 30, 90)):
        at_risk = sum(entry <= DAY * days and span[1] > 0 for entry, span in zip(entries, spans, strict=True))
        gone = sum(row["right"] is not None and row["right"] <= DAY * days for row in rows)
        if at_risk >= 10:
            rest: Answer = {
                "count": gone,
                "count_high": None,
                "denominator": at_risk,
                "unknown": undecided,
                "unknown_of": len(rows),
            }
            yield (
                ("K5", f"gone within {days} days of the public recall", "all", endpoint),
                answer(*found[index], **rest),
            )
