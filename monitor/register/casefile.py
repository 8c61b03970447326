"""One entry of the register, told like a case file."""

import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from crawler.feeds.notice import FactKind, Identifier, Notice
from monitor.register.history import Version, history
from monitor.register.identifiability import identifiability

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
_WIDTH = 110


def case_file(session: Session, notice: Notice) -> str:
    """The entry as text: what, who, why, by which marks it can be known, how it changed."""
    parts = [_head(notice), *_sections(notice), *_changes(history(session, notice.id))]
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
    return notice.model_dump(mode="json", exclude_defaults=True) | {"identifiability": recognised, "versions": versions}


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
    yield _section("Tied to", [f"{one.kind}: {one.target}" for one in notice.links])
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


def _changes(versions: list[Version]) -> Iterator[str]:
    lines = []
    for version in versions:
        what = ", ".join(change.field for change in version.changes) or "first seen"
        lines.append(f"{version.seen_at.date().isoformat()} {version.source}: {what}")
    yield _section("Versions", lines)
