"""What the browser's tests share: a marketplace that needs one, a reader that knows a shell, and an inner server."""

import os
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from crawler.browser import available
from crawler.market import Market
from crawler.marketplaces.description import Render
from crawler.marketplaces.states import State
from crawler.plan import Limits, Slot, Vantage
from crawler.reading import FetchedPage, Judgement, Reading
from crawler.record import Capture, Manifest
from crawler.run import run_plan
from tests.integration.loopback import Loopback, Site, captures, http, planned, slot

THERE, WHY_NOT = available()
needs_browser = pytest.mark.skipif(not THERE, reason=f"no browser: {WHY_NOT}")

QUICK = Limits(min_delay_s=0.0, timeout_s=5.0, render_settle_s=4.0, render_answer_s=3.0)
SHELL = b'<!doctype html><html><head><title>Shop</title></head><body><div id="app">loading</div>%s</body></html>'


def shell(script: str, *headers: str) -> bytes:
    """A page that is empty until its script has run."""
    return http(SHELL % f"<script>{script}</script>".encode(), "200 OK", *headers)


def page(body: str) -> bytes:
    """A page that shows its item without a script, with something else beside it."""
    return http(f"<!doctype html><html><body><p>Add to cart</p>{body}</body></html>".encode())


def read(page: FetchedPage, _slot: Slot, _vantage: Vantage | None) -> Reading:
    """`Add to cart` is an offer, `loading` a shell, `prove that you are human` a wall."""
    state, rule = State.UNCLEAR, "ladder.unclear"
    if b">prove that you are human<" in page.body:
        state, rule = State.BLOCKED, "ladder.wall"
    elif b">Add to cart<" in page.body:
        state, rule = State.AVAILABLE, "ladder.available"
    elif b">loading<" in page.body:
        state, rule = State.FAILED, "ladder.shell"
    judgement = Judgement(state=state, rule=rule, version=1)
    return Reading(marketplace="market", kind="listing", judgement=judgement)


def market(render: Render = "always", hosts: tuple[str, ...] = ()) -> Market:
    """One marketplace whose pages need a browser."""
    site = Site(hosts=hosts, render=render)
    return Market(sites=lambda _: site, owner=lambda _: "", read=read)


@dataclass
class Run:
    """A finished run of some slots."""

    folder: Path
    manifest: Manifest
    captures: list[Capture]
    states: Counter[str] = field(default_factory=Counter)


def rendered(
    folder: Path, server: Loopback, *paths: str, limits: Limits = QUICK, render: Render = "always", **more: object
) -> Run:
    """Look at some pages of a server, each in a slot of its own."""
    slots = [slot(number, server.url(path)) for number, path in enumerate(paths, start=1)]
    planned(folder, slots, server, limits, **more)
    manifest = run_plan(folder, market=market(render))
    return Run(folder, manifest, captures(folder))


def chromium_processes() -> list[int]:
    """Browsers of ours that are still running."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"--stillforsale-run=" in words:
                found.append(int(entry.name))
    return found


def system_python() -> str | None:
    """A Python that a user other than root can start."""
    path = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    return path if path and os.access(path, os.X_OK) else None
