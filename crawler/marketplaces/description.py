"""What `marketplace.toml` may say: one model, checked when it is loaded. Times in seconds, days as ISO 8601."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from crawler.reading import MarkKind

Render = Literal["never", "on_shell", "always"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Verified(_Table):
    """Who confirmed a signature, on which saved page, and when."""

    where: str
    by: str
    on: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")


class Signature(_Table):
    """A sign that a page may carry. All conditions that are given must hold.

    `css` names the element, `attr` one of its attributes (else its visible text is read), `text` a pattern that must
    be found there. `json` is a path into the page's JSON (`state:path.to.key`, see `states`), `values` what may stand
    there. `title` and `url` are patterns on the page's title and final address, `not_title` on what the title must
    not say. `raw` is a pattern on the whole body and needs `max_bytes`, for walls that consist of a bare script.
    `unless` names an element that must not be there. `status` lists HTTP statuses. Patterns are RE2, case-insensitive.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    kind: MarkKind
    page: Literal["listing", "search", "any"] = "listing"
    layout: str = ""
    css: str = ""
    attr: str = ""
    text: str = ""
    json_path: str = Field(default="", alias="json")
    values: tuple[str | int | bool, ...] = ()
    title: str = ""
    not_title: str = ""
    url: str = ""
    raw: str = ""
    max_bytes: int = 0
    unless: str = ""
    status: tuple[int, ...] = ()
    note: str = ""
    verified: Verified | None = None


class Layout(_Table):
    """A page layout, recognised by an element; the first that is found names the page's layout."""

    id: str
    css: str


class Label(_Table):
    """A field that stands beside its label: `rows` are the elements of a table or list, `label` a pattern at the start
    of a row's text; what follows is the value."""

    rows: str
    label: str


class Terms(_Table):
    """What robots.txt and the terms say of automated visits and of storing pages, and when that was read."""

    automation: str
    storage: str
    read_on: str
    says: str


class Api(_Table):
    """An official interface: what it is for, what it needs, where it is documented."""

    name: str
    needs: str
    gives: str
    url: str = ""


class Controls(_Table):
    """How a run finds its control listings: a live one among search hits, a dead one kept from former looks, and an
    id that never existed (`never_existed`)."""

    live: str
    dead: str
    never_existed: str = ""


class Region(_Table):
    """How a page for a buyer's place is asked for. Values may hold {country}, {language}, {currency}, {postal_code}."""

    cookies: dict[str, str] = {}
    headers: dict[str, str] = {}
    search_parameters: dict[str, str] = {}
    how: str = ""


class Site(_Table):
    """One marketplace as its `marketplace.toml` describes it.

    `listing_patterns` find the canonical id in a URL (group `id`), `listing_url` makes one of it ({id}, {host}; empty
    where an id alone makes no address). `search_url` takes {query}, {slug}, {page}, {offset}. `recognise` lists
    elements by which a page without a known address is known as this site's. `states` names the JSON inside a page:
    a CSS selector of a script element, or `after:TEXT` for the value that follows these words. `fields` lists CSS
    candidates a field, `labels` those that stand in a table of properties. `sold_where_served` names
    signatures of buy controls that are shown only to buyers whom the offer is delivered to.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    label: str
    reader_version: int = 1
    hosts: tuple[str, ...] = ()
    host_countries: dict[str, str] = {}
    host_currencies: dict[str, str] = {}
    currency: str = ""
    languages: tuple[str, ...] = ()
    decimal_separator: Literal[".", ",", ""] = "."
    comma_hosts: tuple[str, ...] = ()
    min_delay_s: float = 5.0
    render: Render = "never"
    unverified: bool = False
    sold_where_served: tuple[str, ...] = ()
    listing_patterns: tuple[str, ...] = ()
    search_patterns: tuple[str, ...] = ()
    seller_patterns: tuple[str, ...] = ()
    listing_url: str = ""
    keep_host: bool = False
    any_host: bool = False
    www: bool = True
    ids_in_capitals: bool = False
    id_offset: int = 0
    search_url: str = ""
    search_encoding: str = "utf-8"
    search_page_size: int = 0
    recognise: tuple[str, ...] = ()
    search_marks: tuple[str, ...] = ()
    seller_marks: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    states: dict[str, str] = {}
    fields: dict[str, tuple[str, ...]] = {}
    labels: dict[str, Label] = {}
    hits: dict[str, tuple[str, ...]] = {}
    layouts: tuple[Layout, ...] = ()
    signatures: tuple[Signature, ...] = ()
    region: Region = Region()
    terms: Terms
    controls: Controls
    apis: tuple[Api, ...] = ()
    notes: tuple[str, ...] = ()

    @field_validator("signatures")
    @classmethod
    def _ids_are_unique(cls, signatures: tuple[Signature, ...]) -> tuple[Signature, ...]:
        ids = [signature.id for signature in signatures]
        doubled = sorted({one for one in ids if ids.count(one) > 1})
        if doubled:
            raise ValueError(f"signature {doubled[0]} stands twice")
        return signatures
