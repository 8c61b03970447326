"""Lists go in as versions; nothing is overwritten, nothing is withdrawn by silence."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.errors import NeedsPerson
from crawler.feeds.registry import read_any, read_data
from crawler.feeds.result import ReadResult
from monitor.register.history import history
from monitor.register.register import ImportResult, current_notices, get_notice, import_notices
from monitor.store.register_tables import NoticeIdentifierRow, NoticeImportRow, NoticeRow, NoticeVersionRow
from tests.unit.feeds.records import RECALL_HEADER, api, export_row, recall, table

DAY = datetime(2025, 2, 10, tzinfo=UTC)


def brought(session: Session, *records: Any, at: datetime = DAY) -> ImportResult:
    return import_notices(session, read_data(api(*records), "x", "cpsc"), "cpsc", at)


def numbers(done: ImportResult) -> tuple[int, int, int, int]:
    return done.new, done.changed, done.unchanged, len(done.refused)


def rows(session: Session, table: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_records_add_up_and_a_second_import_changes_nothing(session: Session) -> None:
    listed = (recall("24001"), recall("24002"), recall("24001"), recall("nonsense"))
    first = brought(session, *listed)
    assert (first.records, numbers(first)) == (4, (2, 0, 1, 1))
    before = [rows(session, one) for one in (NoticeVersionRow, NoticeRow, NoticeIdentifierRow, NoticeImportRow)]
    second = brought(session, *listed)
    assert (second.records, numbers(second)) == (4, (0, 0, 3, 1))
    after = [rows(session, one) for one in (NoticeVersionRow, NoticeRow, NoticeIdentifierRow, NoticeImportRow)]
    assert after == before


def test_a_change_is_a_new_version_and_says_what_changed(session: Session) -> None:
    brought(session, recall(Description="Old."))
    done = brought(session, recall(Description="New."), at=DAY + timedelta(days=7))
    assert numbers(done) == (0, 1, 0, 0)
    first, second = history(session, "us-cpsc:24999")
    assert first.changes == ()
    assert [(one.field, one.before, one.after) for one in second.changes] == [("description", "Old.", "New.")]
    now = get_notice(session, "us-cpsc:24999")
    assert now is not None
    assert now.description == "New."


def test_what_a_list_lacks_stays(session: Session) -> None:
    brought(session, recall("24001"), recall("24002"))
    brought(session, recall("24002"), at=DAY + timedelta(days=7))
    assert [notice.number for notice in current_notices(session)] == ["24001", "24002"]


def test_an_older_capture_slides_in_before_and_does_not_rule(session: Session) -> None:
    brought(session, recall(Description="Third."), at=DAY + timedelta(days=60))
    brought(session, recall(Description="First."), at=DAY)
    done = brought(session, recall(Description="Second."), at=DAY + timedelta(days=30))
    assert numbers(done) == (0, 1, 0, 0)
    told = [(one.seen_at.day, [change.after for change in one.changes]) for one in history(session, "us-cpsc:24999")]
    assert [after for _, after in told] == [[], ["Second."], ["Third."]]
    now = get_notice(session, "us-cpsc:24999")
    assert now is not None
    assert now.description == "Third."


def test_a_sighting_between_two_captures_is_not_lost_to_a_later_import(session: Session) -> None:
    """Seen A, seen A again; then a capture from between the two is found, and it says B."""
    brought(session, recall(Description="A."), recall("24001"))
    brought(session, recall(Description="A."), recall("24002"), at=DAY + timedelta(days=60))
    brought(session, recall(Description="B."), at=DAY + timedelta(days=30))
    after = [[change.after for change in one.changes] for one in history(session, "us-cpsc:24999")]
    assert after == [[], ["B."], ["A."]]
    now = get_notice(session, "us-cpsc:24999")
    assert now is not None
    assert now.description == "A."


def test_versions_belong_to_their_source_and_the_best_source_is_shown(session: Session) -> None:
    export = read_data(table(RECALL_HEADER, export_row("24-999")), "x", "cpsc-csv")
    import_notices(session, export, "cpsc-csv", DAY + timedelta(days=90))
    assert numbers(brought(session, recall())) == (1, 0, 0, 0)
    again = import_notices(session, export, "cpsc-csv", DAY + timedelta(days=99))
    assert numbers(again) == (0, 0, 1, 0)
    assert {one.source for one in history(session, "us-cpsc:24999")} == {"cpsc", "cpsc-csv"}
    row = session.get_one(NoticeRow, "us-cpsc:24999")
    assert row.source == "cpsc"


def test_our_own_findings_make_no_version(session: Session) -> None:
    result = read_data(api(recall()), "x", "cpsc")
    bare = ReadResult(
        "cpsc", tuple(one.model_copy(update={"identifiers": (), "scope": "unknown"}) for one in result.notices)
    )
    import_notices(session, bare, "cpsc", DAY)
    done = import_notices(session, result, "cpsc", DAY + timedelta(days=1))
    # the stated UPC is a fact of the source; model, brand and seller are ours
    assert len(history(session, "us-cpsc:24999")) == 1
    assert numbers(done) == (0, 0, 1, 0)


def test_an_empty_list_keeps_the_register(session: Session) -> None:
    brought(session, recall())
    with pytest.raises(NeedsPerson, match="holds no records: the register is kept"):
        brought(session)
    assert len(list(current_notices(session))) == 1


def test_a_day_in_the_future_is_kept_and_flagged(session: Session) -> None:
    done = brought(session, recall(RecallDate="2031-01-01"), recall("24001", RecallDate="2025-02-11"))
    assert [one.record for one in done.flagged if one.flag == "future-date"] == ["us-cpsc:24999"]
    assert done.new == 2


@pytest.mark.shared
def test_three_real_captures_show_the_real_changes(shared: Path, session: Session) -> None:
    folder = shared / "data/recalls/cpsc/appliance_export_2025"
    counts = []
    for weeks, name in enumerate(("21be3a9", "fe89896", "e1a726c")):
        result = read_any(folder / f"recalls_{name}.csv")
        done = import_notices(session, result, "cpsc-csv", DAY + timedelta(weeks=3 * weeks))
        assert done.records == sum(numbers(done))
        counts.append((done.records, *numbers(done)))
    assert counts == [(374, 371, 0, 0, 3), (375, 1, 2, 369, 3), (376, 1, 7, 365, 3)]
    told = history(session, "us-cpsc:06124")
    assert [one.seen_at for one in told] == [DAY, DAY + timedelta(weeks=3)]
    assert "description" in [change.field for change in told[1].changes]
