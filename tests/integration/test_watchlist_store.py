"""Watchlist, samples and notice dates on both kinds of database, through the migrated schema and its guards."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from crawler.feeds.notice import Notice, Product
from monitor.notices.dates import Kept, current, keep
from monitor.notices.moments import Moment
from monitor.notices.record import NoticeDate
from monitor.store.session import Store
from monitor.watchlist.drawing import add_sample, samples
from monitor.watchlist.entries import active, add, remove
from monitor.watchlist.filters import Filters

AT = datetime(2026, 3, 2, tzinfo=UTC)
REGISTER = [
    Notice(
        id=f"us-cpsc:{number}",
        kind="recall",
        authority="us-cpsc",
        number=str(number),
        products=(Product(name="Zibbo Bed Rails"),),
    )
    for number in range(26001, 26021)
]
SENT = NoticeDate("amazon:B0", "r", "amazon", "group", "us", "notice", Moment(date(2026, 3, 1)), private=True)


def test_the_watchlist_survives_its_changes(store: Store) -> None:
    with store.session() as session:
        add(session, REGISTER[:2], at=AT, by="ann")
        add(session, REGISTER[:1], at=AT, by="ann", priority=1)
        remove(session, ["us-cpsc:26002"], at=AT + timedelta(days=1), by="bob")
    with store.reader() as session:
        (entry,) = active(session)
        assert (entry.notice_id, entry.priority, entry.added_at) == ("us-cpsc:26001", 1, AT)
        assert entry.phrases[0].text == "Zibbo Bed Rails"


def test_the_draw_does_not_hang_on_the_database(store: Store) -> None:
    with store.session() as session:
        drawn, _ = add_sample(session, reversed(REGISTER), Filters(), size=3, seed="s", at=AT, by="ann")
    with store.reader() as session:
        assert samples(session)[0].notice_ids == list(drawn.notice_ids)
        assert drawn.notice_ids == ("us-cpsc:26008", "us-cpsc:26013", "us-cpsc:26003"), "by sha256sum"


def test_dates_of_notices_are_only_ever_added(store: Store) -> None:
    with store.session() as session:
        assert keep(session, [SENT], source="letters.csv", at=AT) == Kept(1, 0, 0)
    with store.session() as session:
        assert keep(session, [SENT], source="letters.csv", at=AT) == Kept(0, 0, 1)
        assert current(session) == [SENT]
    with pytest.raises(DatabaseError), store.session() as session:
        session.execute(text("DELETE FROM notice_dates"))
    with pytest.raises(DatabaseError), store.session() as session:
        session.execute(text("UPDATE notice_dates SET sender = 'x'"))
