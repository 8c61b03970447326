"""Ties between notices: read out of titles and prose, resolved where nothing else can be meant, told in case files."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from crawler.feeds.earlier import earlier_recalls
from crawler.feeds.notice import Notice
from crawler.feeds.registry import read_data
from monitor.register.casefile import case_file, case_json
from monitor.register.content import content_of
from monitor.register.register import get_notice, import_notices
from monitor.register.ties import ties_of
from tests.unit.feeds.records import api, recall

DAY = datetime(2026, 5, 1, tzinfo=UTC)
EARLIER = recall("24001", RecallDate="2024-05-06", Title="Acme Recalls Glass Kettles Due to Burn Hazard")


def later(units: str, **changes: Any) -> dict[str, Any]:
    product = {"Name": "Acme Glass Kettles", "NumberOfUnits": units}
    title = "Acme Expands Recall of Glass Kettles Due to Burn Hazard"
    return recall("24500", RecallDate="2025-02-06", Title=title, Products=[product], **changes)


def brought(session: Session, *records: dict[str, Any], at: datetime = DAY) -> None:
    import_notices(session, read_data(api(*records), "x", "cpsc"), "cpsc", at)


def own(session: Session, notice_id: str) -> list[tuple[str, str, str]]:
    ties, _ = ties_of(session, notice_id)
    return [(tie.kind, tie.tied_id, tie.tied_by) for tie in ties if tie.kind != "joint"]


@pytest.mark.parametrize(
    ("title", "text", "links"),
    [
        ("Acme Expands Recall of Kettles", "(About 5 were previously recalled in May 2024)", [("expands", "2024-05")]),
        ("Acme Reannounces Recall of Kettles", "", [("reannounces", "")]),
        (
            "Acme Reannounces and Expands Recall",
            "Acme previously recalled 10 on July 6, 2023.",
            [("reannounces", "2023-07-06"), ("expands", "2023-07-06")],
        ),
        ("Acme Recalls Kettles", "They were previously recalled under recall number 24-001.", [("follows", "x:24001")]),
        ("Acme Recalls Kettles", "Kettles made in May 2024 were not recalled.", []),
        ("Acme Recalls Expansion Gates", "Sold in May 2024.", []),
        (
            "Acme Recalls Kettles",
            "Acme previously recalled units purchased after August 21, 2023, on February 19, 2026.",
            [("follows", "2026-02-19")],
        ),
    ],
)
def test_earlier_recalls_are_read_with_their_words(title: str, text: str, links: list[tuple[str, str]]) -> None:
    notice = Notice(id="x:1", kind="recall", authority="x", number="1", title=title, units=text)
    found = earlier_recalls(notice)
    assert [(link.kind, link.target) for link in found] == links
    assert all(link.span for link in found)


def test_a_number_that_the_text_gives_is_enough(session: Session) -> None:
    brought(session, EARLIER, later("Previously recalled, recall number 24-001"))
    assert own(session, "us-cpsc:24500") == [("expands", "us-cpsc:24001", "id")]


def test_month_firm_and_product_pin_one_down(session: Session) -> None:
    other = recall(
        "24002", RecallDate="2024-05-08", Title="Acme Recalls Lamps", Products=[{"Name": "Acme Lamps"}], Description=""
    )
    brought(session, EARLIER, other, later("(About 10 were previously recalled in May 2024)"))
    assert own(session, "us-cpsc:24500") == [("expands", "us-cpsc:24001", "day, firm and product")]


def test_it_stays_open_where_two_could_be_meant_or_none(session: Session) -> None:
    twin = EARLIER | {"RecallNumber": "24003", "RecallDate": "2024-05-20"}
    brought(session, EARLIER, twin, later("(About 10 were previously recalled in May 2024)"))
    assert own(session, "us-cpsc:24500") == [("expands", "", "")]
    notice = get_notice(session, "us-cpsc:24500")
    assert notice
    told = " ".join(case_file(session, notice).split())
    assert "expands a notice that the register can't name with certainty: 2024-05, from the words" in told


def test_an_earlier_recall_that_comes_later_is_tied_then(session: Session) -> None:
    brought(session, later("(About 10 were previously recalled in May 2024)"))
    assert own(session, "us-cpsc:24500") == [("expands", "", "")]
    brought(session, EARLIER, at=DAY + timedelta(days=7))
    assert own(session, "us-cpsc:24500") == [("expands", "us-cpsc:24001", "day, firm and product")]


def test_both_case_files_tell_of_the_tie(session: Session) -> None:
    brought(session, EARLIER, later("Previously recalled, recall number 24-001"))
    first, second = (get_notice(session, f"us-cpsc:{number}") for number in ("24001", "24500"))
    assert first
    assert second
    told = " ".join(case_file(session, first).split())
    assert "us-cpsc:24500 (2025-02-06, Acme Expands Recall of Glass Kettles Due to Burn Hazard) expands this" in told
    assert "expands us-cpsc:24001 (2024-05-06, Acme Recalls Glass Kettles" in " ".join(
        case_file(session, second).split()
    )
    assert case_json(session, first)["tied_from"][0]["notice_id"] == "us-cpsc:24500"
    assert case_json(session, second)["ties"][-1]["tied_id"] == "us-cpsc:24001"


def test_what_both_countries_published_is_tied_both_ways(session: Session) -> None:
    page = "https://recalls-rappels.canada.ca/en/alert-recall/acme"
    brought(session, recall("24001", Inconjunctions=[{"URL": f"{page}?utm=1"}]))
    canada = {
        "NID": "7",
        "Title": "Acme Kettle recalled",
        "URL": page,
        "Recall class": "",
        "Last updated": "2024-05-06",
    }
    canada["What you should do"] = "Joint recall with Health Canada, the United States (US CPSC) and Acme."
    import_notices(session, read_data(json.dumps([canada]).encode(), "x"), "health-canada", DAY)
    (ours, _), (theirs, _) = ties_of(session, "us-cpsc:24001"), ties_of(session, "ca-health-canada:7")
    assert [(tie.kind, tie.tied_id, tie.tied_by) for tie in (*ours, *theirs)] == [
        ("joint", "ca-health-canada:7", "address"),
        ("joint", "us-cpsc:24001", "address"),
    ]


def test_links_out_of_prose_change_no_version(session: Session) -> None:
    notice = read_data(api(later("Previously recalled in May 2024")), "x", "cpsc").notices[0]
    assert [link["kind"] for link in content_of(notice)["links"]] == ["joint"]
