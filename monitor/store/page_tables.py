"""Looks for the pages that commitments promise: append-only, like every look."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base


class PageCheckRow(Base):
    """One look for one promised page. `state` is `reached`, `not_found` or `unknown` by `rule`, `why` what came; the
    page itself lies in the run's archive."""

    __tablename__ = "page_checks"
    __table_args__ = (UniqueConstraint("run_id", "slot_id"),)

    check_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"))
    slot_id: Mapped[str]
    commitment_id: Mapped[str] = mapped_column(index=True)
    obligation_id: Mapped[str]
    marketplace: Mapped[str]
    vantage: Mapped[str]
    url: Mapped[str]
    checked_at: Mapped[datetime]
    outcome: Mapped[str]
    reason: Mapped[str]
    http_status: Mapped[int | None]
    final_url: Mapped[str]
    body_sha256: Mapped[str]
    warc_record_id: Mapped[str]
    state: Mapped[str]
    why: Mapped[str]
    rule: Mapped[str]
    rules_version: Mapped[int]
