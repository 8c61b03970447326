"""Pictures that were fetched: what came, and what it showed. They only grow."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base


class PictureRow(Base):
    """One fetch of one picture of a listing, or of a notice (`notice_id`; then `listing_key` is empty).

    `hashes` maps views to PDQ hashes in hexadecimal, as version `hashing_version` makes them; empty where `trouble`
    or `outcome` says why nothing could be read. `warc_record_id` names the original in the run's archive, which is
    kept for findings only; `body_sha256` is there always.
    """

    __tablename__ = "pictures"
    __table_args__ = (UniqueConstraint("run_id", "slot_id"),)

    picture_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"))
    slot_id: Mapped[str]
    listing_key: Mapped[str] = mapped_column(index=True)
    notice_id: Mapped[str] = mapped_column(index=True)
    url: Mapped[str] = mapped_column(index=True)
    fetched_at: Mapped[datetime]
    outcome: Mapped[str]
    reason: Mapped[str]
    http_status: Mapped[int | None]
    body_sha256: Mapped[str]
    body_bytes: Mapped[int]
    warc_record_id: Mapped[str]
    trouble: Mapped[str]
    format: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    quality: Mapped[int]
    hashes: Mapped[dict[str, Any]]
    hashing_version: Mapped[int]
