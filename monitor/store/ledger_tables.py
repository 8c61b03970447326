"""Facts as seen (append-only) and what was derived from them (recomputed at will).

`runs`, `looks`, `readings`, `searches`, `sightings` are facts: triggers refuse UPDATE and DELETE.
`judgements`, `run_controls` and `episodes` are derived; each row carries the id and version of its rule.
Column by column: docs/reference/ledger.md.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base


class RunRow(Base):
    """A run folder that was ingested: `manifest_sha256` is its seal, `folder` its name in the archive. `slots_planned`
    counts looks and searches; pictures have rows of their own."""

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
    """One visit to one listing from one vantage by one method. `outcome` and `reason` are the network's answer.

    The page was as it was read at some instant in [`looked_at`, `looked_at` + `took_ms`].
    """

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
    took_ms: Mapped[int] = mapped_column(default=0)
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
    as unknown. `reading_sha256` is the reading that was judged, where `rebuild` read the page anew.
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
    reading_sha256: Mapped[str | None] = mapped_column(ForeignKey("readings.reading_sha256"))


class RunControlRow(Base):
    """What the controls of one run said on one marketplace and vantage, derived: `passed`, `failed` or `missing`.

    Only where they passed can an absence count towards a confirmation. No row: the run had no control there.
    """

    __tablename__ = "run_controls"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    marketplace: Mapped[str] = mapped_column(primary_key=True)
    vantage: Mapped[str] = mapped_column(primary_key=True)
    verdict: Mapped[str]
    why: Mapped[str]
    rule: Mapped[str]
    rules_version: Mapped[int]


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
    """A spell on sale of one listing at one vantage, derived by `monitor.looks.fold` (docs/reference/episodes.md).

    It went off sale in (`last_on_sale_at`, `first_off_at`], once `confirmed_at` stands; without `confirmed_at` the
    absence is not confirmed and `first_off_at` proves nothing. `endpoint` is `takedown`, `off_sale`, or empty while
    nothing is confirmed. The takedown has an interval of its own, (`last_up_at`, `first_down_at`]: a listing may be
    out of stock first and removed later. Episodes of one `spell` are divided only by absences that were not
    confirmed. `entity` above 1: another product under the same id, whose `listing_key` ends in `#2` and so on.
    """

    __tablename__ = "episodes"
    __table_args__ = (UniqueConstraint("listing_key", "vantage", "ordinal"),)

    episode_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    listing_key: Mapped[str] = mapped_column(index=True)
    vantage: Mapped[str]
    ordinal: Mapped[int]
    spell: Mapped[int] = mapped_column(default=1)
    entity: Mapped[int] = mapped_column(default=1)
    first_on_sale_at: Mapped[datetime]
    last_on_sale_at: Mapped[datetime]
    first_off_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    last_look_at: Mapped[datetime]
    status: Mapped[str]
    cause: Mapped[str]
    causes: Mapped[str] = mapped_column(default="")
    endpoint: Mapped[str]
    last_up_at: Mapped[datetime | None]
    first_down_at: Mapped[datetime | None]
    down_confirmed_at: Mapped[datetime | None]
    takedown_cause: Mapped[str] = mapped_column(default="")
    renamed: Mapped[bool] = mapped_column(default=False)
    unknown_looks_inside: Mapped[int]
    looks: Mapped[int]
    rule: Mapped[str]
    rules_version: Mapped[int]
