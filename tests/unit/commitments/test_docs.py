"""The pages about commitments and notices say what the code does."""

import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.marketplaces.registry import load_registry
from monitor.commitments.commitment import Commitment
from monitor.commitments.load import load_commitments, read_commitment
from monitor.notices.record import ACTS, FIELDS
from monitor.notices.table import read_table
from tests.conftest import REPOSITORY

REFERENCE = (REPOSITORY / "docs" / "reference" / "commitments.md").read_text(encoding="utf-8")
HOW_TO_ADD = (REPOSITORY / "docs" / "how-to" / "add-a-commitment.md").read_text(encoding="utf-8")
HOW_TO_IMPORT = (REPOSITORY / "docs" / "how-to" / "import-notice-dates.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*Commitment.model_fields, *load_commitments().commitments])
def test_every_field_and_commitment_is_explained(name: str) -> None:
    assert f"`{name}`" in REFERENCE


@pytest.mark.parametrize("name", [*FIELDS, *ACTS])
def test_every_column_and_act_of_a_notice_is_explained(name: str) -> None:
    assert f"`{name}`" in HOW_TO_IMPORT


def example(page: str, language: str) -> str:
    found = re.search(rf"   ```{language}\n(.*?)   ```", page, re.DOTALL)
    assert found
    return re.sub(r"^   ", "", found.group(1), flags=re.MULTILINE)


def test_the_example_of_a_commitment_is_one(tmp_path: Path) -> None:
    text = example(HOW_TO_ADD, "toml")
    path = tmp_path / f"{tomllib.loads(text)['id']}.toml"
    path.write_text(text, encoding="utf-8")
    assert read_commitment(path).terms[0].kind == "business_days"


def test_the_example_of_a_table_is_one() -> None:
    data = example(HOW_TO_IMPORT, "csv").encode()
    table = read_table(data, "letters.csv", load_registry(), datetime(2026, 6, 1, tzinfo=UTC), {})
    assert (len(table.dates), table.refused, table.unread_columns) == (2, (), ())
