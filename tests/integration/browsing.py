"""What the browser's tests share: a marketplace that needs one, a reader that knows a shell, and an inner server."""

import os
import shutil
import socket
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.browser import available
from crawler.browser_process import locked_in
from crawler.market import Market
from crawler.marketplaces.description import Render
from crawler.marketplaces.states import State
from crawler.plan import Limits, Slot, Vantage
from crawler.reading import FetchedPage, Judgement, Mark, MarkKind, Reading
from crawler.record import Capture, Manifest
from crawler.run import run_plan
from tests.integration.loopback import Loopback, Site, captures, http, planned, serving, slot

THERE, WHY_NOT = available()
needs_browser = pytest.mark.skipif(not THERE, reason=f"no browser: {WHY_NOT}")

QUICK = Limits(min_delay_s=0.0, timeout_s=5.0, render_settle_s=4.0, render_answer_s=3.0)
SHELL = b'<!doctype html><html><head><title>Shop</title></head><body><div id="app">loading</div>%s</body></html>'


FILL = "fetch('/data').then(r => r.text()).then(text => { document.getElementById('app').textContent = text })"


def shell(script: str, *headers: str) -> bytes:
    """A page that is empty until its script has run."""
    return http(SHELL % f"<script>{script}</script>".encode(), "200 OK", *headers)


def page(body: str) -> bytes:
    """A page that shows its item without a script, with something else beside it."""
    return http(f"<!doctype html><html><body><p>Add to cart</p>{body}</body></html>".encode())


def read(page: FetchedPage, _slot: Slot, _vantage: Vantage | None) -> Reading:
    """`Add to cart` is an offer, `loading` a shell, `prove that you are human` a wall."""
    state, rule = State.UNCLEAR, "ladder.unclear"
    marks: tuple[Mark, ...] = ()
    if b">prove that you are human<" in page.body:
        state, rule = State.BLOCKED, "ladder.wall"
        marks = (Mark(kind=MarkKind.WALL, signature="test", where="p"),)
    elif b">Add to cart<" in page.body:
        state, rule = State.AVAILABLE, "ladder.available"
    elif b">loading<" in page.body:
        state, rule = State.FAILED, "ladder.shell"
    judgement = Judgement(state=state, rule=rule, version=1)
    return Reading(marketplace="market", kind="listing", marks=marks, judgement=judgement)


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


def rendered(
    folder: Path,
    server: Loopback,
    *paths: str,
    slots: list[Slot] | None = None,
    limits: Limits = QUICK,
    render: Render = "always",
    **more: object,
) -> Run:
    """Look at some pages of a server, each in a slot of its own."""
    slots = slots or [slot(number, server.url(path)) for number, path in enumerate(paths, start=1)]
    planned(folder, slots, server, limits, **more)
    manifest = run_plan(folder, market=market(render))
    return Run(folder, manifest, captures(folder))


def altered(**values: object) -> Limits:
    """The quick limits with some others."""
    return QUICK.model_copy(update=values)


def shop_folder(folder: Path, server: Loopback) -> Path:
    """A marketplace of the operator's own that needs a browser always."""
    shop = folder / "shop"
    shop.mkdir(parents=True, exist_ok=True)
    (shop / "marketplace.toml").write_text(
        f'name = "shop"\nlabel = "Shop"\nhosts = ["{server.authority}"]\nrender = "always"\nmin_delay_s = 0.0\n'
        'listing_patterns = ["/(?P<id>p)$"]\n'
        '[terms]\nautomation = "ours"\nstorage = "ours"\nread_on = "2026-03-02"\nsays = "ours"\n'
        '[controls]\nlive = "none"\ndead = "none"\n'
    )
    return folder


def browsers_of(mark: str) -> list[int]:
    """Browsers of ours that are running and inherited `STILLFORSALE_TEST=mark`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words, environment = (entry / "cmdline").read_bytes(), (entry / "environ").read_bytes()
            except OSError:
                continue
            if b"--stillforsale-run=" in words and f"STILLFORSALE_TEST={mark}".encode() in environment.split(b"\0"):
                found.append(int(entry.name))
    return found


def system_python() -> str | None:
    """A Python that a user other than root can start."""
    path = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    return path if path and os.access(path, os.X_OK) else None


def sandboxed_look() -> None:
    """One look in a fresh folder, for a user other than root.

    Prints its outcome, what the manifest says of the sandbox, and whether the page's process was locked in.
    """
    locked: list[bool] = []

    def watching(connection: socket.socket, _head: bytes) -> None:
        locked.extend(locked_in(pid) for pid in renderers())
        connection.sendall(http(b"Add to cart"))

    with tempfile.TemporaryDirectory() as folder, serving({"/p": shell(FILL), "/data": watching}) as server:
        os.environ["HOME"] = folder
        run = rendered(Path(folder) / "run", server, "/p")
    held = "locked in" if locked and all(locked) else "loose"
    sys.stdout.write(f"{run.captures[0].outcome} {run.manifest.browser.get('sandbox')} {held}\n")


def renderers() -> list[int]:
    """Processes that show pages for this user."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and entry.stat().st_uid == os.geteuid():
                found += [int(entry.name)] if b"--type=renderer" in (entry / "cmdline").read_bytes() else []
    return found
