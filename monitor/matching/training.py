"""`match train`: weights from the review desk's decisions, kept as versions, live only where they are no worse."""

import zlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from monitor.matching.features import TABLE
from monitor.matching.learn import Labelled, learn, quality, scores
from monitor.matching.model import THRESHOLD, Model, disagree, model_from, shipped_model
from monitor.store.decision_tables import MatcherModelRow, ReviewRow

FEWEST = 60
"""Decided pairs below which nothing is trained."""

FEWEST_OF_A_KIND = 12
"""Confirmed, and rejected, pairs below which nothing is trained."""

_KEPT_BACK = 3
_PARTS = 10


@dataclass(frozen=True, slots=True)
class Decided:
    """The pairs that can be learned from, and why others can't, counted."""

    pairs: tuple[Labelled, ...]
    left_out: dict[str, int]

    @property
    def confirmed(self) -> int:
        return sum(pair.same for pair in self.pairs)


@dataclass(frozen=True, slots=True)
class Trained:
    """One attempt: `model` where there was enough to learn from, and whether it is in use now; `report` in figures."""

    model: Model | None
    live: bool
    report: dict[str, Any]
    why: str


def decided_pairs(session: Session) -> Decided:
    """Each pair that people decided, once: all who decided agree, and the vector is of today's feature table."""
    newest: dict[tuple[str, str], dict[str, ReviewRow]] = defaultdict(dict)
    for row in session.scalars(select(ReviewRow).order_by(ReviewRow.decided_at, ReviewRow.review_id)):
        newest[row.listing_key, row.notice_id][row.reviewer.strip().casefold()] = row
    pairs = []
    left_out = {"unsure or not agreed": 0, "features of another version": 0}
    for (_, notice_id), by_reviewer in sorted(newest.items()):
        said = {row.decision for row in by_reviewer.values()} - {"unsure"}
        last = max(by_reviewer.values(), key=lambda row: (row.decided_at, row.review_id))
        if len(said) != 1:
            left_out["unsure or not agreed"] += 1
        elif last.shown.get("feature_table") != TABLE or not last.shown.get("features"):
            left_out["features of another version"] += 1
        else:
            pairs.append(Labelled(last.shown["features"], said == {"confirmed"}, notice_id))
    return Decided(tuple(pairs), left_out)


def live_model(session: Session) -> Model:
    """The newest model that went live and knows today's feature table, or the one that ships with the program."""
    rows = select(MatcherModelRow).where(MatcherModelRow.live, MatcherModelRow.feature_table == TABLE)
    row = session.scalars(rows.order_by(MatcherModelRow.model_id.desc()).limit(1)).first()
    return model_from(row.parameters) if row else shipped_model()


def train(session: Session, by: str, at: datetime) -> Trained:
    """Train on seven tenths of the decided pairs (all pairs of a notice on one side), judge on the others, keep it.

    It goes live where its log loss on the kept-back part is no higher than that of the model in use. Where there is too
    little to learn from, nothing is kept.
    """
    decided = decided_pairs(session)
    before = live_model(session)
    back = [pair for pair in decided.pairs if _is_kept_back(pair)]
    given = [pair for pair in decided.pairs if not _is_kept_back(pair)]
    report: dict[str, Any] = {
        "decided": len(decided.pairs), "confirmed": decided.confirmed, "left_out": decided.left_out,
        "trained_on": len(given), "kept_back": len(back), "feature_table": TABLE, "before": before.version,
    }  # fmt: skip
    few = _too_few(decided, given, back)
    if few:
        return Trained(None, False, report, few)
    version = f"{TABLE}/{at:%Y%m%dT%H%M%SZ}"
    model = learn(given, before, version, {"pairs": len(given), "same": sum(pair.same for pair in given)})
    truth = np.array([pair.same for pair in back], bool)
    now, then = scores(back, model), scores(back, before)
    second = [model.second_opinion(pair.features) for pair in back]
    report |= {
        "model": version, "on_kept_back": quality(now, truth, THRESHOLD),
        "before_on_kept_back": quality(then, truth, THRESHOLD),
        "disagree": sum(disagree(float(a), b) for a, b in zip(now, second, strict=True)),
    }  # fmt: skip
    live = report["on_kept_back"]["log_loss"] <= report["before_on_kept_back"]["log_loss"]
    session.add(
        MatcherModelRow(
            version=version, feature_table=TABLE, parameters=model.as_dict(), report=report, live=live, trained_by=by,
            trained_at=at,
        )
    )  # fmt: skip
    session.flush()
    why = "" if live else "it is worse on the kept-back part than the model in use, which stays"
    return Trained(model, live, report, why)


def _too_few(decided: Decided, given: list[Labelled], back: list[Labelled]) -> str:
    rejected = len(decided.pairs) - decided.confirmed
    if len(decided.pairs) < FEWEST or min(decided.confirmed, rejected) < FEWEST_OF_A_KIND:
        return (
            f"too few decisions to learn from: {decided.confirmed} confirmed and {rejected} rejected pairs, needed are "
            f"{FEWEST}, at least {FEWEST_OF_A_KIND} of each"
        )
    if any(len({pair.same for pair in part}) < 2 for part in (given, back)):
        return "too few decisions to learn from: confirmed and rejected pairs are needed for several notices each"
    return ""


def _is_kept_back(pair: Labelled) -> bool:
    """By a hash of the notice: the same pairs stay kept back in every training."""
    return zlib.crc32(pair.group.encode()) % _PARTS < _KEPT_BACK
