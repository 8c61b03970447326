"""Which notices of the register are tied to which: links resolved to ids where nothing else can be meant.

A link is resolved by an id, by a web address, or by the day or month that the text names, where exactly one recall of
the same authority then has the same firm or brand and the same model or two words of its name (one where firm and brand
agree). Otherwise it stays open.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from crawler.feeds.codes import bare
from crawler.feeds.notice import Notice
from crawler.feeds.words import generic_keys, keys
from monitor.register.projection import url_key
from monitor.store.register_tables import NoticeLinkRow, NoticeRow

RULE = "ties/1"
_DAY = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")
_LEAST_WORDS = 2
_HAZARDS = re.compile(
    r"\b(?:due to|risk of|violat|sold (?:exclusively )?(?:on|at|by)|imported by|recall alert)\b.*$", re.I
)
_RECALLING = frozenset(
    keys("recall recalls recalled recalling expand expands expanded expansion reannounce reannounces announced include "
         "additional unit model million thousand brand series certain")
)  # fmt: skip


@dataclass(frozen=True)
class Tie:
    """A link of one notice as the register sees it. `tied_id` is "" where it is open; `tied_by` is how."""

    notice_id: str
    kind: str
    target: str
    span: str
    tied_id: str
    tied_by: str


def resolve(session: Session) -> None:
    """Work out every link of the register anew; rows that come out as they were are not touched."""
    rows = list(session.scalars(select(NoticeLinkRow)))
    by_address = _addresses(session, rows)
    known = _known_ids(session, {row.target for row in rows})
    joint = _naming(rows, by_address)
    for row in rows:
        found = _resolved(session, row, by_address, known, joint)
        if found != (row.tied_id, row.tied_by):
            tied_id, tied_by = found
            values = {"tied_id": tied_id, "tied_by": tied_by}
            session.execute(update(NoticeLinkRow).where(NoticeLinkRow.link_id == row.link_id).values(**values))


def ties_of(session: Session, notice_id: str) -> tuple[list[Tie], list[Tie]]:
    """(the notice's own links, the links of others that lead to it)."""
    own = select(NoticeLinkRow).where(NoticeLinkRow.notice_id == notice_id).order_by(NoticeLinkRow.link_id)
    others = select(NoticeLinkRow).where(NoticeLinkRow.tied_id == notice_id).order_by(NoticeLinkRow.notice_id)
    return [_tie(row) for row in session.scalars(own)], [_tie(row) for row in session.scalars(others)]


def _tie(row: NoticeLinkRow) -> Tie:
    return Tie(row.notice_id, row.kind, row.target, row.span, row.tied_id, row.tied_by)


def _resolved(
    session: Session,
    row: NoticeLinkRow,
    by_address: dict[str, list[str]],
    known: set[str],
    joint: dict[str, list[str]],
) -> tuple[str, str]:
    if row.target in known:
        return row.target, "id"
    key = url_key(row.target)
    if key and len(by_address.get(key, ())) == 1:
        return by_address[key][0], "address"
    if row.kind == "joint" and not key:
        named = [other for other in joint[row.notice_id] if other.startswith(f"{row.target}:")]
        return (named[0], "address") if len(named) == 1 else ("", "")
    if _DAY.fullmatch(row.target):
        return _by_day(session, row)
    return "", ""


def _known_ids(session: Session, targets: set[str]) -> set[str]:
    return (
        set(session.scalars(select(NoticeRow.notice_id).where(NoticeRow.notice_id.in_(targets)))) if targets else set()
    )


def _addresses(session: Session, rows: list[NoticeLinkRow]) -> dict[str, list[str]]:
    wanted = {key for row in rows if (key := url_key(row.target))}
    found: dict[str, list[str]] = defaultdict(list)
    query = select(NoticeRow.url_key, NoticeRow.notice_id).where(NoticeRow.url_key.in_(wanted))
    for key, notice_id in session.execute(query) if wanted else ():
        found[key].append(notice_id)
    return found


def _naming(rows: list[NoticeLinkRow], by_address: dict[str, list[str]]) -> dict[str, list[str]]:
    """Which notices name a notice by its address as joint: the tie back where that one names an authority only."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        targets = by_address.get(url_key(row.target), []) if row.kind == "joint" else []
        for target in targets if len(targets) == 1 else ():
            found[target].append(row.notice_id)
    return found


def _by_day(session: Session, row: NoticeLinkRow) -> tuple[str, str]:
    """The one recall of that day or month that is of the same firm and product."""
    ours = session.scalar(select(NoticeRow.notice).where(NoticeRow.notice_id == row.notice_id))
    if ours is None:
        return "", ""
    notice = Notice.model_validate(ours)
    query = (
        select(NoticeRow.notice)
        .where(NoticeRow.authority == notice.authority, NoticeRow.kind == notice.kind)
        .where(NoticeRow.published_on.startswith(row.target), NoticeRow.notice_id != notice.id)
    )
    fitting = [other.id for other in map(_notice, session.scalars(query)) if _same(notice, other)]
    return (fitting[0], "day, firm and product") if len(fitting) == 1 else ("", "")


def _notice(content: dict[str, Any]) -> Notice:
    return Notice.model_validate(content)


def _same(one: Notice, other: Notice) -> bool:
    """Whether both are about goods of the same firm or brand, and of the same kind or model."""
    makers = _makers(one) & _makers(other)
    if not makers:
        return False
    named = (_named(one) & _named(other)) - makers
    return bool(_models(one) & _models(other)) or len(named) + len(makers) > _LEAST_WORDS


def _makers(notice: Notice) -> set[str]:
    brands = [mark.value for mark in notice.identifiers if mark.kind == "brand"]
    firms = [firm.name for firm in notice.firms]
    opening = {words[0] for name in (*brands, *firms, notice.title) if (words := keys(name))}
    return opening - generic_keys()


def _named(notice: Notice) -> set[str]:
    words = keys(" ".join((_HAZARDS.sub("", notice.title), *(product.name for product in notice.products))))
    return {word for word in words if len(word) > 2 and not word.isdigit()} - generic_keys() - _RECALLING


def _models(notice: Notice) -> set[str]:
    return {bare(mark.value) for mark in notice.identifiers if mark.kind == "model"}
