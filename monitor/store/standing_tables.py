"""Derived and kept up with every run, so that nobody has to read all looks again: where each listing stands, how far
the fold has come, and how many looks of a run ended how. `stillforsale rebuild` makes all of it anew.
"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from monitor.store.base import Base


class StandingRow(Base):
    """Where one listing stands at one vantage after its newest look (`newest_at`).

    `fold` is the fold laid down as text (`monitor.looks.kept`), `page` what its page last said, `episode_id` the
    episode that is open. `last_look_at`, `last_standing` and `unknown_in_a_row` leave out slots that no run came to;
    a clear look is one whose state is known in a run that could see. `titled_look_id` is the newest look at a page with
    a title, `listed_on` the earliest day that a page gave as its first. `visits` are the looks that were planned as
    looks and made, between `first_visit_at` and `last_visit_at`.
    """

    __tablename__ = "standings"

    listing_key: Mapped[str] = mapped_column(primary_key=True)
    vantage: Mapped[str] = mapped_column(primary_key=True)
    newest_at: Mapped[datetime]
    last_look_at: Mapped[datetime | None]
    last_standing: Mapped[str]
    unknown_in_a_row: Mapped[int]
    last_clear_at: Mapped[datetime | None]
    last_clear_look_id: Mapped[int | None]
    titled_at: Mapped[datetime | None]
    titled_look_id: Mapped[int | None]
    listed_on: Mapped[str]
    visits: Mapped[int]
    first_visit_at: Mapped[datetime | None]
    last_visit_at: Mapped[datetime | None]
    episode_id: Mapped[int | None]
    page: Mapped[str]
    fold: Mapped[str]
    rules_version: Mapped[int]


class FoldProgressRow(Base):
    """How far the fold has come: every look up to `look_id` is in the standings and episodes.

    `basis_sha256` is over what they rest on beside the looks: the rules' version, the rule for confirmation, the weeks
    that blind re-checks voided. Where it is another now, everything is folded again.
    """

    __tablename__ = "fold_progress"

    progress_id: Mapped[int] = mapped_column(primary_key=True)
    look_id: Mapped[int]
    basis_sha256: Mapped[str]
    rules_version: Mapped[int]


class LookCountRow(Base):
    """How many looks of one run ended in the same way: what the figures count, without the looks."""

    __tablename__ = "look_counts"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    marketplace: Mapped[str] = mapped_column(primary_key=True)
    vantage: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    quarantined: Mapped[str] = mapped_column(primary_key=True)
    looks: Mapped[int]
