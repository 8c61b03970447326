"""The review desk: who may talk to it, what a reviewer sees, and one key a decision in a real browser."""

import http.client
import json
import queue
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import select

from crawler.clock import SimulatedClock
from crawler.marketplaces.states import State
from crawler.reading import ListingFacts
from monitor.localweb.guard import Door
from monitor.matching.propose import propose_matches
from monitor.register.importing import import_file
from monitor.review.app import ReviewSession
from monitor.review.decisions import confirmed_matches, decide, waiting
from monitor.review.session import ReviewResult, hold_review
from monitor.store.decision_tables import ReviewRow
from monitor.store.ingest import ingest_run
from monitor.store.relisting_tables import RelistingReviewRow, RelistingRow
from monitor.store.session import Store
from tests.builders import START, Seen, write_run

CHROMIUM = shutil.which("chromium")
NOW = START + timedelta(days=1)
HOSTILE = "<script>window.ran = 1</script><b>Room2Room</b> LED Iridescent Bear Light LD-0030"
PAGE = b"<html><head><title>Bear light</title></head><body><script>window.ran = 1</script>LD-0030</body></html>"


@pytest.fixture
def proposals(sqlite_store: Store, tmp_path: Path) -> Store:
    """A ledger with the shipped sample of recalls and two listings that look like one of them."""
    seen = [
        Seen("A", facts=ListingFacts(title=HOSTILE, seller="Ann"), page=PAGE),
        Seen("B", State.AVAILABLE, facts=ListingFacts(title="Room2Room LED Iridescent Bear Light", price="12.00")),
    ]
    ingest_run(sqlite_store, write_run(tmp_path / "runs", "run-1", seen), NOW)
    with as_file(files("monitor") / "data" / "sample_recalls.json") as path:
        import_file(sqlite_store, Path(path), "cpsc", seen_at=NOW, now=NOW)
    with sqlite_store.session() as session:
        assert propose_matches(session, NOW) >= 2
    return sqlite_store


@dataclass
class Desk:
    """A session in a thread, and somebody who sends it requests."""

    review: ReviewSession
    door: Door
    thread: threading.Thread
    results: "queue.Queue[ReviewResult | BaseException]" = field(default_factory=queue.Queue)

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.door.port, timeout=20)
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, f"/{self.door.desk if token is None else token}/{path}", sent, headers)
        answer = connection.getresponse()
        content = answer.read().decode()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content

    def end(self) -> ReviewResult:
        self.ask("POST", "end")
        self.thread.join(20)
        found = self.results.get(timeout=1)
        assert isinstance(found, ReviewResult), found
        return found


@pytest.fixture
def desk(proposals: Store, tmp_path: Path) -> Iterator[Desk]:
    clock = SimulatedClock(tmp_path / "clock", NOW)
    review = ReviewSession(proposals, clock, tmp_path / "runs", "Ann Vega", reviewers_needed=2)
    announced: queue.Queue[Door] = queue.Queue()
    results: queue.Queue[ReviewResult | BaseException] = queue.Queue()

    def hold() -> None:
        try:
            results.put(hold_review(review, 0, lambda _waiting, door: announced.put(door)))
        except BaseException as error:
            results.put(error)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    running = Desk(review, announced.get(timeout=20), thread, results)
    yield running
    if thread.is_alive():
        running.end()


def first_match(store: Store) -> int:
    with store.reader() as session:
        return waiting(session, 2)[0].match.match_id


def match_of(store: Store, listing: str) -> int:
    with store.reader() as session:
        return next(
            one.match.match_id for one in waiting(session, 2) if one.match.listing_key == f"demo_market:{listing}"
        )


def decisions(store: Store) -> list[tuple[str, str, str]]:
    with store.reader() as session:
        return [(row.decision, row.tier, row.reviewer) for row in session.scalars(select(ReviewRow))]


def test_nobody_without_token_name_or_origin(desk: Desk, proposals: Store) -> None:
    asked = {"number": str(first_match(proposals)), "decision": "confirmed"}
    assert desk.ask("GET", "", token="x" * 32)[0] == 403
    assert desk.ask("GET", "", token=desk.door.save)[0] == 403
    assert desk.ask("POST", "decide", asked, token=desk.door.save, Origin=desk.door.origin)[0] == 403
    assert desk.ask("GET", "", Host=f"desk.evil.example:{desk.door.port}")[0] == 403
    assert desk.ask("POST", "decide", asked, Origin="https://evil.example")[0] == 403
    assert desk.ask("POST", "decide", asked, Origin="null")[0] == 403
    assert desk.ask("GET", "decide")[0] in (404, 405)
    assert decisions(proposals) == []


@pytest.mark.parametrize(
    "sent",
    [
        b"[1", b"", {"number": "x1", "decision": "confirmed"}, {"number": "1", "decision": "perhaps"},
        {"number": "999999", "decision": "confirmed"}, {"number": "1", "decision": "confirmed", "tier": "sure"},
        {"number": "r999999", "decision": "confirmed"}, {"number": ["1"], "decision": "confirmed"},
    ],
)  # fmt: skip
def test_what_is_no_decision_is_refused_in_words(desk: Desk, proposals: Store, sent: Any) -> None:
    status, _, content = desk.ask("POST", "decide", sent)
    assert (status, json.loads(content)["ok"]) == (400, False)
    assert decisions(proposals) == []


def test_a_case_shows_both_sides_and_runs_nothing_of_a_listing(desk: Desk, proposals: Store) -> None:
    status, headers, page = desk.ask("GET", f"case/{match_of(proposals, 'A')}")
    assert status == 200
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "window.ran" in page
    assert "<script>window.ran" not in page
    for words in ("Room2Room LED iridescent bear lights", "LD-0030", "The switch on the cord", "Against", "For"):
        assert words in page, words


def test_the_archived_page_is_shown_as_words(desk: Desk, proposals: Store) -> None:
    page = desk.ask("GET", f"case/{match_of(proposals, 'A')}")[2]
    look = page.partition("/page/")[2].partition('"')[0]
    status, headers, text = desk.ask("GET", f"page/{look}")
    assert status == 200
    assert headers["content-type"].startswith("text/plain")
    assert text.split() == ["Bear", "light", "LD-0030"]
    assert desk.ask("GET", f"shot/{look}")[0] == 404
    assert desk.ask("GET", "page/999")[0] == 404
    assert desk.ask("GET", "case/999999")[0] == 404


def test_what_was_matched_is_shown_when_the_page_has_another_name_now(
    desk: Desk, proposals: Store, tmp_path: Path
) -> None:
    """Under an id that shows another product now the reviewer sees what the proposal was made from."""
    number = match_of(proposals, "B")
    later = NOW + timedelta(days=1)
    other = [Seen("B", facts=ListingFacts(title="Folding travel mirror", price="4.00"))]
    first = tmp_path / "runs" / "run-1"
    ingest_run(proposals, write_run(tmp_path / "runs", "run-2", other, started_at=later, previous=first), later)
    page = desk.ask("GET", f"case/{number}")[2]
    assert "Room2Room LED Iridescent Bear Light" in page
    assert 'called otherwise now: <q dir="auto">Folding travel mirror' in page
    assert desk.ask("POST", "decide", {"number": str(number), "decision": "confirmed"})[0] == 200
    with proposals.reader() as session:
        shown = session.scalars(select(ReviewRow.shown)).one()
    assert shown["listing"]["title"] == "Room2Room LED Iridescent Bear Light"


def test_two_people_decide_without_seeing_each_other(desk: Desk, proposals: Store) -> None:
    match_id = first_match(proposals)
    with proposals.session() as session:
        decide(session, match_id, "confirmed", "Bo", NOW, comment="label in the third picture")
        before = len(waiting(session, 2))
    page = desk.ask("GET", f"case/{match_id}")[2]
    assert "Bo" not in page.replace("Body", "").replace("Box", "").split()
    assert "label in the third picture" not in page
    assert desk.ask("POST", "decide", {"number": str(match_id), "decision": "confirmed", "tier": "line"})[0] == 200
    result = desk.end()
    assert (result.reviewer, result.decided, result.waiting) == ("Ann Vega", {"confirmed": 1}, before - 1)
    with proposals.reader() as session:
        confirmed = confirmed_matches(session, 2)
    assert [(one.match_id, one.tier) for one in confirmed] == [(match_id, "line")]


def test_a_changed_mind_is_one_more_row(desk: Desk, proposals: Store) -> None:
    match_id = first_match(proposals)
    for decision in ("confirmed", "unsure"):
        assert desk.ask("POST", "decide", {"number": str(match_id), "decision": decision})[0] == 200
    assert "You said: <strong>unsure</strong>" in desk.ask("GET", f"case/{match_id}")[2]
    assert desk.end().decided == {"unsure": 1}
    assert [row[0] for row in decisions(proposals)] == ["confirmed", "unsure"]


def test_a_return_shows_both_versions_and_is_decided_like_a_match(desk: Desk, proposals: Store) -> None:
    with proposals.session() as session:
        row = RelistingRow(
            old_listing_key="demo_market:A", new_listing_key="demo_market:B",
            agreements=[{"name": "description", "says": "the same words", "old": "", "new": "", "spans": ["one two"]}],
            conflicts=[{"name": "price", "says": "another price", "old": "12.00", "new": "31.00"}],
            says="the same words. Against it: another price.",
            old_version=_version("Bear light", "12.00"), new_version=_version("<i>Night lamp</i>", "31.00"),
            facts_sha256="x", rule="reappeared.description", rules_version=1, proposed_at=NOW,
        )  # fmt: skip
        session.add(row)
        session.flush()
        number = f"r{row.relisting_id}"
    page = desk.ask("GET", f"case/{number}")[2]
    for words in ("Bear light", "&lt;i&gt;Night lamp&lt;/i&gt;", "the same words", "one two", "another price"):
        assert words in page, words
    assert desk.ask("POST", "decide", {"number": number, "decision": "confirmed", "comment": "same dent"})[0] == 200
    assert "You said: <strong>confirmed</strong>" in desk.ask("GET", f"case/{number}")[2]
    assert desk.end().decided == {"confirmed": 1}
    with proposals.reader() as session:
        found = session.scalars(select(RelistingReviewRow)).one()
        assert (found.decision, found.reviewer, found.comment) == ("confirmed", "Ann Vega", "same dent")
        assert found.shown["conflicts"][0]["new"] == "31.00"


def _version(title: str, price: str) -> dict[str, Any]:
    texts = dict.fromkeys(("description", "brand", "model", "gtin", "seller", "currency"), "")
    return {"listing_key": "", "title": title, "price": price, "images": [], "pictures": [], **texts}


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not on this machine")
def test_one_key_decides_and_the_next_case_comes(desk: Desk, proposals: Store) -> None:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(desk.door.url)
        shown = [page.get_attribute("body", "data-number")]
        for key in ("c", "l"):
            page.keyboard.press(key)
            page.wait_for_selector(f"body:not([data-number='{shown[-1]}'])")
            shown.append(page.get_attribute("body", "data-number"))
        page.goto(f"{desk.door.url}case/{shown[0]}")
        page.fill("#comment", "crab, curl")  # letters in a comment are no decisions
        with page.expect_navigation():
            page.click("button[data-decision=rejected]")
        assert page.get_attribute("body", "data-number") == shown[-1]
        assert page.evaluate("window.ran") is None
        browser.close()
    with proposals.reader() as session:
        rows = [(row.match_id, row.decision, row.comment) for row in session.scalars(select(ReviewRow))]
    first = int(shown[0] or 0)
    assert rows == [(first, "confirmed", ""), (first, "rejected", "crab, curl")]
    assert len(set(shown)) == len(shown)
