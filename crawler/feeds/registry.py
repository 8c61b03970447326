"""Finds the feeds by their folders, and reads a file with the one that it belongs to."""

import importlib
import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

from crawler.errors import BadInput
from crawler.feeds.bytes import read_bytes
from crawler.feeds.enrich import enrich
from crawler.feeds.feed import Feed, FeedInfo
from crawler.feeds.generic_csv.read import read_map, read_mapped
from crawler.feeds.result import ReadResult

_HERE = Path(__file__).parent


@cache
def feeds() -> dict[str, Feed]:
    """Every feed by its name; a folder with a `feed.toml` and a `read.py` is one."""
    found = (_load(path.parent) for path in sorted(_HERE.glob("*/feed.toml")))
    return {feed.info.name: feed for feed in found}


def feed(name: str) -> Feed:
    """The feed of this name. Raises BadInput and lists the names."""
    known = feeds()
    if name not in known:
        raise BadInput(f"no source is called {name!r}; there are {', '.join(known)}", field="--source")
    return known[name]


def recognise(data: bytes, name: str) -> Feed:
    """The feed whose format these bytes have. Raises BadInput where none or more than one fits."""
    fitting = [one for one in feeds().values() if one.sniff(data)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(one.info.name for one in fitting or feeds().values())
    problem = f"could be any of {names}" if fitting else f"is none of the forms that we read ({names})"
    raise BadInput(f"{problem}; name it with --source", file=name)


def read_data(data: bytes, name: str, source: str | None = None) -> ReadResult:
    """The notices in these bytes, with identifiers and flags found in them; `source` None recognises the form."""
    chosen = feed(source) if source else recognise(data, name)
    result = chosen.read(data, name)
    return replace(result, notices=enrich(result.notices))


def read_data_mapped(data: bytes, name: str, columns: Path) -> ReadResult:
    """The notices in a CSV of any form, by a column map (a TOML file). Raises BadInput."""
    result = read_mapped(data, name, *read_map(columns))
    return replace(result, notices=enrich(result.notices))


def read_any(path: Path, source: str | None = None) -> ReadResult:
    """The notices of a recall file of any known form, plain or .gz. Raises BadInput where it is not what it claims."""
    return read_data(read_bytes(path), str(path), source)


def _load(folder: Path) -> Feed:
    info = FeedInfo.model_validate(tomllib.loads((folder / "feed.toml").read_text("utf-8")))
    module = importlib.import_module(f"crawler.feeds.{folder.name}.read")
    walk = importlib.import_module(f"crawler.feeds.{folder.name}.walk") if info.fetch in ("pages", "index") else None
    join, entries = getattr(walk, "join", None), getattr(walk, "entries", None)
    return Feed(info, module.read, module.sniff, join=join, entries=entries)
