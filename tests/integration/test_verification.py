"""A page that looks like an end waits for a person; once confirmed it counts, and the archive is read again."""

import gzip
import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.errors import BadInput
from crawler.marketplaces.confirmed import load_confirmed
from crawler.marketplaces.registry import Registry, load_registry
from crawler.marketplaces.states import State
from monitor.config import Confirmation
from monitor.looks.derive import derive_episodes
from monitor.store.ingest import ingest_all
from monitor.store.ledger_tables import EpisodeRow, JudgementRow, LookRow, RunControlRow
from monitor.store.reread import rebuild
from monitor.store.session import Store, open_store
from monitor.verification.blind import draw, is_open, judge, judged_looks, voids, week_of
from monitor.verification.decisions import confirm, reject
from monitor.verification.evidence import look_page, plain
from monitor.verification.golden import check_pages, keep_page, page_path, project
from monitor.verification.queue import grouped, waiting
from tests.builders import START, Seen, write_run

LATER = START + timedelta(days=30)
DESCRIPTION = """
name = "corner-shop"
label = "Corner Shop"
hosts = ["shop.test"]
listing_patterns = ['/item/(?P<id>[A-Za-z0-9-]+)']
listing_url = "http://shop.test/item/{id}"
layouts = [{ id = "old", css = "body.old" }, { id = "new", css = "body.new" }]
[fields]
title = ["h1.name"]
price = [".price"]
[terms]
automation = "allowed"
storage = "allowed"
read_on = "2026-03-01"
says = "made for a test"
[controls]
live = "any"
dead = "any"
[[signatures]]
id = "item"
kind = "item"
css = "h1.name"
[[signatures]]
id = "buy"
kind = "offer"
css = "form.buy button"
[[signatures]]
id = "gone"
kind = "removed"
css = "main p.gone"
text = "^no longer for sale"
[[signatures]]
id = "missing"
kind = "removed"
status = [404]
"""
HEAD = b"<html><head><title>%s</title></head><body class=%s>"
LIVE = HEAD % (b"Kettle", b"old") + (
    b"<h1 class=name>Kettle</h1><p class=price>$9.99</p><form class=buy><button>Buy</button></form></body></html>"
)
GONE = HEAD.replace(b"%s", b"Gone", 1) + b"<main><p class=gone>No longer for sale.</p></main></body></html>"
MISSING = b"<html><head><title>%s</title></head><body><p>%s</p></body></html>"


@dataclass
class Place:
    """A shop with unconfirmed ends, its ledger and its folders."""

    store: Store
    folder: Path

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def verified(self) -> Path:
        return self.folder / "verified"

    @property
    def registry(self) -> Registry:
        return load_registry(self.folder / "marketplaces", load_confirmed(self.verified))

    def see(self, *days: list[tuple[str, bytes, int]]) -> None:
        """One run a day; each look is a listing, its page and its status."""
        before: Path | str = ""
        for day, seen in enumerate(days):
            looks = [
                Seen(listing, State.UNCLEAR, page=page, status=status, marketplace="corner-shop")
                for listing, page, status in seen
            ]
            at = START + timedelta(days=day)
            before = write_run(self.runs, f"run-{day}", looks, started_at=at, previous=before)
        ingest_all(self.store, self.runs, LATER)
        self.rebuild()

    def rebuild(self) -> None:
        result = rebuild(self.store, self.runs, self.registry, Confirmation())
        assert not result.problems
        derive_episodes(self.store, Confirmation())

    def states(self) -> list[str]:
        with self.store.reader() as session:
            rows = session.query(JudgementRow.state).join(LookRow, LookRow.look_id == JudgementRow.look_id)
            return [state for (state,) in rows.filter(LookRow.purpose == "look").order_by(LookRow.look_id)]

    def waiting(self) -> list[int]:
        with self.store.reader() as session:
            return [one.look_id for one in waiting(session)]

    def confirm(self, look_id: int, **more: Any) -> str:
        with self.store.session() as session:
            page = look_page(session, self.runs, look_id)
            row = confirm(session, self.registry, page, "A. Vega", LATER, **more)
            keep_page(self.verified, page.page.body)
            project(session, self.verified)
            return row.signature

    def reject(self, look_id: int) -> None:
        with self.store.session() as session:
            page = look_page(session, self.runs, look_id)
            reject(session, self.registry, page, "B. Ito", LATER + timedelta(days=1))
            project(session, self.verified)


@pytest.fixture
def place(store: Store, tmp_path: Path) -> Place:
    folder = tmp_path / "marketplaces" / "corner_shop"
    folder.mkdir(parents=True)
    (folder / "marketplace.toml").write_text(DESCRIPTION)
    return Place(store, tmp_path)


def test_an_unconfirmed_end_waits_with_its_page_and_becomes_a_takedown_once_confirmed(place: Place) -> None:
    gone = [("A", GONE % b"old", 200)]
    place.see([("A", LIVE, 200)], gone, gone, gone)
    assert place.states() == ["shipping_unknown", *["unverified"] * 3]
    with place.store.reader() as session:
        (group,) = grouped(waiting(session))
        assert (group.looks, group.listings, group.newest.signature, group.newest.layout) == (3, 1, "gone", "old")
        assert group.newest.warc_record_id
        page = look_page(session, place.runs, group.newest.look_id)
        assert page.page.body == GONE % b"old"
        assert plain(page.text) == "Gone\n\nNo longer for sale."
    assert place.confirm(group.newest.look_id) == "gone"
    place.rebuild()
    assert place.states() == ["shipping_unknown", *["removed"] * 3]
    assert place.waiting() == []
    (confirmed,) = load_confirmed(place.verified)
    assert (confirmed.state, confirmed.layout, confirmed.by) == (State.REMOVED, "old", "A. Vega")
    assert gzip.decompress(page_path(place.verified, confirmed.page_sha256).read_bytes()) == GONE % b"old"
    assert [one.problem for one in check_pages(place.verified, place.registry)] == [""]


def test_a_confirmation_is_for_its_layout_alone(place: Place) -> None:
    place.see([("A", GONE % b"old", 200), ("B", GONE % b"new", 200), ("C", GONE % b"none", 200)])
    place.confirm(place.waiting()[0])
    place.rebuild()
    assert place.states() == ["removed", "unverified", "unverified"]
    assert len(place.waiting()) == 2


def test_a_bare_status_is_bound_to_what_the_page_says(place: Place) -> None:
    def page(title: bytes) -> bytes:
        return MISSING % (title, b"Hm.")

    place.see(
        [("A", page(b"Item 17 not found"), 404), ("B", page(b"Item 200 not found"), 404)],
        [("A", page(b"Robot check"), 404), ("B", page(b"Item 17 not found"), 410)],
    )
    signature = place.confirm(place.waiting()[0])
    assert signature.startswith("status-404-removed-")
    place.rebuild()
    assert place.states() == ["removed", "removed", "unverified", "unverified"]


def test_a_bare_status_without_any_words_can_not_be_confirmed(place: Place) -> None:
    place.see([("A", b"<html><body>" + b"<i></i>" * 1000 + b"</body></html>", 404)])
    with pytest.raises(BadInput, match="a wall could answer alike"):
        place.confirm(place.waiting()[0])
    assert load_confirmed(place.verified) == ()


def test_a_bare_status_may_show_another_end_and_a_signature_may_not(place: Place) -> None:
    place.see([("A", MISSING % (b"Sold", b"It was sold."), 404), ("B", GONE % b"old", 200)])
    bare, signed = place.waiting()
    with pytest.raises(BadInput, match="tells of removed, not of ended"):
        place.confirm(signed, state="ended")
    place.confirm(bare, state="ended")
    place.rebuild()
    assert place.states() == ["ended", "unverified"]


def test_a_confirmation_taken_back_is_undone_by_the_next_rebuild(place: Place) -> None:
    place.see([("A", GONE % b"old", 200)], [("A", GONE % b"old", 200)])
    first = place.waiting()[0]
    place.confirm(first)
    place.rebuild()
    place.reject(first)
    place.rebuild()
    assert place.states() == ["unverified", "unverified"]
    assert place.waiting() == []
    assert load_confirmed(place.verified) == ()
    with place.store.reader() as session:
        assert session.query(EpisodeRow).filter(EpisodeRow.endpoint == "takedown").count() == 0


def test_a_rejected_page_waits_no_longer_and_stays_unknown(place: Place) -> None:
    place.see([("A", GONE % b"old", 200), ("B", GONE % b"new", 200)])
    place.reject(place.waiting()[0])
    place.rebuild()
    assert place.states() == ["unverified", "unverified"]
    assert len(place.waiting()) == 1


def test_what_does_not_wait_can_not_be_decided_about(place: Place) -> None:
    place.see([("A", LIVE, 200), ("B", GONE % b"old", 200)])
    live = place.waiting()[0] - 1
    with pytest.raises(BadInput, match="nothing waits for confirmation"):
        place.confirm(live)
    with pytest.raises(BadInput, match="nothing to reject"):
        place.reject(live)
    with pytest.raises(BadInput, match="no look has the number 999"):
        place.confirm(999)


def test_a_live_page_with_a_confirmed_signature_is_never_a_takedown(place: Place) -> None:
    both = LIVE.replace(b"</body>", b"<main><p class=gone>No longer for sale.</p></main></body>")
    place.see([("A", GONE % b"old", 200), ("B", both, 200)])
    place.confirm(place.waiting()[0])
    place.rebuild()
    assert place.states() == ["removed", "unclear"]


def test_a_golden_page_that_reads_otherwise_is_named(place: Place) -> None:
    place.see([("A", GONE % b"old", 200)])
    place.confirm(place.waiting()[0])
    description = place.folder / "marketplaces" / "corner_shop" / "marketplace.toml"
    description.write_text(DESCRIPTION.replace("no longer for sale", "away"))
    (golden,) = check_pages(place.verified, place.registry)
    assert "was confirmed as removed" in golden.problem


def test_a_page_that_was_changed_in_the_archive_is_not_shown(place: Place) -> None:
    place.see([("A", GONE % b"old", 200)])
    look_id = place.waiting()[0]
    pages = place.runs / "run-0" / "pages.warc.gz"
    pages.write_bytes(pages.read_bytes() + b" ")
    with place.store.reader() as session, pytest.raises(BadInput, match="was changed"):
        look_page(session, place.runs, look_id)


def endpoints(store: Store) -> list[str]:
    with store.reader() as session:
        return [row.endpoint for row in session.query(EpisodeRow).filter(EpisodeRow.listing_key == "corner-shop:A")]


def test_a_blind_disagreement_above_the_bound_voids_the_weeks_absences(place: Place) -> None:
    sold = LIVE.replace(b"</h1>", b"</h1><p class=ships>Ships to the US</p>")
    gone = [("A", GONE % b"old", 200)]
    with (place.folder / "marketplaces" / "corner_shop" / "marketplace.toml").open("a") as file:
        file.write('[[signatures]]\nid = "ships"\nkind = "ships"\ncss = "p.ships"\n')
        file.write("[fields]\n".replace("[fields]\n", ""))
    description = place.folder / "marketplaces" / "corner_shop" / "marketplace.toml"
    description.write_text(
        description.read_text().replace(
            'hosts = ["shop.test"]', 'hosts = ["shop.test"]\nhost_countries = { "shop.test" = "US" }'
        )
    )
    place.see([("A", sold, 200)], gone, gone, gone)
    place.confirm(place.waiting()[0])
    place.rebuild()
    assert place.states() == ["available", *["removed"] * 3]
    week = week_of(START + timedelta(days=2))
    with place.store.session() as session:
        drawn = draw(session, week, "A. Vega", LATER, size=2)
        assert len(drawn) == 2
        assert [row.sample_id for row in draw(session, week, "A. Vega", LATER, size=2)] == [
            row.sample_id for row in drawn
        ]
        session.query(RunControlRow).update({"verdict": "passed"})
    derive_episodes(place.store, Confirmation())
    before = endpoints(place.store)
    assert before == ["takedown"]
    assert judged_by(place, drawn[0].look_id, "removed") == []
    assert endpoints(place.store) == ["takedown"]
    assert judged_by(place, drawn[1].look_id, "available") == [week]
    assert endpoints(place.store) == [""]
    assert judged_by(place, drawn[1].look_id, "removed") == []
    assert endpoints(place.store) == ["takedown"]


def judged_by(place: Place, look_id: int, says: str) -> list[str]:
    """Judge a drawn look, derive anew, and give the weeks that are void now."""
    with place.store.session() as session:
        assert look_page(session, place.runs, look_id).look.look_id == look_id
        judge(session, look_id, says, "B. Ito", LATER, page_sha256="")
        assert not is_open(session, look_id)
        found = [one.week for one in voids(judged_looks(session))]
    derive_episodes(place.store, Confirmation())
    return found


def test_only_drawn_looks_are_judged_and_only_whole_weeks_drawn(place: Place) -> None:
    place.see([("A", GONE % b"old", 200)])
    look_id = place.waiting()[0]
    with place.store.session() as session:
        with pytest.raises(BadInput, match="was not drawn"):
            judge(session, look_id, "removed", "B. Ito", LATER, page_sha256="")
        with pytest.raises(BadInput, match="is none of"):
            judge(session, look_id, "gone", "B. Ito", LATER, page_sha256="")
        with pytest.raises(BadInput, match="is not over yet"):
            draw(session, week_of(START), "B. Ito", START)
        draw(session, week_of(START), "B. Ito", LATER)
        assert is_open(session, look_id)


def test_the_command_from_the_queue_to_the_rebuilt_ledger(tmp_path: Path) -> None:
    """By the command alone: list, show, confirm, rebuild, check, reject."""
    folder = tmp_path / "marketplaces" / "corner_shop"
    folder.mkdir(parents=True)
    (folder / "marketplace.toml").write_text(DESCRIPTION)
    (tmp_path / "stillforsale.toml").write_text(
        'operator = "T"\nmarketplaces_dir = "marketplaces"\ndata_dir = "data"\n'
    )
    (tmp_path / "data").mkdir()
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'ledger.sqlite'}")
    write_run(
        tmp_path / "data" / "runs",
        "run-0",
        [Seen("A", State.UNVERIFIED, page=GONE % b"old" + b"\x1b[2J", marketplace="corner-shop")],
    )
    ingest_all(store, tmp_path / "data" / "runs", LATER)
    store.close()

    def run(*words: str, status: int = 0) -> str:
        command = [sys.executable, "-m", "stillforsale", *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
        return done.stdout if status == 0 else done.stderr

    (listed,) = [json.loads(line) for line in run("pages", "list", "--json").splitlines()]
    look = str(listed["look_id"])
    assert "\x1b" not in run("pages", "show", look, "--source", "--out", "page")
    assert (tmp_path / "page.txt").read_bytes() == GONE % b"old" + b"\x1b[2J"
    assert "needs the name" in run("pages", "confirm", look, status=2)
    said = json.loads(run("pages", "confirm", look, "--by", "A. Vega", "--json"))
    assert (said["signature"], said["layout"], said["decision"]) == ("gone", "old", "confirmed")
    assert json.loads(run("rebuild", "--json"))["states"] == [{"from": "unverified", "to": "removed", "count": 1}]
    assert "ok" in run("pages", "check")
    (drawn,) = [json.loads(line) for line in run("pages", "sample", "--week", "2026-W09", "--json").splitlines()]
    assert (drawn["look"], drawn["judged"]) == (listed["look_id"], False)
    assert not {"state", "rule", "signature", "says"} & json.loads(run("pages", "show", look, "--json")).keys()
    assert json.loads(run("pages", "judge", look, "--state", "blocked", "--by", "B", "--json"))["crawler"] == "removed"
    error = json.loads(run("pages", "error", "--json"))
    assert (error["errors"], error["judged"], error["void_weeks"]) == (1, 1, ["2026-W09"])
    run("pages", "reject", look, "--by", "B. Ito")
    assert json.loads(run("rebuild", "--json"))["states"] == [{"from": "removed", "to": "unverified", "count": 1}]
    assert "confirmed here" not in run("sites", "list")
