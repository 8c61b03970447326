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


@dataclass(slots=True)
class Product:
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


@dataclass(slots=True)
class Scan:
    """The looks of one id, handed over in time order, while they tell of one product.

    `other` is what the page shows since the looks in `tail` began, `shown` the run and instant of each of them that
    showed it in a run whose controls passed. `renamed_at`: when the product's title first was another, while images or
    seller stayed.
    """

    product: Product = field(default_factory=Product)
    other: Product = field(default_factory=Product)
    shown: list[tuple[str, datetime]] = field(default_factory=list)
    tail: list[LookFact] = field(default_factory=list)
    renamed_at: datetime | None = None

    def see(self, look: LookFact, rule: Confirmation) -> tuple[LookFact, Sequence[LookFact]]:
        """The look as it counts for this product, and the looks that begin the next one where it proves that the id
        was given to another (then this scan is over; those looks belong to both sides).

        A look that showed another product has the state `replaced`; one that may show another is quarantined.
        """
        page = look.page if look.state in _SHOWS_A_PRODUCT else None
        if self.tail:
            self.tail.append(look)
        if page is None or not page.title:
            return look, ()
        if self.product.is_other(page):
            counts_as = look._replace(state=State.REPLACED)
            return counts_as, () if look.quarantined else self._see_other(look, page, rule)
        if look.quarantined:
            return look, ()
        self._forget_other()
        if self.renamed_at is None and self.product.titles and self.product.is_renamed(page):
            self.renamed_at = look.looked_at
        if self.product.may_be_other(page):
            return look._replace(quarantined=True), ()
        self.product.add(page)
        return look, ()

    def _see_other(self, look: LookFact, page: Fingerprint, rule: Confirmation) -> Sequence[LookFact]:
        if self.other.is_other(page):
            self._forget_other()
        self.tail = self.tail or [look]
        if look.controls_passed:
            self.shown.append((look.run_id, look.looked_at))
        self.other.add(page)
        return self.tail if self._is_replaced(rule) else ()

    def _forget_other(self) -> None:
        self.other, self.shown, self.tail = Product(), [], []

    def _is_replaced(self, rule: Confirmation) -> bool:
        runs = {run_id for run_id, _ in self.shown}
        return len(runs) >= rule.looks and self.shown[-1][1] - self.shown[0][1] >= hours(rule.span_hours)
