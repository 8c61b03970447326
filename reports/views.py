"""What the pages show, as plain values: every sentence is made here, so that the templates hold no judgement."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.marketplaces.states import TAKEDOWNS, Standing
from reports.evidence import EvidenceView, evidence_of
from reports.figures.base import HAND_PICKED, RAW_COUNTS, Figure
from reports.figures.on_sale import Now, now
from reports.figures.removal import CLOCK_WORDS, Removal
from reports.records import Case, Observed, Run
from reports.words import (
    NBSP,
    UNKNOWN_WORDS,
    cause_in_words,
    day,
    moment,
    notice_name,
    number_of,
    percent,
    share_range,
    what_is_offered,
)

REDACTED = "(name withheld)"
CONTACTS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+|\+?\(?\d[\d\s().-]{7,}\d")
"""Mail addresses and phone numbers, as they stand in sellers' own titles."""


@dataclass(frozen=True)
class Number:
    """One of the four numbers on the first screen."""

    value: str
    label: str
    detail: str


@dataclass(frozen=True)
class CaseView:
    """One row of the table of cases, and its own page."""

    number: int
    title: str
    url: str
    marketplace: str
    listing_id: str
    seller: str
    price: str
    offered: str
    recall_id: str
    recall_number: str
    recall_title: str
    recall_url: str
    recalled_on: str
    tier: str
    first_on_sale: str
    interval: str
    cause: str
    now: str
    now_class: str
    returns: str
    looks: str
    cleared_by: str
    reply: str
    evidence: tuple[EvidenceView, ...]


NOW_WORDS = {
    Now.RETAIL: "on sale",
    Now.WHOLESALE: "on sale, wholesale",
    Now.OFF: "off sale",
    Now.UNDECIDED: "not known",
}


def safe_href(url: str) -> str:
    """The address where it is http or https, else nothing: a page of ours links to nothing else."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme.lower() in ("http", "https") and parts.netloc else ""


def four_numbers(figures: Sequence[Figure]) -> list[Number]:
    """The first screen: same model, same line, taken down, not observed."""
    same_model = _find(figures, "K4", "identifier")
    same_line = _find(figures, "K4", "line")
    taken = next(f for f in figures if f.name == "removals seen" and f.endpoint == "takedown")
    unknown = next(f for f in figures if f.name == "share unknown and why" and f.cell == "all")
    return [
        _number(same_model, "recalls with a listing of the same model on sale"),
        _number(same_line, "recalls with a listing of the same product line on sale"),
        _number(taken, "confirmed listings that were taken down"),
        Number(
            percent(unknown.low) if unknown.low is not None else f"{unknown.count} of {unknown.denominator}",
            "of the looks could not tell",
            f"{unknown.count:,} of {number_of(unknown.denominator, 'look')}; they count for nothing",
        ),
    ]


def figure_value(figure: Figure) -> str:
    """The value of a figure in one cell: a share or counts, with its interval where a rate is allowed."""
    if figure.low is not None and figure.high is not None:
        if figure.unit != "share":
            return _amount(figure.low, figure.high, figure.unit)
        value = share_range(figure.low, figure.high)
        if figure.ci_low is not None and figure.ci_high is not None:
            value += f" ({percent(figure.ci_low)} to {percent(figure.ci_high)})"
        return value
    return _counts(figure)


def case_views(
    cases: Sequence[Case], removals: Sequence[Removal], observed: Observed, *, public: bool
) -> list[CaseView]:
    """The rows of the table, numbered from one in the order given."""
    of = {removal.case.listing.listing_key: removal for removal in removals}
    runs = {run.run_id: run for run in observed.runs}
    return [
        _case_view(number, case, of.get(case.listing.listing_key), observed, runs, public)
        for number, case in enumerate(cases, start=1)
    ]


def in_order(cases: Sequence[Case], observed: Observed) -> list[Case]:
    """On sale now first, then undecided, then off; within each, the longest seen first."""
    rank = {Now.RETAIL: 0, Now.WHOLESALE: 1, Now.UNDECIDED: 2, Now.OFF: 3}
    return sorted(
        cases,
        key=lambda case: (
            rank[now(case, observed)],
            case.episodes[0].first_on_sale_at if case.episodes else observed.at,
            case.case_id,
        ),
    )


def causes(removals: Sequence[Removal]) -> list[tuple[str, int, bool]]:
    """Why listings went off sale, most frequent first: words, how many, and whether it is a takedown."""
    counted = Counter((row.cause, row.case.episodes[0].taken_down) for row in removals if row.cause)
    return [
        (_ended_so(cause, taken), count, taken)
        for (cause, taken), count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]


def _ended_so(cause: str, taken: bool) -> str:
    words = cause_in_words(cause)
    if taken and cause not in TAKEDOWNS:
        return f"{words.removesuffix(' (not a takedown)')} first, taken down later"
    return words


def provenance(observed: Observed, operator: str) -> str:
    """One line: who looked, from where, when, how often, and the seal of the newest run."""
    start, end = observed.period
    looks = sum(count.looks for count in observed.look_counts)
    words = (
        f"{operator or 'The operator (not named)'} looked as a buyer in {observed.country} from {day(start)} to "
        f"{day(end)}: {number_of(len(observed.runs), 'run')}, {number_of(looks, 'look')}."
    )
    if observed.runs:
        words += f" Seal of the newest run: {observed.runs[-1].manifest_sha256[:16]}."
    return words


def _find(figures: Sequence[Figure], figure_id: str, cell: str) -> Figure:
    return next(figure for figure in figures if figure.id == figure_id and figure.cell == cell)


def _number(figure: Figure, label: str) -> Number:
    detail = f"out of {figure.denominator:,} {figure.denominator_is}"
    extra = (figure.count_high or 0) - (figure.count or 0)
    if extra:
        detail += f"; {extra} more could not be told"
    if figure.low is not None:
        detail += f"; {figure_value(figure)}"
    elif HAND_PICKED in figure.guards:
        detail += "; picked by hand, so no rate"
    elif RAW_COUNTS in figure.guards:
        detail += "; too few for a rate"
    return Number(f"{figure.count} of {figure.denominator}", label, detail)


def _amount(low: float, high: float, unit: str) -> str:
    """`23.1 to 24.0 hours`, `75 to 149 days`."""
    digits = 1 if unit == "hours" else 0
    lower, upper = f"{low:,.{digits}f}", f"{high:,.{digits}f}"
    return f"{upper} {unit}" if lower == upper else f"{lower} to {upper} {unit}"


def _counts(figure: Figure) -> str:
    if figure.low is not None:
        return f"more than {_amount(figure.low, figure.low, figure.unit)}"
    if figure.count is None:
        return "not measured"
    high = figure.count_high if figure.count_high is not None else figure.count
    counts = f"{figure.count:,}" if high == figure.count else f"{figure.count:,} to {high:,}"
    return f"{counts} of {figure.denominator:,}"


def _case_view(
    number: int, case: Case, removal: Removal | None, observed: Observed, runs: Mapping[str, Run], public: bool
) -> CaseView:
    listing, recall = case.listing, case.recall
    standing = now(case, observed)
    unknown = sum(look.standing is Standing.UNKNOWN for look in case.looks)
    withheld = public and listing.trader is not True
    return CaseView(
        number=number,
        title=public_text(listing.title, withheld) or f"listing {listing.listing_id}",
        url=safe_href(listing.url),
        marketplace=listing.marketplace,
        listing_id=listing.listing_id,
        seller=REDACTED if withheld and listing.seller else listing.seller,
        price=f"{listing.price}{NBSP}{listing.currency}".strip() if listing.price else "",
        offered=what_is_offered(case.tier, recall.scope, notice_name(recall.kind, recall.number)),
        recall_id=recall.notice_id,
        recall_number=notice_name(recall.kind, recall.number),
        recall_title=recall.title,
        recall_url=safe_href(recall.url),
        recalled_on=day(recall.published_on) if recall.published_on else "day not known",
        tier=case.tier.replace("_", " "),
        first_on_sale=moment(case.episodes[0].first_on_sale_at) if case.episodes else "never seen on sale",
        interval=_interval(case, removal),
        cause=removal.in_words if removal else "never seen on sale",
        now=NOW_WORDS[standing],
        now_class=standing.value,
        returns=number_of(removal.returns, "return") if removal and removal.returns else "",
        looks=f"{number_of(len(case.looks), 'look')}, {unknown} of them unknown",
        cleared_by=case.cleared_by,
        reply=case.reply,
        evidence=evidence_of(case, runs),
    )


def _interval(case: Case, removal: Removal | None) -> str:
    if removal is None or not case.episodes:
        return ""
    first = case.episodes[0]
    start = moment(first.last_on_sale_at)
    if removal.right is None or first.first_off_at is None:
        return f"not by {start}"
    return f"between {start} and {moment(first.first_off_at)}"


def public_text(text: str, withheld: bool) -> str:
    """A seller's own words as the public may see them: contacts withheld."""
    return CONTACTS.sub("(contact withheld)", text) if withheld else text


def unseen(figures: Sequence[Figure]) -> list[tuple[str, int]]:
    """What could not be seen, over all looks: words and count."""
    figure = next(f for f in figures if f.name == "share unknown and why" and f.cell == "all")
    ordered = sorted(figure.unknown_why.items(), key=lambda item: (-item[1], item[0]))
    return [(UNKNOWN_WORDS.get(reason, reason), count) for reason, count in ordered]


def clock_note(removals: Sequence[Removal]) -> str:
    """Which clock the intervals of the table use."""
    clock = removals[0].clock if removals else "A4"
    return f"Times count from {CLOCK_WORDS[clock]}."
