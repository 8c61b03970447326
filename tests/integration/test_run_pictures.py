"""Picture slots in a run: fetched like pages, read in the sandbox, archived only where they belong to a finding."""

from pathlib import Path

import pytest

from crawler.archive.reader import Archive
from crawler.plan import Slot
from crawler.record import PAGES_FILE, Capture, Outcome
from crawler.run import run_plan
from crawler.shop.pictures import picture
from tests.integration.loopback import Loopback, captures, http, market, planned, serving, slot

ROBOTS = http(b"User-agent: *\nDisallow: /private\n")
REPLIES = {
    "/robots.txt": ROBOTS,
    "/one.png": http(picture(1, 1)),
    "/kept.png": http(picture(2, 1)),
    "/page.png": http(b"<html>no picture</html>"),
    "/gone.png": http(b"", "404 Not Found"),
    "/moved.png": http(b"", "302 Found", "Location: /one.png"),
}


def pictures(server: Loopback) -> list[Slot]:
    paths = ("/one.png", "/kept.png", "/page.png", "/gone.png", "/moved.png", "/private/one.png")
    kept = ("/kept.png",)
    return [slot(n, server.url(path), purpose="picture", keep=path in kept) for n, path in enumerate(paths)]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Capture], Loopback]:
    with serving(dict(REPLIES)) as server:
        folder = planned(tmp_path_factory.mktemp("runs") / "run", pictures(server), server)
        run_plan(folder, market=market())
    return folder, {one.requested_url.rpartition("/")[2] + one.slot_id[-1:]: one for one in captures(folder)}, server


def test_every_slot_has_its_line_and_pictures_are_read(run: tuple[Path, dict[str, Capture], Loopback]) -> None:
    _, found, _ = run
    assert len(found) == 6
    shown = {name: one.picture for name, one in found.items()}
    assert shown["one.png0"] is not None
    assert shown["one.png0"].format == "PNG"
    assert shown["moved.png4"] == shown["one.png0"]
    assert shown["page.png2"] is not None
    assert shown["page.png2"].trouble.startswith("format")
    assert (found["gone.png3"].status, shown["gone.png3"]) == (404, None)
    assert all(one.reading is None for one in found.values())


def test_robots_rule_pictures_too(run: tuple[Path, dict[str, Capture], Loopback]) -> None:
    _, found, server = run
    assert found["one.png5"].outcome is Outcome.NOT_ALLOWED
    assert found["one.png5"].reason.startswith("robots")
    assert not any(b"/private" in head for head in server.heads)


def test_only_kept_pictures_lie_in_the_archive(run: tuple[Path, dict[str, Capture], Loopback]) -> None:
    folder, found, _ = run
    with Archive(folder / PAGES_FILE) as archive:
        bodies = [page.body for page in archive.pages()]
        assert archive.page(found["kept.png1"].warc_record_id).body == picture(2, 1)
    assert picture(1, 1) not in bodies
    assert found["one.png0"].warc_record_id == ""
    assert found["one.png0"].body_sha256


def test_no_buyer_is_asked_for_and_pictures_are_what_is_accepted(
    run: tuple[Path, dict[str, Capture], Loopback],
) -> None:
    _, _, server = run
    (head,) = [one for one in server.heads if one.startswith(b"GET /kept.png")]
    assert b"accept: image/jpeg" in head.lower()
    assert b"accept-language" not in head.lower()
    assert b"cookie" not in head.lower()


def test_a_marketplace_that_is_not_allowed_gives_no_pictures(tmp_path: Path) -> None:
    with serving(dict(REPLIES)) as server:
        slots = [slot(1, server.url("/one.png"), purpose="picture", marketplace="elsewhere")]
        slots.append(slot(2, server.url("/kept.png"), purpose="picture", marketplace="", notice_id="us-cpsc:1"))
        folder = planned(tmp_path / "run", slots, server)
        run_plan(folder, market=market())
    refused, read = captures(folder)
    assert (refused.outcome, refused.reason) == (Outcome.NOT_ALLOWED, "terms: elsewhere is not allowed")
    assert read.picture is not None
    assert read.picture.format == "PNG"
