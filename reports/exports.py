"""`stillforsale export`: the tables behind every figure, with a codebook, so that anybody can compute them again.

Tables hold what `Observed` holds and nothing else; a test recomputes every figure from them with numpy alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.obligations.check import PAGES_VERSION
from reports.exports_columns import Column, columns_of
from reports.figures.base import Figure
from reports.figures.on_sale import now
from reports.figures.removal import one_case_a_listing, recall_day_start
from reports.records import Case, Episode, Look, Observed
from reports.views import public_text

Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """One table: its columns with what they mean, and its rows."""

    name: str
    what: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def tables(observed: Observed, figures: Sequence[Figure], *, public: bool) -> list[Table]:
    """Every table of the export, in the order of the codebook. `observed` holds what may leave: cleared or internal."""
    rows = {
        "study": [_study(observed)],
        "recalls": list(_recalls(observed)),
        "cases": list(_cases(observed, public)),
        "episodes": list(_episodes(observed)),
        "looks": list(_looks(observed)),
        **_small(observed),
        **_context(observed),
        "figures": [_figure(number, figure) for number, figure in enumerate(figures, start=1)],
    }
    return [Table(name, what, columns, tuple(rows[name])) for name, (what, columns) in columns_of().items()]


def _study(observed: Observed) -> Row:
    context = observed.context
    return {
        "at": observed.at,
        "vantage": observed.vantage,
        "country": context.country,
        "other_vantage": context.other_vantage,
        "period_from": observed.period[0],
        "period_to": observed.period[1],
        "cleared_only": observed.cleared_only,
        "page_rules_version": PAGES_VERSION,
    }


def _recalls(observed: Observed) -> Iterator[Row]:
    for one in observed.recalls:
        yield {**_fields(one), "sampled": one.sampled}


def _cases(observed: Observed, public: bool) -> Iterator[Row]:
    dated = {one.listing_key: one for one in observed.context.dated}
    counted = {id(case) for case in one_case_a_listing(observed.cases)}
    names = sorted({(case.listing.marketplace, case.listing.seller) for case in observed.cases})
    sellers = {seller: f"seller {number}" for number, seller in enumerate(names, start=1)}
    for case in observed.cases:
        listing, proof = case.listing, dated.get(case.listing.listing_key)
        withheld = public and listing.trader is not True
        seller = sellers[listing.marketplace, listing.seller] if withheld and listing.seller else listing.seller
        yield {
            **_fields(listing),
            "case_id": case.case_id,
            "notice_id": case.recall.notice_id,
            "tier": case.tier,
            "recall_sampled": case.recall.sampled,
            "counted": id(case) in counted,
            "title": public_text(listing.title, withheld),
            "seller": seller,
            "recall_started_at": recall_day_start(case),
            "listed_on": proof.listed_on if proof else None,
            "absent_at": proof.absent_at if proof else None,
            "last_seen_at": case.last_seen.looked_at if case.last_seen else None,
            "last_seen_state": case.last_seen.state if case.last_seen else "",
            "now": str(now(case, observed)),
            "cleared_by": case.cleared_by,
        }


def _episodes(observed: Observed) -> Iterator[Row]:
    for role, case in _once(observed):
        for one in case.episodes:
            yield _episode(one, role)


def _once(observed: Observed) -> Iterator[tuple[str, Case]]:
    """Each listing once: those of cases, then stand-ins."""
    seen: set[str] = set()
    pairs = [("case", case) for case in observed.cases]
    pairs += [("background", twin.case) for twin in observed.context.twins]
    for role, case in pairs:
        if case.listing.listing_key not in seen:
            seen.add(case.listing.listing_key)
            yield role, case


def _episode(one: Episode, role: str) -> Row:
    return {**_fields(one), "role": role, "ended": one.ended, "taken_down": one.taken_down}


def _looks(observed: Observed) -> Iterator[Row]:
    for role, case in _once(observed):
        for look in case.looks if role == "case" else ():
            yield _look(look)


def _look(look: Look) -> Row:
    row = _fields(look)
    del row["says"]
    return {**row, "standing": str(look.standing)}


def _small(observed: Observed) -> dict[str, list[Row]]:
    return {
        "searches": [_fields(one) for one in observed.searches],
        "runs": [_fields(one) for one in observed.runs],
        "look_counts": [{**_fields(one), "unknown": one.unknown} for one in observed.look_counts],
        "gaps": [_fields(one) for one in observed.gaps],
        "reviews": [_fields(one) for one in observed.reviews],
    }


def _context(observed: Observed) -> dict[str, list[Row]]:
    context = observed.context
    promises = [(one, obligation) for one in context.commitments for obligation in one.obligations]
    return {
        "notices_to_platforms": _without_private(context.told),
        "deadlines": _without_private(context.dues),
        "elsewhere": [_fields(one) for one in context.elsewhere],
        "background": [
            {"stands_for": one.stands_for, "listing_key": one.case.listing.listing_key, "notice_id": _notice(one.case)}
            for one in context.twins
        ],
        "returns": [_fields(one) for one in context.returns],
        "promised_pages": [
            {"commitment": one.id, "obligation": page.id, "what": page.what, "url": page.url} for one, page in promises
        ],
        "page_checks": [_fields(one) for one in context.page_checks],
        "acknowledged": [_fields(one) for one in context.acknowledged],
        "rechecked": [_fields(one) for one in context.rechecked],
        "found_by": [_fields(one) for one in context.found_by],
        "published": [
            {"commitment": one.id, **published.model_dump()}
            for one in context.commitments
            for published in one.published
        ],
    }


def _without_private(records: Iterable[Any]) -> list[Row]:
    """Private dates never leave the database; what is left needs no such column."""
    rows = [_fields(one) for one in records if not one.private]
    return [{name: value for name, value in row.items() if name != "private"} for row in rows]


def _notice(case: Case) -> str:
    return case.recall.notice_id


def _figure(number: int, figure: Figure) -> Row:
    row = {name: getattr(figure, name) for name in figure.__dataclass_fields__}
    row["period_from"], row["period_to"] = row.pop("period")
    row["figure_id"] = row.pop("id")
    row["unknown_why"] = dict(sorted(figure.unknown_why.items()))
    return {**row, "number": number, "guards": list(figure.guards), "ids": list(figure.ids)}


def _fields(record: Any) -> Row:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}
