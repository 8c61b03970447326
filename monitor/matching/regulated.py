"""Rules about kinds of products: what a ban or standard is about, told by attributes on the page, not by names."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from monitor.matching.view import View


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of `regulated.toml`: `groups` must each be met, one of `patterns` where there are any, and no `other`
    word may be there. `cites` is the law; `cited_as` is how notices speak of it."""

    rule_id: str
    cites: str
    cited_as: tuple[str, ...]
    says: str
    groups: tuple[frozenset[str], ...]
    patterns: tuple[re.Pattern[str], ...]
    other: frozenset[str]

    def covers(self, runs: set[str] | frozenset[str]) -> bool:
        """Whether a text with these words and runs of words is of the kind."""
        if not all(group & runs for group in self.groups) or self.other & runs:
            return False
        return not self.patterns or any(pattern.fullmatch(run) for pattern in self.patterns for run in runs)

    def names(self, runs: set[str] | frozenset[str], prose: str) -> bool:
        """Whether a notice with these words, or prose that cites the law, is about this kind."""
        small = prose.casefold()
        cited = any(words in small for words in self.cited_as)
        return bool(self.groups[0] & runs) and (cited or all(group & runs for group in self.groups))


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """The rules that ship with the package."""
    text = files("monitor.matching").joinpath("regulated.toml").read_text(encoding="utf-8")
    return tuple(
        Rule(
            rule_id=entry["id"],
            cites=entry["cites"],
            cited_as=tuple(entry["cited_as"]),
            says=entry["says"],
            groups=tuple(frozenset(group) for group in entry["all"]),
            patterns=tuple(re.compile(pattern) for pattern in entry["any"]),
            other=frozenset(entry["none"]),
        )
        for entry in tomllib.loads(text)["rule"]
    )


def rules_for(view: View) -> list[Rule]:
    """The rules whose kind the listing is of; what its description says of sizes and counts counts too."""
    found = []
    for rule in rules():
        titled = all(group & view.spans.keys() for group in rule.groups)
        if titled and rule.covers(view.spans.keys() | view.raw):
            found.append(rule)
    return found
