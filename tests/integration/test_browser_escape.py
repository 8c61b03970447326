"""What a hostile page tries in the browser, and what comes of it: nothing inside the house is ever asked."""

import asyncio
from collections.abc import Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crawler.browser_gate import REFUSED_HEADER, Gate
from crawler.clock import SystemClock
from crawler.egress import EgressGuard
from crawler.plan import Limits
from crawler.record import Outcome
from tests.integration.browsing import QUICK, needs_browser, rendered, shell
from tests.integration.loopback import Loopback, Reply, http, serving, slot

DONE = "setTimeout(() => { document.getElementById('app').textContent = 'Add to cart' }, 300);"

ATTACKS = """
const inner = "INNER", own = location.origin;
const element = (tag, fields) => document.head.append(Object.assign(document.createElement(tag), fields));
const tried = attack => { try { attack() } catch (error) { } };
fetch(inner + "/fetch").catch(() => 0);
fetch("/redirects").catch(() => 0);
fetch("/post", {method: "POST", body: "x"}).catch(() => 0);
element("script", {src: inner + "/script"});
element("script", {src: "/redirects?script"});
for (const host of ["localhost", "[::1]", "0.0.0.0", "2130706433", "127.1", "[::ffff:127.0.0.1]"])
  element("script", {src: `http://${host}:PORT/by-name`});
for (const [tag, field] of [["iframe", "src"], ["img", "src"], ["embed", "src"], ["object", "data"], ["video", "src"]])
  element(tag, {[field]: inner + "/" + tag});
for (const rel of ["stylesheet", "prefetch", "preload", "preconnect", "dns-prefetch", "modulepreload", "icon"])
  element("link", {rel, as: "script", href: inner + "/" + rel});
for (const host of [inner, own]) {
  tried(() => new WebSocket(host.replace("http", "ws") + "/socket"));
  tried(() => new EventSource(host + "/events"));
  tried(() => navigator.sendBeacon(host + "/beacon", "x"));
  tried(() => window.open(host + "/open"));
  const link = Object.assign(document.createElement("a"), {href: host + "/popup", target: "_blank"});
  document.body.append(link);
  link.click();
  const rules = JSON.stringify({prefetch: [{source: "list", urls: [host + "/speculation"]}]});
  element("script", {type: "speculationrules", textContent: rules});
}
const file = Object.assign(document.createElement("a"), {href: "/download", download: "x"});
document.body.append(file);
file.click();
for (const worker of ["/worker.js", URL.createObjectURL(new Blob([`fetch("${inner}/blob")`]))]) {
  tried(() => new Worker(worker));
  tried(() => new SharedWorker(worker));
}
tried(() => navigator.serviceWorker.register("/service.js").catch(() => 0));
tried(() => new WebTransport(inner.replace("http", "https") + "/transport"));
tried(() => new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:PORT"}]}).createOffer());
tried(() => alert("stop"));
tried(() => { document.domain = "example.org" });
const form = Object.assign(document.createElement("form"), {method: "POST", action: inner + "/form"});
document.body.append(form);
form.submit();
"""


@pytest.mark.browser
@needs_browser
def test_nothing_inside_is_ever_asked(tmp_path: Path) -> None:
    with serving() as inner, serving({"*": http(b"x")}) as server:
        at = inner.url
        server.replies |= {
            "/attacks": shell(ATTACKS.replace("INNER", at("")).replace("PORT", str(inner.port)) + DONE),
            "/redirects": http(b"", "302 Found", f"Location: {at('/redirected')}"),
            "/redirects?script": http(b"", "302 Found", f"Location: {at('/redirected')}"),
            "/by-meta": http(f'<meta http-equiv="refresh" content="0;url={at("/meta")}"><p>hello</p>'.encode()),
            "/by-header": http(b"<p>hello</p>", "200 OK", f"Refresh: 0;url={at('/header')}"),
            "/by-script": shell(f"location = '{at('/location')}'"),
            "/by-redirect": http(b"", "302 Found", f"Location: {at('/redirect')}"),
            **{f"/to-{number}": shell(f"location = '{url}';{DONE}") for number, url in enumerate(STRANGE)},
        }
        away = ("/by-meta", "/by-header", "/by-script", "/by-redirect")
        paths = ("/attacks", *away, *(f"/to-{number}" for number in range(len(STRANGE))))
        run = rendered(tmp_path / "run", server, *paths)
    assert not inner.hits
    asked = {path for path in server.hits if path not in (*paths, "/robots.txt")}
    assert asked == {"/redirects", "/redirects?script"}

    by_path = {one.requested_url.removeprefix(server.url("")): one for one in run.captures}
    attacks = by_path["/attacks"]
    assert attacks.outcome == Outcome.FETCHED
    assert attacks.rendering is not None
    assert attacks.rendering.refusals["egress: address 127.0.0.1 is loopback"] >= 3
    assert attacks.rendering.refusals["method POST"] >= 1
    for path in away:
        assert by_path[path].outcome == Outcome.NOT_ALLOWED
        assert by_path[path].reason == "egress: address 127.0.0.1 is loopback"
    for number, url in enumerate(STRANGE):
        capture = by_path[f"/to-{number}"]
        assert capture.outcome == Outcome.FETCHED, url
        assert capture.final_url == server.url(f"/to-{number}")


STRANGE = (
    "file:///etc/hostname",
    "view-source:file:///etc/hostname",
    "chrome://version",
    "data:text/html,<p>elsewhere</p>",
    "ftp://127.0.0.1/x",
    "javascript:void(0)",
)


@pytest.mark.browser
@needs_browser
@pytest.mark.parametrize("url", ["file:///etc/hostname", "view-source:http://127.0.0.1/", "chrome://version"])
def test_a_slot_for_no_web_page_starts_no_browser(tmp_path: Path, url: str) -> None:
    with serving() as server:
        run = rendered(tmp_path / "run", server, slots=[slot(1, url)])
    assert [one.outcome for one in run.captures] == [Outcome.NOT_ALLOWED]
    assert run.captures[0].reason.startswith("egress: scheme")
    assert not run.manifest.browser


LARGE = b"x" * 1_000_000


class Names:
    """A resolver that answers otherwise every time."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    async def __call__(self, _host: str, _port: int) -> list[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


async def ask(gate: Gate, line: str, *headers: str, then: bytes = b"") -> bytes:
    """What the gate answers to one request, to its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(gate.url.rpartition(":")[2]))
    writer.write("\r\n".join([line, *headers, "", ""]).encode() + then)
    try:
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    """On a loop of its own: the reactor's stays as it is."""
    with closing(asyncio.new_event_loop()) as loop:
        loop.run_until_complete(coroutine)


def with_gate(server: Loopback, names: Names, limits: Limits = QUICK, host: str = "shop.test") -> Gate:
    guard = EgressGuard(SystemClock(), [f"{host}:{server.port}"], names)
    return Gate(guard, limits)


def test_a_name_is_resolved_once_and_its_checked_address_dialled() -> None:
    async def trial(server: Loopback) -> None:
        names = Names(["127.0.0.1"], ["10.0.0.7"])
        async with with_gate(server, names) as gate:
            gate.admit(f"http://shop.test:{server.port}/")
            for _ in range(2):
                answer = await ask(
                    gate, f"GET http://shop.test:{server.port}/p?q=1 HTTP/1.1", f"Host: {server.authority}"
                )
                assert answer.startswith(b"HTTP/1.1 200 OK")
                assert b"Connection: close" in answer
        assert names.asked == 1
        assert server.hits["/p?q=1"] == 2

    with serving({"*": http(length=False)}) as server:
        run(trial(server))


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["::1"], ["169.254.169.254"]])
@pytest.mark.parametrize("line", ["GET http://rebound.test:{port}/ HTTP/1.1", "CONNECT rebound.test:{port} HTTP/1.1"])
def test_a_name_with_any_inner_address_is_refused_and_the_refusal_is_ours(answer: list[str], line: str) -> None:
    async def trial(server: Loopback) -> None:
        async with with_gate(server, Names(answer)) as gate:
            gate.admit(f"http://rebound.test:{server.port}/")
            gate.admit(f"https://rebound.test:{server.port}/")
            said = await ask(gate, line.format(port=server.port))
            assert said.startswith(b"HTTP/1.1 403 ")
            assert f"{REFUSED_HEADER}: egress: address".encode() in said
            assert gate.refusals.total() == 1
        assert not server.hits

    with serving() as server:
        run(trial(server))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("GET http://other.test/ HTTP/1.1", "not asked for"),
        ("CONNECT shop.test:{port} HTTP/1.1", "not asked for"),
        ("POST http://shop.test:{port}/ HTTP/1.1", "method POST"),
        ("GET ftp://shop.test/ HTTP/1.1", "egress: scheme"),
        ("GET /p HTTP/1.1", "egress: scheme"),
        ("GET http://user:secret@shop.test:{port}/ HTTP/1.1", "egress: the URL carries credentials"),
        ("nonsense", "method nonsense"),
    ],
)
def test_the_gate_lets_out_only_what_was_admitted(line: str, why: str) -> None:
    async def trial(server: Loopback) -> None:
        async with with_gate(server, Names(["127.0.0.1"])) as gate:
            gate.admit(f"http://shop.test:{server.port}/")
            said = await ask(gate, line.format(port=server.port))
            assert f"{REFUSED_HEADER}: {why}".encode() in said
        assert not server.hits

    with serving() as server:
        run(trial(server))


def test_a_tunnel_is_counted_and_cut_at_the_limit_of_bytes() -> None:
    async def trial(server: Loopback) -> None:
        limits = QUICK.model_copy(update={"render_bytes": 100_000})
        async with with_gate(server, Names(["127.0.0.1"]), limits) as gate:
            gate.admit(f"https://shop.test:{server.port}/")
            line, request = f"CONNECT shop.test:{server.port} HTTP/1.1", b"GET /small HTTP/1.1\r\n\r\n"
            small = await ask(gate, line, then=request)
            assert small.endswith(b"few")
            assert 3 < gate.received_bytes < 300
            large = await ask(gate, line, then=b"GET /large HTTP/1.1\r\n\r\n")
            assert len(large) < 200_000
            assert gate.refusals["more bytes than the limit"] == 1
            assert b"403" in await ask(gate, line, then=request)

    until_the_end: dict[str, Reply] = {
        "/small": http(b"few", length=False),
        "/large": http(b"x" * 1_000_000, length=False),
    }
    with serving(until_the_end) as server:
        run(trial(server))


def test_a_large_head_and_a_dead_host_end_as_no_answer() -> None:
    async def trial(server: Loopback) -> None:
        async with with_gate(server, Names(["127.0.0.1"]), QUICK.model_copy(update={"max_header_bytes": 4096})) as gate:
            gate.admit(f"http://shop.test:{server.port}/")
            assert await ask(gate, f"GET http://shop.test:{server.port}/long HTTP/1.1") == b""
            server.close()
            said = await ask(gate, f"GET http://shop.test:{server.port}/long HTTP/1.1")
            assert said.startswith(b"HTTP/1.1 502 ")

    with serving({"/long": http(b"", "200 OK", "X-Long: " + "y" * 100_000)}) as server:
        run(trial(server))
