"""Draw a seeded sample of the register, write it down, and put it under watch."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.feeds.notice import Notice
from monitor.store.watch_tables import SampleRow
from monitor.watchlist.entries import SAMPLE_PREFIX, Added, add
from monitor.watchlist.filters import Filters, passing
from monitor.watchlist.samples import Sample, draw


def add_sample(
    session: Session,
    register: Iterable[Notice],
    filters: Filters,
    *,
    size: int,
    seed: str,
    at: datetime,
    by: str,
    priority: int | None = None,
    languages: Collection[str] = ("en",),
) -> tuple[Sample, Added]:
    """Draw `size` of the notices that pass `filters`; the draw is kept with seed, rule and population.

    The same draw from the same register is written down once. Raises ValueError for a size below one.
    """
    population = {notice.id: notice for notice in passing(register, filters)}
    sample = draw(population, size, seed)
    if not _written(session, sample, size, filters):
        session.add(_row(sample, size, filters, at, by))
    drawn = [population[notice_id] for notice_id in sample.notice_ids]
    chosen_by = f"{SAMPLE_PREFIX}{seed}"
    return sample, add(session, drawn, at=at, by=by, priority=priority, chosen_by=chosen_by, languages=languages)


def samples(session: Session) -> list[SampleRow]:
    """Every draw that was made, oldest first."""
    return list(session.scalars(select(SampleRow).order_by(SampleRow.sample_id)))


def _written(session: Session, sample: Sample, size: int, filters: Filters) -> bool:
    same = select(SampleRow).where(
        SampleRow.seed == sample.seed,
        SampleRow.rule == sample.rule,
        SampleRow.size == size,
        SampleRow.population_sha256 == sample.population_sha256,
    )
    return any(row.filters == filters.given() for row in session.scalars(same))


def _row(sample: Sample, size: int, filters: Filters, at: datetime, by: str) -> SampleRow:
    return SampleRow(
        seed=sample.seed,
        rule=sample.rule,
        size=size,
        filters=filters.given(),
        population=sample.population,
        population_sha256=sample.population_sha256,
        notice_ids=list(sample.notice_ids),
        drawn_at=at,
        drawn_by=by,
    )
