"""What is read out of names: firms, brands, lines, model numbers, GTINs."""

import pytest

from crawler.feeds.notice import Identifier
from monitor.matching.gtins import gtin_key
from monitor.matching.models import models_in_name, models_introduced, wildcards
from monitor.matching.names import firm_names, recalled_thing, recallers, title_of
from monitor.matching.units import entry_of
from tests.unit.matching.register import notice


@pytest.mark.parametrize(
    ("firm", "names"),
    [
        ("Tavolino USA Inc., of Dover, Delaware", ["Tavolino"]),
        ("Shenzhen Qix Trading Co., Ltd., dba Zelpo, of China", ["Shenzhen Qix", "Zelpo"]),
        ("Qix Ltd. of China, doing business as Zelpo Store", ["Qix", "Zelpo"]),
        ("The House of Lamps", ["House of Lamps"]),
    ],
)
def test_a_firm_goes_by_its_bare_names(firm: str, names: list[str]) -> None:
    assert firm_names(firm) == names


@pytest.mark.parametrize(
    ("title", "who", "what"),
    [
        ("Tavolino Recalls Strollers Due to Fall Hazard", ["Tavolino"], "Strollers"),
        ("Baby Gates Recalled by Tavolino Due to Fall Hazard", ["Tavolino"], "Baby Gates"),
        ("CPSC, Korvath Inc. Announce Recall of Gas Grills", ["Korvath"], "Gas Grills"),
        ("Injury Reports Prompt Tavolino to Recall Certain Cribs", ["Tavolino"], "Cribs"),
        ("Bestel, Intax, and Polyx Recall Pools; Two Deaths Reported", ["Bestel", "Intax", "Polyx"], "Pools"),
    ],
)
def test_a_headline_names_who_recalls_what(title: str, who: list[str], what: str) -> None:
    assert recallers(title) == who
    assert recalled_thing(title) == what


def test_the_address_stands_in_for_a_missing_headline() -> None:
    url = "https://www.example.gov/Recalls/2011/Tavolino-Recalls-Strollers-Due-to-Fall-Hazard/"
    assert title_of("", url) == "Tavolino Recalls Strollers Due to Fall Hazard"
    assert title_of("", "https://www.example.gov/x") == ""


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Tavolino Vento Alto and BriskWay strollers", {"vento alto", "briskway", "vento alto briskway"}),
        ('Tavolino "Alma", "Bruno", "Carlotta" Drop-Side Cribs', {"alma", "bruno", "carlotta"}),
        ("Tavolino Vento Single/Double, Zephyrix Jogging Strollers", {"vento", "zephyrix"}),
    ],
)
def test_a_name_is_cut_into_its_lines(name: str, lines: set[str]) -> None:
    entry = entry_of(notice("x", "Tavolino Recalls Strollers", name, firms=("Tavolino",)))
    found = {" ".join(word for word in line.sequence if word in line.required) for line in entry.units[0].lines}
    assert found == lines
    assert all(not line.required & {"stroller", "crib"} for line in entry.units[0].lines)


def test_a_brand_is_read_from_headline_firms_and_the_head_of_a_name() -> None:
    entry = entry_of(
        notice(
            "x", "CPSC Warns Consumers to Stop Using Lumiqo Lamps", "Lumiqo Night Lamps", firms=("Qix Ltd., dba Ablo",)
        )
    )
    assert {brand.key: brand.leading for brand in entry.brands} == {"qix": False, "ablo": False, "lumiqo": True}


@pytest.mark.parametrize(
    ("text", "models"),
    [
        ("models A1263 and A1264", {"a1263", "a1264"}),
        ("model numbers BJ90121 for single strollers", {"bj90121"}),
        ("Model numbers XR100 through XR103 are included", {"xr100", "xr101", "xr102", "xr103"}),
        ("item 6161834", {"6161834"}),
        ("Genesis E,S,EP 320 Series", {"e320", "s320", "ep320"}),
        ("a 12-piece set of 2024 with 3-in-1 use and 500 watts", set()),
    ],
)
def test_model_numbers_that_prose_introduces(text: str, models: set[str]) -> None:
    assert models_introduced(text) == models


def test_measures_years_and_counts_are_no_models() -> None:
    assert models_in_name("KX-2000 fan, 12-piece, 10-inch, 3-in-1, 120V, 2-speed, 1st, 4x4") == {"kx2000"}


def test_a_wildcard_stands_for_what_follows() -> None:
    (pattern,) = wildcards(["XR12**", "plain", "*"])
    assert pattern.fullmatch("xr12ab")
    assert not pattern.fullmatch("xr13ab")


@pytest.mark.parametrize("text", ["036000291452", "0036000291452", "00036000291452", "0 36000-29145 2"])
def test_one_gtin_in_every_length(text: str) -> None:
    assert gtin_key(text) == "00036000291452"


@pytest.mark.parametrize("text", ["036000291453", "12345", "00000000", "", "03600029145X"])
def test_what_is_no_gtin(text: str) -> None:
    assert gtin_key(text) == ""


def test_an_identifier_marked_invalid_is_never_matched_on() -> None:
    wrong = Identifier(kind="model", value="ZP1263", valid=False)
    assert entry_of(notice("x", "Zelpo Recalls Lamps", "Zelpo Lamps", identifiers=(wrong,))).models == frozenset()
