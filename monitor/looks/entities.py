"""Which looks of one listing id show the same product: `replaced` and `renamed` come from history, not from a page.

An id begins a new entity where title, images and seller all disagree strongly with everything that was seen of the
product before, as often as a takedown needs to be confirmed. One such page changes nothing yet. Where only title and
images disagree, or no image is known, nobody can tell from outside whether the seller renamed the product or put
another under its id: such a look is quarantined, so that it neither shows the product on sale nor ends anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crawler.marketplaces.states import State
from monitor.config import Confirmation
from monitor.looks.facts import Fingerprint, LookFact, hours

SAME_TITLE = 0.5
OTHER_TITLE = 0.2
"""Share of title words in common: from the first on the same title, below the second plainly another."""

_SHOWS_A_PRODUCT = frozenset(
    {State.AVAILABLE, State.AVAILABLE_B2B, State.SHIPPING_UNKNOWN, State.NOT_SHIPPED, State.OUT_OF_STOCK}
)


@dataclass(frozen=True, slots=True)
class Entity:
    """The looks that tell of one product under the id, in time order.

    Looks that showed another product have the state `replaced` here; those that may show another are quarantined.
    `renamed_at`: when its title first was another, while images or seller stayed.
    """

    looks: Sequence[LookFact]
    renamed_at: datetime | None = None


@dataclass(slots=True)
class _Product:
    """Everything that was seen of one product: all titles, images and sellers that its pages ever showed."""

    titles: set[frozenset[str]] = field(default_factory=set)
    images: set[str] = field(default_factory=set)
    sellers: set[str] = field(default_factory=set)

    def add(self, page: Fingerprint) -> None:
        self.titles.add(page.title)
        self.images |= page.images
        self.sellers |= {page.seller} - {""}

    def is_other(self, page: Fingerprint) -> bool:
        """Whether title, images and seller of the page all tell of another product; False where one isn't known."""
        known = bool(self.titles and self.images and self.sellers and page.title and page.images and page.seller)
        return (
            known
            and page.seller not in self.sellers
            and not page.images & self.images
            and self._likeness(page) < OTHER_TITLE
        )

    def may_be_other(self, page: Fingerprint) -> bool:
        """Whether the title is plainly another and no image shows that the product is the same."""
        named = bool(self.titles and page.title)
        return named and not page.images & self.images and self._likeness(page) < OTHER_TITLE

    def is_renamed(self, page: Fingerprint) -> bool:
        kept = bool(page.images & self.images) or page.seller in self.sellers
        return kept and self._likeness(page) < SAME_TITLE

    def _likeness(self, page: Fingerprint) -> float:
        return max(len(page.title & title) / len(page.title | title) for title in self.titles)


def entities(looks: Sequence[LookFact], rule: Confirmation) -> list[Entity]:
    """Divide the looks of one id, in time order, by product. Looks that prove a replacement belong to both sides."""
    found: list[Entity] = []
    rest: Sequence[LookFact] | None = looks
    while rest is not None:
        entity, rest = _first_entity(rest, rule)
        found.append(entity)
    return found


def _first_entity(looks: Sequence[LookFact], rule: Confirmation) -> tuple[Entity, Sequence[LookFact] | None]:
    product, other = _Product(), _Product()
    showing_other: list[int] = []
    changed: dict[int, LookFact] = {}
    renamed_at: datetime | None = None
    for index, look in enumerate(looks):
        page = look.page if look.state in _SHOWS_A_PRODUCT else None
        if page is None or not page.title:
            continue
        if product.is_other(page):
            changed[index] = look._replace(state=State.REPLACED)
            if look.quarantined:
                continue
            if other.is_other(page):
                showing_other, other = [], _Product()
            showing_other.append(index)
            other.add(page)
            if _confirmed([looks[shown] for shown in showing_other], rule):
                return Entity(_with(looks[: index + 1], changed), renamed_at), looks[showing_other[0] :]
            continue
        if look.quarantined:
            continue
        showing_other, other = [], _Product()
        if renamed_at is None and product.titles and product.is_renamed(page):
            renamed_at = look.looked_at
        if product.may_be_other(page):
            changed[index] = look._replace(quarantined=True)
        else:
            product.add(page)
    return Entity(_with(looks, changed), renamed_at), None


def _confirmed(looks: Sequence[LookFact], rule: Confirmation) -> bool:
    clear = [look for look in looks if look.controls_passed]
    return len({look.run_id for look in clear}) >= rule.looks and clear[-1].looked_at - clear[0].looked_at >= hours(
        rule.span_hours
    )


def _with(looks: Sequence[LookFact], changed: dict[int, LookFact]) -> Sequence[LookFact]:
    return [changed.get(index, look) for index, look in enumerate(looks)] if changed else looks
