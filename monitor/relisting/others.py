"""Which offers may be one another's return: by what people linked, by proposals, by the same seller and recall."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from monitor.relisting.chains import roots
from monitor.relisting.decisions import Link

How = Literal["same_id", "same_seller", "other_seller"]
Place = tuple[str, str]
"""Marketplace and folded name of a seller."""


class Others:
    """Asked for one listing after another: an answer costs what it holds, however many listings there are."""

    def __init__(self, pairs: Iterable[tuple[str, str]], found: Sequence[Link], sellers: Mapping[str, Place]) -> None:
        """`pairs` are (listing, notice) that people confirmed."""
        self._sellers = sellers
        self._sure, self._maybe = roots(found), roots(found, only_confirmed=False)
        self._members: dict[str, list[str]] = defaultdict(list)
        for key, root in self._maybe.items():
            self._members[root].append(key)
        self._of_seller: dict[tuple[str, Place], list[str]] = defaultdict(list)
        for key, recall_id in pairs:
            if key in sellers:
                self._of_seller[recall_id, sellers[key]].append(key)

    def of(self, key: str, recall_id: str) -> dict[str, tuple[How, bool]]:
        """Other offers that may be this one's return, each with how and whether people said so."""
        own = self._sellers.get(key)
        sold = self._of_seller.get((recall_id, own), []) if own is not None else []
        others: dict[str, tuple[How, bool]] = {}
        for other in [*self._members.get(self._maybe.get(key, ""), ()), *sold]:
            if other == key:
                continue
            same = own is not None and self._sellers.get(other) == own
            sure = self._sure.get(key, key) == self._sure.get(other, other) or other in sold
            others[other] = ("same_seller" if same else "other_seller", sure)
        return others
