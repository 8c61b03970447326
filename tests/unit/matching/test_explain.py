"""The explanation: both values with the place in the listing, the evidence against, the rival, one sentence."""

import pytest

from monitor.matching.explain import span_of
from monitor.matching.matcher import Matcher
from monitor.matching.records import Match
from tests.unit.matching.register import REGISTER, listing


def best(title: str, **facts: str) -> Match:
    return next(iter(Matcher(REGISTER).match([listing(title, **facts)], top=1)))


def test_each_value_is_shown_where_it_stands() -> None:
    title = "Brand new TAVOLINO  Brisk Way stroller, navy"
    match = best(title)
    for reason in match.reasons:
        if reason.where == "title":
            assert title[reason.start : reason.end] == reason.listing
    by_name = {reason.feature: reason for reason in match.reasons}
    assert (by_name["brand"].recall, by_name["brand"].listing) == ("Tavolino", "TAVOLINO")
    assert by_name["line"].listing == "Brisk Way stroller"
    assert by_name["brand"].as_dict()["span"] == {"field": "title", "start": 10, "end": 18}


@pytest.mark.parametrize(
    ("value", "field", "text"),
    [("zp1263", "model", "ZP-1263"), ("tavolino", "seller", "Tavolino"), ("nowhere", "", ""), ("", "", "")],
)
def test_the_field_that_holds_a_value(value: str, field: str, text: str) -> None:
    given = listing("Power bank", model="ZP-1263 (EU)", seller="Tavolino shop")
    where, start, end = span_of(value, given)
    assert where == field
    assert (getattr(given, where)[start:end] if where else "") == text


def test_one_sentence_says_for_against_rival_and_what_would_change_it() -> None:
    match = best("Rain cover for Tavolino Vento Alto stroller")
    assert "against it: " in match.says
    assert "accessory" in match.says
    assert "Stronger" in match.says
    assert best("Tavolino BriskWay stroller").says.count("the next nearest notice is test:") == 1


def test_where_nothing_speaks_against_it_that_is_said() -> None:
    match = best("Zelpo VoltCore 9000 power bank ZP1263", gtin="036000291452")
    assert all(reason.weight > 0 for reason in match.reasons)
    assert "nothing was found against it" in match.says
