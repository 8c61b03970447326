"""The desk over HTTP: who may talk to it, what it never gives back, and how a session ends."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawler.errors import BadInput
from crawler.folder import FolderBusy
from crawler.marketplaces.states import State
from crawler.record import Outcome
from monitor.capture.app import build_app
from monitor.capture.folder import new_folder, open_folder, open_folders
from monitor.capture.saved import MAX_SENT_BYTES
from monitor.capture.session import KILLED, Asked, hold_session
from monitor.capture.slots import person_slots
from monitor.localweb.guard import CSP
from monitor.localweb.server import LocalServer
from monitor.schedule.policy import Pace, next_look
from monitor.schedule.watched import suspects, watched_listings
from monitor.store.archive import open_run
from monitor.store.ledger_tables import RunRow
from tests.integration.desk import US, Market, Running, market, session
from tests.unit.capture.pages import sent

HOSTILE = b"<html><body><script>fetch('/steal')</script><h1>Kettle</h1></body></html>"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Market]:
    with market(tmp_path) as open_market:
        yield open_market


@dataclass
class Caller:
    """Somebody who sends requests to a desk and says of himself what he likes."""

    running: Running

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, token: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        door = self.running.door
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=20)
        connection.request(method, f"/{door.desk if token is None else token}/{path}", body, named)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content

    def said(self, method: str, path: str, body: bytes | None = None, **more: Any) -> tuple[int, str]:
        status, _, content = self.ask(method, path, body, **more)
        return status, str(json.loads(content).get("words", ""))


@pytest.fixture
def caller(shop: Market) -> Iterator[Caller]:
    """A session with one listing that is open, ended at the end of the test."""
    shop.name(shop.listing(State.AVAILABLE))
    with session(shop) as running:
        caller = Caller(running)
        caller.ask("POST", "open")
        yield caller
        caller.ask("POST", "end")


def test_nobody_without_token_name_or_origin(caller: Caller) -> None:
    slot = caller.running.desk.current
    assert slot is not None
    skip = f"skip?slot={slot.slot_id}&why=wall"
    assert caller.said("GET", "", token="x" * 32)[0] == 403
    assert caller.said("GET", "", Host=f"desk.evil.example:{caller.running.door.port}")[0] == 403
    assert caller.said("GET", "", Host=f"localhost:{caller.running.door.port}")[0] == 403
    assert caller.said("POST", skip, Origin="https://evil.example") == (403, "another site's page asked for this")
    assert caller.said("POST", skip, Origin="null")[0] == 403
    assert caller.ask("GET", skip)[0] in (404, 405)
    assert caller.ask("GET", "end")[0] in (404, 405)
    assert caller.ask("PUT", "end")[0] == 405
    assert caller.ask("OPTIONS", skip, Origin="https://evil.example")[0] == 403
    assert caller.running.desk.done == []


def test_what_the_bookmarklets_token_can_do(caller: Caller) -> None:
    """It lies on other people's pages: it can hand in the page that it stands on, and nothing else."""
    token = caller.running.door.save
    slot = caller.running.desk.current
    assert slot is not None
    origin = slot.url.partition("/item")[0]
    page = sent(HOSTILE, by="bookmarklet 1", url=slot.url)
    assert caller.ask("GET", "", token=token)[0] == 403
    assert caller.ask("GET", "status", token=token)[0] == 403
    assert caller.ask("POST", "end", token=token, Origin=origin)[0] == 403
    assert caller.ask("POST", f"skip?slot={slot.slot_id}&why=wall", token=token, Origin=origin)[0] == 403
    assert caller.said("POST", "save", page, token=token)[0] == 403
    lie = caller.said("POST", "save", page, token=token, Origin="https://evil.example")
    assert lie == (409, "the page says that it is another one than it is")
    lie = caller.said("POST", "save", page, token=token, Origin="https://evil.example", X_Page_Origin=origin)
    assert lie[0] == 409
    status, headers, _ = caller.ask("OPTIONS", "save", token=token, Origin=origin)
    assert (status, headers["access-control-allow-origin"]) == (204, origin)
    status, headers, _ = caller.ask("POST", "save", page, token=token, Origin=origin)
    assert (status, headers["access-control-allow-origin"]) == (200, origin)
    assert "access-control-allow-credentials" not in headers
    assert "access-control-allow-origin" not in caller.ask("GET", "status", Origin=origin)[1]


def test_nothing_of_a_page_is_given_back(caller: Caller) -> None:
    slot = caller.running.desk.current
    assert slot is not None
    assert caller.said("POST", "save", sent(HOSTILE, url=slot.url + "?<b>"))[0] == 400
    assert caller.ask("POST", "save", sent(HOSTILE, url=slot.url + "?%3Cb%3Ex"))[0] == 200
    for path in ("", "status", "receive", "desk.js", "desk.css", "receive.js"):
        status, headers, content = caller.ask("GET", path)
        assert status == 200
        assert headers["content-security-policy"] == CSP
        assert headers["x-content-type-options"] == "nosniff"
        assert b"steal" not in content
        assert not re.search(rb"<b>|<script(?! src=\"(desk|receive)\.js\")", content)
    for path in ("../desk.html", "desk.html", "bookmarklet.js", "%2e%2e/app.py", "shots", "pages.warc.gz"):
        assert caller.ask("GET", path)[0] in (403, 404)


def test_what_is_too_large_or_broken_is_refused_and_changes_nothing(caller: Caller) -> None:
    slot = caller.running.desk.current
    assert slot is not None
    status, _, _ = caller.ask("POST", "save", None, Content_Length=str(MAX_SENT_BYTES + 1))
    assert status == 413
    whole = sent(HOSTILE, url=slot.url)
    for broken in (
        b"",
        b"{}",
        whole[:-3],
        whole + b"x",
        b"{}\n" + HOSTILE,
        b"\xff\n",
        sent(HOSTILE, url="file:///etc"),
    ):
        assert caller.said("POST", "save", broken)[0] == 400
    assert caller.said("POST", "save", sent(HOSTILE, url=slot.url, slot_id="look-99999"))[0] == 409
    assert caller.said("POST", "skip?slot=look-99999&why=wall")[0] == 409
    assert caller.said("POST", f"skip?slot={slot.slot_id}&why=boredom")[0] == 409
    assert caller.running.desk.done == []


def test_a_port_that_is_taken_is_said(shop: Market, caller: Caller) -> None:
    with pytest.raises(BadInput, match="can't be had"):
        LocalServer(lambda door, stop: build_app(caller.running.desk, door, stop), caller.running.door.port)


def test_two_desks_at_once_are_refused(shop: Market, caller: Caller) -> None:
    with pytest.raises(FolderBusy):
        hold_session(shop.monitor, Asked(US), 0, lambda desk, door: None)


def due(shop: Market) -> list[str]:
    with shop.monitor.store.reader() as ledger:
        watched = watched_listings(ledger, suspects(ledger), "us")
    due = [next_look(one, Pace()) for one in watched]
    return [one.watched.listing_key for one in due if one.due_at <= shop.monitor.clock.now()]


def test_what_was_not_looked_at_stays_due(shop: Market) -> None:
    one, two = shop.listing(State.AVAILABLE), shop.listing(State.AVAILABLE, 1)
    shop.name(one, two)
    with session(shop) as running:
        caller = Caller(running)
        caller.ask("POST", "open")
        slots = running.desk.folder.slots
        for slot in slots[:-1]:
            assert caller.ask("POST", f"skip?slot={slot.slot_id}&why=could_not_tell")[0] == 200
        caller.ask("POST", "end")
        result = running.result()
    assert (result.skipped, result.not_looked) == (len(slots) - 1, 1)
    assert shop.captures(result.run_id)[-1].reason == "opened, neither saved nor skipped"
    assert due(shop) == [f"demo-market:{slots[-1].listing_id}"]


def test_a_killed_session_is_sealed_by_the_next(shop: Market) -> None:
    shop.name(shop.listing(State.AVAILABLE))
    monitor = shop.monitor
    with monitor.store.session() as ledger:
        slots = person_slots(ledger, monitor.registry, monitor.settings, US, shop.at)
        folder = open_folder(new_folder(ledger, monitor.settings, slots, shop.at, ""), monitor.clock)
    assert folder is not None
    folder.attempt(slots[0].slot_id, 1)
    folder.close()
    assert len(open_folders(monitor.settings.runs_dir)) == 1
    shop.monitor.clock.sleep(60)
    with session(shop) as running:
        Caller(running).ask("POST", "end")
        running.result()
    assert open_folders(monitor.settings.runs_dir) == []
    with monitor.store.reader() as ledger:
        runs = list(ledger.scalars(select(RunRow).order_by(RunRow.started_at)))
    assert [run.finish_reason for run in runs] == [KILLED, "ended by the reviewer"]
    killed = open_run(monitor.settings.runs_dir / runs[0].folder)
    assert killed.strangers == ()
    assert [one.outcome for one in shop.captures(runs[0].run_id)] == [Outcome.NOT_LOOKED] * len(slots)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_until_it_is_interrupted(tmp_path: Path, number: signal.Signals) -> None:
    stillforsale = [sys.executable, "-m", "stillforsale"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*stillforsale, *arguments], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    run("init", "--operator", "Test Watch", "--contact", "watch@example.org")
    run("listings", "add", "https://www.amazon.com/dp/B0EXAMPLE1")
    command = [*stillforsale, "capture", "--json"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        try:
            assert child.stderr is not None
            link = next(line.strip() for line in child.stderr if "http://127.0.0.1" in line)
            page = http.client.HTTPConnection("127.0.0.1", int(link.split(":")[2].partition("/")[0]), timeout=20)
            page.request("GET", "/" + link.split("/", 3)[3])
            content = page.getresponse().read()
            page.close()
            child.send_signal(number)
            said, _ = child.communicate(timeout=20)
        finally:
            child.kill()
    assert b"0 of 2 done" in content
    assert child.returncode == 0
    result = json.loads(said)
    assert (result["slots"], result["not_looked"], result["problems"]) == (2, 2, [])
    assert "amazon:B0EXAMPLE1" in run("due")
