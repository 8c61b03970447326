"""What people saw on pages, and which listings stand for the suspects' background. All of it only grows."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base


class PageDecisionRow(Base):
    """One decision of one person about the page of one look: whether `signature` shows `state` there.

    `decision` is `confirmed` or `rejected`. The newest decision about a marketplace, signature, state, layout and host
    counts; `confirmation` is what follows from it for reading (`crawler.marketplaces.confirmed`), `page_sha256` the
    page's bytes as they were shown.
    """

    __tablename__ = "page_decisions"
    __table_args__ = (Index("ix_page_decisions_subject", "marketplace", "signature", "state", "layout"),)

    decision_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    look_id: Mapped[int] = mapped_column(ForeignKey("looks.look_id"), index=True)
    marketplace: Mapped[str]
    signature: Mapped[str]
    state: Mapped[str]
    layout: Mapped[str]
    host: Mapped[str]
    decision: Mapped[str]
    rule: Mapped[str]
    page_sha256: Mapped[str]
    warc_record_id: Mapped[str]
    confirmation: Mapped[dict[str, Any]]
    decided_by: Mapped[str]
    comment: Mapped[str]
    decided_at: Mapped[datetime]


class BlindSampleRow(Base):
    """One look that was drawn to be judged by a person who doesn't see what the crawler said. `week` is ISO 8601's."""

    __tablename__ = "blind_samples"
    __table_args__ = (UniqueConstraint("week", "look_id"),)

    sample_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    week: Mapped[str] = mapped_column(index=True)
    look_id: Mapped[int] = mapped_column(ForeignKey("looks.look_id"), index=True)
    marketplace: Mapped[str]
    seed: Mapped[str]
    drawn_from: Mapped[int]
    drawn_by: Mapped[str]
    drawn_at: Mapped[datetime]


class BlindJudgementRow(Base):
    """What a person says of a drawn look: a state, or `cannot_tell`. `crawler_said` is the state of then, which was
    not shown; the newest judgement of a drawn look counts, and is compared with the state of now."""

    __tablename__ = "blind_judgements"

    judgement_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("blind_samples.sample_id"), index=True)
    person_says: Mapped[str]
    crawler_said: Mapped[str]
    page_sha256: Mapped[str]
    judged_by: Mapped[str]
    comment: Mapped[str]
    judged_at: Mapped[datetime]


class BackgroundRow(Base):
    """An unrecalled listing that is looked at in the way of the suspect that it stands for.

    `alike` names what they have in common (site, kind, and price or age where there was a choice); the draw is by
    SHA-256 over `seed` and both keys.
    """

    __tablename__ = "background"
    __table_args__ = (UniqueConstraint("listing_key", "stands_for"),)

    background_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    listing_key: Mapped[str] = mapped_column(index=True)
    stands_for: Mapped[str] = mapped_column(index=True)
    marketplace: Mapped[str]
    kind: Mapped[str]
    alike: Mapped[str]
    candidates: Mapped[int]
    seed: Mapped[str]
    chosen_at: Mapped[datetime]
    rule: Mapped[str]
    rules_version: Mapped[int]
