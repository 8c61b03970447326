"""What every test may ask for: where the shared data lies, a fixed instant."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; tests that need it skip with the reason where it is absent."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("../shared (real pages and recall lists) is not on this machine")
    return folder


@pytest.fixture
def noon() -> datetime:
    """An instant to start from."""
    return datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
