"""An empty register in memory."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from monitor.store.tables import all_tables


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    all_tables().create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()
