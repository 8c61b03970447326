"""Bans and standards, and how well an entry can be recognised."""

from typing import Any

import pytest

from crawler.errors import BadInput
from crawler.feeds.notice import Firm, Identifier, Image, Notice, Product
from monitor.register.identifiability import LEVELS, WEIGHTS, identifiability, summary
from monitor.register.rules import rule_of, shipped_rules


def entry(**changes: Any) -> Notice:
    return Notice(id="xx:1", kind="recall", authority="xx", number="1", title="Kettle", **changes)


def test_shipped_rules_are_whole_and_claim_no_check_that_nobody_made() -> None:
    rules = shipped_rules()
    assert len(rules) == len({rule.rule_id for rule in rules}) >= 30
    assert {rule.kind for rule in rules} == {"ban", "standard"}
    assert {rule.provable_from_page for rule in rules} == {"yes", "partly", "needs_test"}
    assert not any(rule.verified for rule in rules)
    assert all(rule.citation and rule.says for rule in rules)
    assert all(rule.hints for rule in rules if rule.provable_from_page != "needs_test")


def test_a_rule_that_does_not_say_how_it_is_proven_is_bad_input() -> None:
    with pytest.raises(BadInput, match="is none of yes, partly, needs_test"):
        rule_of(entry(extra={"provable_from_page": "perhaps"}))


BRAND = Identifier(kind="brand", value="Acme")
MODEL = Identifier(kind="model", value="AK-1700")
GTIN = Identifier(kind="gtin", value="036000291452")
WRONG = Identifier(kind="gtin", value="036000291453", valid=False)


@pytest.mark.parametrize(
    ("changes", "level", "parts"),
    [
        ({"identifiers": (GTIN,)}, "identifier", ("gtin",)),
        ({"identifiers": (BRAND, MODEL)}, "identifier", ("model", "brand")),
        ({"identifiers": (WRONG, BRAND), "products": (Product(name="Kettle"),)}, "line", ("brand",)),
        ({"identifiers": (MODEL,)}, "kind", ("model",)),
        ({"images": (Image(url="https://x.example/1.jpg"),)}, "picture", ("images",)),
        (
            {"products": (Product(name="Acme Kettle"),), "firms": (Firm(name="Acme Inc., of Ohio", role="importer"),)},
            "line",
            ("brand",),
        ),
        ({}, "kind", ()),
    ],
)
def test_the_level_follows_from_the_parts(changes: dict[str, Any], level: str, parts: tuple[str, ...]) -> None:
    found = identifiability(entry(**changes))
    assert (found.level, found.parts) == (level, parts)
    assert found.score == pytest.approx(sum(WEIGHTS[part] for part in parts), abs=0.005)


def test_the_weights_sum_to_one_and_the_summary_names_every_level() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    assert summary([entry(), entry(identifiers=(GTIN,))]) == {
        level: {"identifier": 1, "kind": 1}.get(level, 0) for level in LEVELS
    }
