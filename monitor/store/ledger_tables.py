"""Facts as seen (append-only) and what was derived from them (recomputed at will).

`runs`, `looks`, `readings`, `searches`, `sightings` are facts: triggers refuse UPDATE and DELETE.
`judgements` and `episodes` are derived; each row carries the id and version of its rule.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base


class RunRow(Base):
    """A run folder that was ingested: `manifest_sha256` is its seal, `folder` its name in the archive."""

    __tablename__ = "runs"

    run_id: Mapped[str] = mapped_column(primary_key=True)
    folder: Mapped[str]
    method: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    finish_reason: Mapped[str]
    manifest_sha256: Mapped[str] = mapped_column(unique=True)
    previous_manifest_sha256: Mapped[str]
    protocol_sha256: Mapped[str]
    slots_planned: Mapped[int]
    ingested_at: Mapped[datetime]


class ListingRow(Base):
    """A listing that somebody found: `listing_key` is `marketplace:listing_id`. `role` is `suspect`, `control` or
    `background`; `found_by` names the route (site search, pasted, a person)."""

    __tablename__ = "listings"

    listing_key: Mapped[str] = mapped_column(primary_key=True)
    marketplace: Mapped[str] = mapped_column(index=True)
    listing_id: Mapped[str]
    url: Mapped[str]
    role: Mapped[str] = mapped_column(default="suspect")
    found_by: Mapped[str]
    found_run_id: Mapped[str] = mapped_column(default="")
    first_seen_at: Mapped[datetime]


class ReadingRow(Base):
    """What a page said, once per distinct content: looks that saw the same point at the same row."""

    __tablename__ = "readings"

    reading_sha256: Mapped[str] = mapped_column(primary_key=True)
    reading: Mapped[dict[str, Any]]


class LookRow(Base):
    """One visit to one listing from one vantage by one method. `outcome` and `reason` are the network's answer."""

    __tablename__ = "looks"
    __table_args__ = (
        UniqueConstraint("run_id", "slot_id"),
        Index("ix_looks_listing_vantage_at", "listing_key", "vantage", "looked_at"),
    )

    look_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"))
    slot_id: Mapped[str]
    purpose: Mapped[str]
    control: Mapped[str] = mapped_column(default="")
    listing_key: Mapped[str]
    marketplace: Mapped[str]
    vantage: Mapped[str]
    method: Mapped[str]
    looked_at: Mapped[datetime]
    outcome: Mapped[str]
    reason: Mapped[str]
    http_status: Mapped[int | None]
    final_url: Mapped[str]
    body_sha256: Mapped[str]
    warc_record_id: Mapped[str]
    reading_sha256: Mapped[str | None] = mapped_column(ForeignKey("readings.reading_sha256"))


class JudgementRow(Base):
    """The state of one look, derived: by the ladder (`ladder.*`) or by the fold over history (`fold.*`).

    `quarantined` names the control that failed in this run on that marketplace and vantage: the state then counts
    as unknown.
    """

    __tablename__ = "judgements"

    look_id: Mapped[int] = mapped_column(ForeignKey("looks.look_id"), primary_key=True)
    state: Mapped[str] = mapped_column(index=True)
    rule: Mapped[str]
    rules_version: Mapped[int]
    reader_version: Mapped[int]
    signature: Mapped[str] = mapped_column(default="")
    says: Mapped[str] = mapped_column(default="")
    quarantined: Mapped[str] = mapped_column(default="")


class SearchRow(Base):
    """One search page that was asked for: what was searched, and whether it was."""

    __tablename__ = "searches"
    __table_args__ = (UniqueConstraint("run_id", "slot_id", "page"),)

    search_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"))
    slot_id: Mapped[str]
    page: Mapped[int]
    marketplace: Mapped[str]
    vantage: Mapped[str]
    phrase_id: Mapped[str] = mapped_column(index=True)
    query: Mapped[str]
    searched_at: Mapped[datetime]
    state: Mapped[str]
    rule: Mapped[str]
    hits: Mapped[int]
    warc_record_id: Mapped[str]


class SightingRow(Base):
    """A listing on a search page: how and when it was found, and what the card said."""

    __tablename__ = "sightings"

    sighting_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    search_id: Mapped[int] = mapped_column(ForeignKey("searches.search_id"), index=True)
    listing_key: Mapped[str] = mapped_column(index=True)
    rank: Mapped[int]
    card: Mapped[dict[str, Any]]


class EpisodeRow(Base):
    """A spell on sale of one listing at one vantage, derived by `monitor.looks.fold`. See there for the columns."""

    __tablename__ = "episodes"
    __table_args__ = (UniqueConstraint("listing_key", "vantage", "ordinal"),)

    episode_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    listing_key: Mapped[str] = mapped_column(index=True)
    vantage: Mapped[str]
    ordinal: Mapped[int]
    first_on_sale_at: Mapped[datetime]
    last_on_sale_at: Mapped[datetime]
    first_off_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    last_look_at: Mapped[datetime]
    status: Mapped[str]
    cause: Mapped[str]
    endpoint: Mapped[str]
    unknown_looks_inside: Mapped[int]
    looks: Mapped[int]
    rule: Mapped[str]
    rules_version: Mapped[int]
