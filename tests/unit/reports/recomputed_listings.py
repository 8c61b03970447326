"""Figures about listings (K1 to K3, K5 to K9, K14), computed again from an export: no line of ours is used."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tests.unit.reports.recomputed import (
    DAY,
    Interval,
    Row,
    bounds_interval,
    hours,
)

Tables = dict[str, list[Row]]
Answer = dict[str, Any]
BLOCKS = ("geo_blocked", "not_shipped")
PLEDGES = {
    "eu-product-safety-pledge": True,
    "au-product-safety-pledge": False,
    "ca-product-safety-pledge": False,
    "jp-product-safety-pledge": False,
    "cn-samr-recall": False,
}


class Listings:
    """The listings of an export and their removals on any clock."""

    def __init__(self, tables: Tables, *, drawn_only: bool = False) -> None:
        self.tables = tables
        self.drawn_only = drawn_only and any(row["sampled"] for row in tables["recalls"])
        self.at: datetime = tables["study"][0]["at"]
        self.start: datetime = tables["study"][0]["period_from"]
        self.cases = sorted(
            (row for row in tables["cases"] if row["counted"] and self.counts(row)), key=lambda row: row["listing_key"]
        )
        self.episodes: dict[str, list[Row]] = {}
        for row in sorted(tables["episodes"], key=lambda row: row["ordinal"]):
            self.episodes.setdefault(row["listing_key"], []).append(row)
        self.places = sorted({row["marketplace"] for row in tables["cases"]})

    def counts(self, case: Row) -> bool:
        """Rates are about recalls drawn at random, where there are any."""
        return not self.drawn_only or bool(case["recall_sampled"])

    def removal(self, case: Row, endpoint: str, start: datetime) -> Row | None:
        """Hours after `start` in (left, right], and what is known of the beginning."""
        running = [one for one in self.episodes.get(case["listing_key"], []) if not _over(one, start)]
        if not running:
            return None
        spell = [one for one in running if one["spell"] == running[0]["spell"]]
        first, last = spell[0], spell[-1]
        ended, at = (last["ended"], last["first_off_at"])
        left_at = first["last_on_sale_at"]
        if endpoint == "takedown":
            ended, at = last["taken_down"], last["first_down_at"]
            if len(spell) == 1 and first["last_up_at"]:
                left_at = max(left_at, first["last_up_at"])
        left = max(0.0, hours(left_at, start))
        return {
            "case": case,
            "first": first,
            "left": left,
            "right": hours(at, start) if ended else None,
            "other": hours(last["first_off_at"], start) if not ended and last["ended"] else None,
            "cause": last["takedown_cause"] or last["cause"]
            if endpoint == "takedown" and ended
            else last["cause"]
            if last["ended"]
            else "",
            "entry": max(0.0, hours(first["first_on_sale_at"], start)),
            "undecided": len(spell) > 1 or (not last["ended"] and last["first_off_at"] is not None),
            "cohort": _cohort(first, start, case),
        }

    def all(self, endpoint: str, clock: str) -> list[Row]:
        rows = []
        for case in self.cases:
            own = self.episodes.get(case["listing_key"], [])
            start = case["recall_started_at"] if clock == "A0" else own[0]["first_on_sale_at"] if own else None
            row = self.removal(case, endpoint, start) if start else None
            if row:
                rows.append(row | {"started_at": start})
        return rows


def _over(one: Row, at: datetime) -> bool:
    end = one["first_off_at"] if one["ended"] else one["returned_at"]
    return end is not None and bool(end <= at)


def _cohort(first: Row, start: datetime, case: Row) -> int:
    if first["first_on_sale_at"] <= start:
        near = first["last_on_sale_at"] >= start - timedelta(hours=72)
        return 1 if near and not (first["first_off_at"] and first["first_off_at"] <= start) else 2
    if case["listed_on"] and case["listed_on"] < start.date():
        return 1
    if case["listed_on"] and case["listed_on"] > start.date() + timedelta(days=1):
        return 3
    return 3 if case["absent_at"] and case["absent_at"] >= start else 2


def answer(low: float | None, high: float | None, ci: Interval | None = None, **rest: Any) -> Answer:
    return {"low": low, "high": high, "ci_low": ci[0] if ci else None, "ci_high": ci[1] if ci else None, **rest}


def by_deadline(rows: Sequence[tuple[Row, float]], at: datetime) -> Answer:
    """Bounds of the share gone by each one's own hour; only cohort 1, only deadlines that have come."""
    kept = [
        (row, due)
        for row, due in rows
        if row["cohort"] == 1
        and row["started_at"] + timedelta(hours=due) <= at
        and not (row["other"] is not None and row["other"] <= due)
        and row["entry"] <= due
    ]
    met = [float(row["right"] is not None and row["right"] <= due) for row, due in kept]
    maybe = [max(one, float(row["left"] < due)) for one, (row, due) in zip(met, kept, strict=True)]
    ci = bounds_interval(met, maybe, [row["case"]["notice_id"] for row, _ in kept]) if kept else None
    of, open_ones = len(kept), int(sum(maybe) - sum(met))
    return answer(
        sum(met) / of if of else None,
        sum(maybe) / of if of else None,
        (max(0.0, ci[0]), min(1.0, ci[1])) if ci else None,
        count=int(sum(met)),
        count_high=int(sum(maybe)),
        denominator=of,
        unknown=len(rows) - of + open_ones,
        unknown_of=len(rows),
        ids=[row["case"]["case_id"] for (row, _), one in zip(kept, met, strict=True) if one],
    )


def timed(listings: Listings, dues: Sequence[Row], endpoint: str) -> list[tuple[Row, float]]:
    first: dict[str, Row] = {}
    for one in sorted(dues, key=lambda row: (row["due_at"], row["started_at"], row["act"])):
        first.setdefault(one["listing_key"], one)
    rows = []
    for case in listings.cases:
        due = first.get(case["listing_key"])
        found = listings.removal(case, endpoint, due["started_at"]) if due else None
        if due and found:
            rows.append((found | {"started_at": due["started_at"]}, hours(due["due_at"], due["started_at"])))
    return rows


Named = tuple[tuple[str, str, str, str], Answer]


def k1(listings: Listings) -> Iterator[Named]:
    dues = listings.tables["deadlines"]
    for commitment in sorted({row["commitment"] for row in dues if row["basis"] == "notice"}):
        own = [row for row in dues if row["commitment"] == commitment and row["basis"] == "notice"]
        for endpoint in ("off_sale", "takedown"):
            rows = timed(listings, own, endpoint)
            yield from _platforms("K1", "on time after notice", commitment, endpoint, rows, listings.at)


def _platforms(
    figure: str, name: str, cell: str, endpoint: str, rows: list[tuple[Row, float]], at: datetime
) -> Iterator[Named]:
    pooled = by_deadline(rows, at)
    yield (figure, name, cell, endpoint), pooled
    places = sorted({row["case"]["marketplace"] for row, _ in rows})
    for place in places if len(places) > 1 and pooled["denominator"] else []:
        some = [pair for pair in rows if pair[0]["case"]["marketplace"] == place]
        yield (figure, name, place if cell == "all" else f"{cell} on {place}", endpoint), by_deadline(some, at)


def pledges(listings: Listings) -> Iterator[Named]:
    for name, unweighted in PLEDGES.items():
        dues = [row for row in listings.tables["deadlines"] if row["commitment"] == name]
        told = [row for row in dues if row["basis"] != "public_recall"]
        rows = [
            (row, due)
            for row, due in timed(listings, told or dues, "takedown")
            if row["started_at"] + timedelta(hours=due) <= listings.at
        ]
        gone = [(row["case"]["marketplace"], row["right"] <= due) for row, due in rows if row["right"] is not None]
        places = sorted({place for place, _ in gone}) if unweighted else [""]
        shares = [[hit for place, hit in gone if one in ("", place)] for one in places]
        share = sum(sum(some) / len(some) for some in shares) / len(shares) if gone else None
        count = sum(hit for _, hit in gone)
        rest: Answer = {"count": count, "count_high": count, "denominator": len(gone)}
        yield (
            ("K1", "the pledge's way", name, "takedown"),
            answer(share, share, unknown=0, unknown_of=0, **rest),
        )
    gone_keys = {row["case"]["listing_key"] for row in listings.all("off_sale", "A4") if row["right"] is not None}
    back = len(
        {
            (row["back_listing_key"], row["back_by_at"])
            for row in listings.tables["returns"]
            if row["listing_key"] in gone_keys and row["confirmed_by_person"] and row["back_by_at"]
        }
    )
    yield ("K1", "the pledge's way", "kr-kftc-2024", "off_sale"), ratio(back, len(gone_keys) + back)


def ratio(count: int, of: int, **rest: Any) -> Answer:
    share = count / of if of else None
    return answer(
        share, share, **({"count": count, "count_high": count, "denominator": of, "unknown": 0, "unknown_of": 0} | rest)
    )


def k2(listings: Listings) -> Iterator[Named]:
    for endpoint in ("off_sale", "takedown"):
        rows = listings.all(endpoint, "A0")
        for days in (2, 7, 30):
            name = f"off sale within {days} days of the public recall"
            yield from _platforms("K2", name, "all", endpoint, [(row, DAY * days) for row in rows], listings.at)
    rows = listings.all("off_sale", "A0")
    later, unknown = (sum(row["cohort"] == cohort for row in rows) for cohort in (3, 2))
    yield (
        ("K2", "listed after the recall", "all", "off_sale"),
        answer(
            None,
            None,
            count=later,
            count_high=later + unknown,
            denominator=len(rows),
            unknown=unknown,
            unknown_of=len(rows),
        ),
    )


def k3(listings: Listings) -> Iterator[Named]:
    first: dict[str, datetime] = {}
    for row in listings.tables["notices_to_platforms"]:
        if row["at"]:
            first[row["listing_key"]] = min(row["at"], first.get(row["listing_key"], row["at"]))
    clear: dict[str, list[datetime]] = {}
    for look in listings.tables["looks"]:
        if look["standing"] != "unknown":
            clear.setdefault(look["listing_key"], []).append(look["looked_at"])
    for limit in (6, 24, 48):
        for endpoint in ("off_sale", "takedown"):
            rows = []
            for case in listings.cases:
                start = first.get(case["listing_key"])
                found = listings.removal(case, endpoint, start) if start else None
                if found and start:
                    rows.append(found | {"started_at": start})
            near = [
                (row, float(limit))
                for row in rows
                if _close(clear.get(row["case"]["listing_key"], []), row["started_at"], limit)
            ]
            bounds = by_deadline(near, listings.at)
            bounds["unknown"] += len(rows) - len(near)
            if first:
                yield ("K3", f"within {limit} hours of the notice", "all", endpoint), bounds | {"unknown_of": len(rows)}


def _close(looks: Sequence[datetime], start: datetime, limit: int) -> bool:
    end = start + timedelta(hours=limit)
    before, after = [at for at in looks if at <= start], [at for at in looks if at >= end]
    if not before or not after:
        return False
    stops = [max(before), *sorted(at for at in looks if start < at < end), min(after)]
    return max(hours(b, a) for a, b in pairwise(stops)) <= limit
