"""Bans and standards: rules about a kind of product, shipped as entries of the register."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from crawler.errors import BadInput
from crawler.feeds.notice import Notice
from crawler.feeds.registry import read_any

RULES_FILE = Path(__file__).parent.parent / "data" / "bans.jsonl"
Provable = Literal["yes", "partly", "needs_test"]


@dataclass(frozen=True)
class Rule:
    """A rule about a kind of product. `hints` are words under which it is sold; `provable_from_page` says whether a
    page can show the breach, and `verified` whether somebody has checked the rule against its official text."""

    rule_id: str
    kind: str
    title: str
    citation: str
    says: str
    hints: tuple[str, ...]
    provable_from_page: Provable
    effective_on: str
    verified: bool


def rule_of(notice: Notice) -> Rule:
    """The rule in an entry of kind ban or standard. Raises BadInput where it does not say how it can be proven."""
    provable = notice.extra.get("provable_from_page", "")
    if provable not in get_args(Provable):
        raise BadInput(
            f"{notice.id}: {provable!r} is none of {', '.join(get_args(Provable))}", field="provable_from_page"
        )
    return Rule(
        rule_id=notice.id,
        kind=notice.kind,
        title=notice.title,
        citation=notice.number,
        says=notice.description,
        hints=tuple(part for part in notice.extra.get("hints", "").split("|") if part),
        provable_from_page=provable,  # type: ignore[arg-type]
        effective_on=notice.published_on,
        verified=notice.verified,
    )


def shipped_rules() -> tuple[Rule, ...]:
    """The rules that ship with the program."""
    return tuple(rule_of(notice) for notice in read_any(RULES_FILE, "jsonl").notices)
