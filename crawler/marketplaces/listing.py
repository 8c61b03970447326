"""A page about one listing: facts one by one, and the marks that schema.org data makes."""

from functools import cached_property
from typing import Any

from crawler.extract import schema
from crawler.extract.countries import country_code
from crawler.extract.gtin import valid_gtin
from crawler.extract.prices import Prices, amount_in
from crawler.marketplaces.page import SitePage
from crawler.marketplaces.signatures import find_marks
from crawler.reading import ListingFacts, Mark, MarkKind

_MOST_IMAGES = 20


class ListingPage(SitePage):
    """A page about one listing. Each fact is a method of its own; without code of its own an adapter reads the CSS
    candidates of its description, then schema.org data, then OpenGraph."""

    def marks(self) -> tuple[Mark, ...]:
        """Every mark that the page shows."""
        marks = [*find_marks(self, "listing"), *self.more_marks()]
        buy = next((mark for mark in marks if mark.signature in self.site.sold_where_served), None)
        if buy is not None:
            says = "a buy control is shown only where the item is delivered to"
            marks.append(Mark(kind=MarkKind.SHIPS, signature=buy.signature, where=buy.where, says=says))
        return tuple(dict.fromkeys(marks))

    def more_marks(self) -> list[Mark]:
        """Marks that need code; by default those of schema.org data."""
        return self.schema_marks()

    def facts(self) -> ListingFacts:
        """What the page states about the offer."""
        low, high, currency = self.prices()
        listing_id = self.listing_id()
        return ListingFacts(
            listing_id=listing_id,
            url=self.addresses.canonical(self.url or self.canonical_link, listing_id),
            title=self.title()[:500],
            price=low,
            price_max=high,
            currency=currency if low is not None else "",
            seller=self.seller()[:300],
            seller_id=self.seller_id()[:100],
            brand=self.brand()[:200],
            model=self.model()[:200],
            gtin=self.gtin(),
            description=self.description()[:20_000],
            category=self.category()[:500],
            images=tuple(dict.fromkeys(filter(None, map(self.absolute, self.images()))))[:_MOST_IMAGES],
            ships_to=self.ships_to(),
            served_country=self.served_country(),
            served_place=self.served_place()[:200],
            listed_on=self.listed_on()[:40],
        )

    @cached_property
    def product(self) -> dict[str, Any]:
        """The schema.org product that the page is about, {} for none."""
        hint = f"{self.title_element} {self.open_graph.get('og:title', '')}"
        found = schema.product_of(self.json_ld, hint)
        return found or schema.product_of(schema.microdata(self.elements.root, self.url), hint)

    def listing_id(self) -> str:
        """The id that the page itself states; "" where only its address tells."""
        stated = self.addresses.normal_id(self.field("listing_id"))
        return stated or self.addresses.listing_id(self.canonical_link)

    def own_ids(self) -> frozenset[str]:
        """Every id by which the page calls its listing (a variant's and the whole listing's, say)."""
        return frozenset({self.listing_id()} - {""})

    def title(self) -> str:
        return self.field("title") or schema.text_of(self.product.get("name")) or self.open_graph.get("og:title", "")

    def prices(self) -> Prices:
        """Lowest and highest price and the currency."""
        printed = self.field("price")
        if printed:
            found = self.printed_prices(printed)
            if found.low is not None:
                return found
        return self.schema_prices()

    def schema_prices(self) -> Prices:
        """Prices by schema.org data, else by OpenGraph."""
        found = schema.prices_of(self.product)
        if found.low is None:
            tags = self.open_graph
            named = (tags.get("product:price:currency") or tags.get("og:price:currency") or "").upper()[:3]
            amount = amount_in(tags.get("product:price:amount") or tags.get("og:price:amount"), named)
            found = Prices(amount, amount, named)
        return found._replace(currency=found.currency or self.default_currency)

    def seller(self) -> str:
        return self.field("seller") or next(
            filter(None, (schema.text_of(offer.get("seller")) for offer in schema.offers_of(self.product))), ""
        )

    def seller_id(self) -> str:
        return self.field("seller_id")

    def brand(self) -> str:
        return self.field("brand") or schema.text_of(self.product.get("brand"))

    def model(self) -> str:
        return self.field("model") or next(
            filter(None, (schema.text_of(self.product.get(key)) for key in ("model", "mpn"))), ""
        )

    def gtin(self) -> str:
        """The first GTIN with a right check digit."""
        keys = ("gtin", "gtin13", "gtin12", "gtin14", "gtin8", "isbn")
        variants = [one for one in self.product.get("hasVariant") or [] if isinstance(one, dict)]
        places = [self.product, *(variants[:1] if len(variants) == 1 else []), *schema.offers_of(self.product)[:1]]
        given = [self.field("gtin"), *(schema.text_of(place.get(key)) for place in places for key in keys)]
        return next(filter(None, map(valid_gtin, given)), "")

    def description(self) -> str:
        return self.field("description") or schema.text_of(self.product.get("description"))

    def category(self) -> str:
        return self.field("category") or schema.text_of(self.product.get("category"))

    def images(self) -> list[str]:
        """Addresses of the listing's pictures, as given."""
        given = [self.first(one) for one in self.site.fields.get("images", ())]
        return [*given, *schema.images_of(self.product), self.open_graph.get("og:image", "")]

    def ships_to(self) -> tuple[str, ...]:
        """Countries that the page names as destinations, ISO 3166-1 alpha-2."""
        return ()

    def served_country(self) -> str:
        """The country whose buyer the page was made for, as the page itself tells, "" where it doesn't."""
        return country_code(self.field("served_country")) or self.host_country

    def served_place(self) -> str:
        """The place that the page names as the buyer's, in its own words."""
        return self.field("served_place")

    def listed_on(self) -> str:
        """When the offer was put up, as the page has it."""
        return self.field("listed_on")

    def schema_marks(self) -> list[Mark]:
        """Marks of schema.org data: the item, and what its offers say of their availability. A mixture of variants in
        and out of stock is a live offer."""
        name = schema.text_of(self.product.get("name"))
        if not name:
            return []
        marks = [Mark(kind=MarkKind.ITEM, signature="schema-product", where="schema.org Product", says=name[:300])]
        said = schema.availabilities_of(self.product)
        where = "schema.org Offer.availability"
        if said & schema.IN_STOCK:
            marks.append(
                Mark(kind=MarkKind.OFFER, signature="schema-in-stock", where=where, says=" ".join(sorted(said)))
            )
        elif said and said <= schema.OUT_OF_STOCK:
            marks.append(
                Mark(
                    kind=MarkKind.OUT_OF_STOCK,
                    signature="schema-out-of-stock",
                    where=where,
                    says=" ".join(sorted(said)),
                )
            )
        elif said and said <= schema.DISCONTINUED:
            marks.append(Mark(kind=MarkKind.ENDED, signature="schema-discontinued", where=where, says="discontinued"))
        return marks
