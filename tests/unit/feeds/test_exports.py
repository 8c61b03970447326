"""The CPSC website's exports: columns by name, rows on their own."""

from pathlib import Path

import pytest

from crawler.errors import BadInput
from crawler.feeds import registry
from crawler.feeds.cpsc_csv.read import read
from crawler.feeds.cpsc_warnings.read import read as read_warnings
from tests.unit.feeds.records import RECALL_HEADER, WARNING_HEADER, export_row, table, warning_row


def test_a_row_becomes_a_notice_with_the_number_of_the_api() -> None:
    (notice,) = read(table(RECALL_HEADER, export_row("25-126"), bom=True), "x").notices
    assert (notice.id, notice.published_on, notice.description) == ("us-cpsc:25126", "2025-02-06", "Red kettle")
    assert notice.remedy_options == ("Refund", "Replace")
    assert notice.flags == ()


def test_columns_are_found_by_name_in_any_order_and_under_older_names() -> None:
    old = ["Date", "Recall Number", "Recall Heading", "Name of Product", "Description", "Hazard", "Conjunction With"]
    row = {"Date": "October 1, 2020", "Recall Number": "21-001", "Recall Heading": "Kettles", "Hazard": "It leaks."}
    (notice,) = read(table(old, row | {"Conjunction With": "Health Canada"}), "x").notices
    assert (notice.hazards, notice.links[0].target) == (("It leaks.",), "Health Canada")


def test_a_warning_that_became_a_recall_is_tied_to_it() -> None:
    row = export_row(**{"Product Safety Warning Number": "26-190", "Product Safety Warning Date": "January 15, 2026"})
    (notice,) = read(table(RECALL_HEADER, row), "x").notices
    assert (notice.links[0].kind, notice.links[0].target) == ("supersedes", "us-cpsc-warning:26-190")
    assert notice.extra["warning_on"] == "2026-01-15"


def test_a_strange_column_is_named_and_its_cells_are_kept() -> None:
    result = read(table([*RECALL_HEADER, "Mood"], export_row(Mood="grim")), "x")
    assert "'Mood'" in result.notes[0]
    assert result.notices[0].extra["Mood"] == "grim"


def test_the_custom_field_is_a_party_only_where_its_label_names_one() -> None:
    seller = export_row("25-001", **{"Custom Label": "Retailer:", "Custom Field": "Acme of Ohio"})
    message = export_row("25-002", **{"Custom Label": "Important Message:", "Custom Field": "Do not touch."})
    first, second = read(table(RECALL_HEADER, seller, message), "x").notices
    assert [(firm.name, firm.role) for firm in first.firms] == [("Acme of Ohio", "retailer")]
    assert second.firms == ()
    assert second.extra["custom_field"] == "Do not touch."


def test_links_that_the_export_cut_and_glued_tables_are_flagged() -> None:
    cut = export_row("25-001", Description='See https://www.cpsc.gov/Busines\u2026 lang="EN-US">rules')
    glued = export_row("25-002", Description="Model numbers: LDE4411ST607KMLDE4413BD*")
    result = registry.read_data(table(RECALL_HEADER, cut, glued), "x", "cpsc-csv")
    assert [(one.record, one.flag) for one in result.flagged] == [
        ("us-cpsc:25001", "truncated-link"),
        ("us-cpsc:25002", "glued-cells"),
    ]
    assert not [one for one in result.notices[1].identifiers if one.kind == "model"]


def test_the_spanish_twin_of_a_number_gives_way_to_the_english() -> None:
    spanish = export_row("10-255", **{"Recall Heading": "Acme retira teteras debido a peligro de incendio"})
    result = read(table(RECALL_HEADER, spanish, export_row("10-255")), "x")
    assert [notice.language for notice in result.notices] == ["en"]
    assert "retira" in result.refused[0].reason
    assert result.records == 2


def test_a_torn_row_fails_alone() -> None:
    data = table(RECALL_HEADER, export_row("25-001")) + b"25-002,only,three\r\n"
    result = read(data, "x")
    assert (len(result.notices), result.refused[0].record) == (1, "25-002")
    assert "3 cells under 22 columns" in result.refused[0].reason


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Name,Age\r\nA,1\r\n", "has no column"),
        (b"<html><body>no</body></html>", "HTML where CSV was promised"),
        (table(RECALL_HEADER), "no records"),
    ],
)
def test_what_is_no_export_is_bad_input(data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read(data, "x")


def test_a_warning_keeps_its_number_as_printed_and_its_seller() -> None:
    result = registry.read_data(table(WARNING_HEADER, warning_row("26-376")), "x")
    (notice,) = result.notices
    assert (result.source, notice.id, notice.kind) == ("cpsc-warnings", "us-cpsc-warning:26-376", "warning")
    marks = {(one.kind, one.value) for one in notice.identifiers}
    assert {("model", "HC030"), ("seller", "RailDirect")} <= marks


def test_a_warning_without_a_number_gets_one_from_day_and_title() -> None:
    data = table(WARNING_HEADER, warning_row(""))
    (notice,) = read_warnings(data, "x").notices
    assert (notice.number, notice.id) == ("", "us-cpsc-warning:2026-04-02-acme-bed-rails")
    assert notice.flags[0].startswith("no-number: ")


@pytest.mark.shared
def test_the_real_warnings_are_all_read(shared: Path) -> None:
    result = registry.read_any(shared / "data/recalls/cpsc/product_safety_warning_listing.csv")
    assert (result.source, len(result.notices), result.refused) == ("cpsc-warnings", 299, ())
    assert [one.record for one in result.flagged if one.flag == "no-number"] == [
        "us-cpsc-warning:2020-05-28-consumer-alert-cpsc-and-mueller-austria"
    ]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("path", "records"),
    [
        ("appliance_export_2025/recalls_21be3a9.csv", 374),
        ("appliance_export_2025/recalls_fe89896.csv", 375),
        ("appliance_export_2025/recalls_e1a726c.csv", 376),
        ("website_csv/babies-and-kids_2023-12-01_2026-04-01.csv", 195),
        ("website_csv/toys_2023-12-01_2026-04-01.csv", 95),
    ],
)
def test_the_real_exports_add_up(shared: Path, path: str, records: int) -> None:
    result = registry.read_any(shared / "data/recalls/cpsc" / path)
    assert (result.source, result.records) == ("cpsc-csv", records)
    assert len(result.refused) == (3 if "appliance" in path else 0)
