"""The report as a small site: one file a page, no request to anywhere, the same bytes for the same ledger."""

import hashlib
import json
import shlex
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from crawler.clock import instant
from crawler.record import MANIFEST_FILE, PAGES_FILE
from monitor.config import Settings
from monitor.store.session import Store
from reports import charts, figure_views, views
from reports.context_data import with_context
from reports.data import observe
from reports.figures.base import Figure
from reports.figures.catalogue import all_figures
from reports.figures.removal import removals
from reports.method import method_in_words
from reports.records import Observed
from reports.words import day, number_of

INDEX = "index.html"
FIGURES = "figures.json"


@dataclass(frozen=True)
class ReportResult:
    """What was written: the headline, where to begin reading, how many cases, and the figures."""

    headline: str
    index_path: Path
    cases: int
    figures: tuple[Figure, ...]


def write_report(
    store: Store, out_dir: Path, at: datetime, public: bool = False, settings: Settings | None = None
) -> ReportResult:
    """Write the report of everything that happened by `at` into `out_dir`. Public: only cleared cases are in it."""
    settings = settings or Settings()
    with observing(store, at, settings) as observed:
        return write_site(observed, out_dir, public=public, operator=settings.operator, contact=settings.contact)


@contextmanager
def observing(store: Store, at: datetime, settings: Settings) -> Iterator[Observed]:
    """Everything that the figures see, from the default vantage, with its context; the ledger stays open meanwhile."""
    vantage = settings.vantages.get(settings.default_vantage)
    with store.reader() as session:
        observed = observe(
            session,
            at,
            vantage=settings.default_vantage,
            country="the US" if vantage is None or vantage.country == "US" else vantage.country,
            reviewers_needed=settings.reviewers_needed,
        )
        yield with_context(session, observed, settings)


def write_site(
    observed: Observed, out_dir: Path, *, public: bool = False, operator: str = "", contact: str = ""
) -> ReportResult:
    """The pages for what was observed; the pure part of it is `pages`."""
    observed = observed.cleared() if public else observed
    figures = all_figures(observed)
    headline = headline_of(observed, figures)
    files = pages(observed, figures, public=public, operator=operator, contact=contact)
    for name, text in files.items():
        path = out_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return ReportResult(headline, out_dir / INDEX, len(observed.cases), tuple(figures))


def headline_of(observed: Observed, figures: list[Figure]) -> str:
    """The one sentence: recalls with the same model on sale, then how many more with the same product line."""
    model, line = (_k4(figures, cell) for cell in ("identifier", "line"))
    more = {_notice(case_id) for case_id in line.ids} - {_notice(case_id) for case_id in model.ids}
    buyers = f"On {day(observed.at)}, buyers in {observed.country}"
    of = f"{model.denominator:,} recalls that we searched for"
    if observed.cleared_only and not observed.cases:
        return f"No case has been cleared for publication by {day(observed.at)}."
    if not model.count and not more:
        return f"{buyers} could not be seen to have a confirmed match on sale for any of the {of}."
    at_least = "at least " if observed.cleared_only else ""
    words = f"{buyers} could still buy the same model as in {at_least}{model.count or 'none'} of {of}"
    return f"{words}, and the same product line in {len(more)} more." if more else f"{words}."


def _k4(figures: list[Figure], cell: str) -> Figure:
    return next(figure for figure in figures if figure.id == "K4" and figure.cell == cell)


def _notice(case_id: str) -> str:
    return case_id.partition("/")[0]


def pages(observed: Observed, figures: list[Figure], *, public: bool, operator: str, contact: str) -> dict[str, str]:
    """Every file of the site by its name."""
    rows = removals(observed, "off_sale")
    ordered = views.in_order(observed.cases, observed)
    cases = views.case_views(ordered, rows, observed, public=public)
    environment = _environment()
    style = _style()
    shared: dict[str, Any] = {
        "style": Markup(style),  # noqa: S704 - our own file
        "csp": _policy(style),
        "public": public,
        "at": instant(observed.at),
        "version": _version(),
        "contact": contact,
        "headline": headline_of(observed, figures),
    }
    named = [_case_context(case) for case in cases]
    files = {
        INDEX: environment.get_template("index.html").render(
            **shared, **_index_context(observed, figures, ordered, rows, operator), cases=named
        ),
        FIGURES: json.dumps([figure.as_json() for figure in figures], indent=1, ensure_ascii=False) + "\n",
    }
    for case in named:
        files[str(case["page"])] = environment.get_template("case.html").render(**shared, case=case)
    return files


def _index_context(
    observed: Observed, figures: list[Figure], ordered: list[Any], rows: list[Any], operator: str
) -> Mapping[str, Any]:
    return {
        "subline": _subline(figures),
        "numbers": views.four_numbers(figures),
        "provenance": views.provenance(observed, operator),
        "lanes": _lanes(observed, ordered),
        "hidden_lanes": max(0, len(ordered) - charts.MAX_LANES),
        "clock_note": views.clock_note(rows),
        "causes": views.causes(rows),
        "unseen": views.unseen(figures),
        "groups": figure_views.figure_groups(figures),
        "unmeasured": figure_views.not_measured(figures),
        "pledges": figure_views.pledge_views(figures, observed.context.commitments),
        "why_they_differ": figure_views.why_they_differ(),
        "method": method_in_words(observed),
    }


def _subline(figures: list[Figure]) -> str:
    taken = next(f for f in figures if f.name == "removals seen" and f.endpoint == "takedown")
    return f"{taken.sentence} Each listing was offered on a public page and was confirmed as a match by a person."


def _lanes(observed: Observed, ordered: list[Any]) -> dict[str, Markup] | None:
    shown = [case for case in ordered if case.episodes]
    if not shown:
        return None
    description = (
        f"{number_of(min(len(ordered), charts.MAX_LANES), 'lane')} from {day(observed.period[0])} to "
        f"{day(observed.at)}; "
        "the table of cases below has the same facts in words."
    )
    drawn = charts.swimlane(observed, ordered, "How long each listing stayed on sale", description)
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 - escaped by the renderer


def _case_context(case: views.CaseView) -> dict[str, Any]:
    context = asdict(case)
    context["page"] = f"cases/{case.number}.html"
    for look in context["evidence"]:
        look["command"] = _command(look)
    return context


def _command(look: Mapping[str, str]) -> str:
    """What to type in the folder of runs: is the run the sealed one, and what does the archived record say?"""
    if not look["warc_record_id"]:
        return ""
    record = shlex.quote(f"WARC-Record-ID: <{look['warc_record_id'].strip('<>')}>")
    if not look["seal"]:
        return f"zcat {PAGES_FILE} | grep -a -F -A 40 {record}"
    return (
        f"cd {shlex.quote(look['folder'])}\n"
        f"echo {shlex.quote(look['seal'] + '  ' + MANIFEST_FILE)} | sha256sum -c\n"
        f'grep -F "$(sha256sum {PAGES_FILE} | cut -c 1-64)" {MANIFEST_FILE}\n'
        f"zcat {PAGES_FILE} | grep -a -F -A 40 {record}"
    )


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _style() -> str:
    source, _, _ = PackageLoader("reports", "templates").get_source(Environment(autoescape=True), "style.css")
    return source


def _policy(style: str) -> str:
    digest = b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("stillforsale")
    except PackageNotFoundError:
        return "(not installed)"
