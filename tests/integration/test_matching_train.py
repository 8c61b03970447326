"""Training from the review desk's decisions: too few, enough, worse, and what is kept."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from monitor.matching.features import TABLE
from monitor.matching.model import disagree, model_from, shipped_model
from monitor.matching.training import decided_pairs, live_model, train
from monitor.store.decision_tables import MatcherModelRow, MatchRow, ReviewRow
from monitor.store.session import Store

AT = datetime(2026, 5, 4, tzinfo=UTC)
SAME = {"brand": 1.0, "line": 1.0, "name_share": 0.8, "kind": 1.0, "text": 0.6}
OTHER = {"brand": 1.0, "line_missing": 1.0, "name_share": -0.2, "kind": 1.0, "text": 0.1}


def _decide(session: Session, number: int, same: bool, features: dict[str, float], **more: Any) -> None:
    match = MatchRow(
        listing_key=f"shop:{number}", notice_id=f"test:{number}", tier="line", relation="same_product", probability=0.5,
        reasons=[], matcher_version="3", facts_sha256="x", proposed_at=AT, features=features, feature_table=TABLE,
    )  # fmt: skip
    session.add(match)
    session.flush()
    shown = {"features": features, "feature_table": TABLE} | more.pop("shown", {})
    session.add(
        ReviewRow(
            match_id=match.match_id, listing_key=match.listing_key, notice_id=match.notice_id, tier="line",
            decision=more.pop("decision", "confirmed" if same else "rejected"), reviewer=more.pop("reviewer", "ann"),
            comment="", shown=shown, decided_at=AT,
        )
    )  # fmt: skip
    session.flush()


def _many(session: Session, count: int, *, upside_down: bool = False) -> None:
    draw = random.Random(5)
    for number in range(count):
        same = number % 2 == 0
        vector = {name: round(value * draw.uniform(0.7, 1.0), 3) for name, value in (SAME if same else OTHER).items()}
        _decide(session, number, same != upside_down, vector)


def test_with_too_few_decisions_nothing_is_kept(store: Store) -> None:
    with store.session() as session:
        _many(session, 20)
        trained = train(session, "ann", AT)
        assert not trained.live
        assert "too few decisions to learn from: 10 confirmed and 10 rejected" in trained.why
        assert session.scalars(select(MatcherModelRow)).all() == []
        assert live_model(session).version == shipped_model().version


def test_enough_decisions_make_a_live_version_that_is_kept(store: Store) -> None:
    with store.session() as session:
        _many(session, 120)
        trained = train(session, "ann", AT)
        assert trained.live, trained.report
        report = trained.report
        assert report["on_kept_back"]["log_loss"] <= report["before_on_kept_back"]["log_loss"]
        assert report["on_kept_back"]["precision_95"][0] < report["on_kept_back"]["precision"] <= 1
        assert report["trained_on"] + report["kept_back"] == 120
        assert live_model(session).version == trained.model.version  # type: ignore[union-attr]
        train(session, "ann", AT + timedelta(days=1))
        assert len(session.scalars(select(MatcherModelRow)).all()) == 2
    with pytest.raises(DatabaseError), store.session() as session:
        session.execute(text("UPDATE matcher_models SET version = 'x'"))


def test_weights_that_are_worse_on_the_kept_back_part_stay_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    import monitor.matching.training as training

    worse = model_from(shipped_model().as_dict() | {"version": "worse", "bias": 9.0})
    monkeypatch.setattr(training, "learn", lambda *given: worse)
    with store.session() as session:
        _many(session, 120)
        trained = train(session, "ann", AT)
        assert not trained.live
        assert "worse on the kept-back part" in trained.why
        assert session.scalars(select(MatcherModelRow.live)).all() == [False]
        assert live_model(session).version == shipped_model().version


def test_only_agreed_pairs_of_todays_table_are_learned_from(store: Store) -> None:
    with store.session() as session:
        _decide(session, 1, True, SAME)
        _decide(session, 2, True, SAME, decision="unsure")
        _decide(session, 3, True, SAME, shown={"feature_table": "features.1"})
        decided = decided_pairs(session)
    assert len(decided.pairs) == 1
    assert decided.left_out == {"unsure or not agreed": 1, "features of another version": 1}


def test_signs_are_held_even_where_the_decisions_turn_them(store: Store) -> None:
    with store.session() as session:
        _many(session, 120, upside_down=True)
        trained = train(session, "ann", AT)
    assert trained.model is not None
    assert trained.model.weights["line"] >= 0
    assert trained.model.weights["line_missing"] <= 0


def test_the_trees_disagree_where_they_stand_on_the_other_side() -> None:
    assert disagree(0.9, 0.2)
    assert not disagree(0.9, 0.6)
    assert not disagree(0.55, 0.45)
    model = shipped_model()
    assert model.second_opinion(SAME) > model.second_opinion(OTHER)
    assert model_from(model.as_dict()) == model
