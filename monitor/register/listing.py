"""The register as lines: notices and sources."""

import json
import sys
from collections.abc import Iterable, Iterator

from crawler.feeds.feed import Feed
from crawler.feeds.jsonl.read import write
from crawler.feeds.notice import Notice
from monitor.register.identifiability import VERSION, summary


def write_list(notices: Iterable[Notice], *, as_json: bool) -> None:
    """Notices on stdout: in the interchange form, or as a line each for a person."""
    sys.stdout.writelines(write(notices) if as_json else _lines(notices))


def write_summary(notices: list[Notice], *, as_json: bool) -> None:
    """How many notices reach each level of identifiability, on stdout."""
    levels = summary(notices)
    if as_json:
        sys.stdout.write(json.dumps({"notices": len(notices), "levels": levels, "version": VERSION}) + "\n")
        return
    for level, count in levels.items():
        share = f"{100 * count / len(notices):5.1f} %" if notices else "      -"
        sys.stdout.write(f"{level:12} {count:6}  {share}\n")


def source_lines(feeds: Iterable[Feed]) -> Iterator[str]:
    """Each source: name, whether it was checked against real data, cadence and licence."""
    for feed in feeds:
        info = feed.info
        checked = "verified" if info.verified else "UNVERIFIED"
        yield f"{info.name:16} {checked:10} {info.title}"
        yield f"{'':27} {info.publisher}; {info.licence}"
        yield f"{'':27} checked against: {info.verified_against}"


def _lines(notices: Iterable[Notice]) -> Iterator[str]:
    for notice in notices:
        title = notice.title or "; ".join(product.name for product in notice.products)
        mark = "" if notice.verified else "  (unverified)"
        yield f"{notice.published_on or '????-??-??'}  {notice.kind:15}  {notice.id:24}  {title[:110]}{mark}\n"
