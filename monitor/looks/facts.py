"""What the fold is handed: one record per look, and what a page's facts tell about which product it shows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.marketplaces.states import STANDING, Standing, State

_WORDS = re.compile(r"\w+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells one product from another: title words, image paths, seller; empty where the page didn't say."""

    title: frozenset[str] = frozenset()
    images: frozenset[str] = frozenset()
    seller: str = ""


class LookFact(NamedTuple):
    """One look, as the fold sees it. `finished_at` defaults to `looked_at`: the page was read between the two.

    `quarantined`: a control of its run failed, so its state counts as unknown. `controls_passed`: they were there
    and right; only then does an absence count towards a confirmation.
    """

    look_id: int
    run_id: str
    looked_at: datetime
    state: State
    finished_at: datetime | None = None
    quarantined: bool = False
    controls_passed: bool = True
    page: Fingerprint | None = None

    @property
    def standing(self) -> Standing:
        return Standing.UNKNOWN if self.quarantined else STANDING[self.state]

    @property
    def read_by(self) -> datetime:
        """The last instant at which the page can have been as it was read."""
        return self.finished_at or self.looked_at


def fingerprint(title: str, images: Iterable[str], seller: str) -> Fingerprint:
    """The fingerprint of a page's facts. Hosts and queries of image addresses are left out: they rotate."""
    return Fingerprint(
        title=frozenset(_WORDS.findall(title.casefold())),
        images=frozenset(path for image in images if (path := _path(image))),
        seller=" ".join(seller.casefold().split()),
    )


def _path(address: str) -> str:
    """The path of an address as a page prints it; "" where it is none (`http://[`)."""
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def hours(count: float) -> timedelta:
    return timedelta(hours=count)
