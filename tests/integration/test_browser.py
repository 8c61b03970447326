"""Pages that need a browser: filled, read, kept as evidence, and ended in bounded time when they are hostile."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from crawler.archive.reader import Archive
from crawler.archive.shots import PNG
from crawler.child import crawl_in_child
from crawler.clock import SystemClock
from crawler.marketplaces.states import State
from crawler.plan import Limits
from crawler.record import PAGES_FILE, Outcome
from monitor.store.ingest import ingest_run
from monitor.store.session import Store
from tests.conftest import REPOSITORY
from tests.integration.browsing import QUICK, browsers_of, needs_browser, page, rendered, shell, system_python
from tests.integration.loopback import Loopback, http, planned, serving, slot

pytestmark = [pytest.mark.browser, needs_browser]

CLOCK = SystemClock()
FILL = "fetch('/data').then(r => r.text()).then(text => { document.getElementById('app').textContent = text })"
NEVER = "fetch('/data').then(() => 0)"
TIGHT = Limits(min_delay_s=0.0, timeout_s=5.0, render_settle_s=1.5, render_answer_s=1.5)


@pytest.fixture(autouse=True)
def _mark(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Browsers inherit it, so that a test finds its own among those of others."""
    monkeypatch.setenv("STILLFORSALE_TEST", str(tmp_path))


def test_a_shell_fills_itself_and_is_kept_as_evidence(tmp_path: Path, sqlite_store: Store) -> None:
    with serving({"/item/7": shell(FILL), "/data": http(b"Add to cart")}) as server:
        slots = [slot(1, server.url("/item/7"), listing_id="7")]
        run = rendered(tmp_path / "run", server, slots=slots, render="on_shell")
    (capture,) = run.captures
    assert capture.outcome == Outcome.FETCHED
    assert capture.reading is not None
    assert capture.reading.judgement.state == State.AVAILABLE
    assert capture.rendering is not None
    assert (capture.rendering.requests, capture.rendering.documents, capture.rendering.settled) == (1, 1, True)
    assert capture.rendering.received_bytes >= len("Add to cart")

    with Archive(run.folder / PAGES_FILE) as archive:
        wire = archive.page(capture.warc_record_id)
        dom = archive.page(capture.rendered_record_id)
    assert b">loading<" in wire.body
    assert hashlib.sha256(wire.body).hexdigest() == capture.body_sha256
    assert b">Add to cart<" in dom.body
    assert dom.body.startswith(b"<!DOCTYPE html>")
    assert hashlib.sha256(dom.body).hexdigest() == capture.rendering.dom_sha256
    assert dom.content_type == "text/html; charset=utf-8"

    with (run.folder / PAGES_FILE).open("rb") as file:
        headers = {one.rec_headers["WARC-Record-ID"]: one.rec_headers for one in ArchiveIterator(file)}
    record = headers[f"<{capture.rendered_record_id}>"]
    assert record["WARC-Type"] == "conversion"
    assert record["WARC-Refers-To"] == f"<{capture.warc_record_id}>"

    assert (run.folder / capture.shot).read_bytes().startswith(PNG)
    assert capture.shot in {file.name for file in run.manifest.files}
    assert run.manifest.browser["name"] == "Chromium"
    assert run.manifest.browser["sandbox"] == ("off: we run as root" if os.geteuid() == 0 else "on")
    assert not browsers_of(str(tmp_path))

    result = ingest_run(sqlite_store, run.folder, CLOCK.now())
    assert (result.new, result.looks) == (True, 1)
    assert not result.problems


def test_only_what_needs_a_browser_gets_one(tmp_path: Path) -> None:
    replies = {"/plain": page(""), "/gone": http(b"no", "404 Not Found", "Content-Type: text/plain")}
    replies |= {"/walled": http(b"<p>prove that you are human</p>"), "/down": http(b"<p>loading</p>", "503 Down")}
    with serving(dict(replies)) as server:
        asked = rendered(tmp_path / "shells", server, "/plain", "/down", render="on_shell")
        always = rendered(tmp_path / "always", server, "/walled", render="always")
        never = rendered(tmp_path / "never", server, "/plain", render="never")
    assert not asked.manifest.browser
    assert not never.manifest.browser
    assert not always.manifest.browser
    assert [one.reading.judgement.state for one in always.captures if one.reading] == [State.BLOCKED]


def test_pages_go_out_under_one_name_with_the_buyers_region_and_forget_everything(tmp_path: Path) -> None:
    script = (
        "const seen = [document.cookie, localStorage.length, navigator.userAgent, navigator.language,"
        " Intl.DateTimeFormat().resolvedOptions().timeZone, navigator.webdriver].join('|');"
        "document.cookie = 'left=behind'; localStorage.setItem('left', 'behind');"
        "fetch('/data').then(() => { document.getElementById('app').innerHTML = '<p>Add to cart</p>' + seen })"
    )
    replies = {"/a": shell(script, "Set-Cookie: of=site; Path=/"), "/b": shell(script), "/data": http(b"x")}
    with serving(dict(replies)) as server:
        run = rendered(tmp_path / "run", server, "/a", "/b")
    agents = {line for head in server.heads for line in head.split(b"\r\n") if line.lower().startswith(b"user-agent:")}
    assert len(agents) == 1
    assert b"stillforsale/" in next(iter(agents))
    assert b"watch@example.org" in next(iter(agents))
    asked = [head for head in server.heads if head.startswith(b"GET /data")]
    assert all(b"From: watch@example.org" in head for head in asked)
    assert b"ship_to=US" in asked[0]
    assert b"of=site" in asked[0]
    assert b"left=behind" in asked[0]
    assert b"ship_to=US" in asked[1]
    assert b"of=site" not in asked[1]
    with Archive(run.folder / PAGES_FILE) as archive:
        first, second = (archive.page(one.rendered_record_id).body.decode() for one in run.captures)
    agent = next(iter(agents)).partition(b": ")[2].decode()
    assert f"|0|{agent}|en-US|America/New_York|true" in first
    assert f"ship_to=US|0|{agent}|" in second


def test_a_page_that_goes_on_is_followed_as_politely_as_a_redirect(tmp_path: Path) -> None:
    go = "document.cookie = 'zip=10001'; location = '%s'"
    with serving(
        {
            "/robots.txt": http(b"User-agent: *\nDisallow: /private\n"),
            "/start": shell(go % "/end"),
            "/end": page(""),
            "/into": shell(go % "/private/x"),
            "/loop": shell("location.reload()"),
        }
    ) as server:
        followed, refused, looping = rendered(tmp_path / "run", server, "/start", "/into", "/loop").captures
    assert followed.final_url == server.url("/end")
    assert followed.redirects == (server.url("/start"),)
    assert followed.rendering is not None
    assert followed.rendering.documents == 2
    (second,) = [head for head in server.heads if head.startswith(b"GET /end")]
    assert b"zip=10001" in second
    assert (refused.outcome, refused.reason) == (Outcome.NOT_ALLOWED, "robots: disallowed")
    assert server.hits["/private/x"] == 0
    assert (looping.outcome, looping.reason) == (Outcome.FAILED, "redirect_limit")
    assert server.hits["/loop"] == QUICK.max_redirects + 1


def test_a_wall_that_scripts_put_up_and_a_refusal_of_data_rest_the_host(tmp_path: Path) -> None:
    wall = "document.body.innerHTML = '<p>prove that you are human</p>'"
    refusing = "fetch('/data').then(() => { document.getElementById('app').textContent = 'Add to cart' })"
    for number, replies in enumerate(
        ({"/p": shell(wall), "/q": page("")}, {"/p": shell(refusing), "/data": http(b"", "429 No"), "/q": page("")})
    ):
        with serving(dict(replies)) as server:
            first, second = rendered(tmp_path / f"case{number}" / "run", server, "/p", "/q").captures
        assert first.outcome == Outcome.FETCHED
        assert second.outcome == Outcome.NOT_ALLOWED
        assert second.reason.startswith("host_paused")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        pytest.param("while (true) {}", "did not answer within", id="busy for ever"),
        pytest.param("const a = []; for (;;) a.push(new Array(1e6).fill(Math.random()))", "memory", id="heap"),
        pytest.param(
            "const a = []; setInterval(() => { for (let i = 0; i < 8; i++) a.push(new Uint8Array(16e6).fill(7)) }, 10)",
            "memory",
            id="buffers",
        ),
        pytest.param(
            "document.body.append(document.createComment('x'.repeat(2e6)))", "larger than the limit", id="size"
        ),
    ],
)
def test_a_hostile_page_fails_in_bounded_time_and_the_next_is_looked_at(tmp_path: Path, script: str, says: str) -> None:
    limits = Limits(
        min_delay_s=0.0,
        timeout_s=5.0,
        max_body_bytes=1024 * 1024,
        render_settle_s=2.5,
        render_answer_s=2.5,
        render_memory_bytes=400 * 1024 * 1024,
    )
    with serving({"/bad": shell(script), "/good": page("")}) as server:
        began_s = CLOCK.monotonic_s()
        bad, good = rendered(tmp_path / "run", server, "/bad", "/good", limits=limits).captures
    assert CLOCK.monotonic_s() - began_s < 30
    assert bad.outcome == Outcome.FAILED
    assert says in bad.reason
    assert bad.warc_record_id
    assert not bad.rendered_record_id
    assert good.outcome == Outcome.FETCHED
    assert good.rendered_record_id
    assert not browsers_of(str(tmp_path))


def test_requests_and_bytes_are_counted_and_bounded(tmp_path: Path) -> None:
    many = "for (let i = 0; i < 40; i++) fetch('/many?' + i);" + FILL
    large = "fetch('/large').then(r => r.text()).catch(() => 0).finally(() => { " + FILL + "})"
    limits = replace_in(QUICK, render_requests=10, render_bytes=200_000)
    with serving(
        {"/many": shell(many), "/big": shell(large), "/large": http(b"x" * 5_000_000), "/data": http(b"Add to cart")}
    ) as server:
        first, second = rendered(tmp_path / "run", server, "/many", "/big", limits=limits).captures
    assert sum(hits for path, hits in server.hits.items() if path.startswith("/many?")) == 10
    assert first.rendering is not None
    assert first.rendering.requests == 10
    assert first.rendering.refusals["more requests than the limit"] == 31
    assert second.rendering is not None
    assert second.rendering.refusals["more bytes than the limit"] >= 1
    assert second.rendering.received_bytes < 400_000


def test_a_page_that_never_fills_is_a_shell_and_says_that_it_was_still_loading(tmp_path: Path) -> None:
    with serving({"/p": shell(NEVER), "/data": http(b"x")}) as server:
        (capture,) = rendered(tmp_path / "run", server, "/p", limits=TIGHT).captures
    assert capture.reading is not None
    assert capture.reading.judgement.rule == "ladder.shell"
    assert capture.rendering is not None
    assert not capture.rendering.settled


def test_without_a_browser_such_pages_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_args, **_more: None)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with serving({"/shell": shell(FILL), "/plain": page("")}) as server:
        (always,) = rendered(tmp_path / "always", server, "/plain").captures
        assert not server.hits
        on_shell, plain = rendered(tmp_path / "shells", server, "/shell", "/plain", render="on_shell").captures
    for capture in (always, on_shell):
        assert capture.outcome == Outcome.NOT_ALLOWED
        assert capture.reason.startswith("browser: no Chromium was found")
        assert capture.reading is None
    assert on_shell.warc_record_id
    assert plain.outcome == Outcome.FETCHED


def test_the_browser_is_replaced_after_so_many_pages(tmp_path: Path) -> None:
    seen: set[int] = set()

    def reply(connection: object, _head: bytes) -> None:
        seen.update(browsers_of(str(tmp_path)))
        connection.sendall(http(b"Add to cart"))  # type: ignore[attr-defined]

    with serving({"/p": shell(FILL), "/data": reply}) as server:
        run = rendered(tmp_path / "run", server, "/p", "/p", limits=replace_in(QUICK, render_looks=1))
    assert [one.outcome for one in run.captures] == [Outcome.FETCHED] * 2
    assert len(seen) == 2


def test_the_stop_switch_and_kill_leave_no_browser_behind(tmp_path: Path) -> None:
    script = "fetch('/hit'); while (true) {}"
    with serving({"/p": shell(script), "/hit": http(b"")}) as server:
        stopped, killed = tmp_path / "stopped", tmp_path / "killed"
        switch = tmp_path / "stop"
        limits = replace_in(QUICK, render_settle_s=60.0, render_answer_s=60.0)
        for folder in (stopped, killed):
            marketplace = shop_folder(tmp_path / "marketplaces", server)
            planned(
                folder,
                [slot(1, server.url("/p"), marketplace="shop")],
                server,
                limits,
                allowed_marketplaces=("shop",),
                marketplaces_dir=str(marketplace),
                stop_file=str(switch),
            )
        watcher = threading.Thread(target=_when, args=(lambda: bool(browsers_of(str(tmp_path))), switch.touch))
        watcher.start()
        (result,) = crawl_in_child([stopped], timeout_s=60)
        watcher.join()
        assert result.status == "stop_switch", result
        assert result.manifest is not None
        assert result.manifest.counts == {"not_looked": 1}
        assert not browsers_of(str(tmp_path))

        switch.unlink()
        child = subprocess.Popen([sys.executable, "-m", "crawler.run", str(killed)], cwd=REPOSITORY)
        _when(lambda: bool(browsers_of(str(tmp_path))), lambda: child.send_signal(signal.SIGKILL))
        child.wait(10)
        _when(lambda: not browsers_of(str(tmp_path)), lambda: None)


@pytest.mark.skipif(os.geteuid() != 0, reason="everybody else runs in the sandbox in every test of this file")
def test_in_its_sandbox_where_we_are_not_root(tmp_path: Path) -> None:
    python = system_python()
    if python is None:
        pytest.skip("there is no Python that another user can start")
    code = "from tests.integration.browsing import sandboxed_look; sandboxed_look()"
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{REPOSITORY}:{packages}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [python, "-c", code], user=65534, group=65534, extra_groups=[], env=environment, cwd="/tmp",
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == "fetched on locked in", done.stderr


def replace_in(limits: Limits, **values: object) -> Limits:
    return limits.model_copy(update=values)


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


def _when(holds: Callable[[], bool], then: Callable[[], object]) -> None:
    for _ in range(600):
        if holds():
            then()
            return
        CLOCK.sleep(0.05)
    raise AssertionError("it never came to that")
