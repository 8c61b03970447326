"""Listings that a person put under watch by hand: append-only, like every decision of a person."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base


class HandListingRow(Base):
    """One listing that somebody named: `url` as it was given, `source` `typed` or the name of the imported file."""

    __tablename__ = "hand_listings"

    hand_listing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    listing_key: Mapped[str] = mapped_column(index=True)
    url: Mapped[str]
    note: Mapped[str]
    source: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]
