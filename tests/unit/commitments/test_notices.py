"""Dates of notices: read by column name, kept once, added to and never taken back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from crawler.errors import BadInput
from crawler.marketplaces.registry import Registry, load_registry
from monitor.commitments.load import load_commitments
from monitor.notices.dates import Kept, current, keep, told
from monitor.notices.due import due_at
from monitor.notices.moments import Moment, read_moment
from monitor.notices.record import NoticeDate
from monitor.notices.table import NoticeTable, read_table
from monitor.store.tables import all_tables
from monitor.store.watch_tables import NoticeDateRow

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HEAD = "listing,recall,platform,sent_by,sender,act,sent,acknowledged,answered,private"
SENT = NoticeDate(
    "aliexpress:1005", "us-cpsc:26001", "aliexpress", "group", "us", "notice", Moment(date(2026, 3, 2)), private=False
)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    all_tables().create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def read(registry: Registry, *lines: str, head: str = HEAD, **defaults: str) -> NoticeTable:
    return read_table("\n".join((head, *lines)).encode(), "letters.csv", registry, NOW, defaults)


def rows(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(NoticeDateRow)) or 0


def test_columns_are_found_by_name_in_any_order(registry: Registry) -> None:
    table = read(
        registry,
        "2026-03-02;acme mart;us-cpsc:26001;;authority;CPSC;what a day",
        head="Sent;Platform;Recall_ID;Listing;Sent by;Sender;Remark",
    )
    assert table.refused == ()
    assert table.unread_columns == ("Remark",)
    (one,) = table.dates
    assert (one.recall, one.platform, one.clock, one.sent.on) == ("us-cpsc:26001", "acme mart", "A2", date(2026, 3, 2))


@pytest.mark.parametrize(
    ("row", "field", "says"),
    [
        ("amazon:B0,r,,group,us,notice,,,,", "sent", "empty"),
        ("amazon:B0,r,,group,us,notice,2026-02-30,,,", "sent", "neither a day"),
        ("amazon:B0,r,,group,us,notice,03/02/2026,,,", "sent", "neither a day"),
        ("amazon:B0,r,,group,us,notice,2026-03-02T09:00,,,", "sent", "no zone"),
        ("amazon:B0,r,,group,us,notice,2027-03-02,,,", "sent", "future"),
        ("amazon:B0,r,,group,us,notice,0026-03-02,,,", "sent", "before 1990"),
        ("amazon:B0,r,,group,us,notice,2026-03-02,2026-03-01,,", "acknowledged", "before it was sent"),
        ("amazon:B0,r,,group,us,notice,2026-03-02T10:00Z,,2026-03-02T09:59Z,", "answered", "before it was sent"),
        ("amazon:B0,r,,friend,us,notice,2026-03-02,,,", "sent_by", "must be one of"),
        ("amazon:B0,r,,,us,notice,2026-03-02,,,", "sent_by", "empty"),
        ("amazon:B0,r,,group,us,shout,2026-03-02,,,", "act", "must be one of"),
        ("amazon:B0,r,,group,us,notice,2026-03-02,,,maybe", "private", "yes or no"),
        (",,amazon,group,us,notice,2026-03-02,,,", "listing", "neither"),
        (",r,,group,us,notice,2026-03-02,,,", "platform", "empty"),
        ("B0,r,,group,us,notice,2026-03-02,,,", "platform", "whose listing"),
        ("amazon:B0,r,ebay,group,us,notice,2026-03-02,,,", "platform", "of amazon"),
        ("https://nobody.example/x,r,,group,us,notice,2026-03-02,,,", "listing", "no listing's address"),
        ("amazon:B0,r,,group,us,notice,2026-03-02", None, "7 cells under 10 columns"),
    ],
)
def test_a_bad_row_is_named_and_costs_no_other(registry: Registry, row: str, field: str | None, says: str) -> None:
    good = "amazon:B1,r,,group,us,notice,2026-03-02,,,"
    table = read(registry, good, row, good.replace("B1", "B2"))
    assert [one.listing for one in table.dates] == ["amazon:B1", "amazon:B2"]
    (problem,) = table.refused
    assert (problem.file, problem.line, problem.field) == ("letters.csv", 3, field)
    assert says in problem.problem
    assert table.records == 3


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<html><body>Sign in</body></html>", "HTML"),
        (b"listing,sent_by\namazon:B0,group\n", "no such column"),
        (b"sent,sent_by\n2026-01-01,group\n", "neither a column"),
        (b"listing,sent,sent,sent_by\n", "twice"),
        ("listing,sent,sent_by\nB\xe9,2026-01-01,group\n".encode("latin-1"), "not UTF-8"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_whole(registry: Registry, data: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read_table(data, "letters.csv", registry, NOW, {})


def test_defaults_fill_what_the_file_leaves_out(registry: Registry) -> None:
    table = read(registry, "amazon:B0,2026-03-02", head="listing,sent", sent_by="authority", private="yes")
    assert table.dates[0].clock == "A2"
    assert table.dates[0].private is True


def test_the_same_again_changes_nothing(session: Session) -> None:
    assert keep(session, [SENT], source="letters.csv", at=NOW) == Kept(1, 0, 0)
    assert keep(session, [SENT], source="letters.csv", at=NOW) == Kept(0, 0, 1)
    assert keep(session, [SENT, SENT], source="letters.csv", at=NOW) == Kept(0, 0, 2)
    assert rows(session) == 1


def test_what_came_back_later_is_added_and_never_taken_back(session: Session) -> None:
    acknowledged = replace(SENT, acknowledged=Moment(date(2026, 3, 3)), private=None)
    keep(session, [SENT], source="a", at=NOW)
    assert keep(session, [acknowledged], source="b", at=NOW) == Kept(0, 1, 0)
    assert keep(session, [SENT], source="a", at=NOW) == Kept(0, 0, 1)
    (one,) = current(session)
    assert one.acknowledged == Moment(date(2026, 3, 3))
    assert rows(session) == 2


def test_a_correction_and_its_withdrawal_are_rows_of_their_own(session: Session) -> None:
    third, fourth = (replace(SENT, acknowledged=Moment(date(2026, 3, day))) for day in (3, 4))
    for one in (third, fourth, third):
        keep(session, [one], source="a", at=NOW)
    assert rows(session) == 3
    assert current(session)[0].acknowledged == Moment(date(2026, 3, 3))


def test_private_stays_private_until_somebody_says_no(session: Session) -> None:
    for private in (True, None):
        keep(session, [replace(SENT, private=private)], source="a", at=NOW)
        assert current(session)[0].private is True
    keep(session, [replace(SENT, private=False)], source="a", at=NOW)
    assert current(session)[0].private is False


def test_notices_of_authority_and_group_start_different_clocks(session: Session) -> None:
    keep(session, [SENT, replace(SENT, sent_by="authority")], source="a", at=NOW)
    assert [one.sent_by for one in current(session, "A2")] == ["authority"]
    assert [one.sent_by for one in current(session, "A3")] == ["group"]


def test_instants_survive_the_database(session: Session) -> None:
    sent = read_moment("2026-03-02T23:30-05:00")
    keep(session, [replace(SENT, sent=sent)], source="a", at=NOW)
    assert current(session)[0].sent == sent == Moment(date(2026, 3, 2), datetime(2026, 3, 3, 4, 30, tzinfo=UTC))
    assert told(current(session)[0])["sent"] == "2026-03-03T04:30:00Z"


def test_the_country_of_the_sender_is_kept_and_checked(registry: Registry, session: Session) -> None:
    head = "listing,recall,sent_by,authority_country,sent"
    table = read(registry, "amazon:B0,r,authority,pl,2026-03-02", "amazon:B1,r,authority,Poland,2026-03-02", head=head)
    assert [one.country for one in table.dates] == ["PL"]
    assert (table.refused[0].field, "no country of two letters" in table.refused[0].problem) == ("country", True)
    keep(session, table.dates, source="letters.csv", at=NOW)
    silent = read(registry, "amazon:B0,r,authority,,2026-03-02", head=head)
    assert keep(session, silent.dates, source="letters.csv", at=NOW) == Kept(0, 0, 1)
    assert [one.country for one in current(session)] == ["PL"]


@pytest.mark.parametrize(
    ("country", "due"),
    [
        ("", "2026-11-12T23:00:00+00:00"),
        ("PL", "2026-11-13T23:00:00+00:00"),
        ("FI", "2026-11-12T22:00:00+00:00"),
        ("PT", "2026-11-13T00:00:00+00:00"),
    ],
)
def test_business_days_are_those_of_the_authority_that_sent_it(country: str, due: str) -> None:
    """Wednesday, 11 November is a holiday in Poland (and in Belgium, but not for the European Central Bank)."""
    pledge = load_commitments(Path("/nowhere")).commitments["eu-product-safety-pledge"]
    sent = Moment(date(2026, 11, 10))
    found = due_at(pledge, sent, clock="A2", act="notice", country=country)
    assert found == datetime.fromisoformat(due)


def test_a_countrys_own_calendar_stays_where_the_term_has_one() -> None:
    pledge = load_commitments(Path("/nowhere")).commitments["au-product-safety-pledge"]
    sent = Moment(date(2026, 3, 6))
    assert due_at(pledge, sent, clock="A2", country="AU") == due_at(pledge, sent, clock="A2")
    assert due_at(pledge, sent, clock="A3") is None


def test_the_act_chooses_the_term() -> None:
    law = load_commitments(Path("/nowhere")).commitments["eu-gpsr-22"]
    sent = Moment(date(2026, 3, 2))
    order, notice = (due_at(law, sent, clock="A2", act=act) for act in ("order", "notice"))
    assert order is not None
    assert notice is not None
    assert (notice - order).days == 1
