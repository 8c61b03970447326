"""docs/reference/verification.md names every rule of verification and every verdict of two vantages."""

import pytest

from monitor.looks.background import BACKGROUND_RULES
from monitor.obligations.check import PAGE_RULES
from monitor.verification.blind import BLIND_RULES
from monitor.verification.vantages import VANTAGE_RULES, Here
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "reference" / "verification.md").read_text()


@pytest.mark.parametrize("rule", sorted({**BLIND_RULES, **BACKGROUND_RULES, **VANTAGE_RULES, **PAGE_RULES}))
def test_every_rule_is_documented(rule: str) -> None:
    assert f"`{rule}`" in PAGE


def test_every_verdict_of_two_vantages_is_a_documented_rule() -> None:
    assert {f"vantages.{verdict}" for verdict in Here} == VANTAGE_RULES.keys()
    assert all(f"| `{verdict}` |" in PAGE for verdict in Here)
