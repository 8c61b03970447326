"""docs/reference holds every feature with its weight, every tier and every rule of a regulated kind."""

from monitor.matching.features import FEATURES
from monitor.matching.model import shipped_model
from monitor.matching.records import Relation, Tier
from monitor.matching.regulated import rules
from tests.conftest import REPOSITORY

REFERENCE = REPOSITORY / "docs" / "reference"


def test_every_feature_is_documented_as_it_is() -> None:
    text = (REFERENCE / "features.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("| `")}
    assert set(rows) == {f"`{feature.name}`" for feature in FEATURES}
    model = shipped_model()
    for feature in FEATURES:
        row = rows[f"`{feature.name}`"]
        assert (feature.means in row, feature.direction in row, f" {model.weights[feature.name]:+.1f} " in row) == (
            True,
            True,
            True,
        ), row
    assert f"{model.bias:+.1f}" in text


def test_every_tier_relation_and_rule_is_documented() -> None:
    text = (REFERENCE / "tiers.md").read_text(encoding="utf-8")
    names = [
        *(tier.value for tier in Tier),
        *(relation.value for relation in Relation),
        *(rule.rule_id for rule in rules()),
    ]
    assert [name for name in names if f"`{name}`" not in text] == []
