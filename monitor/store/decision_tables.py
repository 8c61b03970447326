"""What people decided and what the matcher proposed. Decisions are append-only: the newest row of a subject counts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base


class WatchRow(Base):
    """A notice under watch from `added_at` until `removed_at`. `priority` 1 is first; `chosen_by` is `hand`, or
    `sample:SEED` for a seeded random draw.

    Rows are never deleted: a change of priority ends one row and begins the next, so the list of any day can be read
    back. At most one row of a notice is open.
    """

    __tablename__ = "watchlist"
    __table_args__ = (
        Index(
            "uq_watchlist_open",
            "notice_id",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    watch_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    notice_id: Mapped[str] = mapped_column(index=True)
    priority: Mapped[int]
    chosen_by: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[str]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str] = mapped_column(default="")


class PhraseRow(Base):
    """A search phrase of a watched notice, from `added_at` until `removed_at`; `strategy` says which rule made it (or
    `hand`). Rows are never deleted; at most one of a notice, wording and language is open."""

    __tablename__ = "phrases"
    __table_args__ = (
        Index(
            "uq_phrases_open",
            "notice_id",
            "text",
            "language",
            unique=True,
            sqlite_where=text("removed_at IS NULL"),
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    phrase_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    notice_id: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]
    language: Mapped[str]
    strategy: Mapped[str]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class MatchRow(Base):
    """What the matcher proposed, once per listing, notice, facts, and version of matcher and model.

    `reasons` is the explanation as data, `says` the same in one sentence. `features` is the vector that both models
    saw, by the names of `feature_table`; where `second_opinion` disagrees a person looks.
    """

    __tablename__ = "matches"
    __table_args__ = (UniqueConstraint("listing_key", "notice_id", "matcher_version", "model_version", "facts_sha256"),)

    match_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    listing_key: Mapped[str] = mapped_column(index=True)
    notice_id: Mapped[str] = mapped_column(index=True)
    tier: Mapped[str]
    relation: Mapped[str]
    probability: Mapped[float]
    reasons: Mapped[list[Any]]
    says: Mapped[str] = mapped_column(default="")
    features: Mapped[dict[str, Any]] = mapped_column(default=dict)
    feature_table: Mapped[str] = mapped_column(default="")
    second_opinion: Mapped[float] = mapped_column(default=0.0)
    disagree: Mapped[bool] = mapped_column(default=False)
    rival_id: Mapped[str] = mapped_column(default="")
    matcher_version: Mapped[str]
    model_version: Mapped[str] = mapped_column(default="")
    facts_sha256: Mapped[str]
    proposed_at: Mapped[datetime]


class ReviewRow(Base):
    """One decision of one person about one match: `confirmed`, `rejected` or `unsure`, with what was shown."""

    __tablename__ = "reviews"

    review_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("matches.match_id"), index=True)
    listing_key: Mapped[str] = mapped_column(index=True)
    notice_id: Mapped[str]
    decision: Mapped[str]
    tier: Mapped[str]
    reviewer: Mapped[str]
    comment: Mapped[str]
    shown: Mapped[dict[str, Any]]
    decided_at: Mapped[datetime]


class MatcherModelRow(Base):
    """One trained version of the matcher's weights, with what it was trained on and how it did on the kept-back part.

    The newest row with `live` is in use; before the first one, the weights that ship with the program.
    """

    __tablename__ = "matcher_models"

    model_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    version: Mapped[str] = mapped_column(unique=True)
    feature_table: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any]]
    live: Mapped[bool]
    trained_by: Mapped[str]
    trained_at: Mapped[datetime]


class CaseStepRow(Base):
    """One step of a case (DOMAIN: found, reviewed, letter sent, reply window over, cleared, public); append-only."""

    __tablename__ = "case_steps"
    __table_args__ = (Index("ix_case_steps_case", "listing_key", "notice_id"),)

    step_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    listing_key: Mapped[str]
    notice_id: Mapped[str]
    step: Mapped[str]
    by: Mapped[str]
    comment: Mapped[str]
    taken_at: Mapped[datetime]
