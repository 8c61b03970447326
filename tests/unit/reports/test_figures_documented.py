"""docs/reference/figures.md and the code say the same."""

import re
from pathlib import Path

from reports.exports_columns import columns_of
from reports.figures import base
from reports.figures.catalogue import all_figures
from reports.method import GUARD_WORDS
from tests.unit.reports.story import observed

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "reference" / "figures.md").read_text("utf-8")
ESTIMATORS = (ROOT / "docs" / "reference" / "estimators.md").read_text("utf-8")


def documented() -> list[tuple[str, str]]:
    return re.findall(r"^\| (K\d+) \| ([^|]+) \|", PAGE, flags=re.MULTILINE)


def stem(name: str) -> str:
    """The name without its horizon: `gone within 2 days` is documented once for all horizons."""
    return re.split(r" within | back under|: |, ", name)[0]


def test_every_figure_is_documented() -> None:
    rows = documented()
    for figure in all_figures(observed()):
        if figure.name in ("time to removal", "median time to removal"):
            continue
        assert any(figure.id == row_id and stem(figure.name) in name for row_id, name in rows), figure.name


def test_every_documented_figure_exists() -> None:
    made = {figure.id for figure in all_figures(observed())}
    assert {row_id for row_id, _ in documented()} == made == {f"K{number}" for number in range(1, 15)}


def test_every_guard_is_documented_and_has_words() -> None:
    guards = {
        value for name, value in vars(base).items() if name.isupper() and isinstance(value, str) and value.islower()
    }
    assert set(re.findall(r"^\| `([a-z_]+)` \|", PAGE, flags=re.MULTILINE)) == guards == set(GUARD_WORDS)


def test_every_module_of_the_statistics_is_documented() -> None:
    modules = {path.stem for path in (ROOT / "reports" / "statistics").glob("*.py") if path.stem != "__init__"}
    assert modules == {name for name in modules if f"`{name}`" in ESTIMATORS}


def test_every_table_of_the_export_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "export.md").read_text("utf-8")
    assert re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", page, flags=re.MULTILINE) == [
        (name, what) for name, (what, _) in columns_of().items()
    ]
