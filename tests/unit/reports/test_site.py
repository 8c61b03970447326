"""The report as pages: complete, inert, the same bytes each time, and in the words that DOMAIN.md allows."""

import json
import re
from pathlib import Path

import pytest

from monitor.store.decision_tables import CaseStepRow
from monitor.store.session import Store, open_store
from reports.site import ReportResult, write_report, write_site
from reports.words import forbidden_words
from tests.unit.reports.ledger import write_ledger
from tests.unit.reports.story import AT, observed


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> ReportResult:
    out = tmp_path_factory.mktemp("report")
    return write_site(observed(), out, operator="Example Watch", contact="desk@example.org")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with opened.session() as session:
        write_ledger(session, observed())
    return opened


def texts(result: ReportResult) -> dict[str, str]:
    folder = result.index_path.parent
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in sorted(folder.rglob("*.html"))}


def test_headline_counts_same_model_and_same_line_apart(written: ReportResult) -> None:
    assert written.headline == (
        "On 31\u00a0March 2026, buyers in the US could still buy the same model as in 2 of 11 recalls "
        "that we searched for."
    )
    assert written.headline in texts(written)["index.html"]


def test_one_page_for_each_case_and_an_index(written: ReportResult) -> None:
    assert sorted(texts(written)) == sorted(["index.html", *(f"cases/{number}.html" for number in range(1, 9))])


def test_every_page_is_marked_internal(written: ReportResult) -> None:
    assert all("INTERNAL" in text for text in texts(written).values())


def test_same_records_give_the_same_bytes(written: ReportResult, tmp_path: Path) -> None:
    again = write_site(observed(), tmp_path, operator="Example Watch", contact="desk@example.org")
    assert texts(again) == texts(written)


def test_hostile_title_is_text(written: ReportResult) -> None:
    for text in texts(written).values():
        assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in texts(written)["index.html"]


def test_no_page_asks_for_anything_from_anywhere(written: ReportResult) -> None:
    for text in texts(written).values():
        assert "default-src 'none'" in text.replace("&#39;", "'")
        assert not re.search(r"<(?:link|img|script|iframe|object|embed|form|base)\b", text)
        assert not re.search(r"\b(?:src|srcset|action|poster|style|on\w+)=", text)
        assert "@import" not in text


def test_no_forbidden_word_and_no_rate_for_few(written: ReportResult) -> None:
    for text in texts(written).values():
        assert forbidden_words(re.sub(r"<[^>]+>", " ", text)) == []


def test_links_are_http_or_within_the_site(written: ReportResult) -> None:
    for text in texts(written).values():
        for href in re.findall(r'href="([^"]*)"', text):
            assert re.fullmatch(r"https?://.+|cases/\d+\.html|\.\./index\.html|figures\.json", href), href


def test_report_from_a_ledger_says_the_same_as_from_records(store: Store, tmp_path: Path) -> None:
    result = write_report(store, tmp_path / "out", AT)
    figures = {(figure.id, figure.name, figure.cell, figure.endpoint): figure for figure in result.figures}
    assert figures["K4", "still for sale", "identifier", "off_sale"].count == 2
    assert figures["K5", "removals seen", "all", "takedown"].count == 2
    assert result.headline.endswith("2 of 11 recalls that we searched for.")
    assert json.loads((tmp_path / "out" / "figures.json").read_text("utf-8"))


def test_public_report_holds_only_cleared_cases_and_withholds_sellers(store: Store, tmp_path: Path) -> None:
    with store.session() as session:
        session.add(
            CaseStepRow(
                listing_key="demo:b2",
                notice_id="us-cpsc:26121",
                step="cleared",
                by="R. Editor",
                comment="",
                taken_at=AT,
            )
        )
    result = write_report(store, tmp_path / "out", AT, public=True)
    pages = texts(result)
    assert sorted(pages) == ["cases/1.html", "index.html"]
    assert result.cases == 1
    for text in [*pages.values(), (tmp_path / "out" / "figures.json").read_text("utf-8")]:
        assert "INTERNAL" not in text
        assert "Lamp Corner" not in text
        assert "010-9999" not in text
        assert "demo:a1" not in text


def test_public_report_without_cleared_cases_names_none(store: Store, tmp_path: Path) -> None:
    result = write_report(store, tmp_path / "out", AT, public=True)
    assert result.cases == 0
    assert result.headline == "No case has been cleared for publication by 31\u00a0March 2026."
    assert "No case has been cleared for publication." in texts(result)["index.html"]
    assert all(not figure.ids or figure.name == "coverage of search" for figure in result.figures)


def test_empty_ledger_gives_a_report(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    result = write_report(store, tmp_path / "out", AT)
    assert "could not be seen to have" in result.headline
