"""`recalls update` against a server on loopback: conditional, whole or not at all, patient."""

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import select

from crawler.errors import BadInput
from crawler.feeds.feed import Feed
from crawler.feeds.registry import feed
from crawler.plan import Identity
from monitor.register.register import current_notices
from monitor.register.updating import Updater, guarded_addresses
from monitor.store.register_tables import FeedCheckRow
from monitor.store.session import Store
from tests.unit.feeds.records import api, recall
from tests.unit.register.serving import FakeClock, Page, serving

LIST = api(recall("24001"), recall("24002"))


@dataclass
class Site:
    """The scripted server: answers in order, the last one for ever."""

    port: int
    pages: list[Page] = field(default_factory=lambda: [Page(body=LIST)])
    robots: Page = field(default_factory=lambda: Page(404))
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/list.json?format=json"


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site(0)

    def answer(path: str, headers: Mapping[str, str]) -> Page:
        if path == "/robots.txt":
            return found.robots
        found.asked.append(dict(headers))
        return found.pages.pop(0) if len(found.pages) > 1 else found.pages[0]

    with serving(answer) as found.port:
        yield found


@pytest.fixture
def small() -> Feed:
    """The CPSC feed, content with two records."""
    cpsc = feed("cpsc")
    return replace(cpsc, info=cpsc.info.model_copy(update={"min_records": 2, "max_records": 5}))


@pytest.fixture
def updater(store: Store, clock: FakeClock, site: Site) -> Updater:
    identity = Identity(operator="Kettle Watch", contact="desk@kettlewatch.example")
    return Updater(store, identity, guarded_addresses(clock, [f"127.0.0.1:{site.port}"]), clock)


def held(store: Store) -> list[str]:
    with store.reader() as session:
        return [notice.number for notice in current_notices(session)]


def test_a_list_is_fetched_under_our_own_name(updater: Updater, small: Feed, site: Site, store: Store) -> None:
    result = updater.update(small, site.url)
    assert (result.outcome, result.done and result.done.new) == ("fetched", 2)
    assert held(store) == ["24001", "24002"]
    assert site.asked[0]["user-agent"].startswith("stillforsale/")
    assert "Kettle Watch" in site.asked[0]["user-agent"]
    assert site.asked[0]["from"] == "desk@kettlewatch.example"


def test_a_second_time_it_asks_whether_anything_changed(
    updater: Updater, small: Feed, site: Site, store: Store
) -> None:
    marks = {"ETag": '"v1"', "Last-Modified": "Fri, 01 May 2026 00:00:00 GMT"}
    site.pages = [Page(body=LIST, headers=marks), Page(304, b"")]
    updater.update(small, site.url)
    assert updater.update(small, site.url).outcome == "unchanged"
    assert updater.update(small, site.url).outcome == "unchanged"
    assert "if-none-match" not in site.asked[0]
    assert site.asked[2]["if-none-match"] == '"v1"'
    assert site.asked[2]["if-modified-since"] == marks["Last-Modified"]
    with store.reader() as session:
        assert list(session.scalars(select(FeedCheckRow.outcome))) == ["fetched", "unchanged", "unchanged"]


def test_a_body_that_ends_early_is_never_used(updater: Updater, small: Feed, site: Site, store: Store) -> None:
    site.pages = [Page(body=LIST, cut=30)]
    result = updater.update(small, site.url)
    assert result.outcome == "failed"
    assert "early" in result.reason or "Incomplete" in result.reason
    assert (held(store), len(site.asked)) == ([], 4)


def test_packed_lists_are_unpacked_and_torn_ones_are_not(updater: Updater, small: Feed, site: Site) -> None:
    packed, marks = gzip.compress(LIST), {"Content-Encoding": "gzip"}
    site.pages = [Page(body=packed[:-9], headers=marks), Page(body=packed, headers=marks)]
    assert updater.update(small, site.url).outcome == "fetched"
    assert len(site.asked) == 2


def test_trouble_is_tried_again_with_growing_pauses(
    updater: Updater, small: Feed, site: Site, clock: FakeClock
) -> None:
    site.pages = [Page(503, b""), Page(429, b"", {"Retry-After": "30"}), Page(500, b""), Page(body=LIST)]
    assert updater.update(small, site.url).outcome == "fetched"
    assert clock.slept_s == [2.0, 30.0, 8.0]


@pytest.mark.parametrize(
    ("page", "reason", "times"),
    [
        (Page(403, b""), "status 403", 1),
        (Page(404, b""), "status 404", 1),
        (Page(503, b""), "status 503, 4 times", 4),
        (Page(429, b"", {"Retry-After": "86400"}), "asks to wait 86400 s", 1),
        (Page(302, b"", {"Location": "http://10.0.0.1/list"}), "not dialled: address 10.0.0.1 is private", 1),
        (Page(302, b"", {"Location": "file:///etc/passwd"}), "not dialled: scheme 'file'", 1),
    ],
)
def test_what_can_not_be_had_is_said(
    updater: Updater, small: Feed, site: Site, page: Page, reason: str, times: int
) -> None:
    site.pages = [page]
    result = updater.update(small, site.url)
    assert (result.outcome, len(site.asked)) == ("failed", times)
    assert reason in result.reason


@pytest.mark.parametrize(
    ("robots", "reason"),
    [(Page(200, b"User-agent: *\nDisallow: /list"), "disallowed"), (Page(503, b""), "status 503")],
)
def test_robots_txt_is_obeyed(updater: Updater, small: Feed, site: Site, robots: Page, reason: str) -> None:
    site.robots = robots
    result = updater.update(small, site.url)
    assert (result.outcome, result.reason, site.asked) == ("failed", f"robots.txt: {reason}", [])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>Down for maintenance</html>", "HTML where JSON was promised"),
        (b"[]", "0 records where 2 to 5 are expected"),
        (api(recall("24003")), "1 records where 2 to 5 are expected"),
    ],
)
def test_a_list_that_can_not_be_right_leaves_the_register(
    updater: Updater, small: Feed, site: Site, store: Store, body: bytes, reason: str
) -> None:
    site.pages = [Page(body=LIST), Page(body=body, headers={"ETag": '"bad"'}), Page(body=LIST)]
    updater.update(small, site.url)
    result = updater.update(small, site.url)
    assert result.outcome == "refused"
    assert reason in result.reason
    assert held(store) == ["24001", "24002"]
    updater.update(small, site.url)
    assert "if-none-match" not in site.asked[2]


def test_a_private_address_is_not_dialled_unless_the_operator_allows_it(
    store: Store, clock: FakeClock, small: Feed, site: Site
) -> None:
    closed = Updater(store, Identity(operator="x", contact="y"), guarded_addresses(clock, ()), clock)
    result = closed.update(small, site.url)
    assert (result.outcome, site.asked) == ("failed", [])
    assert "loopback" in result.reason


def test_a_source_without_an_address_is_imported_from_files(updater: Updater) -> None:
    with pytest.raises(BadInput, match="can't be fetched; import its files"):
        updater.update(feed("platform-notices"))
