"""Every table of the ledger in one place: who imports this has the whole of `Base.metadata`.

A module of tables is any `monitor/store/*_tables.py`: it is found by its name, so that a new one can't be forgotten.
"""

from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

from monitor.store.base import Base

APPEND_ONLY = (
    "runs",
    "looks",
    "readings",
    "searches",
    "sightings",
    "reviews",
    "case_steps",
    "matcher_models",
    "notice_versions",
    "notice_imports",
    "feed_checks",
    "watch_samples",
    "notice_dates",
    "hand_listings",
    "page_decisions",
    "blind_samples",
    "blind_judgements",
    "background",
    "page_checks",
    "pictures",
    "relisting_reviews",
)
"""Facts and decisions: the database itself refuses to change or delete their rows."""

TABLE_MODULES = tuple(sorted(f"monitor.store.{path.stem}" for path in Path(__file__).parent.glob("*_tables.py")))


def all_tables() -> MetaData:
    """The metadata of every table, whoever declared it."""
    for name in TABLE_MODULES:
        import_module(name)
    return Base.metadata
