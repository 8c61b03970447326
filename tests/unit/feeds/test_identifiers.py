"""Identifiers out of prose, against the truth that a person read, and case by case."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.feeds.codes import bare
from crawler.feeds.models import models_in, models_in_name
from crawler.feeds.notice import Notice
from crawler.feeds.registry import read_any

READ = json.loads((Path(__file__).parent / "truth_identifiers.json").read_text("utf-8"))
TRUTH, WARNINGS = READ["recalls"], READ["warnings"]
BARS = {"model": (0.97, 0.90), "gtin": (0.99, 0.95), "asin": (0.99, 0.95), "seller": (0.95, 0.90)}
"""Lowest precision and recall; models: the bar that was set; the others: what a reader would not accept less of."""


def values(text: str) -> list[str]:
    return [one.value for one in models_in(text)]


@pytest.mark.parametrize(
    ("text", "models"),
    [
        ("Kettles with model number AK-1700 and a lid.", ["AK-1700"]),
        ("Model No.: S-Y608 is on the label.", ["S-Y608"]),
        ('"Model: HC030" is printed on it.', ["HC030"]),
        ("model numbers GWL-01, GWL-02 and GWL-03. The playpens", ["GWL-01", "GWL-02", "GWL-03"]),
        ("pink (model BB5656PI), beige (model BB5656BE) and gray", ["BB5656PI", "BB5656BE"]),
        ("model numbers STA-801T (Rainbow) and STA-802T (Big Top)", ["STA-801T", "STA-802T"]),
        ("Models 90195 and 22395.", ["90195", "22395"]),
        ("The following models are included in this recall: FKL-BG, FKL-BR", ["FKL-BG", "FKL-BR"]),
        ("SKU numbers SPG0905N or SPG0905 appear on the box", ["SPG0905N", "SPG0905"]),
        ("The item number is 1879870.", ["1879870"]),
        ("Name Model Number Pistol Vault BD4030B Vault with Shelf BD4040B", ["BD4030B", "BD4040B"]),
        ("Model/SKU # Description Dates 34692 LATITUDE 07/2020 34785 LATITUDE 10/2021", ["34692", "34785"]),
        ("Model Serial No. Range TB21044BEN 3014835626 to 3015507481", ["TB21044BEN"]),
        ('"HD006BN-SLCD" is printed on the packaging.', ["HD006BN-SLCD"]),
        ("models V1.0 and V1.1, and model T30 kettles", ["V1.0", "V1.1", "T30"]),
        ("Models 905e Auto Steamer, 915e On-Demand Steamer, and 925e Elite are included", ["905e", "915e", "925e"]),
        ("Styles include BK1105 (Berry) and BK1106 (Tartan).", ["BK1105", "BK1106"]),
        ("(Model #SM4910-10)", ["SM4910-10"]),
        ('"Model KETTLEORG" is on the label.', ["KETTLEORG"]),
        ("Unit Type Model Numbers Lid LB16020DEN Base LB16021DEN *Note: no spaces. LLVX13EDT LLVX16EDT", None),
        ("Name Model Number Beige TA-KE-Beige-NEW Blue TA-KE-Blue-NEW Star TA-KE-XX", None),
        ("Model Numbers Model Name Retail Price AK10RF Pan 18799 AK10MF Pan 16799", ["AK10RF", "AK10MF"]),
        ("AK1382_13 or AK1382_09 are printed on a label of the box.", ["AK1382_13", "AK1382_09"]),
        ('"AL699436 or AL731481" is printed on the tag.', ["AL699436", "AL731481"]),
        ("Model Number 790.990121* 790.990131*", ["790.990121", "790.990131"]),
    ],
)
def test_models_are_read_where_the_text_calls_them_so(text: str, models: list[str] | None) -> None:
    """None: every word of the text that has a hyphen or three digits and more."""
    expected = [word for word in text.split() if "-" in word or sum(map(str.isdigit, word)) >= 2]
    assert values(text) == (expected if models is None else models)


@pytest.mark.parametrize(
    "text",
    [
        "model year 2023-2024 vehicles",
        "AK138213 is printed as the serial number on a label.",
        "PO-PP001 and PO-PP010 are PO numbers printed on the back.",
        "The model number is printed on a label.",
        "model numbers beginning with CANY",
        "Model AK-1700 is not included in this recall.",
        "models that use a CR2032 battery, a PAR30 lamp of 450 lumens under 16 CFR 1262",
        "models with 24V and 4x4 drive in 3-in-1 sets, 12-inch",
        "two models, 116 inches wide",
        '"LW202103" is the batch printed on the box',
        "Call 800-555-0199 about the models",
        "model number in MM/YYYY format",
    ],
)
def test_what_only_looks_like_a_model_is_none(text: str) -> None:
    assert values(text) == []


def test_a_name_gives_only_what_can_be_nothing_else() -> None:
    assert [one.value for one in models_in_name("BLACK+DECKER HGS011 Steamers")] == ["HGS011"]
    assert models_in_name("18-Gun 24V 2-Seater CR2032 Safe") == ()


def test_every_model_quotes_the_words_that_it_was_read_from() -> None:
    (found,) = models_in("Kettles with model number AK-1700 and a lid.")
    assert found.span == "model number AK-1700"


@pytest.mark.shared
def test_identifiers_reach_their_bars_on_recalls_drawn_at_random(shared: Path) -> None:
    listed = read_any(shared / "data/recalls/cpsc/recalls_api_2023-12_2026-03.json").notices
    notices = {notice.number: notice for notice in listed if notice.number in TRUTH}
    assert len(notices) == 160
    figures = {kind: _figures(notices, TRUTH, kind) for kind in BARS}
    print(json.dumps(figures))
    for kind, (precision, recall) in BARS.items():
        assert figures[kind]["precision"] >= precision, kind
        assert figures[kind]["recall"] >= recall, kind


@pytest.mark.shared
def test_models_reach_their_bar_on_warnings_drawn_at_random(shared: Path) -> None:
    """Another form than the one that the rules were made with."""
    listed = read_any(shared / "data/recalls/cpsc/product_safety_warning_listing.csv").notices
    figures = _figures({notice.number: notice for notice in listed}, WARNINGS, "model")
    print(json.dumps(figures))
    assert (figures["precision"] >= 0.97, figures["recall"] >= 0.90) == (True, True)


def _figures(notices: dict[str, Notice], truths: dict[str, dict[str, list[str]]], kind: str) -> dict[str, float]:
    plain: Callable[[str], str] = str.casefold if kind == "seller" else bare
    count: Counter[str] = Counter()
    for number, truth in truths.items():
        prose = {
            plain(one.value)
            for one in notices[number].identifiers
            if one.kind == kind and one.valid and one.value not in _only_stated(notices[number], truth)
        }
        wanted = {plain(value) for value in truth.get(f"{kind}s", [])}
        either = {plain(value) for value in truth.get("optional", [])}
        count["right"] += len(prose & wanted)
        count["wrong"] += len(prose - wanted - either)
        count["missed"] += len(wanted - prose)
    return {
        "precision": round(count["right"] / (count["right"] + count["wrong"]), 3),
        "recall": round(count["right"] / (count["right"] + count["missed"]), 3),
        **count,
    }


def _only_stated(notice: Notice, truth: dict[str, list[str]]) -> set[str]:
    """UPCs that the source states in a field of their own and the prose does not repeat."""
    return set(notice.upcs) - set(truth.get("gtins", []))
