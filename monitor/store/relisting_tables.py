"""What went and is remembered, what was proposed as its return, and what people decided about that."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base


class RememberedRow(Base):
    """A listing that people confirmed and that went, derived: each new listing is asked against it.

    It ended in (`ended_after_at`, `ended_by_at`]. `version` is what it last said while it was on sale, `prints` what is
    compared of that (docs/reference/relisting.md); `pictures_read` counts the fetches that it rests on.
    """

    __tablename__ = "remembered"

    listing_key: Mapped[str] = mapped_column(primary_key=True)
    notice_ids: Mapped[list[Any]]
    vantage: Mapped[str]
    ended_after_at: Mapped[datetime]
    ended_by_at: Mapped[datetime]
    version: Mapped[dict[str, Any]]
    prints: Mapped[dict[str, Any]]
    pictures_read: Mapped[int]
    rule: Mapped[str]
    rules_version: Mapped[int]


class RelistingRow(Base):
    """One proposal: what went as `old_listing_key` reappeared as `new_listing_key`.

    `agreements` lists the fields that agree, with the values of both sides and the spans that are the same;
    `old_version` and `new_version` are what both said, side by side. Proposed once for the same facts and rules.
    """

    __tablename__ = "relistings"
    __table_args__ = (UniqueConstraint("old_listing_key", "new_listing_key", "rules_version", "facts_sha256"),)

    relisting_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    old_listing_key: Mapped[str] = mapped_column(index=True)
    new_listing_key: Mapped[str] = mapped_column(index=True)
    agreements: Mapped[list[Any]]
    conflicts: Mapped[list[Any]]
    says: Mapped[str]
    old_version: Mapped[dict[str, Any]]
    new_version: Mapped[dict[str, Any]]
    facts_sha256: Mapped[str]
    rule: Mapped[str]
    rules_version: Mapped[int]
    proposed_at: Mapped[datetime]


class RelistingReviewRow(Base):
    """One decision of one person about one proposed relisting: `confirmed`, `rejected` or `unsure`, with what was
    shown. The newest decision of each reviewer about a pair of listings counts."""

    __tablename__ = "relisting_reviews"

    review_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    relisting_id: Mapped[int] = mapped_column(ForeignKey("relistings.relisting_id"), index=True)
    old_listing_key: Mapped[str] = mapped_column(index=True)
    new_listing_key: Mapped[str] = mapped_column(index=True)
    decision: Mapped[str]
    reviewer: Mapped[str]
    comment: Mapped[str]
    shown: Mapped[dict[str, Any]]
    decided_at: Mapped[datetime]
