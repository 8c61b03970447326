"""An empty register in memory and one in a file, and a clock that stands still."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from monitor.store.session import Store, open_store
from monitor.store.tables import all_tables
from tests.unit.register.serving import FakeClock


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    all_tables().create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
