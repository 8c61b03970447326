"""A small market of our own making, as records: every kind of case that a report has to show."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest

from crawler.marketplaces.states import TAKEDOWNS
from monitor.relisting.lineage import Return
from reports.context import Context
from reports.records import Case, Episode, GapCount, Listing, Look, LookCount, Observed, Recall, Review, Run, Search

START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
AT = START + timedelta(days=30)
RECALLS = 12


def recall(number: int, *, scope: str = "all_units", chosen_by: str = "sample:7", days_old: int = 200) -> Recall:
    return Recall(
        notice_id=f"us-cpsc:2612{number}",
        kind="recall",
        authority="CPSC",
        number=f"2612{number}",
        title=f"Brightmoor night lamps, batch {number}",
        url=f"https://recalls.example/2612{number}",
        published_on=date(2026, 3, 31) - timedelta(days=days_old),
        scope=scope,
        chosen_by=chosen_by,
    )


def hour(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def listing(name: str, marketplace: str = "demo", title: str = "Brightmoor lamp LX-20") -> Listing:
    return Listing(
        listing_key=f"{marketplace}:{name}",
        marketplace=marketplace,
        listing_id=name,
        url=f"https://{marketplace}.example/item/{name}",
        first_seen_at=hour(0),
        title=title,
        price="19.90",
        currency="USD",
        seller="Lamp Corner",
    )


def looks_at(key: str, states: Sequence[tuple[float, str]], start_id: int) -> tuple[Look, ...]:
    """One look for each (hours since START, state)."""
    return tuple(
        Look(
            look_id=start_id + index,
            listing_key=key,
            vantage="us",
            looked_at=hour(hours),
            state=state,
            rule=f"ladder.{state}",
            run_id=f"run-{int(hours):04d}",
            warc_record_id=f"<urn:uuid:00000000-0000-4000-8000-{start_id + index:012d}>",
            body_sha256=f"{start_id + index:064x}",
            http_status=404 if state == "removed" else 200,
        )
        for index, (hours, state) in enumerate(states)
    )


def spell(
    key: str,
    first: float,
    last: float,
    off: float | None = None,
    confirmed: float | None = None,
    *,
    number: int = 1,
    cause: str = "",
) -> Episode:
    """An episode of its own spell; a takedown where its cause is one."""
    taken = confirmed is not None and cause in TAKEDOWNS
    return Episode(
        listing_key=key,
        vantage="us",
        ordinal=number,
        spell=number,
        first_on_sale_at=hour(first),
        last_on_sale_at=hour(last),
        last_look_at=hour(confirmed or off or last),
        first_off_at=None if off is None else hour(off),
        confirmed_at=None if confirmed is None else hour(confirmed),
        cause=cause,
        endpoint="" if confirmed is None else "takedown" if taken else "off_sale",
        last_up_at=hour(last),
        first_down_at=hour(off) if taken and off is not None else None,
        down_confirmed_at=hour(confirmed) if taken and confirmed is not None else None,
        takedown_cause=cause if taken else "",
    )


def case(
    of: Recall,
    item: Listing,
    tier: str,
    looks: tuple[Look, ...],
    *episodes: Episode,
    cleared_by: str = "",
) -> Case:
    known = [look for look in looks if look.standing != "unknown"]
    return Case(of, item, tier, episodes, known[-1] if known else None, looks, cleared_by)


def cases() -> tuple[Case, ...]:
    """Still there; taken down; sold out; blocked for the US; went and returned; gone unconfirmed; wholesale; walled."""
    made: list[Case] = []

    def add(number: int, tier: str, item: Listing, states: list[tuple[float, str]], *spells: Episode) -> None:
        looks = looks_at(item.listing_key, states, 100 * (len(made) + 1))
        made.append(case(recall(number, scope="all_units" if number % 2 else "unknown"), item, tier, looks, *spells))

    a = listing("a1")
    add(0, "identifier", a, [(h, "available") for h in range(2, 720, 24)], spell("demo:a1", 2, 698))
    b = listing("b2", title="Lamp LX-20 <script>alert(1)</script> call +1 (555) 010-9999")
    gone = [(2.0, "available"), (26.0, "available"), (50.0, "removed"), (74.0, "removed"), (98.0, "removed")]
    add(1, "identifier", b, gone, spell("demo:b2", 2, 26, 50, 98, cause="removed"))
    c = listing("c3", "harbour")
    sold = [(5.0, "available"), (200.0, "out_of_stock"), (300.0, "out_of_stock")]
    add(2, "line", c, sold, spell("harbour:c3", 5, 5, 200, 300, cause="out_of_stock"))
    d = listing("d4", "harbour")
    blocked = [(5.0, "available"), (101.0, "available"), (125.0, "geo_blocked"), (173.0, "geo_blocked")]
    add(3, "identifier", d, blocked, spell("harbour:d4", 5, 101, 125, 173, cause="geo_blocked"))
    e = listing("e5")
    back = [(10.0, "available"), (60.0, "removed"), (110.0, "removed"), (400.0, "available"), (700.0, "available")]
    first = spell("demo:e5", 10, 10, 60, 110, cause="removed")
    add(4, "identifier", e, back, first, spell("demo:e5", 400, 700, number=2))
    f = listing("f6")
    add(5, "line", f, [(10.0, "available"), (690.0, "removed")], spell("demo:f6", 10, 10, 690))
    g = listing("g7", "wholesale")
    add(6, "identifier", g, [(10.0, "available_b2b"), (690.0, "available_b2b")], spell("wholesale:g7", 10, 690))
    h = listing("h8")
    walled = [(10.0, "available"), *((float(t), "blocked") for t in range(34, 720, 48))]
    add(7, "identifier", h, walled, spell("demo:h8", 10, 10))
    return tuple(made)


def observed(**changes: object) -> Observed:
    """Twelve recalls drawn at random, eleven of them searched, eight cases, thirty days."""
    recalls = tuple(recall(number, scope="all_units" if number % 2 else "unknown") for number in range(RECALLS))
    values: dict[str, object] = {
        "at": AT,
        "vantage": "us",
        "country": "the US",
        "recalls": recalls,
        "cases": cases(),
        "searches": tuple(
            Search(one.notice_id, "demo", hour(1), "searched" if index < RECALLS - 1 else "blocked")
            for index, one in enumerate(recalls)
        ),
        "runs": tuple(
            Run(f"run-{n:04d}", f"run-{n:04d}", hour(24 * n), hour(24 * n + 1), "done", f"{n:064x}", 10, 9 + n % 2)
            for n in range(30)
        ),
        "look_counts": (
            LookCount("demo", "look", "fetched", "available", "", 40),
            LookCount("demo", "look", "fetched", "blocked", "", 15),
            LookCount("demo", "look", "fetched", "removed", "dead", 3),
            LookCount("harbour", "look", "fetched", "available", "", 12),
            LookCount("harbour", "look", "failed", "failed", "", 1),
        ),
        "gaps": tuple(
            GapCount(one.listing.listing_key, one.listing.marketplace, 10, hour(0), hour(9 * 24)) for one in cases()
        ),
        "reviews": (Review("identifier", 18, 2), Review("line", 3, 4)),
        "counted_apart": {"lookalike": 4},
    }
    made = Observed(**{**values, **changes})  # type: ignore[arg-type]
    return made if "context" in changes else replace(made, context=Context(returns=tuple(same_id_returns(made.cases))))


def same_id_returns(cases: Iterable[Case]) -> Iterator[Return]:
    """For every confirmed end of a case's listing, whether the same listing was on sale again."""
    for case in cases:
        for ended, back in zip_longest(case.episodes, case.episodes[1:]):
            if not ended.ended or ended.first_off_at is None:
                continue
            yield Return(
                listing_key=case.listing.listing_key,
                recall_id=case.recall.notice_id,
                ended_after_at=ended.last_on_sale_at,
                ended_by_at=ended.first_off_at,
                how="same_id",
                back_listing_key=case.listing.listing_key if back else "",
                back_after_at=max(ended.last_look_at, ended.first_off_at) if back else None,
                back_by_at=back.first_on_sale_at if back else None,
                confirmed_by_person=back is not None,
                watched_until_at=ended.last_look_at,
            )
