"""Hostile pages and missing browsers: what ends, what is said of it, and what is left running (nothing)."""

import os
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler import browser_process
from crawler.child import crawl_in_child
from crawler.clock import SystemClock
from crawler.plan import Limits
from crawler.record import Outcome
from tests.conftest import REPOSITORY
from tests.integration.browsing import (
    FILL,
    QUICK,
    altered,
    browsers_of,
    needs_browser,
    page,
    rendered,
    shell,
    shop_folder,
    system_python,
)
from tests.integration.loopback import http, planned, serving, slot

pytestmark = [pytest.mark.browser, needs_browser]

CLOCK = SystemClock()
TIGHT = Limits(min_delay_s=0.0, timeout_s=5.0, render_settle_s=1.5, render_answer_s=6.0)


@pytest.fixture(autouse=True)
def _mark(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Browsers inherit it, so that a test finds its own among those of others."""
    monkeypatch.setenv("STILLFORSALE_TEST", str(tmp_path))


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
        render_settle_s=1.5,
        render_answer_s=4.0,
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
    limits = altered(render_requests=10, render_bytes=200_000)
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
    with serving({"/p": shell("fetch('/data')"), "/data": http(b"x")}) as server:
        (capture,) = rendered(tmp_path / "run", server, "/p", limits=TIGHT).captures
    assert capture.reading is not None
    assert capture.reading.judgement.rule == "ladder.shell"
    assert capture.rendering is not None
    assert not capture.rendering.settled


def test_the_browser_is_replaced_after_so_many_pages(tmp_path: Path) -> None:
    seen: set[int] = set()

    def reply(connection: object, _head: bytes) -> None:
        seen.update(browsers_of(str(tmp_path)))
        connection.sendall(http(b"Add to cart"))  # type: ignore[attr-defined]

    with serving({"/p": shell(FILL), "/data": reply}) as server:
        run = rendered(tmp_path / "run", server, "/p", "/p", limits=altered(render_looks=1))
    assert [one.outcome for one in run.captures] == [Outcome.FETCHED] * 2
    assert len(seen) == 2


def test_the_stop_switch_and_kill_leave_no_browser_behind(tmp_path: Path) -> None:
    script = "fetch('/hit'); while (true) {}"
    with serving({"/p": shell(script), "/hit": http(b"")}) as server:
        stopped, killed = tmp_path / "stopped", tmp_path / "killed"
        switch = tmp_path / "stop"
        limits = altered(render_settle_s=60.0, render_answer_s=60.0)
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


def test_a_browser_that_does_not_start_is_said_and_tried_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "chromium"
    tries = tmp_path / "tries"
    broken.write_text(f"#!/bin/sh\necho x >> {tries}\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda *_args, **_more: str(broken))
    with serving({"*": shell(FILL)}) as server:
        run = rendered(tmp_path / "run", server, "/1", "/2", "/3")
    assert [one.outcome for one in run.captures] == [Outcome.NOT_ALLOWED] * 3
    assert all(one.reason.startswith(f"browser: {broken} doesn't start here") for one in run.captures)
    assert tries.read_text().count("x") == 2
    assert "/3" not in server.hits


@pytest.mark.parametrize("trusted", [False, True])
def test_data_over_tls_goes_through_the_gate_and_certificates_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    if trusted:
        monkeypatch.setattr(browser_process, "_SWITCHES", (*browser_process._SWITCHES, "--ignore-certificate-errors"))
    data = http(b"Add to cart", "200 OK", "Access-Control-Allow-Origin: *")
    with serving({"/data": data}, tls=self_signed(tmp_path)) as secure, serving({}) as server:
        socket = f"new WebSocket('{secure.url('/socket').replace('https', 'wss')}');"
        server.replies["/p"] = shell(socket + FILL.replace("/data", secure.url("/data")))
        hosts = (server.authority, secure.authority)
        (capture,) = rendered(
            tmp_path / "run", server, "/p", limits=QUICK if trusted else TIGHT, allowed_hosts=hosts
        ).captures
    assert capture.reading is not None
    assert capture.reading.judgement.rule == ("ladder.available" if trusted else "ladder.shell")
    assert secure.hits == ({"/data": 1} if trusted else {})


def self_signed(folder: Path) -> ssl.SSLContext:
    """A certificate that nobody has reason to trust."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _when(holds: Callable[[], bool], then: Callable[[], object]) -> None:
    for _ in range(600):
        if holds():
            then()
            return
        CLOCK.sleep(0.05)
    raise AssertionError("it never came to that")
