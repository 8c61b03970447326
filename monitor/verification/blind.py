"""The blind re-check: a person says what a drawn look's page shows, without seeing what the crawler said.

The share of disagreement is published by marketplace. Above the bound, what that marketplace's looks of the week said
of an absence counts as unknown: `voids` names them, the fold takes it from there.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.errors import BadInput
from crawler.marketplaces.states import STANDING, Standing, State
from crawler.record import Outcome
from monitor.store.ledger_tables import JudgementRow, LookRow
from monitor.store.verification_tables import BlindJudgementRow, BlindSampleRow

BOUND = 0.10
SAMPLE = 20
CANNOT_TELL = "cannot_tell"
BLIND_RULE = "blind.disagreement"
BLIND_RULES = {
    BLIND_RULE: "In the blind re-check of this week and marketplace more than the bound was judged otherwise: what its "
    "looks said of an absence counts as unknown.",
}
"""Rule id with what it says (docs/reference/verification.md)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One drawn look: what the person says of it, and what the ledger says now."""

    look_id: int
    marketplace: str
    week: str
    person_says: str
    crawler_says: str


@dataclass(frozen=True, slots=True)
class StateError:
    """Disagreements among the judged looks of one marketplace (and week, where it is of one), with 95 % intervals.

    `share` and the intervals are None where nothing was judged. `cannot_tell` looks are in none of the counts.
    """

    marketplace: str
    judged: int
    errors: int
    cannot_tell: int
    share: float | None
    wilson: tuple[float, float] | None
    clopper_pearson: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Void:
    """What a blind re-check voided: absences on `marketplace` in [`since`, `until`)."""

    marketplace: str
    week: str
    since: datetime
    until: datetime
    errors: int
    judged: int


def agrees(person_says: str, crawler_says: str) -> bool:
    """Whether both say the same; two states that count as unknown do."""
    if person_says == crawler_says:
        return True
    both = (STANDING[State(person_says)], STANDING[State(crawler_says)])
    return both == (Standing.UNKNOWN, Standing.UNKNOWN)


def state_error(judged: Iterable[Judged], marketplace: str) -> StateError:
    """The error of the states on one marketplace over these judgements: a pure function."""
    of_it = [one for one in judged if one.marketplace == marketplace]
    told = [one for one in of_it if one.person_says != CANNOT_TELL]
    errors = sum(not agrees(one.person_says, one.crawler_says) for one in told)
    unsure = len(of_it) - len(told)
    if not told:
        return StateError(marketplace, 0, 0, unsure, None, None, None)
    from scipy.stats import binomtest

    test = binomtest(errors, len(told))
    wilson, exact = test.proportion_ci(0.95, "wilson"), test.proportion_ci(0.95, "exact")
    return StateError(
        marketplace,
        len(told),
        errors,
        unsure,
        errors / len(told),
        (float(wilson.low), float(wilson.high)),
        (float(exact.low), float(exact.high)),
    )


def voids(judged: Iterable[Judged], bound: float = BOUND) -> list[Void]:
    """Marketplaces and weeks in which more than `bound` of the judged looks were judged otherwise: a pure function.

    The share itself decides, not the lower end of its interval: waiting costs width, a made-up takedown costs truth.
    """
    told: dict[tuple[str, str], list[Judged]] = {}
    for one in judged:
        if one.person_says != CANNOT_TELL:
            told.setdefault((one.marketplace, one.week), []).append(one)
    found = []
    for (marketplace, week), some in sorted(told.items()):
        errors = sum(not agrees(one.person_says, one.crawler_says) for one in some)
        if errors > bound * len(some):
            found.append(Void(marketplace, week, *week_bounds(week), errors, len(some)))
    return found


def week_of(at: datetime) -> str:
    """The ISO 8601 week of an instant in UTC, as 2026-W10."""
    year, week, _ = at.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02d}"


def week_bounds(week: str) -> tuple[datetime, datetime]:
    """First instant of a week, and of the next. Raises BadInput for text that names no week."""
    try:
        start = datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=UTC)
    except ValueError as error:
        raise BadInput(f"week {week!r} is none; write it as 2026-W10", field="--week") from error
    return start, start + timedelta(days=7)


def draw(
    session: Session, week: str, by: str, at: datetime, *, size: int = SAMPLE, seed: str = "1"
) -> Sequence[BlindSampleRow]:
    """Draw up to `size` looks of each marketplace of a week; drawing again with the same seed adds nothing.

    By SHA-256 over seed, week and look, among looks at listings that brought a page. Raises BadInput for a week that
    is not over yet: its looks would not all have had the same chance.
    """
    since, until = week_bounds(week)
    if until > at:
        raise BadInput(f"week {week} is not over yet", field="--week")
    drawn = {row.look_id: row for row in session.scalars(select(BlindSampleRow).where(BlindSampleRow.week == week))}
    by_marketplace: dict[str, list[int]] = {}
    rows = select(LookRow.marketplace, LookRow.look_id).where(
        LookRow.looked_at >= since,
        LookRow.looked_at < until,
        LookRow.purpose.in_(("look", "background")),
        LookRow.outcome == str(Outcome.FETCHED),
        LookRow.warc_record_id != "",
    )
    for marketplace, look_id in session.execute(rows):
        by_marketplace.setdefault(marketplace, []).append(look_id)
    sample = []
    for marketplace, look_ids in sorted(by_marketplace.items()):
        look_ids.sort(key=lambda look_id: hashlib.sha256(f"{seed}|{week}|{look_id}".encode()).digest())
        for look_id in look_ids[:size]:
            row = drawn.get(look_id) or BlindSampleRow(
                week=week,
                look_id=look_id,
                marketplace=marketplace,
                seed=seed,
                drawn_from=len(look_ids),
                drawn_by=by,
                drawn_at=at,
            )
            sample.append(row)
    session.add_all(sample)
    session.flush()
    return sample


def judge(
    session: Session, look_id: int, says: str, by: str, at: datetime, *, page_sha256: str, comment: str = ""
) -> BlindJudgementRow:
    """Note what a person says of a drawn look.

    Raises BadInput for a look that was not drawn, a state that is none, or where nobody is named.
    """
    if says not in (*State, CANNOT_TELL):
        raise BadInput(f"state {says!r} is none of {', '.join((*State, CANNOT_TELL))}", field="--state")
    if not by.strip():
        raise BadInput("a judgement needs the name of who judged (--by)")
    newest = select(BlindSampleRow).where(BlindSampleRow.look_id == look_id).order_by(BlindSampleRow.sample_id.desc())
    sample = session.scalars(newest.limit(1)).first()
    if sample is None:
        raise BadInput(f"look {look_id} was not drawn for a blind re-check; see `stillforsale pages sample`")
    row = BlindJudgementRow(
        sample_id=sample.sample_id,
        person_says=says,
        crawler_said=session.get_one(JudgementRow, look_id).state,
        page_sha256=page_sha256,
        judged_by=by.strip(),
        comment=comment,
        judged_at=at,
    )
    session.add(row)
    session.flush()
    return row


def is_open(session: Session, look_id: int) -> bool:
    """Whether the look was drawn and nobody has judged it: then what the crawler said stays hidden."""
    drawn = set(session.scalars(select(BlindSampleRow.sample_id).where(BlindSampleRow.look_id == look_id)))
    judged = select(BlindJudgementRow.sample_id).where(BlindJudgementRow.sample_id.in_(drawn))
    return bool(drawn - set(session.scalars(judged)))


def judged_looks(session: Session, at: datetime | None = None) -> list[Judged]:
    """Every judged look with its newest judgement (of those up to `at`) and the state that the ledger has now."""
    newest = select(func.max(BlindJudgementRow.judgement_id)).group_by(BlindJudgementRow.sample_id)
    if at is not None:
        newest = newest.where(BlindJudgementRow.judged_at <= at)
    rows = (
        select(
            LookRow.look_id,
            BlindSampleRow.marketplace,
            BlindSampleRow.week,
            BlindJudgementRow.person_says,
            JudgementRow.state,
        )
        .select_from(BlindJudgementRow)
        .join(BlindSampleRow, BlindSampleRow.sample_id == BlindJudgementRow.sample_id)
        .join(LookRow, LookRow.look_id == BlindSampleRow.look_id)
        .join(JudgementRow, JudgementRow.look_id == LookRow.look_id)
        .where(BlindJudgementRow.judgement_id.in_(newest))
        .order_by(LookRow.look_id)
    )
    return [Judged(*row) for row in session.execute(rows)]
