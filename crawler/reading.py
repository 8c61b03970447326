"""What a page says, as data: marks, facts, hits, and the state that the ladder made of them.

An adapter hands over marks and facts; it never names a state. `crawler.marketplaces.ladder` does, and
`crawler.marketplaces.reader.read_page` puts both together. The same records come from a live response, a saved
file and a WARC record.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from crawler.marketplaces.states import SearchState, State

PageKind = Literal["listing", "search", "seller", "other"]


class MarkKind(StrEnum):
    """What one element of a page shows: scoped to an element or a JSON path, never a grep over the page."""

    ITEM = "item"
    OFFER = "offer"
    WHOLESALE_OFFER = "wholesale_offer"
    SHIPS = "ships"
    WALL = "wall"
    LOGIN = "login"
    SHELL = "shell"
    OTHER_ITEM = "other_item"
    NOT_SHIPPED = "not_shipped"
    GEO_BLOCKED = "geo_blocked"
    OUT_OF_STOCK = "out_of_stock"
    ENDED = "ended"
    REMOVED = "removed"
    REMOVED_POLICY = "removed_policy"
    VARIANT_GONE = "variant_gone"
    SELLER_GONE = "seller_gone"
    RESULTS = "results"
    NO_RESULTS = "no_results"


class _Fact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Mark(_Fact):
    """One sign on a page: its kind, the id of its signature in `marketplace.toml`, where it stood and what it said."""

    kind: MarkKind
    signature: str
    where: str
    says: str = Field(default="", max_length=300)


class ListingFacts(_Fact):
    """What a listing's page states about the offer. Prices are decimals; `price` is the lowest of a range."""

    listing_id: str = ""
    url: str = ""
    title: str = ""
    price: Decimal | None = None
    price_max: Decimal | None = None
    currency: str = ""
    seller: str = ""
    seller_id: str = ""
    brand: str = ""
    model: str = ""
    gtin: str = ""
    description: str = ""
    category: str = ""
    images: tuple[str, ...] = ()
    ships_to: tuple[str, ...] = ()
    served_country: str = ""
    served_place: str = ""
    listed_on: str = ""


class SearchHit(_Fact):
    """One listing on a search page."""

    listing_id: str
    url: str
    title: str = ""
    price: Decimal | None = None
    price_max: Decimal | None = None
    currency: str = ""
    seller: str = ""
    image: str = ""


class Judgement(_Fact):
    """A state and the rule that made it: `rule` is an id of docs/reference/rules.md, `version` of the rule set."""

    state: State | SearchState
    rule: str
    version: int
    signature: str = ""
    says: str = ""


class Reading(_Fact):
    """One page, read. `layout` names the page layout that the adapter recognised, `reader_version` the adapter's.
    `more` are further pages of the same search, where it has several at once (a sitemap's parts)."""

    marketplace: str
    kind: PageKind
    layout: str = ""
    reader_version: int = 1
    marks: tuple[Mark, ...] = ()
    facts: ListingFacts | None = None
    hits: tuple[SearchHit, ...] = ()
    next_page_url: str = ""
    more: tuple[str, ...] = ()
    judgement: Judgement
    notes: tuple[str, ...] = ()


class FetchedPage(_Fact):
    """Bytes to be read: `status` None means not known (never 200); `body` is decoded of its content encoding; `at` is
    when it came (ISO 8601), where that is known."""

    url: str
    body: bytes
    status: int | None = None
    requested_url: str = ""
    content_type: str = ""
    listing_id: str = Field(default="", description="the listing that was asked for, where one was")
    at: str = ""
