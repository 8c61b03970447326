"""K10, K11 and K13, computed again from an export: no line of ours is used."""

from collections.abc import Iterator, Sequence
from statistics import median

from tests.unit.reports.recomputed import Row, hours, wilson
from tests.unit.reports.recomputed_listings import Answer, Named, Tables, answer, ratio
from tests.unit.reports.recomputed_others import SEARCHED


def k10_k11(tables: Tables) -> Iterator[Named]:
    newest = {
        (row["commitment"], row["obligation"]): row["state"]
        for row in sorted(tables["page_checks"], key=lambda r: r["checked_at"])
    }
    states = {(row["commitment"], row["obligation"]): "" for row in tables["promised_pages"]}
    states |= {key: newest[key] for key in states if key in newest}
    for (commitment, page), state in states.items():
        hit, open_one = int(state == "reached"), int(state not in ("reached", "not_found"))
        rest: Answer = {
            "count": hit,
            "count_high": hit or open_one,
            "denominator": 1,
            "unknown": open_one,
            "unknown_of": 1,
        }
        yield ("K10", "promised safety page", f"{commitment}/{page}", ""), answer(None, None, **rest)
    if tables["page_checks"]:
        reached = sum(state == "reached" for state in states.values())
        unknown = sum(state not in ("reached", "not_found") for state in states.values())
        rest = {
            "count": reached,
            "count_high": reached + unknown,
            "denominator": len(states),
            "unknown": unknown,
        }
        yield ("K10", "promised safety pages", "all", ""), answer(None, None, **rest, unknown_of=len(states))
    rows = tables["acknowledged"]
    places = sorted({row["platform"] for row in rows})
    for place in ["all", *(places if len(places) > 1 else [])] if rows else []:
        first: dict[tuple[str, str], int] = {}
        for row in rows:
            if place in ("all", row["platform"]):
                days, key = (row["acknowledged_on"] - row["recalled_on"]).days, (row["platform"], row["notice_id"])
                first[key] = min(days, first.get(key, days))
        middle, of = median(first.values()), len(first)
        rest = {"count": of, "count_high": of, "denominator": of, "unknown": 0, "unknown_of": 0}
        yield ("K11", "acknowledgement lag", place, ""), answer(middle - 1, middle + 1, **rest)


def k13(tables: Tables) -> Iterator[Named]:
    planned = sum(row["slots_planned"] for row in tables["runs"])
    made = sum(min(row["slots_answered"], row["slots_planned"]) for row in tables["runs"])
    yield (
        ("K13", "looks made over looks planned", "all", ""),
        ratio(made, planned, unknown=planned - made, unknown_of=planned),
    )
    looks = [row for row in tables["look_counts"] if row["purpose"] in ("look", "background")]
    for place in ["all", *sorted({row["marketplace"] for row in looks})]:
        some = [row for row in looks if place in ("all", row["marketplace"])]
        of, unknown = sum(row["looks"] for row in some), sum(row["looks"] for row in some if row["unknown"])
        rest: Answer = {"unknown": unknown, "unknown_of": of}
        yield ("K13", "share unknown and why", place, ""), ratio(unknown, of, **rest)
        if place != "all":
            yield ("K13", "observable share", place, ""), ratio(of - unknown, of, **rest)
    gaps = [hours(row["last_at"], row["first_at"]) / (row["looks"] - 1) for row in tables["gaps"] if row["looks"] > 1]
    middle = median(gaps) if gaps else None
    rest = {"count": None, "count_high": None, "denominator": len(gaps)}
    rest |= {"unknown": len(tables["gaps"]) - len(gaps), "unknown_of": len(tables["gaps"])}
    yield ("K13", "gap between looks", "all", ""), answer(middle, middle, **rest)
    watched = {row["notice_id"] for row in tables["recalls"]}
    searched = watched & {row["notice_id"] for row in tables["searches"] if row["state"] in SEARCHED}
    rest = {"unknown": len(watched - searched), "unknown_of": len(watched)}
    yield ("K13", "coverage of search", "all", ""), ratio(len(searched), len(watched), **rest)
    for row in tables["reviews"]:
        of = row["confirmed"] + row["rejected"]
        low, high = wilson(row["confirmed"], of)
        name = ("K13", "precision of confirmed matches", row["tier"], "")
        yield name, ratio(row["confirmed"], of) | {"ci_low": low, "ci_high": high}
    yield from _rechecked(tables["rechecked"])
    yield from _found_by(tables["found_by"])


UNKNOWN_STATES = ("unclear", "redirected", "unverified", "blocked", "failed", "not_allowed")


def _rechecked(rows: Sequence[Row]) -> Iterator[Named]:
    places = sorted({row["marketplace"] for row in rows})
    for place in ["all", *(places if len(places) > 1 else [])] if rows else []:
        some = [row for row in rows if place in ("all", row["marketplace"])]
        told = [(row["person_says"], row["crawler_says"]) for row in some if row["person_says"] != "cannot_tell"]
        wrong = sum(one != other and not (one in UNKNOWN_STATES and other in UNKNOWN_STATES) for one, other in told)
        low, high = wilson(wrong, len(told))
        found = ratio(wrong, len(told), unknown=len(some) - len(told), unknown_of=len(some))
        yield ("K13", "blind state error", place, ""), found | {"ci_low": low, "ci_high": high}


def _found_by(rows: Sequence[Row]) -> Iterator[Named]:
    for place, language in sorted({(row["marketplace"], row["language"]) for row in rows if row["family"]}):
        marks, kinds = (
            {
                (r["listing_key"], r["notice_id"])
                for r in rows
                if (r["marketplace"], r["language"], r["family"]) == (place, language, family)
            }
            for family in ("marks", "kinds")
        )
        one, two, both = len(marks), len(kinds), len(marks & kinds)
        seen = one + two - both
        enough = seen >= 10 and one and two and both
        unseen = (one - both) * (two - both) / both if enough else 0.0
        of = round((one + 1) * (two + 1) / (both + 1) - 1) if enough else seen
        rest: Answer = {"count": seen, "count_high": None, "denominator": of, "unknown": 0, "unknown_of": 0}
        bounds = (seen / (seen + 5 * unseen), seen / (seen + unseen)) if enough else (None, None)
        yield ("K13", "share found by our searches, at most", f"{place}, {language}", ""), answer(*bounds, **rest)
