"""`recalls update` of lists in pages and of indexes that lead to documents, against doubles of what is documented."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import select

from crawler.feeds.feed import Feed
from crawler.feeds.registry import feed
from crawler.plan import Identity
from monitor.register.register import current_notices, get_notice
from monitor.register.updating import Updated, Updater, guarded_addresses
from monitor.store.register_tables import FeedCheckRow
from monitor.store.session import Store
from tests.unit.register.serving import FakeClock, Page, serving

REPORT = """<?xml version="1.0"?><Safety-Gate><report_date>{day}</report_date><notifications><notification>
<caseNumber>{number}</caseNumber><category>Toys</category><product>Soft toy</product><name>{name}</name>
<riskType>Choking</riskType></notification></notifications></Safety-Gate>"""
WEEK = """<weeklyReport><reference>{id}</reference><publicationDate>{day}</publicationDate>
<URL>https://ec.europa.eu/api/detail/xml/{id}?language=en&amp;search=WEB_REPORT|:|{id},</URL></weeklyReport>"""


@dataclass
class Library:
    """A server with one page for each address; what it lacks is not found."""

    port: int = 0
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, value: object, **headers: str) -> None:
        body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        self.pages[path] = Page(body=body, headers={name.replace("_", "-"): text for name, text in headers.items()})


@pytest.fixture
def library() -> Iterator[Library]:
    found = Library()

    def answer(path: str, headers: Mapping[str, str]) -> Page:
        if path == "/robots.txt":
            return Page(404)
        found.asked.append(path)
        found.headers.append(dict(headers))
        page = found.pages.get(path, Page(404))
        known = headers.get("if-none-match")
        return Page(304) if known and known == page.headers.get("ETag") else page

    with serving(answer) as found.port:
        yield found


@pytest.fixture
def updater(store: Store, clock: FakeClock, library: Library) -> Updater:
    identity = Identity(operator="Kettle Watch", contact="desk@kettlewatch.example")
    return Updater(store, identity, guarded_addresses(clock, [f"127.0.0.1:{library.port}"]), clock)


def small(name: str, **changes: Any) -> Feed:
    known = feed(name)
    return replace(known, info=known.info.model_copy(update={"min_records": 1, "max_records": 50, **changes}))


def held(store: Store) -> list[str]:
    with store.reader() as session:
        return [notice.number for notice in current_notices(session)]


def weeks(library: Library, *days: str, **index: str) -> None:
    """An index of weekly reports and the reports, one alert each: SR/00001/26 in the first, and so on."""
    listed = "".join(WEEK.format(id=at, day=day) for at, day in enumerate(days, 1))
    library.put("/list/xml/en", f"<Safety-Gate>{listed}</Safety-Gate>", **index)
    for at, day in enumerate(days, 1):
        report = REPORT.format(day=day, number=f"SR/{at:05}/26", name=f"Bear {at}")
        library.put(week(at), report, ETag=f'"week{at}"')


def week(at: int) -> str:
    return f"/api/detail/xml/{at}?language=en&search=WEB_REPORT%7C:%7C{at},"


def item(number: str, brand: str = "Acme") -> dict[str, Any]:
    return {
        "base_path": f"/product-safety-alerts-reports-recalls/product-recall-kettle-{number}",
        "title": f"Product Recall: Kettle ({number})",
        "document_type": "product_safety_alert_report_recall",
        "details": {
            "body": f"<table><tr><td>Brand</td><td>{brand}</td></tr></table>",
            "metadata": {"product_alert_type": "product-recall", "product_risk_level": "high"},
        },
    }


def search(library: Library, changed: dict[str, str], *, page: int = 2, total: int | None = None) -> None:
    """GOV.UK's search in pages of `page` results, and each content item."""
    rows = [
        {"link": item(number)["base_path"], "public_timestamp": at, "es_score": None} for number, at in changed.items()
    ]
    for start in range(0, max(1, len(rows)), page):
        path = "/api/search.json?count=2" + (f"&start={start}" if start else "")
        found = {"results": rows[start : start + page], "total": len(rows) if total is None else total, "start": start}
        library.put(path, found)
    for number in changed:
        library.put(f"/api/content{item(number)['base_path']}", item(number))


def brought(result: Updated) -> tuple[str, int, int]:
    return result.outcome, result.done.new if result.done else 0, result.done.changed if result.done else 0


def test_an_index_of_weekly_reports_leads_to_the_alerts(
    updater: Updater, library: Library, store: Store, clock: FakeClock
) -> None:
    weeks(library, "18/09/2026", "25/09/2026", "02/10/2026")
    result = updater.update(small("safety-gate"), library.url("/list/xml/en"))
    assert brought(result) == ("fetched", 3, 0)
    assert held(store) == ["SR/00001/26", "SR/00002/26", "SR/00003/26"]
    assert library.asked == ["/list/xml/en", week(3), week(2), week(1)]
    assert clock.slept_s == [1.0, 1.0, 1.0]


def test_the_newest_come_first_and_the_rest_waits(updater: Updater, library: Library, store: Store) -> None:
    weeks(library, "18/09/2026", "25/09/2026", "02/10/2026")
    few = small("safety-gate", most_documents=2, newest_again=0)
    first = updater.update(few, library.url("/list/xml/en"))
    assert first.done
    assert first.done.notes == ("1 of 3 documents wait for the next update (2 at most in one)",)
    assert held(store) == ["SR/00002/26", "SR/00003/26"]
    second = updater.update(few, library.url("/list/xml/en"))
    assert brought(second) == ("fetched", 1, 0)
    assert library.asked[-2:] == ["/list/xml/en", week(1)]
    assert updater.update(few, library.url("/list/xml/en")).outcome == "unchanged"


def test_a_bound_of_the_operator_takes_the_place_of_the_feeds(updater: Updater, library: Library, store: Store) -> None:
    weeks(library, "18/09/2026", "25/09/2026")
    updater.update(small("safety-gate"), library.url("/list/xml/en"), most_documents=1)
    assert held(store) == ["SR/00002/26"]


def test_an_index_that_is_unchanged_asks_for_nothing_more(updater: Updater, library: Library) -> None:
    weeks(library, "18/09/2026", ETag='"index"')
    updater.update(small("safety-gate"), library.url("/list/xml/en"))
    library.asked.clear()
    assert updater.update(small("safety-gate"), library.url("/list/xml/en")).outcome == "unchanged"
    assert library.asked == ["/list/xml/en"]


def test_the_newest_reports_are_asked_again_under_a_condition(updater: Updater, library: Library, store: Store) -> None:
    weeks(library, "18/09/2026", "25/09/2026")
    updater.update(small("safety-gate"), library.url("/list/xml/en"))
    weeks(library, "18/09/2026", "25/09/2026", "02/10/2026")
    library.put(week(2), REPORT.format(day="25/09/2026", number="SR/00002/26", name="Bear, larger"), ETag='"week2b"')
    again = updater.update(small("safety-gate", newest_again=2), library.url("/list/xml/en"))
    assert brought(again) == ("fetched", 1, 1)
    assert library.headers[-1]["if-none-match"] == '"week2"'
    assert library.asked[-2:] == [week(3), week(2)]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (Page(503), "status 503, 4 times"),
        (Page(body=REPORT.encode(), cut=20), "4 times"),
        (Page(403), "status 403"),
    ],
)
def test_what_fails_half_way_leaves_the_register(
    updater: Updater, library: Library, store: Store, broken: Page, reason: str
) -> None:
    weeks(library, "18/09/2026")
    updater.update(small("safety-gate"), library.url("/list/xml/en"))
    weeks(library, "18/09/2026", "25/09/2026", "02/10/2026")
    whole, library.pages[week(2)] = library.pages[week(2)], broken
    result = updater.update(small("safety-gate"), library.url("/list/xml/en"))
    assert (result.outcome, held(store)) == ("failed", ["SR/00001/26"])
    assert reason in result.reason
    library.pages[week(2)] = whole
    assert brought(updater.update(small("safety-gate"), library.url("/list/xml/en"))) == ("fetched", 2, 0)


def test_one_report_that_can_not_be_read_costs_no_other(updater: Updater, library: Library, store: Store) -> None:
    weeks(library, "18/09/2026", "25/09/2026", "02/10/2026")
    library.put(week(2), "<html>Please enable JavaScript</html>")
    del library.pages[week(1)]
    result = updater.update(small("safety-gate"), library.url("/list/xml/en"))
    assert (held(store), result.done and result.done.records) == (["SR/00003/26"], 3)
    assert (
        [one.reason for one in result.done.refused] == ["HTML where XML was promised", "status 404"]
        if result.done
        else 0
    )
    library.asked.clear()
    updater.update(small("safety-gate", newest_again=0), library.url("/list/xml/en"))
    assert library.asked == ["/list/xml/en", week(2)]


@pytest.mark.parametrize(
    ("index", "reason"),
    [
        ("<html>Down</html>", "HTML where XML was promised"),
        ("<Safety-Gate></Safety-Gate>", "0 documents where 1 to 50 are expected"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><Safety-Gate>&a;</Safety-Gate>", "declares entities"),
        ("<Safety-Gate><weeklyReport><URL>x</URL></weeklyReport></Safety-Gate>", "without an address or a day"),
        (f"<Safety-Gate>{WEEK.format(id=1, day='soon')}</Safety-Gate>", "'soon' is not a day"),
        (
            f"<Safety-Gate>{WEEK.format(id=1, day='01/01/2026')}</Safety-Gate>".replace("https:", "file:"),
            "no web address",
        ),
    ],
)
def test_an_index_that_can_not_be_right_leaves_the_register(
    updater: Updater, library: Library, store: Store, index: str, reason: str
) -> None:
    library.put("/list/xml/en", index)
    result = updater.update(small("safety-gate"), library.url("/list/xml/en"))
    assert (result.outcome, held(store)) == ("refused", [])
    assert reason in result.reason


def test_when_no_document_can_be_read_all_is_refused(updater: Updater, library: Library, store: Store) -> None:
    weeks(library, "18/09/2026", "25/09/2026")
    for at in (1, 2):
        library.put(week(at), "<html>Please enable JavaScript</html>")
    result = updater.update(small("safety-gate"), library.url("/list/xml/en"))
    assert (result.outcome, held(store)) == ("refused", [])
    assert "none of 2 documents can be read" in result.reason


def test_gov_uk_is_searched_page_by_page_and_each_item_read(updater: Updater, library: Library, store: Store) -> None:
    search(library, {"2609-0003": "2026-09-03", "2609-0002": "2026-09-02", "2609-0001": "2026-09-01"})
    result = updater.update(small("uk-opss"), library.url("/api/search.json?count=2"))
    assert brought(result) == ("fetched", 3, 0)
    assert held(store) == ["2609-0001", "2609-0002", "2609-0003"]
    assert library.asked[:2] == ["/api/search.json?count=2", "/api/search.json?count=2&start=2"]


def test_only_items_that_the_search_dates_anew_are_asked_again(
    updater: Updater, library: Library, store: Store
) -> None:
    endpoint = library.url("/api/search.json?count=2")
    search(library, {"2609-0002": "2026-09-02", "2609-0001": "2026-09-01"})
    updater.update(small("uk-opss"), endpoint)
    search(library, {"2609-0001": "2026-10-01", "2609-0002": "2026-09-02"})
    library.put(f"/api/content{item('2609-0001')['base_path']}", item("2609-0001", brand="Bexo"))
    library.asked.clear()
    assert brought(updater.update(small("uk-opss"), endpoint)) == ("fetched", 0, 1)
    assert len(library.asked) == 2
    with store.reader() as session:
        notice = get_notice(session, "uk-opss:2609-0001")
    assert [one.value for one in notice.identifiers if one.kind == "brand"] == ["Bexo"] if notice else False


def test_a_search_that_counts_more_than_it_gives_is_not_used(updater: Updater, library: Library, store: Store) -> None:
    search(library, {"2609-0002": "2026-09-02", "2609-0001": "2026-09-01"}, total=7)
    library.put("/api/search.json?count=2&start=2", {"results": [], "total": 7, "start": 2})
    result = updater.update(small("uk-opss"), library.url("/api/search.json?count=2"))
    assert (result.outcome, result.reason) == ("failed", "the search counts 7 results and gave 2")
    assert held(store) == []


def row(number: str, gtin: int) -> dict[str, Any]:
    return {"gtin": gtin, "numero_fiche": number, "numero_version": 1, "libelle": "bouilloire", "rappel_guid": number}


def records(library: Library, rows: list[dict[str, Any]], total: int, page: int = 2) -> str:
    for start in range(0, len(rows), page):
        path = "/records?limit=2" + (f"&offset={start}" if start else "")
        library.put(path, {"total_count": total, "results": rows[start : start + page]})
    return library.url("/records?limit=2")


def test_rows_of_one_notice_on_two_pages_are_one_notice(updater: Updater, library: Library, store: Store) -> None:
    rows = [row("2026-1", 36000291452), row("2026-2", 36000291452), row("2026-2", 3017620422003)]
    assert brought(updater.update(small("rappelconso"), records(library, rows, 3))) == ("fetched", 2, 0)
    with store.reader() as session:
        notice = get_notice(session, "fr-rappelconso:2026-2")
    assert notice
    assert [one.value for one in notice.identifiers if one.kind == "gtin"] == ["0036000291452", "3017620422003"]


def test_the_export_comes_whole(updater: Updater, library: Library, store: Store) -> None:
    library.put("/exports/json", [row("2026-1", 0), row("2026-2", 0)])
    assert brought(updater.update(small("rappelconso"), library.url("/exports/json"))) == ("fetched", 2, 0)
    assert updater.update(small("rappelconso"), library.url("/exports/json")).done
    assert held(store) == ["2026-1", "2026-2"]


@pytest.mark.parametrize(
    ("rows", "total", "outcome", "reason"),
    [
        ([row("2026-1", 0), row("2026-2", 0)], 5, "failed", "status 404"),
        ([row("2026-1", 0)], 20_000, "refused", "ask for exports/json"),
    ],
)
def test_pages_that_are_not_all_to_be_had_are_not_used(
    updater: Updater, library: Library, store: Store, rows: list[dict[str, Any]], total: int, outcome: str, reason: str
) -> None:
    result = updater.update(small("rappelconso"), records(library, rows, total))
    assert (result.outcome, held(store)) == (outcome, [])
    assert reason in result.reason


def test_a_list_that_changes_while_it_is_fetched_is_not_used(updater: Updater, library: Library, store: Store) -> None:
    endpoint = records(library, [row("2026-1", 0), row("2026-2", 0), row("2026-3", 0)], 3)
    library.put("/records?limit=2&offset=2", {"total_count": 4, "results": [row("2026-3", 0)]})
    result = updater.update(small("rappelconso"), endpoint)
    assert (result.outcome, result.reason) == ("failed", "the list changed from 3 to 4 rows while it was fetched")
    assert held(store) == []


def test_the_page_of_violations_leads_to_its_spreadsheet(updater: Updater, library: Library) -> None:
    library.put("/violations", '<p><a href="/files/other.pdf">x</a></p>')
    none = updater.update(small("cpsc-violations"), library.url("/violations"))
    assert "links no spreadsheet" in none.reason
    library.put("/violations", '<a href="https://www.cpsc.gov/files/violations.xlsx?v=2">list</a>')
    updater.update(small("cpsc-violations"), library.url("/violations"))
    assert library.asked[-1] == "/files/violations.xlsx?v=2"


def test_every_request_is_written_down(updater: Updater, library: Library, store: Store) -> None:
    weeks(library, "18/09/2026")
    updater.update(small("safety-gate"), library.url("/list/xml/en"))
    with store.reader() as session:
        checks = session.execute(select(FeedCheckRow.url, FeedCheckRow.outcome, FeedCheckRow.listed_as)).all()
    assert [tuple(check) for check in checks] == [
        (library.url(week(1)), "fetched", "2026-09-18"),
        (library.url("/list/xml/en"), "fetched", ""),
    ]
