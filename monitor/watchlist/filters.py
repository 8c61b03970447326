"""Which notices of the register a person means: by authority, day, category, hazard, country, seller."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date

from crawler.feeds.notice import Notice

_SELLER_ROLES = ("seller", "retailer", "importer", "distributor")


@dataclass(frozen=True)
class Filters:
    """All that are given must hold. Words are found as parts of words, without regard to case; days are inclusive."""

    authority: str = ""
    kind: str = ""
    since: date | None = None
    until: date | None = None
    category: str = ""
    hazard: str = ""
    country: str = ""
    seller: str = ""

    def given(self) -> dict[str, str]:
        """The filters that were set, as text: written down with a sample."""
        return {name: str(value) for name, value in asdict(self).items() if value}

    def passes(self, notice: Notice) -> bool:
        return (
            (not self.authority or notice.authority == self.authority)
            and (not self.kind or notice.kind == self.kind)
            and self._in_time(notice)
            and _said(self.category, (*notice.categories, *(product.name for product in notice.products)))
            and _said(self.hazard, (*notice.hazards, notice.title))
            and _said(self.country, notice.countries)
            and _said(self.seller, _sellers(notice))
        )

    def _in_time(self, notice: Notice) -> bool:
        """A notice without a day is in no period."""
        if self.since is None and self.until is None:
            return True
        try:
            published_on = date.fromisoformat(notice.published_on[:10])
        except ValueError:
            return False
        return (self.since or date.min) <= published_on <= (self.until or date.max)


def passing(notices: Iterable[Notice], filters: Filters) -> Iterator[Notice]:
    """The notices that pass, in the order given."""
    return (notice for notice in notices if filters.passes(notice))


def _said(wanted: str, texts: Iterable[str]) -> bool:
    return not wanted or any(wanted.casefold() in text.casefold() for text in texts)


def _sellers(notice: Notice) -> Iterator[str]:
    yield notice.sold_at
    yield from (firm.name for firm in notice.firms if firm.role.casefold() in _SELLER_ROLES)
    yield from (one.value for one in notice.identifiers if one.kind == "seller")
