"""The shape of the house: layers, sizes, one clock, strict types, clean lint."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PACKAGES = ("crawler", "monitor", "reports")
REVISIONS = REPOSITORY / "monitor" / "store" / "migrations" / "versions"
"""Written by a program (monitor.store.revise), one statement after the other, and never changed by hand."""

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
MAX_DEPTH = 3


def sources() -> Iterator[Path]:
    yield REPOSITORY / "stillforsale.py"
    for package in PACKAGES:
        found = sorted((REPOSITORY / package).rglob("*.py"))
        yield from (path for path in found if path.parent != REVISIONS)


def relative(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["ruff", "check", "."], id="ruff check"),
        pytest.param(["ruff", "format", "--check", "."], id="ruff format"),
        pytest.param(["mypy"], id="mypy --strict"),
        pytest.param(["lint-imports", "--no-cache"], id="import-linter"),
    ],
)
def test_the_house_is_clean(command: list[str]) -> None:
    program = str(Path(sys.executable).parent / command[0])
    done = subprocess.run([program, *command[1:]], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_are_short() -> None:
    long = {relative(path): lines for path in sources() if (lines := path.read_text().count("\n")) > MAX_FILE_LINES}
    assert not long


def test_functions_are_short() -> None:
    long = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno
                if lines > MAX_FUNCTION_LINES:
                    long.append(f"{relative(path)}:{node.lineno} {node.name} ({lines})")
    assert not long


def test_folders_are_at_most_three_levels_deep() -> None:
    deep = [relative(path) for path in sources() if len(path.relative_to(REPOSITORY).parents) - 1 > MAX_DEPTH]
    assert not deep


def test_only_the_clock_asks_the_time() -> None:
    asking = []
    for path in sources():
        if relative(path) == "crawler/clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _asks_the_time(node):
                asking.append(f"{relative(path)}:{node.lineno}")
    assert not asking


def _asks_the_time(call: ast.Call) -> bool:
    function = call.func
    if not isinstance(function, ast.Attribute):
        return False
    owner = function.value.id if isinstance(function.value, ast.Name) else getattr(function.value, "attr", "")
    return (owner, function.attr) in {
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("datetime", "today"),
        ("date", "today"),
        ("time", "time"),
        ("time", "time_ns"),
    }


def test_every_package_and_module_says_what_it_is() -> None:
    silent = [relative(path) for path in sources() if not ast.get_docstring(ast.parse(path.read_text()))]
    assert not silent


def test_nothing_fakes_a_person() -> None:
    """Restraint: nothing that solves CAPTCHAs, fakes a browser, or hides who looks."""
    forbidden = (
        "2captcha",
        "anticaptcha",
        "playwright_stealth",
        "undetected_",
        "curl_cffi",
        "fake_useragent",
        "camoufox",
    )
    texts = {relative(path): path.read_text() for path in sources()}
    texts["pyproject.toml"] = (REPOSITORY / "pyproject.toml").read_text()
    texts["requirements/test.txt"] = (REPOSITORY / "requirements" / "test.txt").read_text()
    assert not [(name, word) for name, text in texts.items() for word in forbidden if word in text.lower()]


def test_no_lock_names_a_package_index() -> None:
    for lock in (REPOSITORY / "requirements").iterdir():
        text = lock.read_text()
        assert "index-url" not in text
        assert "://" not in text
