"""Charts as SVG for the page: drawn by Altair and vl-convert, made accessible and safe to inline.

Each is drawn twice, for a wide and for a narrow page; the style sheet shows one of them.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

from crawler.clock import instant
from reports.records import Case, Observed

ON_SALE = "#b3430b"
IN_DOUBT = "#f3b07a"
OFF_SALE = "#c9ced6"
INK = "#1d2430"
MUTED = "#5b6472"

WIDE, NARROW = 860, 300
LANE_HEIGHT = 26
MAX_LANES = 25

_ROLE = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_ID = re.compile(r'\b(id="|url\(#|href="#)')
_ROOT = re.compile(r"<svg [^>]*?viewBox=\"([^\"]+)\">")


def swimlane(observed: Observed, cases: Sequence[Case], title: str, description: str) -> dict[str, str]:
    """One lane a case: solid while seen on sale, light where it went off sale unseen, × for looks that saw nothing.

    `cases` in the order of their numbers on the page. Returns `{"wide": svg, "narrow": svg}`.
    """
    shown = cases[:MAX_LANES]
    bars, marks = _bars(observed, shown), _unknown_marks(shown)
    return {
        name: inline_svg(_render(observed, bars, marks, shown, width), f"lanes-{name}", title, description)
        for name, width in (("wide", WIDE), ("narrow", NARROW))
    }


def inline_svg(svg: str, prefix: str, title: str, description: str) -> str:
    """The drawing as one image for screen readers: inner roles off, ids made unique, a title and a description."""
    body = _ID.sub(rf"\g<1>{prefix}-", _ROLE.sub("", svg))
    found = _ROOT.search(body)
    if found is None:
        raise ValueError("the renderer gave no <svg> with a viewBox")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart {escape(prefix)}" viewBox="{found.group(1)}" role="img" '
        f'aria-labelledby="{prefix}-title {prefix}-desc"><title id="{prefix}-title">{escape(title)}</title>'
        f'<desc id="{prefix}-desc">{escape(description)}</desc>'
    )
    return head + body[found.end() :]


def lane(number: int, case: Case, width: int) -> str:
    """How a lane is labelled: its number in the table, and the marketplace where there is room."""
    return f"{number}" if width == NARROW else f"{number}  {case.listing.marketplace}"


def _bars(observed: Observed, cases: Sequence[Case]) -> list[dict[str, Any]]:
    bars = []
    for number, case in enumerate(cases, start=1):
        for episode in case.episodes:
            bars.append(_bar(number, "on", episode.first_on_sale_at, episode.last_on_sale_at))
            end = episode.first_off_at or observed.at
            bars.append(_bar(number, "doubt", episode.last_on_sale_at, end))
            if episode.first_off_at is not None:
                bars.append(_bar(number, "off", episode.first_off_at, _next_start(case, episode.ordinal, observed.at)))
    return bars


def _next_start(case: Case, ordinal: int, otherwise: datetime) -> datetime:
    return next((later.first_on_sale_at for later in case.episodes if later.ordinal > ordinal), otherwise)


def _bar(number: int, kind: str, start: datetime, end: datetime) -> dict[str, Any]:
    return {"lane": number, "kind": kind, "from": instant(start), "to": instant(max(start, end))}


def _unknown_marks(cases: Sequence[Case]) -> list[dict[str, Any]]:
    return [
        {"lane": number, "at": instant(look.looked_at)}
        for number, case in enumerate(cases, start=1)
        for look in case.looks
        if look.standing == "unknown"
    ]


def _render(
    observed: Observed,
    bars: list[dict[str, Any]],
    marks: list[dict[str, Any]],
    cases: Sequence[Case],
    width: int,
) -> str:
    import altair as alt

    labels = [lane(number, case, width) for number, case in enumerate(cases, start=1)]
    start, end = observed.period
    scale = alt.Scale(type="utc", domain=[instant(start), instant(end)])
    ticks = alt.Axis(format="%-d %b", tickCount=4 if width == NARROW else 9, title=None, grid=True, gridColor="#e8eaee")

    def row(name: str) -> Any:
        return alt.Y(f"{name}:N", sort=labels, scale=alt.Scale(domain=labels), title=None).axis(
            ticks=False, domain=False, labelPadding=8, labelLimit=180
        )

    named_bars = [{**bar, "lane": labels[bar["lane"] - 1]} for bar in bars]
    named_marks = [{**mark, "lane": labels[mark["lane"] - 1]} for mark in marks]
    layers = []
    for kind, colour, thickness in (("off", OFF_SALE, 3), ("doubt", IN_DOUBT, 13), ("on", ON_SALE, 13)):
        data = alt.InlineData(values=[bar for bar in named_bars if bar["kind"] == kind])
        layers.append(
            alt.Chart(data)
            .mark_bar(color=colour, height=thickness, minBandSize=2)
            .encode(x=alt.X("from:T", scale=scale, axis=ticks), x2="to:T", y=row("lane"))
        )
    crosses = alt.Chart(alt.InlineData(values=named_marks)).mark_point(
        shape="M-.5,-.5L.5,.5M.5,-.5L-.5,.5", size=34, stroke=INK, strokeWidth=1.3
    )
    layers.append(crosses.encode(x=alt.X("at:T", scale=scale, axis=ticks), y=row("lane")))
    return _svg(alt.layer(*layers), width - (30 if width == NARROW else 150), LANE_HEIGHT * len(cases))


def _svg(chart: Any, width: int, height: int) -> str:
    import altair as alt
    import vl_convert

    styled = (
        chart.properties(width=width, height=height)
        .configure(font="sans-serif", background="transparent")
        .configure_view(stroke=None)
        .configure_axis(labelColor=INK, labelFontSize=13, domainColor=MUTED, tickColor=MUTED)
    )
    return str(
        vl_convert.vegalite_to_svg(styled.to_json(), vl_version=alt.SCHEMA_VERSION.lstrip("v").rsplit(".", 1)[0])
    )
