"""The other authorities' forms, by small records of our own and the real samples."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from crawler.errors import BadInput
from crawler.feeds.generic_csv.read import read_map
from crawler.feeds.registry import read_any, read_data, read_data_mapped

CANADA = {
    "NID": "1",
    "Title": "Acme Kettle recalled due to burn hazard\u200b ",
    "URL": "https://recalls-rappels.canada.ca/en/alert-recall/acme",
    "Organization": "Consumer product safety",
    "Product": "Acme Kettle",
    "Issue": "Fire hazard - Burn hazard",
    "What you should do": "Stop.Joint recall with Health Canada, the United States (US CPSC) and Acme.",
    "Category": "Kitchen",
    "Recall class": "",
    "Last updated": "2026-10-01",
    "Archived": "0",
}
FRANCE = {
    "gtin": 36000291452,
    "numero_fiche": "2026-10-0007",
    "numero_version": 1,
    "nature_juridique_rappel": "volontaire (sans arr\u00eat\u00e9 pr\u00e9fectoral)",
    "marque_produit": "acme",
    "modeles_ou_references": "ak-1700",
    "risques_encourus": "br\u00fblures|incendie",
    "date_publication": "2026-10-02T16:12:25+00:00",
    "libelle": "bouilloire",
    "rappel_guid": "x",
    "id": 1,
}
WEEKLY = """<?xml version="1.0"?><notifications xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<report_date>02/10/2026</report_date><notification><caseNumber>SR/00001/26</caseNumber>
<reference>https://ec.europa.eu/x</reference><category>Toys</category><product><![CDATA[Soft toy]]></product>
<brand>Acme</brand><name>Bear</name><type_numberOfModel>AB-12</type_numberOfModel><barcode>0036000291452</barcode>
<batchNumber xsi:nil="true"/><riskType>{risk}</riskType><danger>Small parts.</danger><mood>grim</mood>
</notification></notifications>"""
UK: dict[str, Any] = {
    "base_path": "/product-safety-alerts-reports-recalls/product-recall-acme-kettle-2609-0001",
    "title": "Product Recall: Acme Kettle (2609-0001)",
    "details": {
        "body": "<p>Product: Acme Kettle</p><p>Hazard: It leaks.</p><table><tr><td>Brand</td><td>Acme</td></tr>"
        "<tr><td>Barcode</td><td>5052089365995, 5052089365996</td></tr><tr><td>Lid</td><td>blue</td></tr></table>",
        "metadata": {"product_alert_type": "product-recall", "product_risk_level": "high"},
    },
    "document_type": "product_safety_alert_report_recall",
}


def marks(notice: Any) -> set[tuple[str, str, bool]]:
    return {(one.kind, one.value, one.valid) for one in notice.identifiers}


def test_canada_has_hazards_apart_and_a_tie_to_the_us() -> None:
    result = read_data(json.dumps([CANADA, {**CANADA, "NID": "2", "Archived": "maybe"}]).encode(), "x")
    (notice,) = result.notices
    assert (result.source, notice.id, notice.published_on, notice.updated_on) == (
        "health-canada",
        "ca-health-canada:1",
        "",
        "2026-10-01",
    )
    assert notice.title.endswith("hazard")
    assert notice.hazards == ("Fire hazard", "Burn hazard")
    assert notice.links[0].target == "us-cpsc"
    assert (result.refused[0].record, "neither 0 nor 1" in result.refused[0].reason) == ("2", True)


def test_france_groups_the_rows_of_a_sheet_and_drops_placeholders() -> None:
    rows = [FRANCE, {**FRANCE, "gtin": 0}, {**FRANCE, "gtin": 3017620422003}]
    strange = {**FRANCE, "numero_fiche": "2026-10-0008", "nature_juridique_rappel": "autre"}
    result = read_data(json.dumps({"total_count": 9, "results": [*rows, strange]}).encode(), "x")
    (notice,) = result.notices
    assert (result.source, notice.id, notice.language) == ("rappelconso", "fr-rappelconso:2026-10-0007", "fr")
    assert marks(notice) == {
        ("gtin", "0036000291452", True),
        ("gtin", "3017620422003", True),
        ("brand", "acme", True),
        ("model", "ak-1700", True),
    }
    assert notice.hazards == ("br\u00fblures", "incendie")
    assert "nature_juridique_rappel" in result.refused[0].reason
    assert result.notes == ("4 rows of 2 notices", "a part only: 4 of 9 rows")


def test_a_weekly_report_is_read_and_its_rest_is_named() -> None:
    result = read_data(WEEKLY.format(risk="Choking").encode(), "x")
    (notice,) = result.notices
    assert (result.source, notice.id, notice.published_on) == (
        "safety-gate",
        "eu-safety-gate:SR/00001/26",
        "2026-10-02",
    )
    assert marks(notice) == {("brand", "Acme", True), ("model", "AB-12", True), ("gtin", "0036000291452", True)}
    assert not notice.verified
    assert notice.flags == ("left-over: the reader does not know the field mood",)


def test_an_unknown_risk_fails_that_alert_alone() -> None:
    result = read_data(WEEKLY.format(risk="Boredom").encode(), "x")
    assert not result.notices
    assert "'Boredom' is a risk that the reader does not know" in result.refused[0].reason


def test_a_uk_notice_without_a_number_goes_by_its_address() -> None:
    old = {**UK, "base_path": "/product-safety-alerts-reports-recalls/acme-lawn-mower"}
    assert read_data(json.dumps(old).encode(), "x").notices[0].id == "uk-opss:acme-lawn-mower"


def test_the_uk_table_gives_identifiers_and_keeps_free_labels() -> None:
    (notice,) = read_data(json.dumps(UK).encode(), "x").notices
    assert (notice.id, notice.kind, notice.hazards) == ("uk-opss:2609-0001", "recall", ("It leaks.", "risk: high"))
    assert marks(notice) == {
        ("brand", "Acme", True),
        ("gtin", "5052089365995", True),
        ("gtin", "5052089365996", False),
    }
    assert notice.extra == {"table: lid": "blue"}


@pytest.mark.parametrize(("field", "value"), [("product_alert_type", "rumour"), ("product_risk_level", "dire")])
def test_an_unknown_uk_category_fails_loudly(field: str, value: str) -> None:
    details = UK["details"]
    bad = {**UK, "details": {**details, "metadata": {**details["metadata"], field: value}}}
    result = read_data(json.dumps([UK, bad]).encode(), "x")
    assert len(result.notices) == 1
    assert value in result.refused[0].reason


def test_rss_of_australia() -> None:
    feed = b"""<rss version="2.0"><channel><link>https://www.productsafety.gov.au/</link>
    <item><title>Acme Kettle</title>
    <link>https://www.productsafety.gov.au/recalls/acme-kettle</link><pubDate>Fri, 02 Oct 2026 10:00:00 +1000</pubDate>
    </item><item><title>No link</title></item></channel></rss>"""
    result = read_data(feed, "x")
    assert [(one.id, one.published_on) for one in result.notices] == [("au-accc:acme-kettle", "2026-10-02")]
    assert result.refused[0].reason == "title or link is missing"


def test_violations_stand_below_five_rows_of_preamble() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for at in range(5):
        sheet.append([f"preamble {at}"])
    sheet.append(
        ["Letter Date", "Product Name", "Model No.", "Violation", "Citation", "Action", "Firm", "City", "Country"]
    )
    sheet.append(["2024-05-06", "Magnet balls", "MB-5", "Magnets", "16 CFR 1262", "SSC", "Acme", "Ohio", "China"])
    sheet.append(["05/07/2024", "Kettle", "", "Lead", "", "XYZ", "Acme", "Ohio", "China"])
    packed = io.BytesIO()
    book.save(packed)
    result = read_data(packed.getvalue(), "x")
    (notice,) = result.notices
    assert (result.source, notice.kind, notice.remedy_options) == (
        "cpsc-violations",
        "violation",
        ("stop sale and correct",),
    )
    assert ("model", "MB-5", True) in marks(notice)
    assert not notice.verified
    assert (result.refused[0].record, "'XYZ' is none of" in result.refused[0].reason) == ("row 8", True)


def test_any_csv_is_read_with_a_map(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text('[columns]\n"Ref" = "number"\n"Ware" = "product"\n"EAN" = "gtin"\n[constants]\nauthority = "xx"\n')
    data = b"Ref,Ware,EAN,Mood\n7,Kettle,036000291452;036000291453,grim\n,Pot,,\n"
    result = read_data_mapped(data, "x", path)
    (notice,) = result.notices
    assert (notice.id, notice.title, notice.extra) == ("xx:7", "Kettle", {"Mood": "grim"})
    assert marks(notice) == {("gtin", "036000291452", True), ("gtin", "036000291453", False)}
    assert result.refused[0].reason == "id: missing, and so is number"


@pytest.mark.parametrize(
    ("text", "words"),
    [("[colums]\n", "only"), ("[columns]\nx = 1\n", "text = text"), ("[columns\n", "no column map")],
)
def test_a_bad_map_is_bad_input(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(BadInput, match=words):
        read_map(path)


def test_a_map_to_a_field_that_we_lack_is_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text('[columns]\n"Ref" = "nummer"\n')
    with pytest.raises(BadInput, match="nummer is no field of ours"):
        read_data_mapped(b"Ref\n1\n", "x", path)


def test_a_platform_notice_needs_its_page() -> None:
    data = (
        b"platform,published_on,url,title,brand,recall\n"
        b"Alibaba,2023-03-30,https://rules.alibaba.com/n/1,Magnets delisted,Acme,us-cpsc:24999\n"
        b"Alibaba,2023-03-31,none,Rumour,,\n"
    )
    result = read_data(data, "x")
    (notice,) = result.notices
    assert (result.source, notice.kind, notice.authority) == ("platform-notices", "platform-notice", "platform-alibaba")
    assert notice.id == "platform-alibaba:2023-03-30-magnets-delisted"
    assert (notice.links[0].target, notice.published_on) == ("us-cpsc:24999", "2023-03-30")
    assert "no web address" in result.refused[0].reason


@pytest.mark.shared
@pytest.mark.parametrize(
    ("path", "source", "ids"),
    [
        ("canada/hcrsam_sample.json", "health-canada", ["82661", "82676", "82705", "82696"]),
        ("uk/opss_content_item_2609-0229.trimmed.json", "uk-opss", ["2609-0229"]),
        (
            "france/rappelconso_v2_gtin_trie_sample.json",
            "rappelconso",
            ["2026-10-0007", "2026-09-0234", "2026-10-0003"],
        ),
        ("eu/safety_gate_notification_10118970.trimmed.json", "safety-gate", ["SR/02645/26"]),
        ("eu/safety_gate_notification_10119139.trimmed.json", "safety-gate", ["SR/02785/26"]),
    ],
)
def test_the_real_samples_are_read_whole(shared: Path, path: str, source: str, ids: list[str]) -> None:
    result = read_any(shared / "data/recalls" / path)
    assert (result.source, [notice.number for notice in result.notices], result.refused) == (source, ids, ())
    assert not [one for one in result.flagged if one.flag == "left-over"]
