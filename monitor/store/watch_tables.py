"""Drawn samples and the dates of notices: append-only, like every decision of a person."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base


class SampleRow(Base):
    """A seeded random draw from the register, with all that is needed to draw it again.

    `population` counts the notices that passed `filters`; `population_sha256` is over their sorted ids, one a line.
    `rule` names the way ranks were made (monitor.watchlist.samples).
    """

    __tablename__ = "watch_samples"

    sample_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    seed: Mapped[str] = mapped_column(index=True)
    rule: Mapped[str]
    size: Mapped[int]
    filters: Mapped[dict[str, Any]]
    population: Mapped[int]
    population_sha256: Mapped[str]
    notice_ids: Mapped[list[Any]]
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[str]


class NoticeDateRow(Base):
    """When somebody told a platform, and what came back: starts clock A2 (`authority`) or A3 (`group`).

    `country` is the sender's, "" where nobody said. `sent_on` and its like hold the day where only a day is known; the
    instants (`sent_at`) are empty then. Rows of one `notice_key` add up: the newest counts, the older ones stay.
    `private` rows never leave this database.
    """

    __tablename__ = "notice_dates"
    __table_args__ = (UniqueConstraint("notice_key", "row_sha256"),)

    notice_date_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    notice_key: Mapped[str] = mapped_column(index=True)
    row_sha256: Mapped[str]
    listing: Mapped[str] = mapped_column(index=True)
    recall: Mapped[str] = mapped_column(index=True)
    platform: Mapped[str] = mapped_column(index=True)
    sent_by: Mapped[str]
    sender: Mapped[str]
    country: Mapped[str]
    act: Mapped[str]
    sent_on: Mapped[date]
    sent_at: Mapped[datetime | None]
    acknowledged_on: Mapped[date | None]
    acknowledged_at: Mapped[datetime | None]
    answered_on: Mapped[date | None]
    answered_at: Mapped[datetime | None]
    private: Mapped[bool]
    source: Mapped[str]
    imported_at: Mapped[datetime]
