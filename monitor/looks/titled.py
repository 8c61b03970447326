"""The newest page that said what each listing is: by the standings, for the looks at a listing may be thousands."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitor.store.bulk import chunks
from monitor.store.ledger_tables import LookRow, ReadingRow
from monitor.store.standing_tables import StandingRow

_AT_ONCE = 500


def titled_looks(session: Session, keys: Sequence[str]) -> dict[str, int]:
    """The newest look at a page with a title of each listing, from any vantage; of those whose looks nobody has folded
    yet, by the looks themselves."""
    found: dict[str, int] = {}
    for some in chunks(keys, _AT_ONCE):
        newest, without = _by_standing(session, some)
        found |= newest
        if without:
            found |= _by_looks(session, without)
    return found


def _by_standing(session: Session, keys: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """The looks, and the listings that have no standing."""
    columns = (StandingRow.listing_key, StandingRow.titled_at, StandingRow.titled_look_id)
    rows = session.execute(select(*columns).where(StandingRow.listing_key.in_(keys))).all()
    newest: dict[str, tuple[datetime, int]] = {}
    for key, at, look_id in rows:
        if at is not None and look_id is not None and (key not in newest or (at, look_id) > newest[key]):
            newest[key] = at, look_id
    standing = {row[0] for row in rows}
    return {key: look_id for key, (_, look_id) in newest.items()}, [key for key in keys if key not in standing]


def _by_looks(session: Session, keys: Sequence[str]) -> dict[str, int]:
    rows = (
        select(LookRow.listing_key, func.max(LookRow.look_id))
        .join(ReadingRow, ReadingRow.reading_sha256 == LookRow.reading_sha256)
        .where(LookRow.listing_key.in_(keys), ReadingRow.reading["facts"]["title"].as_string() != "")
        .group_by(LookRow.listing_key)
    )
    return dict(session.execute(rows).all())
