"""The other figures (K4, K6 to K14), computed again from an export: no line of ours is used."""

import math
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

import numpy as np

from tests.unit.reports.recomputed import DAY, Interval, Row, bootstrap, bounds_interval, hours, turnbull, wilson
from tests.unit.reports.recomputed_listings import BLOCKS, Answer, Listings, Named, answer, ratio

AGES = (
    ("under 30 days old", 30),
    ("30 days to 1 year old", 365),
    ("1 to 5 years old", 1826),
    ("over 5 years old", None),
)
SEARCHED = ("searched", "no_results")
TAKEDOWNS = ("removed", "removed_policy", "variant_gone")


def k4(listings: Listings) -> Iterator[Named]:
    tables = listings.tables
    drawn = [row for row in tables["recalls"] if row["sampled"]] or tables["recalls"]
    cells = [("identifier", {"identifier"}, "retail"), ("line", {"line"}, "retail")]
    if any(row["tier"] == "regulated_kind" for row in tables["cases"]):
        cells.append(("regulated_kind", {"regulated_kind"}, "retail"))
    cells.append(("wholesale", {"identifier", "line", "regulated_kind"}, "wholesale"))
    for name, tiers, sold in cells:
        yield ("K4", "still for sale", name, "off_sale"), _on_sale(listings, drawn, tiers, sold, "")
    for name, limit in AGES:
        some = [row for row in drawn if _age(listings, row) == name]
        if some:
            key = ("K4", "still for sale", f"identifier, recalls {name}", "off_sale")
            yield key, _on_sale(listings, some, {"identifier"}, "retail", "")
        del limit
    for place in sorted({row["marketplace"] for row in tables["searches"]}):
        found = _on_sale(listings, drawn, {"identifier"}, "retail", place)
        yield ("K4", "still for sale", f"identifier on {place}", "off_sale"), found
        yield ("K12", "still for sale, per platform", f"identifier on {place}", "off_sale"), found
    yield (
        ("K12", "still for sale, pooled", "identifier", "off_sale"),
        _on_sale(listings, drawn, {"identifier"}, "retail", ""),
    )


def _age(listings: Listings, recall: Row) -> str:
    if recall["published_on"] is None:
        return ""
    days = (listings.at.date() - recall["published_on"]).days
    return next(name for name, limit in AGES if limit is None or days < limit)


def _on_sale(listings: Listings, recalls: Sequence[Row], tiers: set[str], sold: str, place: str) -> Answer:
    watched = {row["notice_id"] for row in recalls}
    searched = watched & {
        row["notice_id"]
        for row in listings.tables["searches"]
        if row["state"] in SEARCHED and place in ("", row["marketplace"])
    }
    sure: set[str] = set()
    maybe: set[str] = set()
    for row in listings.tables["cases"]:
        if row["notice_id"] in searched and row["tier"] in tiers and place in ("", row["marketplace"]):
            state = _now(listings, row)
            (sure if state == sold else maybe if state == "undecided" else set()).add(row["notice_id"])
    low, high, of = len(sure), len(sure | maybe), len(searched)
    rest: Answer = {"count": low, "count_high": high, "denominator": of}
    rest |= {"unknown": len(watched - searched) + high - low, "unknown_of": len(watched)}
    if not of:
        return answer(None, None, **rest)
    return answer(low / of, high / of, (wilson(low, of)[0], wilson(high, of)[1]), **rest)


def _now(listings: Listings, case: Row) -> str:
    state, at = case["last_seen_state"], case["last_seen_at"]
    on_sale = state in ("available", "available_b2b")
    if at is None or state == "shipping_unknown" or (on_sale and listings.at - at > timedelta(days=7)):
        return "undecided"
    if on_sale:
        return "wholesale" if state == "available_b2b" else "retail"
    own = listings.episodes.get(case["listing_key"], [])
    return "off" if (own and own[-1]["ended"]) or state not in TAKEDOWNS else "undecided"


def k6(listings: Listings) -> Iterator[Named]:
    least = most = 0.0
    cases = [case for case in listings.cases if listings.episodes.get(case["listing_key"])]
    for case in cases:
        for one in listings.episodes[case["listing_key"]]:
            least += hours(one["last_on_sale_at"], one["first_on_sale_at"]) / DAY
            end = one["first_off_at"] if one["ended"] else one["returned_at"] or listings.at
            most += hours(end, one["first_on_sale_at"]) / DAY
    rest: Answer = {"count": None, "count_high": None, "denominator": len(cases), "unknown": 0, "unknown_of": 0}
    yield ("K6", "exposure", "all", "off_sale"), answer(least, most, **rest)


def k7(listings: Listings) -> Iterator[Named]:
    for how in ("same_id", "same_seller", "other_seller"):
        gaps = list(_gaps(listings, how))
        if how != "same_id" and not any(math.isfinite(right) for _, _, right in gaps):
            continue
        for days in (30, 90):
            limit = DAY * days
            count = sum(right <= limit for _, _, right in gaps)
            open_ones = sum(left < limit < right for _, left, right in gaps)
            rest: Answer = {"count": count, "count_high": count + open_ones, "denominator": len(gaps)}
            found = answer(None, None, **rest, unknown=open_ones, unknown_of=len(gaps))
            if any(left >= limit for _, left, _ in gaps):
                spans = [(left, right) for _, left, right in gaps]
                low, high = turnbull(spans, np.ones(len(spans))).by(limit)
                bands = None
                if len(gaps) >= 10:
                    clusters = [case["notice_id"] for case, _, _ in gaps]
                    bands = bootstrap(clusters, 200, partial(_one_share, spans, limit))
                found = answer(low, high, bands[0] if bands else None, **rest, unknown=open_ones, unknown_of=len(gaps))
            yield ("K7", f"back within {days} days", how.replace("_", " "), "off_sale"), found
    first = {case["listing_key"] for case in listings.cases if listings.episodes.get(case["listing_key"])}
    back = returned(listings, first)
    yield ("K7", "returns over first listings and returns", "all", "off_sale"), ratio(back, len(first) + back)


def _one_share(spans: Sequence[Interval], limit: float, weights: np.ndarray) -> list[Interval]:
    return [turnbull(spans, weights).by(limit)]


def _gaps(listings: Listings, how: str) -> Iterator[tuple[Row, float, float]]:
    cases = {(case["listing_key"], case["notice_id"]): case for case in listings.cases}
    for row in listings.tables["returns"]:
        case = cases.get((row["listing_key"], row["recall_id"]))
        if case is None or row["how"] != how:
            continue
        came, known = row["back_by_at"], row["back_after_at"] if row["back_by_at"] else row["watched_until_at"]
        left = max(0.0, hours(known or row["ended_by_at"], row["ended_by_at"]))
        sure = came is not None and row["confirmed_by_person"]
        yield case, left, max(left, hours(came, row["ended_after_at"])) if sure else math.inf


def returned(listings: Listings, keys: Collection[str]) -> int:
    """How many confirmed returns followed these listings."""
    rows = [row for row in listings.tables["returns"] if row["listing_key"] in keys and row["confirmed_by_person"]]
    return len({(row["back_listing_key"], row["back_by_at"]) for row in rows if row["back_by_at"]})


def k8(listings: Listings) -> Iterator[Named]:
    cases = [case for case in listings.tables["cases"] if listings.counts(case)]
    recalls: dict[tuple[str, str], set[str]] = {}
    ends: dict[tuple[str, str], datetime] = {}
    starts: dict[tuple[str, str], datetime] = {}
    for case in cases:
        seller = (case["marketplace"], case["seller"])
        if case["seller"]:
            recalls.setdefault(seller, set()).add(case["notice_id"])
            for one in listings.episodes.get(case["listing_key"], []):
                starts[seller] = max(starts.get(seller, one["first_on_sale_at"]), one["first_on_sale_at"])
                if one["ended"]:
                    ends[seller] = min(ends.get(seller, one["first_off_at"]), one["first_off_at"])
    unnamed = {"unknown": sum(not case["seller"] for case in cases), "unknown_of": len(cases)}
    many = sum(len(notices) > 1 for notices in recalls.values())
    yield ("K8", "repeat sellers", "all", ""), ratio(many, len(recalls), **unnamed)
    again = sum(starts[seller] > at for seller, at in ends.items())
    yield ("K8", "sellers on offer again after an end", "all", ""), ratio(again, len(ends), **unnamed)


def k9(listings: Listings) -> Iterator[Named]:
    cases = [case for case in listings.cases if listings.episodes.get(case["listing_key"])]
    own = {case["listing_key"]: listings.episodes[case["listing_key"]] for case in cases}
    blocked = sum(any(one["ended"] and one["cause"] in BLOCKS for one in spells) for spells in own.values())
    yield ("K9", "blocked for buyers here, by the page's own words", "all", "off_sale"), ratio(blocked, len(cases))
    if not listings.tables["study"][0]["other_vantage"]:
        return
    seen = {row["listing_key"]: row for row in listings.tables["elsewhere"]}
    pairs = [(case, seen[case["listing_key"]]) for case in cases if case["listing_key"] in seen]
    name = "US-block rate" if listings.tables["study"][0]["country"] == "US" else "block rate"
    places = sorted({case["marketplace"] for case, _ in pairs})
    for place in ["all", *(places if len(places) > 1 else [])]:
        some = [pair for pair in pairs if place in ("all", pair[0]["marketplace"])]
        yield ("K9", name, place, "off_sale"), _blocks(listings, some)


def _blocks(listings: Listings, pairs: Sequence[tuple[Row, Row]]) -> Answer:
    low, high, clusters, unseen = [], [], [], 0
    for case, row in pairs:
        gone, there = row["verdict"] == "blocked_here", row["verdict"] == "on_sale"
        unseen += row["verdict"] == "unknown" or (there and row["live_there"] is None)
        if gone or (there and row["live_there"]):
            ended = listings.episodes[case["listing_key"]][-1]["ended"]
            low.append(float(gone and ended))
            high.append(float(gone))
            clusters.append(case["notice_id"])
    of, count, most = len(low), int(sum(low)), int(sum(high))
    ci = bounds_interval(low, high, clusters) if of else None
    rest: Answer = {
        "count": count,
        "count_high": most,
        "denominator": of,
        "unknown": unseen + most - count,
        "unknown_of": of + unseen,
    }
    return answer(
        count / of if of else None,
        most / of if of else None,
        (max(0.0, ci[0]), min(1.0, ci[1])) if ci else None,
        **rest,
    )
