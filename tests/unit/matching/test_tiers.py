"""Tier and relation of one listing against the small register, case by case."""

import pytest

from monitor.matching.matcher import Matcher
from monitor.matching.records import Match, Relation, Tier
from tests.unit.matching.register import REGISTER, listing, notice


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(REGISTER)


def best(matcher: Matcher, number: str, title: str, **facts: str) -> Match | None:
    found = matcher.match([listing(title, **facts)], top=20)
    return next((match for match in found if match.recall_id == f"test:{number}"), None)


@pytest.mark.parametrize(
    ("number", "title", "facts"),
    [
        ("bank", "Zelpo VoltCore power bank ZP1263 black", {}),
        ("bank", "Zelpo power bank", {"model": "ZP-1263"}),
        ("bank", "Portable charger, new in box", {"gtin": "0036000291452"}),
        ("bank", "Zelpo charger", {"description": "The label says ZP 1263 and 33 Wh."}),
        ("grill", "Korvath Ember EP-420 propane gas grill", {}),
        ("grill", "korvath s420 natural gas grill", {}),
    ],
)
def test_a_gtin_or_brand_with_exact_model_is_identifier(
    matcher: Matcher, number: str, title: str, facts: dict[str, str]
) -> None:
    match = best(matcher, number, title, **facts)
    assert match is not None
    assert (match.tier, match.relation) == (Tier.IDENTIFIER, Relation.SAME_PRODUCT)


@pytest.mark.parametrize(
    ("number", "title"),
    [
        ("stroller", "Tavolino Vento Alto travel system, midnight"),
        ("stroller", "TAVOLINO BriskWay Stroller - Navy"),
        ("stroller", "Tavolino Brisk Way stroller"),
        ("stroller", "Tаvоlino Vеntо Alto strоller"),
        ("stroller", "Tavolino V e n t o Alto stroller"),
        ("bunny", "Plushmoor Giggle & Grow Learning Bunny"),
        ("ladder", "Splosh Quick Rise pool ladder 48 inch"),
        ("adapter", "Tavolino Glidefix car seat adapter"),
    ],
)
def test_brand_and_product_line_is_line(matcher: Matcher, number: str, title: str) -> None:
    match = best(matcher, number, title)
    assert match is not None
    assert match.tier is Tier.LINE


@pytest.mark.parametrize(
    ("number", "title", "why"),
    [
        ("stroller", "Tavolino Luna stroller", "another line of the brand"),
        ("stroller", "Tavolino", "a brand alone"),
        ("stroller", "Rain cover for Tavolino Vento Alto stroller", "an accessory"),
        ("stroller", "Tavolino Vento Alto stroller canopy", "a part"),
        ("stroller", "Tavolino Vento Alto stroller manual", "its manual"),
        ("stroller", "Tavolino Vento Alto Duo stroller", "another size of the line"),
        ("stroller", "2026 Tavolino Vento Alto stroller", "a later model year"),
        ("stroller", "Tavolino Vento Alto stroller 1:12 scale model", "a miniature"),
        ("stroller", "Vento Alto stroller", "no brand"),
        ("grill", "Korvath Ember E-410 gas grill", "another model"),
        ("bank", "Zelpo VoltCore 9000 power bank ZP1264", "a model one digit away"),
        ("bank", "Case compatible with Zelpo VoltCore ZP1263", "an accessory with the model in its title"),
        ("toys", "Wibblo toys", "a notice named only Toys"),
        ("ladder", "Splosh Quick Rise pool with pump", "the pool, where its ladder is recalled"),
        ("bunny", "Plushmoor Giggle & Grow keys", "half of a joined name"),
        ("shoe", "Striddo Tinystep men's booties size 11", "for grown-ups"),
    ],
)
def test_what_is_not_the_product_is_never_identifier_or_line(
    matcher: Matcher, number: str, title: str, why: str
) -> None:
    match = best(matcher, number, title)
    assert match is None or match.tier not in (Tier.IDENTIFIER, Tier.LINE), why


def test_a_wrong_check_digit_is_no_gtin(matcher: Matcher) -> None:
    match = best(matcher, "bank", "Portable charger", gtin="036000291453")
    assert match is None or match.tier is not Tier.IDENTIFIER


@pytest.mark.parametrize(
    "title",
    [
        "216 pcs 5mm magnetic balls desk toy",
        "M@gnet1c balls 1000pcs",
        "5mm 磁力球 216颗",
        "Magnetic cubes 3mm 512 pieces",
    ],
)
def test_an_unbranded_thing_of_a_regulated_kind(matcher: Matcher, title: str) -> None:
    match = best(matcher, "magnets", title)
    assert match is not None
    assert (match.tier, match.relation) == (Tier.REGULATED_KIND, Relation.REGULATED_KIND)
    assert any("16 CFR 1262" in reason.says for reason in match.reasons)


@pytest.mark.parametrize(
    "title", ["Magnetic fishing game", "Magnetic wooden tiles", "Crib sheet", "Glass marbles 100 pcs"]
)
def test_other_things_are_of_no_regulated_kind(matcher: Matcher, title: str) -> None:
    assert all(match.tier is not Tier.REGULATED_KIND for match in matcher.match([listing(title)], top=20))


def test_a_lookalike_has_the_kind_but_no_brand() -> None:
    register = [
        *REGISTER,
        notice("fan", "Fanello Recalls Stroller Fans", "Fanello Clip-On Stroller Fans", firms=("Fanello",)),
    ]
    match = best(Matcher(register), "fan", "Clip-on baby stroller fan (pink)")
    assert match is not None
    assert (match.tier, match.relation) == (Tier.LOOKALIKE, Relation.SAME_KIND)


def test_reasons_speak_for_and_against_and_add_up(matcher: Matcher) -> None:
    from math import log

    from monitor.matching.model import shipped_model

    match = best(matcher, "stroller", "Rain cover for Tavolino Vento Alto stroller")
    assert match is not None
    weights = {reason.feature: reason.weight for reason in match.reasons}
    assert weights["accessory"] < 0 < weights["kind"]
    odds = log(match.probability / (1 - match.probability))
    assert odds == pytest.approx(shipped_model().bias + sum(weights.values()), abs=0.05)
    assert next(reason for reason in match.reasons if reason.feature == "accessory").outcome == "conflict"


def test_the_same_input_gives_the_same_output(matcher: Matcher) -> None:
    listings = [listing("Tavolino Vento Alto", listing_id=f"shop:{number}") for number in range(20)]
    assert list(matcher.match(listings)) == list(Matcher(REGISTER).match(listings))


def test_top_bounds_the_matches_of_each_listing(matcher: Matcher) -> None:
    listings = [listing("Tavolino stroller adapter", listing_id=f"shop:{number}") for number in range(3)]
    found = [match.listing_id for match in matcher.match(listings, top=1)]
    assert found == ["shop:0", "shop:1", "shop:2"]


def test_an_empty_register_and_an_empty_listing_match_nothing(matcher: Matcher) -> None:
    assert list(Matcher([]).match([listing("Tavolino Vento Alto stroller")])) == []
    assert list(matcher.match([listing("")])) == []
