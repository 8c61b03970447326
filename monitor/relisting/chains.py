"""Lineages: listings that decisions tie together, directly or by others. Pure functions over links."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.relisting.decisions import Link


@dataclass(frozen=True, slots=True)
class Name:
    """One offer of a lineage: when it was first seen, by whom it was offered and what it was called."""

    listing_key: str
    first_seen_at: datetime
    title: str
    seller: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """Offers of one thing, one after another; `lineage_id` is the key of the first. `confirmed`: people said so of
    every link."""

    lineage_id: str
    names: tuple[Name, ...]
    confirmed: bool


def roots(found: Iterable[Link], *, only_confirmed: bool = True) -> dict[str, str]:
    """For each linked listing some one listing of its lineage, the same for all of them."""
    parent: dict[str, str] = {}

    def top(key: str) -> str:
        while parent.setdefault(key, key) != key:
            key = parent[key]
        return key

    for link in found:
        if link.confirmed or not only_confirmed:
            parent[top(link.new_listing_key)] = top(link.old_listing_key)
    return {key: top(key) for key in list(parent)}


def lineages(found: Iterable[Link], names: Mapping[str, Name], *, only_confirmed: bool = True) -> list[Lineage]:
    """Every chain of two offers or more, its names in the order in which they were seen."""
    found = [link for link in found if link.confirmed or not only_confirmed]
    members: dict[str, list[Name]] = defaultdict(list)
    root_of = roots(found, only_confirmed=only_confirmed)
    for key, root in root_of.items():
        if key in names:
            members[root].append(names[key])
    doubtful = {root_of[link.new_listing_key] for link in found if not link.confirmed}
    chains = [
        (root, sorted(chain, key=lambda one: (one.first_seen_at, one.listing_key))) for root, chain in members.items()
    ]
    made = [
        Lineage(chain[0].listing_key, tuple(chain), root not in doubtful) for root, chain in chains if len(chain) > 1
    ]
    return sorted(made, key=lambda one: one.lineage_id)
