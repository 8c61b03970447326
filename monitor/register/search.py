"""Search over the register: by words, number, identifier, brand, hazard, day, status."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from crawler.errors import BadInput
from crawler.feeds.notice import Notice
from monitor.store.register_tables import NoticeIdentifierRow, NoticeRow


@dataclass(frozen=True)
class Query:
    """What to look for; all that is given must hold. Days are ISO text; `limit` 0 means all."""

    words: str = ""
    number: str = ""
    identifier: str = ""
    brand: str = ""
    hazard: str = ""
    country: str = ""
    since: str = ""
    until: str = ""
    kind: str = ""
    authority: str = ""
    source: str = ""
    limit: int = 0


def search(session: Session, query: Query) -> list[Notice]:
    """The notices that fit, newest first."""
    statement = _statement(query).order_by(NoticeRow.published_on.desc(), NoticeRow.notice_id)
    if query.limit:
        statement = statement.limit(query.limit)
    return [Notice.model_validate(content) for content in session.scalars(statement)]


def find_one(session: Session, text: str) -> Notice:
    """The notice of this id, or of this number where it is the only one. Raises BadInput."""
    known = {text, text.replace("-", "")}
    query = select(NoticeRow.notice).where(or_(NoticeRow.notice_id == text, NoticeRow.number.in_(known)))
    found = [Notice.model_validate(content) for content in session.scalars(query)]
    exact = [notice for notice in found if notice.id == text]
    if len(exact or found) != 1:
        many = ", ".join(notice.id for notice in found)
        raise BadInput(f"{text!r} is the number of {many}: name one" if found else f"the register has no {text!r}")
    return (exact or found)[0]


def _statement(query: Query) -> Select[dict[str, Any]]:
    conditions: list[ColumnElement[bool]] = []
    conditions += [NoticeRow.search_text.contains(word, autoescape=True) for word in query.words.lower().split()]
    for text, column in (
        (query.brand, NoticeRow.brand_text),
        (query.hazard, NoticeRow.hazard_text),
        (query.country, NoticeRow.country_text),
    ):
        if text:
            conditions.append(column.contains(text.lower(), autoescape=True))
    for exact, exact_column in (
        (query.kind, NoticeRow.kind),
        (query.authority, NoticeRow.authority),
        (query.source, NoticeRow.source),
    ):
        if exact:
            conditions.append(exact_column == exact)
    if query.number:
        conditions.append(NoticeRow.number.in_({query.number, query.number.replace("-", "")}))
    if query.identifier:
        conditions.append(NoticeRow.notice_id.in_(_holders(query.identifier)))
    if query.since:
        conditions.append(NoticeRow.published_on >= query.since)
    if query.until:
        conditions.append(NoticeRow.published_on <= query.until)
    return select(NoticeRow.notice).where(*conditions)


def _holders(text: str) -> Select[str]:
    """The ids of the notices that carry this identifier, in any spelling of it."""
    bare = re.sub(r"[\W_]+", "", text).upper()
    spellings = {bare, " ".join(text.casefold().split())}
    fits: list[ColumnElement[bool]] = [NoticeIdentifierRow.normalised.in_(spellings)]
    if bare.isdigit():
        fits.append((NoticeIdentifierRow.kind == "gtin") & (NoticeIdentifierRow.normalised == bare.zfill(14)))
    return select(NoticeIdentifierRow.notice_id).where(or_(*fits))
