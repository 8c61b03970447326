"""K10 promised safety pages, by the monthly captured check, and K11 how long platforms took to publish a recall."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from reports.context import Acknowledged, PageCheck
from reports.figures.base import FEW, NOT_MEASURED, Figure
from reports.records import Observed
from reports.words import day, number_of

REACHED, NOT_FOUND = "reached", "not_found"
NEVER_PUBLISHED = "no address was ever published"
NOT_LOOKED = "not looked for yet"


def promised_pages(observed: Observed) -> list[Figure]:
    """K10 over all promises, then one line for each page. A page that we could not see is unknown, never missing."""
    promises = [
        (commitment.id, one.id, one.what, one.url)
        for commitment in observed.context.commitments
        for one in commitment.obligations
    ]
    newest = {(check.commitment, check.obligation): check for check in observed.context.page_checks}
    figures = [_page(observed, *one, newest.get(one[:2])) for one in promises]
    return [_all(observed, figures), *figures]


def _all(observed: Observed, pages: Sequence[Figure]) -> Figure:
    reached = sum(page.count or 0 for page in pages)
    unknown = sum(page.unknown for page in pages)
    base = Figure(
        id="K10",
        name="promised safety pages",
        cell="all",
        unit="count",
        count=reached,
        count_high=reached + unknown,
        denominator=len(pages),
        denominator_is="pages that commitments promise",
        period=observed.period,
        unknown=unknown,
        unknown_of=len(pages),
        unknown_why=_summed(pages),
        ids=tuple(page.cell for page in pages if page.count),
        sentence="",
    )
    if not observed.context.page_checks:
        why = "no monthly check of a promised page is in the ledger; where no address was published, none can be made"
        return replace(base, count=None, count_high=None, guards=(NOT_MEASURED,), sentence=f"Not measured: {why}.")
    words = f"Of {number_of(len(pages), 'page')} that commitments promise, {reached} could be reached at the last look"
    missing = len(pages) - reached - unknown
    words += f", {missing} answered that there is no such page" if missing else ""
    words += f"; for {unknown} it is not known" if unknown else ""
    return replace(base, sentence=f"{words}.")


def _summed(pages: Sequence[Figure]) -> dict[str, int]:
    why: dict[str, int] = {}
    for page in pages:
        for words, count in page.unknown_why.items():
            why[words] = why.get(words, 0) + count
    return why


def _page(observed: Observed, commitment: str, obligation: str, what: str, url: str, check: PageCheck | None) -> Figure:
    unseen = check is None or check.state not in (REACHED, NOT_FOUND)
    why = NEVER_PUBLISHED if not url and check is None else NOT_LOOKED if check is None else check.why
    if check is None:
        said = f"{what}: {why}."
    elif check.state == REACHED:
        said = f"{what}: reached on {day(check.checked_at)} at {check.url}."
    elif check.state == NOT_FOUND:
        said = f"{what}: on {day(check.checked_at)} {check.url} answered that there is no such page ({check.why})."
    else:
        said = f"{what}: could not be seen on {day(check.checked_at)} ({check.why}); that says nothing about the page."
    return Figure(
        id="K10",
        name="promised safety page",
        cell=f"{commitment}/{obligation}",
        unit="count",
        count=int(check is not None and check.state == REACHED),
        count_high=int(unseen or (check is not None and check.state == REACHED)),
        denominator=1,
        denominator_is="promised page",
        period=observed.period,
        unknown=int(unseen),
        unknown_of=1,
        unknown_why={why: 1} if unseen else {},
        sentence=said,
    )


def acknowledgement(observed: Observed) -> list[Figure]:
    """K11 days from the public recall to the platform's own notice of it, pooled and by platform."""
    rows = observed.context.acknowledged
    if not rows:
        return [replace(_lag(observed, (), "all"), guards=(NOT_MEASURED,), sentence=_NONE)]
    places = sorted({row.platform for row in rows})
    cells = [_lag(observed, [row for row in rows if row.platform == place], place) for place in places]
    return [_lag(observed, rows, "all"), *(cells if len(places) > 1 else [])]


_NONE = "Not measured: no notices by the platforms themselves are in the register (source `platform-notices`)."


def _lag(observed: Observed, rows: Sequence[Acknowledged], cell: str) -> Figure:
    """The median of whole days; both are calendar days without an hour, so the truth lies within a day of it."""
    first: dict[tuple[str, str], Acknowledged] = {}
    for row in sorted(rows, key=lambda row: row.acknowledged_on):
        first.setdefault((row.platform, row.notice_id), row)
    lags = sorted((row.acknowledged_on - row.recalled_on).days for row in first.values())
    middle = float(median(lags)) if lags else None
    words = ""
    if middle is not None:
        where = "" if cell == "all" else f" on {cell}"
        words = f"{number_of(len(lags), 'notice')} of the platforms' own{where} came {_days(lags)} after the recall"
        words += f", half of them by day {middle:g}" if len(lags) >= FEW else ""
    few = len(lags) < FEW
    return Figure(
        id="K11",
        name="acknowledgement lag",
        cell=cell,
        unit="days",
        count=len(lags),
        count_high=len(lags),
        denominator=len(lags),
        denominator_is="recalls that a platform published a notice of its own about",
        low=None if few or middle is None else middle - 1,
        high=None if few or middle is None else middle + 1,
        period=observed.period,
        clock="A1 - A0",
        guards=("raw_counts",) if few else (),
        ids=tuple(sorted(row.platform_notice_id for row in first.values())),
        sentence=f"{words}. Recalls that no platform's notice is known of are not in it." if words else "",
    )


def _days(lags: Sequence[int]) -> str:
    low, high = lags[0], lags[-1]
    return f"{low:g} days" if low == high else f"{low:g} to {high:g} days"
