"""The hazard register: what authorities said (append-only versions) and a projection of it for searching."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base


class NoticeRow(Base):
    """The newest version of a notice by its best source, projected for lists and searches; derived, so it changes.

    `notice` is the whole of it with what our rules found; the other columns are for searching, texts folded to lower
    case. Days are ISO text. `url_key` is its web address as addresses are compared.
    """

    __tablename__ = "notices"

    notice_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    authority: Mapped[str] = mapped_column(index=True)
    number: Mapped[str] = mapped_column(index=True)
    published_on: Mapped[str] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(Text)
    scope: Mapped[str]
    verified: Mapped[bool]
    source: Mapped[str]
    seen_at: Mapped[datetime]
    content_sha256: Mapped[str]
    brand_text: Mapped[str] = mapped_column(Text)
    url_key: Mapped[str] = mapped_column(index=True)
    hazard_text: Mapped[str] = mapped_column(Text)
    country_text: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text)
    notice: Mapped[dict[str, Any]]


class NoticeVersionRow(Base):
    """What a source said of a notice from `seen_at` on. Append-only: triggers refuse UPDATE and DELETE.

    A version belongs to its source; the same content is not written twice in a row. What changed from one version to
    the next is derived by `monitor.register.history`, for an older capture may be imported after a newer one.
    """

    __tablename__ = "notice_versions"
    __table_args__ = (
        UniqueConstraint("notice_id", "source", "seen_at", "content_sha256"),
        Index("ix_notice_versions_source_notice", "source", "notice_id"),
    )

    version_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    notice_id: Mapped[str] = mapped_column(index=True)
    source: Mapped[str]
    seen_at: Mapped[datetime]
    content_sha256: Mapped[str]
    content: Mapped[dict[str, Any]]
    import_id: Mapped[int] = mapped_column(ForeignKey("notice_imports.import_id"))


class NoticeImportRow(Base):
    """One list that was read into the register; append-only. A list that changed nothing and was imported on the same
    day before is not written again. `unchanged_ids` are the notices that it showed as they were: a sighting too."""

    __tablename__ = "notice_imports"

    import_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(index=True)
    file_name: Mapped[str]
    file_sha256: Mapped[str] = mapped_column(index=True)
    seen_at: Mapped[datetime]
    imported_at: Mapped[datetime]
    records: Mapped[int]
    new: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    refused: Mapped[list[Any]]
    unchanged_ids: Mapped[list[Any]]


class NoticeIdentifierRow(Base):
    """One identifier of the current version of a notice; derived. `normalised` is what is compared."""

    __tablename__ = "notice_identifiers"
    __table_args__ = (Index("ix_notice_identifiers_kind_normalised", "kind", "normalised"),)

    identifier_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    notice_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    value: Mapped[str]
    normalised: Mapped[str]
    provenance: Mapped[str]
    span: Mapped[str] = mapped_column(Text)
    valid: Mapped[bool]


class NoticeLinkRow(Base):
    """A tie of the current version of a notice to another: `joint`, `expands`, `reannounces`, `follows`, `supersedes`;
    derived. `tied_id` is the notice that it was resolved to, "" where it is open; `span` quotes the words."""

    __tablename__ = "notice_links"

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    notice_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    target: Mapped[str] = mapped_column(index=True)
    span: Mapped[str] = mapped_column(Text)
    tied_id: Mapped[str] = mapped_column(index=True)
    tied_by: Mapped[str]


class FeedCheckRow(Base):
    """One time that we asked a source for its list, or for a document of it: `outcome` is fetched, unchanged, failed,
    refused, or absent for a document that its index names in vain; append-only. `listed_as` is the index's word of the
    document's state."""

    __tablename__ = "feed_checks"

    check_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    source: Mapped[str] = mapped_column(index=True)
    url: Mapped[str]
    checked_at: Mapped[datetime]
    outcome: Mapped[str]
    reason: Mapped[str]
    http_status: Mapped[int | None]
    etag: Mapped[str]
    last_modified: Mapped[str]
    listed_as: Mapped[str]
    body_sha256: Mapped[str]
    body_bytes: Mapped[int]
