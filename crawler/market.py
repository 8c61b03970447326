"""The marketplaces as a run needs them: who owns a URL, how a site is asked, how its pages are read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from crawler.errors import BadInput
from crawler.marketplaces.confirmed import Confirmed
from crawler.marketplaces.description import Render
from crawler.plan import Slot, Vantage
from crawler.reading import FetchedPage, PageKind, Reading
from crawler.vantage import Region

if TYPE_CHECKING:
    from crawler.marketplaces.registry import Registry

SELLER = "seller"
"""The route of slots that list what else a seller offers."""

Read = Callable[[FetchedPage, Slot, Vantage | None], Reading]
"""Reads a fetched page for the slot that asked for it and the buyer it was asked for."""


class Site(Region, Protocol):
    """What a run needs to know of a marketplace."""

    @property
    def min_delay_s(self) -> float: ...

    @property
    def render(self) -> Render: ...


Sites = Callable[[str], Site | None]
"""The marketplace of a name, None where it is not known."""

Owner = Callable[[str], str]
"""The name of the marketplace that a URL's host belongs to, empty where none claims it."""


@dataclass(frozen=True)
class Market:
    """The marketplaces as a run needs them."""

    sites: Sites
    owner: Owner
    read: Read | None


def market_of(marketplaces_dir: str, confirmed: Iterable[Confirmed] = ()) -> Market:
    """The registry and the reader. Adapters may lie in one more folder; `confirmed` is what people confirmed on pages.

    Raises BadInput for a bad description.
    """
    from crawler.marketplaces.registry import load_registry

    registry = load_registry(Path(marketplaces_dir) if marketplaces_dir else None, confirmed)

    def site(name: str) -> Site | None:
        try:
            return registry.get(name)
        except BadInput:
            return None

    def read(page: FetchedPage, slot: Slot, vantage: Vantage | None) -> Reading:
        return read_slot(page, slot, vantage, registry)

    def owner(url: str) -> str:
        found = registry.for_url(url)
        return found.name if found else ""

    return Market(site, owner, read)


def read_slot(page: FetchedPage, slot: Slot, vantage: Vantage | None, registry: "Registry") -> Reading:
    """What a page or answer says for the slot that asked for it: the one reading of a run, and of a rebuild."""
    from crawler.apis.reader import read_answer
    from crawler.marketplaces.reader import read_page
    from crawler.sitemaps import SITEMAP, read_sitemap

    if slot.method == "api":
        return read_answer(page, slot, vantage, registry)
    if slot.route == SITEMAP:
        return read_sitemap(page, slot, registry.get(slot.marketplace))
    kind: PageKind = "listing" if slot.purpose != "search" else "seller" if slot.route == SELLER else "search"
    return read_page(page, marketplace=slot.marketplace, kind=kind, vantage=vantage, registry=registry)
