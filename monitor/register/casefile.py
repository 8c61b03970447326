"""One entry of the register, told like a case file."""

import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.feeds.notice import FactKind, Identifier, Notice
from monitor.register.history import Version, history
from monitor.register.identifiability import identifiability
from monitor.register.ties import Tie, ties_of
from monitor.store.register_tables import NoticeRow

_SCOPE_WORDS = {
    "all_units": "all units",
    "certain_units": "certain lots, dates or serial numbers only",
    "unknown": "not known: say nothing about a single unit",
}
_FACT_WORDS: dict[FactKind, str] = {
    "price_usd": "price in US dollars, as read",
    "sold": "months of sale, as read",
    "made": "made",
    "colour": "colours named",
    "size": "sizes named",
}
_TIE_WORDS = {
    "joint": "is published jointly with",
    "expands": "expands",
    "reannounces": "announces again",
    "follows": "follows",
    "supersedes": "takes the place of",
}
_WIDTH = 110


def case_file(session: Session, notice: Notice) -> str:
    """The entry as text: what, who, why, by which marks it can be known, how it changed."""
    own, others = ties_of(session, notice.id)
    titles = _titles(session, [tie.tied_id for tie in own] + [tie.notice_id for tie in others])
    tied = [_own_tie(tie, titles) for tie in own] + [_other_tie(tie, titles) for tie in others]
    parts = [_head(notice), *_sections(notice), _section("Tied to", tied), *_changes(history(session, notice.id))]
    return "\n\n".join(part for part in parts if part)


def case_json(session: Session, notice: Notice) -> dict[str, Any]:
    """The entry in the interchange form, with its versions."""
    versions = [
        {
            "source": version.source,
            "seen_at": version.seen_at.isoformat(),
            "content_sha256": version.content_sha256,
            "changes": [
                {"field": change.field, "before": change.before, "after": change.after} for change in version.changes
            ],
        }
        for version in history(session, notice.id)
    ]
    recognised = asdict(identifiability(notice))
    own, others = ties_of(session, notice.id)
    ties = {"ties": [asdict(tie) for tie in own], "tied_from": [asdict(tie) for tie in others]}
    content = notice.model_dump(mode="json", exclude_defaults=True)
    return content | {"identifiability": recognised, **ties, "versions": versions}


def _head(notice: Notice) -> str:
    title = notice.title or "; ".join(product.name for product in notice.products) or notice.id
    updated = f", updated {notice.updated_on}" if notice.updated_on > notice.published_on else ""
    checked = "" if notice.verified else "\nNot checked against the official text by anybody yet."
    day = f"{notice.published_on or 'no day'}{updated}"
    line = f"{notice.kind} {notice.number or '(no number)'} of {notice.authority}, {day}"
    return f"{title}\n{'=' * min(len(title), _WIDTH)}\n{notice.id}: {line}\n{notice.url}{checked}".rstrip()


def _sections(notice: Notice) -> Iterator[str]:
    products = [f"{one.name} {one.model} {f'({one.units})' if one.units else ''}".strip() for one in notice.products]
    yield _section("Product", [*products, notice.description])
    yield _section("Scope", [_SCOPE_WORDS[notice.scope]])
    yield _section("Hazard", [*notice.hazards, *notice.injuries])
    yield _section("Sold", [notice.sold_at, *_facts(notice, "price_usd", "sold")])
    yield _section("Look and making", list(_facts(notice, "colour", "size", "made")))
    yield _section("Parties", [f"{one.role}: {one.name}" for one in notice.firms])
    yield _section("Made in", [", ".join(notice.countries)])
    yield _section("Remedy", [", ".join(notice.remedy_options), *notice.remedies])
    yield _section("Marks it can be known by", [_mark(one) for one in notice.identifiers])
    yield _section("How well it can be recognised", [_recognised(notice)])
    yield _section("Pictures", [f"{one.url} {one.caption}" for one in notice.images])
    yield _section("Oddities", list(notice.flags))


def _section(name: str, lines: list[str]) -> str:
    filled = [line.strip() for line in lines if line.strip()]
    if not filled:
        return ""
    wrapped = [textwrap.fill(line, _WIDTH, initial_indent="  ", subsequent_indent="    ") for line in filled]
    return "\n".join([name, *wrapped])


def _facts(notice: Notice, *kinds: FactKind) -> Iterator[str]:
    """Each kind that the prose gives, in one line of its own."""
    for kind in kinds:
        ranges = [f"{one.value} to {one.to}" if one.to else one.value for one in notice.facts if one.kind == kind]
        if ranges:
            yield f"{_FACT_WORDS[kind]}: {', '.join(ranges)}"


def _mark(one: Identifier) -> str:
    wrong = "" if one.valid else " (wrong check digit: never matched on)"
    quoted = f', from the words "{one.span}"' if one.provenance == "prose" and one.span else ""
    return f"{one.kind} {one.value}{wrong}{quoted}"


def _recognised(notice: Notice) -> str:
    found = identifiability(notice)
    return f"{found.level}, {found.score:.2f} of 1 ({', '.join(found.parts) or 'nothing to go by'})"


def _titles(session: Session, notice_ids: list[str]) -> dict[str, str]:
    query = select(NoticeRow.notice_id, NoticeRow.published_on, NoticeRow.title)
    rows = session.execute(query.where(NoticeRow.notice_id.in_(notice_ids))) if notice_ids else ()
    return {notice_id: f"{notice_id} ({day or 'no day'}, {title})" for notice_id, day, title in rows}


def _own_tie(tie: Tie, titles: dict[str, str]) -> str:
    words = f', from the words "{tie.span}"' if tie.span else ""
    if tie.tied_id:
        return (
            f"{_TIE_WORDS.get(tie.kind, tie.kind)} {titles.get(tie.tied_id, tie.tied_id)}, by its {tie.tied_by}{words}"
        )
    named = f": {tie.target}" if tie.target else ""
    return f"{_TIE_WORDS.get(tie.kind, tie.kind)} a notice that the register can't name with certainty{named}{words}"


def _other_tie(tie: Tie, titles: dict[str, str]) -> str:
    return f"{titles.get(tie.notice_id, tie.notice_id)} {_TIE_WORDS.get(tie.kind, tie.kind)} this notice"


def _changes(versions: list[Version]) -> Iterator[str]:
    lines = []
    for version in versions:
        what = ", ".join(change.field for change in version.changes) or "first seen"
        lines.append(f"{version.seen_at.date().isoformat()} {version.source}: {what}")
    yield _section("Versions", lines)
