"""What every test may ask for, and the gate's rule that nothing that must run is skipped under CI."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_ABSENT = "../shared (real pages and recall lists) is not on this machine"

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

_skipped_under_ci: list[str] = []


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; tests that need it skip with the reason where it is absent."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip(SHARED_ABSENT)
    return folder


@pytest.fixture
def noon() -> datetime:
    """An instant to start from."""
    return NOON


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Under CI=true only the absence of ../shared may skip a test."""
    if os.environ.get("CI") == "true" and report.skipped and SHARED_ABSENT not in str(report.longrepr):
        _skipped_under_ci.append(f"{report.nodeid}: {report.longrepr}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skipped_under_ci and session.exitstatus == 0:
        session.exitstatus = 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _skipped_under_ci:
        terminalreporter.section("skipped, but must run under CI=true")
        for line in _skipped_under_ci:
            terminalreporter.line(line)
