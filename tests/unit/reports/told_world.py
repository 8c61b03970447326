"""A market whose platform was told: notices, deadlines, a second vantage, a background, checks. Every case is known."""

from dataclasses import replace
from datetime import date, timedelta

from monitor.commitments.load import load_commitments
from monitor.relisting.lineage import Return
from reports.context import (
    Acknowledged,
    Context,
    Dated,
    Due,
    Elsewhere,
    FoundBy,
    PageCheck,
    Rechecked,
    Told,
    Twin,
)
from reports.records import Case, Observed, Search
from tests.unit.reports.story import START, case, hour, listing, looks_at, observed, recall, same_id_returns, spell

COMMITMENTS = tuple(load_commitments().commitments.values())
GPSR = "eu-gpsr-22"
TOLD_H = 100.0
DUE_H = 172.0
COUNT = 24
TO_END = 700.0


def told_case(number: int) -> Case:
    """Listing `number` of recall `number // 2`: live from hour 50 on; what became of it turns on `number % 6`.

    0: taken down within two days of the notice; 1: sold out the day after; 2: on sale to the end; 3: gone after the
    deadline; 4: gone and back before anybody could confirm it, then on sale; 5: gone some time around the deadline.
    """
    place = "demo" if number % 3 else "harbour"
    key = f"{place}:t{number}"
    item = replace(listing(f"t{number}", place), seller=f"Seller {number % 5}")
    of = replace(recall(number // 2 % 10), notice_id=f"us-cpsc:{27100 + number // 2}")
    end, cause = {0: (130.0, "removed"), 1: (124.0, "out_of_stock"), 3: (220.0, "removed_policy")}.get(
        number % 6, (0.0, "")
    )
    step = 6 if number % 2 == 0 else 20
    hours = [50.0, *(float(h) for h in range(60, 701, step))]
    if end:
        last = max(h for h in hours if h < end)
        looks = looks_at(key, [(h, "available" if h < end else cause) for h in hours], 1000 * number)
        return case(
            of, item, "identifier", looks, spell(key, 50, last, min(h for h in hours if h >= end), 400, cause=cause)
        )
    if number % 6 == 4:
        first = replace(spell(key, 50, 120, 126), returned_at=hour(132), status="went_and_returned")
        second = replace(spell(key, 132, TO_END), ordinal=2)
        looks = looks_at(key, [(h, "removed" if h == 126 else "available") for h in hours], 1000 * number)
        return case(of, item, "identifier", looks, first, second)
    if number % 6 == 5:
        looks = looks_at(
            key, [(h, "available" if h <= 160 else "blocked" if h < 300 else "removed") for h in hours], 1000 * number
        )
        return case(of, item, "line", looks, spell(key, 50, 160, 300, 400, cause="removed"))
    return case(
        of,
        item,
        "identifier",
        looks_at(key, [(h, "available") for h in hours], 1000 * number),
        spell(key, 50, hours[-1]),
    )


def told_cases() -> tuple[Case, ...]:
    return tuple(told_case(number) for number in range(COUNT))


def told_world(**changes: object) -> Observed:
    """Twenty-four listings of twelve recalls; the platform was told of all at hour 100 and has until hour 172."""
    cases = told_cases()
    keys = [one.listing.listing_key for one in cases]
    context = Context(
        country="US",
        other_vantage="de",
        commitments=COMMITMENTS,
        told=tuple(
            Told(one.listing.listing_key, one.recall.notice_id, "A3", "notice", hour(TOLD_H).date(), hour(TOLD_H))
            for one in cases
        ),
        dues=tuple(
            Due(key, name, basis, "A3", "notice", hour(TOLD_H), hour(DUE_H))  # type: ignore[arg-type]
            for key in keys
            for name, basis in ((GPSR, "notice"), ("eu-product-safety-pledge", "notice_not_bound"))
        ),
        dated=(Dated(keys[0], date(2026, 1, 1)),),
        elsewhere=tuple(
            Elsewhere(key, "de", verdict, live, "geo_blocked", hour(700), "available", hour(690))
            for key, (verdict, live) in zip(
                keys,
                [("blocked_here", True), ("on_sale", True), ("gone_everywhere", False), ("unknown", None)] * 6,
                strict=True,
            )
        ),
        twins=tuple(twin(number, one) for number, one in enumerate(cases) if number % 2 == 0),
        returns=(
            *same_id_returns(cases),
            *(other_return(one, n == 0) for n, one in enumerate(cases) if one.episodes[-1].ended),
        ),
        page_checks=(
            PageCheck(
                "cpsc-alibaba-2015",
                "importer-information",
                "alibaba",
                "https://a.example/safe",
                "us",
                hour(10),
                "reached",
                "HTTP status 200",
                "pages.reached",
            ),
            PageCheck(
                "cpsc-alibaba-2015",
                "access-points",
                "alibaba",
                "https://a.example/x",
                "us",
                hour(10),
                "unknown",
                "HTTP status 403",
                "pages.unknown",
            ),
            PageCheck(
                "eu-gpsr-22",
                "contact-point",
                "alibaba",
                "https://a.example/y",
                "us",
                hour(10),
                "not_found",
                "HTTP status 404",
                "pages.not_found",
            ),
        ),
        acknowledged=tuple(
            Acknowledged(
                f"us-cpsc:{27100 + n}",
                "demo",
                f"platform-demo:{n}",
                "https://demo.example/n",
                date(2026, 1, 1),
                date(2026, 1, 1) + timedelta(days=n),
            )
            for n in range(12)
        ),
        rechecked=tuple(
            Rechecked(n, "demo" if n % 2 else "harbour", "2026-W10", "available" if n else "removed", "available")
            for n in range(30)
        ),
        found_by=tuple(
            FoundBy("demo", "en", family, f"demo:f{n}", "us-cpsc:1")  # type: ignore[arg-type]
            for n in range(20)
            for family in (["marks"] if n < 6 else ["kinds"] if n < 10 else ["marks", "kinds"])
        ),
    )
    recalls = tuple(replace(recall(n % 10), notice_id=f"us-cpsc:{27100 + n}") for n in range(12))
    searches = tuple(
        Search(one.notice_id, place, hour(650), "searched") for one in recalls for place in ("demo", "harbour")
    )
    made = {"cases": cases, "recalls": recalls, "context": context, "searches": searches}
    return observed(**{**made, **changes})


def twin(number: int, of: Case) -> Twin:
    """A stand-in: every fourth is taken down at hour 90, the others stay."""
    key = f"{of.listing.marketplace}:b{number}"
    one = spell(key, 40, 80, 90, 130, cause="removed") if number % 8 == 0 else spell(key, 40, TO_END)
    return Twin(
        of.listing.listing_key,
        Case(of.recall, replace(listing(f"b{number}", of.listing.marketplace), listing_key=key), "background", (one,)),
    )


def other_return(of: Case, back: bool) -> Return:
    """From the same seller under another id: the first listing came back so, the others had not by hour 680."""
    ended = of.episodes[-1]
    assert ended.first_off_at is not None
    return Return(
        listing_key=of.listing.listing_key,
        recall_id=of.recall.notice_id,
        ended_after_at=ended.last_on_sale_at,
        ended_by_at=ended.first_off_at,
        how="same_seller",
        back_listing_key="demo:new" if back else "",
        back_after_at=hour(300) if back else None,
        back_by_at=hour(320) if back else None,
        confirmed_by_person=back,
        watched_until_at=hour(680),
    )


__all__ = ["START", "told_cases", "told_world"]
