"""The table of figures as the page shows it: by subject, in plain words, what is not measured apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.commitments.commitment import Commitment
from reports.figures.base import NOT_MEASURED, Figure
from reports.figures.pledges import DIFFERS, NAME, differs, ours_in_words
from reports.method import GUARD_WORDS
from reports.views import figure_value
from reports.words import CAUSE_WORDS, TIER_WORDS, cause_in_words

SUBJECTS = {
    "K4": "Still for sale",
    "K5": "How long listings stayed",
    "K2": "After the public recall",
    "K1": "On time after a notice",
    "K3": "Within hours of a notice",
    "K6": "Exposure",
    "K7": "What came back",
    "K8": "Sellers",
    "K9": "Blocked for buyers here",
    "K14": "More than unrecalled listings",
    "K10": "Promised safety pages",
    "K11": "The platforms’ own notices",
    "K12": "The same rates pooled, by platform, and as a mean of platforms",
    "K13": "How well we look ourselves",
}
"""Id with what it is about, in the order of the page."""


WITHOUT_ENDPOINT = ("still for sale", "off sale by cause")
"""Figures whose name says the endpoint already."""


@dataclass(frozen=True)
class FigureView:
    """One row of the table."""

    name: str
    of: str
    value: str
    denominator: str
    unknown: str
    sentence: str
    guards: str


@dataclass(frozen=True)
class PledgeView:
    """One pledge: its rate computed its way from what we saw, what was published, and why the two differ."""

    title: str
    deadline: str
    value: str
    sentence: str
    published: tuple[str, ...]
    differs: str


def figure_groups(figures: Sequence[Figure]) -> list[tuple[str, str, list[FigureView]]]:
    """Id, subject and rows of every figure that was measured; pledges' ways stand in a table of their own."""
    groups = []
    for figure_id, subject in SUBJECTS.items():
        rows = [one for one in figures if one.id == figure_id and _in_table(one)]
        if rows:
            groups.append((figure_id, subject, [_view(one) for one in rows]))
    return groups


def not_measured(figures: Sequence[Figure]) -> list[tuple[str, str]]:
    """What the report can't say, and what is missing for it: subject and sentence, each once."""
    found: dict[str, str] = {}
    for one in figures:
        if NOT_MEASURED in one.guards and one.name != NAME:
            where = "" if one.cell == "all" else f" ({cell_in_words(one.cell)})"
            found.setdefault(f"{one.name}{where}", one.sentence.removeprefix("Not measured: "))
    return [(f"{name[0].upper()}{name[1:]}", sentence) for name, sentence in found.items()]


def pledge_views(figures: Sequence[Figure], commitments: Sequence[Commitment]) -> list[PledgeView]:
    """The pledges in the order of the figures."""
    known: Mapping[str, Commitment] = {one.id: one for one in commitments}
    return [_pledge(one, known[one.cell]) for one in figures if one.name == NAME and one.cell in known]


def why_they_differ() -> str:
    """What makes every published rate differ from ours."""
    return f"{DIFFERS}."


def cell_in_words(cell: str) -> str:
    """`identifier on demo` as `the same model on demo`."""
    head, mark, place = cell.partition(" on ")
    first, comma, rest = head.partition(", ")
    words = TIER_WORDS.get(first) or (cause_in_words(first) if first in CAUSE_WORDS else first.replace("_", " "))
    return f"{words}{comma}{rest}{mark}{place}"


def _in_table(figure: Figure) -> bool:
    return NOT_MEASURED not in figure.guards and figure.name != NAME


def _view(figure: Figure) -> FigureView:
    endpoint = {"off_sale": "off sale for any cause", "takedown": "taken down"}.get(figure.endpoint, "")
    of = [cell_in_words(figure.cell)] if figure.cell != "all" else []
    if endpoint and figure.id not in ("K4", "K6", "K7", "K9") and not figure.name.startswith(WITHOUT_ENDPOINT):
        of.append(endpoint)
    return FigureView(
        name=f"{figure.name[0].upper()}{figure.name[1:]}",
        of="; ".join(of),
        value=figure_value(figure),
        denominator=f"{figure.denominator:,} {figure.denominator_is}",
        unknown=f"{figure.unknown:,} of {figure.unknown_of:,}" if figure.unknown_of else "none",
        sentence=figure.sentence,
        guards="; ".join(GUARD_WORDS[guard] for guard in figure.guards),
    )


def _pledge(figure: Figure, commitment: Commitment) -> PledgeView:
    return PledgeView(
        title=commitment.title,
        deadline=commitment.deadline_says,
        value=figure_value(figure) if figure.denominator else "nothing to count",
        sentence=ours_in_words(figure),
        published=tuple(f"{one.value}: {one.what} ({one.period}; {one.source})" for one in commitment.published),
        differs=differs(commitment),
    )
