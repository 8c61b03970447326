"""K14 and the means of K12, computed again from an export: no line of ours is used."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from tests.unit.reports.recomputed import DAY, Row, bounds_interval
from tests.unit.reports.recomputed_listings import BLOCKS, Answer, Listings, Named, answer


def k14(listings: Listings) -> Iterator[Named]:
    names = {"takedown": "excess over background", "off_sale": "excess over background, blocked here"}
    for endpoint, name in names.items():
        pairs = list(_pairs(listings, endpoint))
        for days in (7, 30, 90):
            span = timedelta(days=days)
            if not listings.tables["background"] or listings.at - listings.start < span:
                continue
            kept = [pair for pair in pairs if all(listings.at - row["started_at"] >= span for row in pair)]
            sides = [[_by(row, DAY * days, endpoint) for row in pair] for pair in kept]
            low = [float(suspect[0] - other[1]) for suspect, other in sides]
            high = [float(suspect[1] - other[0]) for suspect, other in sides]
            ci = bounds_interval(low, high, [pair[0]["case"]["notice_id"] for pair in kept]) if kept else None
            of = len(kept)
            rest: Answer = {
                "count": sum(suspect[0] for suspect, _ in sides),
                "count_high": sum(suspect[1] for suspect, _ in sides),
                "denominator": of,
                "unknown": sum(one[0] != one[1] for pair in sides for one in pair),
                "unknown_of": 2 * of,
            }
            below, above = (sum(low) / of, sum(high) / of) if of else (None, None)
            clamped = (max(-1.0, ci[0]), min(1.0, ci[1])) if ci else None
            yield ("K14", f"{name} within {days} days", "all", endpoint), answer(below, above, clamped, **rest)


def _pairs(listings: Listings, endpoint: str) -> Iterator[tuple[Row, Row]]:
    cases = {case["listing_key"]: case for case in listings.cases}
    done: set[str] = set()
    found: dict[str, tuple[Row, Row]] = {}
    for row in listings.tables["background"]:
        key = row["stands_for"]
        if key in cases and key not in done:
            pair = [_since_seen(listings, one, endpoint) for one in (cases[key], row)]
            if pair[0] and pair[1]:
                done.add(key)
                found[key] = (pair[0], pair[1])
    yield from (found[key] for key in sorted(found))


def _since_seen(listings: Listings, case: Row, endpoint: str) -> Row | None:
    own = listings.episodes.get(case["listing_key"], [])
    if not own:
        return None
    start = own[0]["first_on_sale_at"]
    row = listings.removal({"listed_on": None, "absent_at": None, **case}, endpoint, start)
    return row | {"started_at": start} if row else None


def _by(row: Row, limit: float, endpoint: str) -> tuple[int, int]:
    right = row["right"]
    if right is not None and (endpoint == "takedown" or row["cause"] in BLOCKS):
        return (1, 1) if right <= limit else (0, int(row["left"] < limit))
    other = row["other"] if endpoint == "takedown" else right
    return (0, 0) if other is not None and other <= limit else (0, int(row["left"] < limit))


def means(found: Mapping[tuple[str, str, str, str], Answer], listings: Listings) -> Iterator[Named]:
    """Of K4 for the same model, and of every K1, K2, K5 and K9 that is given by platform."""
    own = [
        value for (figure, _, cell, _), value in found.items() if figure == "K4" and cell.startswith("identifier on ")
    ]
    pooled = found["K4", "still for sale", "identifier", "off_sale"]
    yield ("K12", "still for sale, unweighted mean of platforms", "identifier", "off_sale"), _mean(own, pooled)
    groups: dict[tuple[str, str, str, str], list[Answer]] = {}
    for (figure, name, cell, endpoint), value in found.items():
        head, mark, place = cell.rpartition(" on ")
        if figure in ("K1", "K2", "K5", "K9") and (cell in listings.places or (mark and place in listings.places)):
            groups.setdefault((figure, name, endpoint, head or "all"), []).append(value)
    for (figure, name, endpoint, cell), some in groups.items():
        whole = found.get((figure, name, cell, endpoint))
        if len(some) > 1 and whole and whole["low"] is not None and "median" not in name:
            key = ("K12", f"unweighted mean of platforms: {name}", cell, endpoint)
            yield key, _mean(some, found[figure, name, cell, endpoint])


def _mean(parts: list[Answer], pooled: Answer) -> Answer:
    whole = len(parts) > 1 and all(part["low"] is not None for part in parts)
    low, high = (sum(part[end] for part in parts) / len(parts) if whole else None for end in ("low", "high"))
    rest: dict[str, Any] = {"count": None, "count_high": None, "denominator": len(parts)}
    return answer(low, high, **rest, unknown=pooled["unknown"], unknown_of=pooled["unknown_of"])
